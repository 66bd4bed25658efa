// SPDX-License-Identifier: Apache-2.0
// Reads a feed: which files it has, what they share, and the rules of Fares V2.
#include "fare/authoring/gtfs/feed.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "fare/authoring/gtfs/feed_parts.h"
#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

constexpr std::array<std::string_view, 6> kV2Files{
    "fare_media.txt",     "fare_products.txt",       "rider_categories.txt",
    "fare_leg_rules.txt", "fare_leg_join_rules.txt", "fare_transfer_rules.txt"};
constexpr std::array<std::string_view, 2> kV1Files{"fare_attributes.txt", "fare_rules.txt"};

bool is_known(std::string_view file) {
  return std::ranges::find(kV2Files, file) != kV2Files.end() ||
         std::ranges::find(kV1Files, file) != kV1Files.end();
}

/// Files about fares that the reference does not have.
void name_strangers(Reading& in) {
  for (const std::string& name : in.files.names())
    if (name.starts_with("fare") && !is_known(name))
      in.report.lose({}, name + " is not a file of the GTFS reference that this reads");
}

Status read_v2(Reading& in) {
  for (const std::string_view file : {"fare_products.txt", "fare_leg_rules.txt"})
    if (!in.files.has(file))
      return fail(Errc::invalid,
                  std::string{file} + " is missing: a feed with Fares V2 was expected");
  for (const std::string_view file : kV1Files)
    if (in.files.has(file))
      in.report.note({},
                     std::string{file} + " is not read: Fares V2 takes precedence over Fares V1");
  read_routes(in);
  read_stops(in);
  read_timeframes(in);
  read_products(in);
  read_rules(in);
  return {};
}

}  // namespace

std::string new_id(const Row& row, std::string_view column, Ids& known) {
  std::string out{row.need(column)};
  if (!out.empty() && !known.insert(out).second) row.bad(column, "\"" + out + "\" is there twice");
  return out;
}

std::string reference(const Row& row, std::string_view column, const Ids& known,
                      std::string_view where, bool required) {
  std::string out{required ? row.need(column) : row.text(column)};
  if (!out.empty() && !known.contains(out))
    row.bad(column, "\"" + out + "\" is not in " + std::string{where});
  return out;
}

Names Reading::names(const std::string& table, std::string_view record,
                     std::string_view plain) const {
  Names out{std::string{plain}, std::string{plain}};
  if (const auto at = translations.find({table, std::string{record}}); at != translations.end()) {
    if (!at->second.zh.empty()) out.zh = at->second.zh;
    if (!at->second.en.empty()) out.en = at->second.en;
  }
  return out;
}

void read_agencies(Reading& in) {
  const TableKind kind{"agency.txt", {"agency_name"}, {"agency_id", "agency_timezone"}};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    if (in.feed.agency_name.empty()) in.feed.agency_name = row.text("agency_name");
    if (in.feed.timezone.empty()) in.feed.timezone = row.text("agency_timezone");
    in.agencies.insert(std::string{row.text("agency_id")});
  });
}

void read_translations(Reading& in) {
  const TableKind kind{
      "translations.txt", {"table_name", "field_name", "language", "translation"}, {"record_id"}};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    const std::string_view language = row.text("language"), record = row.text("record_id");
    if (record.empty() || !row.text("field_name").ends_with("_name")) return;
    Names& names = in.translations[{std::string{row.text("table_name")}, std::string{record}}];
    if (language.starts_with("zh")) names.zh = row.text("translation");
    if (language.starts_with("en")) names.en = row.text("translation");
  });
}

Result<Feed> read_feed(const FeedFiles& files, Report& report) {
  Reading in{.files = files, .report = report, .problems = {}, .feed = {}};
  const auto any = [&](const auto& names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return files.has(name); });
  };
  if (!any(kV2Files) && !any(kV1Files))
    return fail(Errc::invalid,
                "there are no fares: fare_products.txt with fare_leg_rules.txt (Fares V2) or "
                "fare_attributes.txt (Fares V1) was expected");
  in.feed.is_v1 = !any(kV2Files);
  name_strangers(in);
  read_agencies(in);
  read_translations(in);
  if (in.feed.is_v1) {
    read_v1(in);
  } else if (auto ok = read_v2(in); !ok) {
    return fail(std::move(ok.error()));
  }
  // A timetable is long: it is not read for a feed that is refused.
  if (in.problems.none()) read_timetable(in);
  if (!in.problems.none()) return in.problems.error();
  return std::move(in.feed);
}

}  // namespace tidegate::fare::gtfs
