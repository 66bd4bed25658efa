// SPDX-License-Identifier: Apache-2.0
// A fare book as it will be written: networks with their stops, tariffs and classes, made of the
// prices of a feed.
#pragma once

#include <map>
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
  Names names;
  std::string industry;
  std::vector<PlannedStop> stops;  ///< sorted by code
  std::vector<std::string> zones;
  bool is_flat = false;        ///< every table has one fare
  NetworkPrices::Table table;  ///< zones × zones, for whom no class has a fare
  std::vector<PlannedClass> classes;
};

struct PlannedRider {
  std::string name;
  Names names;
  int number = 0;
};

struct BookPlan {
  std::vector<PlannedRider> riders;  ///< those that are not built in
  std::map<std::string, WeekMinutes, std::less<>> timeframes;
  std::vector<PlannedNetwork> networks;
};

/// Everything of a feed that a book can say; the rest is named in the report.
[[nodiscard]] BookPlan plan_book(const Feed& feed, const MediaMap& media, Report& report);

}  // namespace tidegate::fare::gtfs
