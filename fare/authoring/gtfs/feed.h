// SPDX-License-Identifier: Apache-2.0
// What a GTFS feed says about fares, as checked values: Fares V2, or Fares V1 put into the same
// words. Places point into the feed, for messages.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fare/authoring/gtfs/files.h"
#include "fare/authoring/gtfs/report.h"

namespace tidegate::fare::gtfs {

/// Minutes of a week from Monday 00:00.
inline constexpr std::size_t kMinutesADay = 24 * 60;
using WeekMinutes = std::bitset<7 * kMinutesADay>;

using Ids = std::set<std::string, std::less<>>;

/// A text in the languages that a book shows.
struct Names {
  std::string zh, en;
};

/// A place where one boards: a stop, or a station whose platforms have the same areas.
struct FeedStop {
  std::string id;
  Names names;
  Ids areas;
};

struct FeedNetwork {
  std::string id;  ///< empty: the routes that belong to no network
  Names names;
  Place place;
  std::optional<Ids> stops;  ///< served by its routes; none: the feed has no timetable
  int route_type = -1;       ///< of its first route; -1: no routes
  std::size_t routes = 0;
};

struct FeedRider {
  std::string id;
  Names names;
  bool is_default = false;
  Place place;
};

struct FeedMedium {
  std::string id;
  std::string name;
  int type = 0;  ///< 0 none, 1 paper, 2 card, 3 contactless bank card, 4 app
  Place place;
};

/// One row of fare_products.txt.
struct FeedProduct {
  std::string id;
  std::string rider;   ///< empty: anybody
  std::string medium;  ///< empty: not known
  std::int64_t hundredths = 0;
  std::string currency;
  bool is_usable = true;  ///< not: lost, and said so
  Place place;
};

struct LegRule {
  std::string group, network, from_area, to_area, from_time, to_time, product;
  std::int64_t priority = 0;
  Place place;
};

struct JoinRule {
  std::string from_network, to_network, from_stop, to_stop;
  Place place;
};

struct TransferRule {
  std::string from_group, to_group, product;
  std::optional<std::int64_t> count;           ///< -1: no limit
  std::optional<std::int64_t> duration_limit;  ///< seconds
  int duration_type = 0;
  int type = 0;  ///< 0: A + AB, 1: A + AB + B, 2: AB
  Place place;
};

struct Feed {
  bool is_v1 = false;
  bool has_priority = false;  ///< fare_leg_rules.txt has the column rule_priority
  std::string agency_name, timezone, currency;
  std::vector<FeedStop> stops;        ///< sorted by id
  std::vector<FeedNetwork> networks;  ///< in the order of the feed
  std::vector<FeedRider> riders;
  std::vector<FeedMedium> media;
  std::vector<FeedProduct> products;
  std::map<std::string, WeekMinutes, std::less<>> timeframes;  ///< by timeframe_group_id
  std::vector<LegRule> leg_rules;
  std::vector<JoinRule> joins;
  std::vector<TransferRule> transfers;
  std::optional<ServiceDay> begins;  ///< first day of the services that timeframes use
};

/// Reads and checks a feed. Errc::invalid: the first ten reasons why it is malformed.
[[nodiscard]] Result<Feed> read_feed(const FeedFiles& files, Report& report);

}  // namespace tidegate::fare::gtfs
