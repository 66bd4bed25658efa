// SPDX-License-Identifier: Apache-2.0
// A fare book as it will be written: networks with their stops, tariffs and classes, made of the
// prices of a feed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fare/authoring/gtfs/leg_prices.h"

namespace tidegate::fare::gtfs {

struct PlannedStop {
  std::string code;
  Names names;
  std::size_t zone = 0;
};

struct PlannedClass {
  std::vector<std::string> riders;  ///< empty: everybody
  std::string timeframe;            ///< empty: always
  std::vector<MediumKind> media;    ///< empty: every medium
  NetworkPrices::Table table;
};

struct PlannedNetwork {
  std::string id;
  std::string feed_id;
  Names names;
  std::string industry;
  std::vector<PlannedStop> stops;  ///< sorted by code
  std::vector<std::string> zones;
  bool is_flat = false;        ///< every table has one fare
  NetworkPrices::Table table;  ///< zones × zones, for whom no class has a fare
  std::vector<PlannedClass> classes;
  std::map<std::string, std::set<NetworkPrices::Table>, std::less<>> leg_groups;
};

struct PlannedRider {
  std::string name;
  Names names;
  int number = 0;
};

/// A change from a ride of one network to one of another (or the same).
struct PlannedTransfer {
  enum class Effect : std::uint8_t { free, up_to_difference, amount_off };
  std::string from, to;  ///< networks
  int window_minutes = 0;
  bool from_begin = false;  ///< measured from the begin of the ride before; else from its end
  bool to_end = false;      ///< measured to the end of the next ride; else to its begin
  bool from_first = false;  ///< of a chain
  std::int64_t count = -1;  ///< -1: any number
  Effect effect = Effect::free;
  std::int64_t value = 0;  ///< fen
  Place place;             ///< of a rule that says so
};

struct BookPlan {
  std::vector<PlannedRider> riders;  ///< those that are not built in
  std::map<std::string, WeekMinutes, std::less<>> timeframes;
  std::vector<PlannedNetwork> networks;
  std::vector<PlannedTransfer> transfers;
  /// Prices of each product by rider and medium, as in PlannedNetwork::leg_groups; negative ones
  /// too.
  std::map<std::string, std::vector<std::optional<std::int64_t>>, std::less<>> products;
};

/// Everything of a feed that a book can say; the rest is named in the report.
[[nodiscard]] BookPlan plan_book(const Feed& feed, const MediaMap& media, Report& report);

}  // namespace tidegate::fare::gtfs
