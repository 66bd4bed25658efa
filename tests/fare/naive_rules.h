// SPDX-License-Identifier: Apache-2.0
// The rules between rides and the journey policies as the text of a naive book says them.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "tests/fare/naive_text.h"

namespace tidegate::fare::naive {

/// Network and stop.
using Spot = std::pair<std::string, std::string>;
using Names = std::set<std::string>;

/// For whom and when; empty sets and absent days: no condition.
struct Scope {
  Names riders, media, issuers;
  std::optional<std::int64_t> from_day, until_day;
};

struct Transfer {
  std::string name;
  Scope scope;
  Names from, to;
  std::int64_t window = 0;  ///< minutes
  std::string measured, window_from, effect;
  std::int64_t fen = 0, percent = 0, unit = 1, max_transfers = 0;
  std::string rounding;
  bool same_line = true;
};

struct Interchange {
  std::string name;
  Scope scope;
  std::string network;
  std::int64_t minutes = 0, max_links = 3;
  std::set<std::pair<std::string, std::string>> pairs;  ///< both ways
};

struct Cap {
  std::string name;
  std::int64_t account = 0;
  Scope scope;
  Names networks;
  std::string period;
  std::int64_t fen = 0;
  std::vector<std::pair<std::set<int>, std::int64_t>> by_zones;
  std::map<Spot, int> zone_of;
};

struct Cumulative {
  std::string name;
  std::int64_t account = 0;
  Scope scope;
  Names networks;
  bool reaches = false;
  std::vector<std::pair<std::int64_t, std::int64_t>> tiers;  ///< fen, percent off; rising
  std::string rounding;
  std::int64_t unit = 1;
};

struct Pass {
  std::string name;
  std::int64_t product = 0;
  Scope scope;
  Names networks;
  bool days = false;
};

struct Rules {
  std::vector<Transfer> transfers;
  std::vector<Interchange> interchanges;
  std::vector<Cap> caps;
  std::vector<Cumulative> cumulative;
  std::vector<Pass> passes;
};

struct Policy {
  std::optional<std::int64_t> maximum;
  std::int64_t minimum = 0;
  /// Up to so many fen or, by distance, metres; minutes.
  std::vector<std::pair<std::optional<std::int64_t>, std::int64_t>> limits;
  std::optional<std::map<std::pair<std::string, std::string>, std::int64_t>> metres;
  std::string overstay{"none"}, same_station{"tariff"}, no_entry{"refused"}, no_exit{"refused"},
      collected_in{"network"}, open_elsewhere{"refused"};
  std::int64_t overstay_fen = 0, same_station_fen = 0, no_entry_fen = 0, no_exit_fen = 0,
               free_minutes = 0;
  bool complete_certain = false;
  struct Completion {
    Spot next;
    std::string exit;
    std::int64_t minutes = 0;
  };
  std::vector<Completion> completions;
};

/// `city_of`: every network of the book and its city.
[[nodiscard]] Rules read_rules(const std::filesystem::path& dir, const toml::table& root,
                               const std::map<std::string, std::string>& city_of);
/// Of a `[[network]]`, without the metres.
[[nodiscard]] Policy read_policy(const toml::table& network);

}  // namespace tidegate::fare::naive
