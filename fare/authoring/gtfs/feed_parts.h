// SPDX-License-Identifier: Apache-2.0
// The parts of reading a feed. Only for feed_*.cc.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "fare/authoring/gtfs/feed.h"

namespace tidegate::fare::gtfs {

/// What the readers of one feed share.
struct Reading {
  const FeedFiles& files;
  Report& report;
  Problems problems;
  Feed feed;

  Ids agencies, areas, networks;
  std::map<std::string, std::string, std::less<>> route_agency;   ///< route → agency
  std::map<std::string, std::string, std::less<>> route_network;  ///< route → network
  std::map<std::string, int, std::less<>> route_type;
  std::map<std::string, std::string, std::less<>> station_of;  ///< any stop_id → FeedStop::id
  std::map<std::string, std::string, std::less<>> zone_of;     ///< stop_id → zone_id
  /// table, record, language → text
  std::map<std::pair<std::string, std::string>, Names> translations;

  /// A text of a record in both languages; `plain` where there is no translation.
  [[nodiscard]] Names names(const std::string& table, std::string_view record,
                            std::string_view plain) const;
};

/// An id that must be new in its file.
[[nodiscard]] std::string new_id(const Row& row, std::string_view column, Ids& known);
/// A reference; empty is allowed unless `required`.
[[nodiscard]] std::string reference(const Row& row, std::string_view column, const Ids& known,
                                    std::string_view where, bool required = false);

/// Of the routes that belong to no network.
[[nodiscard]] FeedNetwork network_of_agency(const Feed& feed);

void read_agencies(Reading& in);
void read_translations(Reading& in);
void read_routes(Reading& in);
/// V2: with areas of stop_areas.txt; V1: with zone_id as area.
void read_stops(Reading& in);
/// The stops of each network, by trips.txt and stop_times.txt.
void read_timetable(Reading& in);
void read_timeframes(Reading& in);
void read_products(Reading& in);
void read_rules(Reading& in);
/// The amount of a product whose currency is known; what a book cannot count is a loss.
void read_amount(Reading& in, const Row& row, std::string_view column, FeedProduct& out);
/// That of most products; others are losses.
void choose_currency(Reading& in);
/// fare_attributes.txt and fare_rules.txt as products, areas, networks and leg rules.
void read_v1(Reading& in);

}  // namespace tidegate::fare::gtfs
