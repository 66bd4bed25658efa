// SPDX-License-Identifier: Apache-2.0
// Tariff folders made of seeded random numbers: every kind of tariff, classes, timeframes,
// versions; where a test asks for them rules between rides, policies or through rules.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tidegate::fare::naive {

using Random = std::mt19937_64;

/// Both ends can come.
[[nodiscard]] inline int pick(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>{from, to}(random);
}

template <class T>
[[nodiscard]] const T& one_of(Random& random, const std::vector<T>& values) {
  return values[static_cast<std::size_t>(pick(random, 0, static_cast<int>(values.size()) - 1))];
}

/// No fare of a random book is above it; policies say so.
inline constexpr int kMaximumFen = 6'000;

/// What a book has beside its tariffs.
enum class Beside {
  nothing,
  rules_between_rides,
  policies,
  rules_and_policies,
  through_rules,  ///< and policies
  through_rules_and_rules_between_rides
};

/// What the journeys of a test need to know of the folder that was written.
struct RandomBook {
  struct Network {
    std::string id;
    bool flat = false;
    std::vector<std::string> stops;
    std::string city{"2900"};
  };
  Beside beside = Beside::nothing;
  bool by_bus = false;  ///< one boards and alights; else there are gates
  std::vector<Network> networks;
  std::vector<std::string> riders;
  std::vector<int> minutes;  ///< of windows and limits
  /// Networks with one fare over both: whatever rule names one names both.
  std::vector<std::pair<std::string, std::string>> joined;

  [[nodiscard]] bool has_through_rules() const {
    return beside == Beside::through_rules ||
           beside == Beside::through_rules_and_rules_between_rides;
  }
  [[nodiscard]] bool has_rules_between_rides() const {
    return beside == Beside::rules_between_rides || beside == Beside::rules_and_policies ||
           beside == Beside::through_rules_and_rules_between_rides;
  }
};

/// Writes book.toml, stops.csv and tables into `dir`.
[[nodiscard]] RandomBook write_random_book(const std::filesystem::path& dir, Random& random,
                                           Beside beside = Beside::nothing);

}  // namespace tidegate::fare::naive
