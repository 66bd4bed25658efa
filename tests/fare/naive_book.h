// SPDX-License-Identifier: Apache-2.0
// A second, naive reading of a tariff's TOML and CSV text: clarity over speed, nothing shared with
// the compiler or the engine. It prices a ride by going through the text's own terms each time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/fare/naive_rules.h"

namespace tidegate::fare::naive {

struct Moment {
  std::int64_t seconds = 0;  ///< local, since 1970
  [[nodiscard]] std::int64_t day() const { return seconds / 86'400; }
  [[nodiscard]] std::int64_t minute() const { return seconds / 60; }
  [[nodiscard]] std::int64_t minute_of_day() const { return seconds % 86'400 / 60; }
  /// 0 Monday … 6 Sunday; 1970-01-01 was a Thursday.
  [[nodiscard]] int weekday() const { return static_cast<int>((day() + 3) % 7); }
};

struct Span {
  std::set<int> weekdays;
  std::int64_t from = 0, to = 0;  ///< minutes of the day
};

/// The terms of one kind of tariff, as the text says them.
struct Terms {
  std::string kind;
  std::int64_t fen = 0;  ///< flat
  Table rows;            ///< matrix: from,to,fen; zones: fares
  Table zones;           ///< stop,zone
  bool symmetric = false;
  std::map<std::pair<std::string, std::string>, std::int64_t> metres;  ///< shortest ways
  struct Band {
    std::optional<std::int64_t> to;
    std::int64_t fen = 0, every = 0, add = 0;
  };
  std::vector<Band> bands;
  std::int64_t grace = 0, per_km = 0, floor = 0, ceiling = 0xFFFFFF, unit = 1;
  std::string rounding;
  std::optional<std::int64_t> same_station;
  std::int64_t percent = -1;  ///< of the version's own tariff; -1: not a percentage
};

struct Class {
  std::set<std::string> riders, media;  ///< empty: all
  std::string timeframe;                ///< empty: always
  Terms terms;
};

/// Who rides beside the holder.
struct Company {
  std::int64_t free_children = 0, max_companions = 0;  ///< with each person
  std::string child, companion;                        ///< riders
};

struct Version {
  std::int64_t from_day = 0;
  Terms terms;
  std::vector<Class> classes;
  std::optional<Company> company;
};

struct Network {
  std::string id;
  std::int64_t rollover = 120;
  std::int64_t minimum_balance = 0;
  std::vector<std::string> stops;
  std::vector<Version> versions;  ///< by day
  std::string city;
  std::map<std::string, std::string> line_of;  ///< of a stop
  Policy policy;

  [[nodiscard]] std::int64_t service_day(Moment at) const;
  [[nodiscard]] const Version* on(Moment at) const;
};
/// The last one that counts on that day; nullptr: none yet.
[[nodiscard]] const Version* on_day(const std::vector<Version>& versions, std::int64_t day);

struct Through {
  std::string name, from, to;
  Names media;
  std::int64_t from_day = 0;
  bool is_joined = false;
  std::vector<std::pair<std::string, std::string>> borders;  ///< a stop of `from` and one of `to`
  std::vector<Version> versions;                             ///< joined: over "network:stop"
};

struct Book {
  std::map<std::string, Network> networks;
  Rules rules;
  std::vector<Through> throughs;  ///< by name
  std::map<std::string, std::vector<Span>> timeframes;
};

/// Reads `dir`/book.toml and what it names. Throws on what it cannot read: it is a test's own text.
[[nodiscard]] Book read_book(const std::filesystem::path& dir);

/// What one person pays for a ride that begins at `begun`; nullopt: no fare.
[[nodiscard]] std::optional<std::int64_t> ride_fare(const Book& book, const Version& version,
                                                    const std::string& rider,
                                                    const std::string& medium, Moment begun,
                                                    const std::string& from, const std::string& to);

}  // namespace tidegate::fare::naive
