// SPDX-License-Identifier: Apache-2.0
// Tariff folders made of seeded random numbers: every kind of tariff, classes, timeframes,
// versions.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace tidegate::fare::naive {

using Random = std::mt19937_64;

/// Both ends can come.
[[nodiscard]] inline int pick(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>{from, to}(random);
}

/// What the journeys of a test need to know of the folder that was written.
struct RandomBook {
  struct Network {
    std::string id;
    bool flat = false;
    std::vector<std::string> stops;
  };
  std::vector<Network> networks;
  std::vector<std::string> riders;
};

/// Writes book.toml, stops.csv and tables into `dir`.
[[nodiscard]] RandomBook write_random_book(const std::filesystem::path& dir, Random& random);

}  // namespace tidegate::fare::naive
