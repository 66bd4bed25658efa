// SPDX-License-Identifier: Apache-2.0
// Imports a GTFS feed.
#include "fare/authoring/gtfs/import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fare/authoring/gtfs/book_plan.h"
#include "fare/authoring/gtfs/feed.h"
#include "fare/authoring/gtfs/files.h"
#include "fare/authoring/gtfs/text.h"
#include "fare/authoring/gtfs/transfers.h"
#include "fare/engine/book_codec.h"

namespace tidegate::fare::gtfs {
namespace {

// Eight hours ahead of UTC the year round (IANA time zone database).
constexpr std::array<std::string_view, 10> kEightHours{
    "Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin",       "Asia/Hong_Kong", "Asia/Macau",
    "Asia/Taipei",   "Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Manila",    "Australia/Perth"};

/// What each medium of the feed is at a gate.
Result<MediaMap> map_media(const Feed& feed, const ImportOptions& options, Report& report) {
  for (const auto& [id, kinds] : options.media)
    if (std::ranges::find(feed.media, id, &FeedMedium::id) == feed.media.end())
      return fail(Errc::invalid, "medium " + id + " is not in fare_media.txt");
  MediaMap out;
  for (const FeedMedium& medium : feed.media) {
    if (const auto given = options.media.find(medium.id); given != options.media.end()) {
      out.insert(*given);
      if (given->second.empty())
        report.note(medium.place, "medium " + medium.id + " is left out, as told");
      continue;
    }
    if (medium.type == 2) out[medium.id] = {MediumKind::t_union};
    if (medium.type == 4) out[medium.id] = {MediumKind::qr};
    if (medium.type != 2 && medium.type != 4)
      report.lose(medium.place, "medium " + medium.id + " (fare_media_type " +
                                    std::to_string(medium.type) +
                                    "): a gate reads t-union cards and codes; if this is one of " +
                                    "them, say --medium " + medium.id + "=t-union");
  }
  return out;
}

void look_at_hours(const Feed& feed, Report& report) {
  if (feed.timeframes.empty() || feed.timezone.empty()) return;
  if (std::ranges::find(kEightHours, feed.timezone) != kEightHours.end()) return;
  report.lose({"agency.txt", 0},
              "agency_timezone " + feed.timezone +
                  ": the hours of a book are UTC+8; those of the feed are taken " +
                  "as they stand");
}

void look_at_currency(const Feed& feed, Report& report) {
  if (feed.currency.empty() || feed.currency == "CNY") return;
  report.note({},
              "amounts are in " + feed.currency + ": one fen of the book is 0.01 " + feed.currency);
}

}  // namespace

Result<ImportedBook> import_feed(const std::filesystem::path& path, const ImportOptions& options) {
  const auto files = FeedFiles::open(path);
  if (!files) return fail(files.error());
  return import_feed(*files, options);
}

Result<ImportedBook> import_feed(const FeedFiles& files, const ImportOptions& options) {
  ImportedBook out;
  auto feed = read_feed(files, out.report);
  if (!feed) return fail(std::move(feed.error()));
  const auto media = map_media(*feed, options, out.report);
  if (!media) return fail(media.error());
  look_at_currency(*feed, out.report);
  look_at_hours(*feed, out.report);
  BookPlan plan = plan_book(*feed, *media, out.report);
  if (plan.networks.empty())
    return fail(Errc::invalid, "no fare of the feed can be said in a book:\n" + out.report.text());
  plan_interchanges(*feed, options.interchange_minutes, plan, out.report);
  plan_transfers(*feed, plan, out.report);
  BookIdentity identity{.name = options.name,
                        .number = options.number,
                        .valid_from = options.valid_from.value_or(
                            feed->begins.value_or(parse_day("20000101").value_or(ServiceDay{}))),
                        .city = options.city,
                        .acquirer = options.acquirer,
                        .operator_code = options.operator_code,
                        .interchange_minutes = options.interchange_minutes.value_or(0)};
  if (identity.name.empty()) identity.name = cut_to(feed->agency_name, kTextBytesMax);
  if (identity.name.empty()) identity.name = plan.networks.front().id;
  out.files = book_text(plan, identity);
  return out;
}

}  // namespace tidegate::fare::gtfs
