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

/// What the second of two rides costs.
enum class TransferEffect : std::uint8_t { free, up_to_difference, amount_off };

/// A change from a ride of one network to one of another (or the same).
struct PlannedTransfer {
  Ids from, to;  ///< networks
  int window_minutes = 0;
  std::string measured;    ///< as in book.toml: begin-to-begin …
  std::int64_t count = 0;  ///< 0: any number
  TransferEffect effect = TransferEffect::free;
  std::int64_t value = 0;  ///< fen of amount_off
  Place place;             ///< of a rule that says so
};

/// Stops of one network between which a fare goes on.
struct PlannedInterchange {
  std::string network;
  std::vector<std::string> pairs;  ///< "a/b"
};

struct BookPlan {
  std::vector<PlannedRider> riders;  ///< those that are not built in
  std::map<std::string, WeekMinutes, std::less<>> timeframes;
  std::vector<PlannedNetwork> networks;
  std::vector<PlannedTransfer> transfers;
  std::vector<PlannedInterchange> interchanges;
  std::map<std::string, std::string, std::less<>> stop_codes;  ///< FeedStop::id → PlannedStop::code
  /// Prices of each product by rider and medium, as in PlannedNetwork::leg_groups; negative ones
  /// too.
  std::map<std::string, std::vector<std::optional<std::int64_t>>, std::less<>> products;
};

/// Everything of a feed that a book can say; the rest is named in the report.
[[nodiscard]] BookPlan plan_book(const Feed& feed, const MediaMap& media, Report& report);

}  // namespace tidegate::fare::gtfs
