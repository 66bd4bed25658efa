// SPDX-License-Identifier: Apache-2.0
// A book that is exported to GTFS, imported and compiled again prices alike: every pair of stops,
// rider, hour and medium.
#include <gtest/gtest.h>

#include "fare/authoring/gtfs/export.h"
#include "tests/fare/gtfs_feeds.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

struct Trip {
  std::shared_ptr<const Book> before, after;
  BookModel model;  ///< before
  gtfs::Report exported, imported;
};

Trip round_trip(const BookModel& model, const gtfs::ExportOptions& options = {}) {
  Trip out{.before = testing_books::load(model),
           .after = {},
           .model = model,
           .exported = {},
           .imported = {}};
  auto feed = gtfs::export_feed(model, options);
  EXPECT_TRUE(feed) << feed.error().message();
  const TempDir dir;
  for (const auto& [name, text] : feed->files) dir.write(name, text);
  auto book = gtfs::import_feed(dir.path(), {.valid_from = model.valid_from});
  EXPECT_TRUE(book) << book.error().message();
  out.exported = std::move(feed->report);
  out.imported = std::move(book->report);
  out.after = compile(book->files);
  return out;
}

BookModel source_model(const std::string& name) {
  auto model = read_book_source(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / name);
  EXPECT_TRUE(model) << model.error().message();
  return *std::move(model);
}

/// Compares every ride; returns how many.
std::size_t compare(const Trip& trip, const std::vector<std::string>& hours) {
  std::vector<std::pair<RiderCategory, RiderCategory>> riders{
      {RiderCategory::adult, RiderCategory::adult},
      {RiderCategory::student, RiderCategory::student},
      {RiderCategory::child, RiderCategory::child}};
  for (const Rider& own : trip.model.riders)
    riders.emplace_back(own.number,
                        trip.after->rider_from_name(own.name).value_or(RiderCategory::adult));
  std::size_t rides = 0, different = 0;
  for (const Network& network : trip.model.networks)
    for (const Stop& from : network.stops)
      for (const Stop& to : network.stops)
        for (const auto& [rider, rider_after] : riders)
          for (const MediumKind medium : {MediumKind::t_union, MediumKind::qr})
            for (const std::string& hour : hours) {
              const auto priced =
                  fen(*trip.before, {network.id, from.code, to.code, hour, rider, medium});
              const auto again =
                  fen(*trip.after, {network.id, from.code, to.code, hour, rider_after, medium});
              ++rides;
              if (priced == again) continue;
              if (++different < 5)
                ADD_FAILURE() << network.id << " " << from.code << " → " << to.code << " at "
                              << hour << ": " << priced << " before, " << again << " after";
            }
  EXPECT_EQ(different, 0U);
  return rides;
}

// Both ends of every timeframe of tariffs/kinds, days and the night between.
const std::vector<std::string> kHours{
    "2026-11-02T06:59:59+08:00", "2026-11-02T07:00:00+08:00", "2026-11-02T08:59:59+08:00",
    "2026-11-02T09:00:00+08:00", "2026-11-02T16:59:59+08:00", "2026-11-02T17:00:00+08:00",
    "2026-11-02T19:00:00+08:00", "2026-11-06T23:59:59+08:00", "2026-11-07T00:00:00+08:00",
    "2026-11-08T08:00:00+08:00", "2026-11-08T23:59:59+08:00", "2026-11-09T00:00:00+08:00"};

TEST(GtfsRoundTrip, the_demonstration_tariff) {
  const Trip trip = round_trip(source_model("demo"));
  EXPECT_TRUE(trip.imported.losses.empty()) << trip.imported.text();
  EXPECT_EQ(count_with(trip.exported.losses, "a balance of 3.00 is asked for at entry"), 1U);
  EXPECT_EQ(compare(trip, kHours), (8U * 8 + 2U * 2) * 3 * 2 * kHours.size());
}

TEST(GtfsRoundTrip, every_kind_of_tariff_with_classes) {
  const Trip trip = round_trip(source_model("kinds"));
  EXPECT_TRUE(trip.imported.losses.empty()) << trip.imported.text();
  EXPECT_EQ(compare(trip, kHours), (4U * 4 + 3U * 3 + 4U * 4) * 4 * 2 * kHours.size());
}

TEST(GtfsRoundTrip, riders_without_a_fare_for_adults_and_overlapping_hours) {
  BookModel model = testing_books::classed_model();
  const Trip trip = round_trip(model, {.on = testing_books::day("2026-06-01")});
  EXPECT_EQ(count_with(trip.exported.losses, "network m: the tariff from 2026-12-01 on"), 1U);
  compare(trip, kHours);
}

TEST(GtfsRoundTrip, transfers_and_what_of_the_rules_between_rides_gtfs_cannot_say) {
  BookModel model = source_model("demo");  // network 0: ferry at 2.00, 1: metro
  model.between.transfers = {{.name = "across",
                              .number = 1,
                              .from = {0, 1},
                              .to = {0, 1},
                              .window_minutes = 90,
                              .measured = TransferRule::Measured::begin_to_begin,
                              .from_first_leg = true,
                              .effect = TransferRule::Effect::up_to_difference}};
  model.between.caps = {{.name = "daily", .networks = {0, 1}, .fen = Fen{2'000}}};
  const Trip trip = round_trip(model);
  EXPECT_EQ(count_with(trip.exported.losses, "cap daily: GTFS has no caps"), 1U);
  EXPECT_EQ(count_with(trip.exported.losses, "transfer across"), 0U) << trip.exported.text();
  EXPECT_TRUE(trip.imported.losses.empty()) << trip.imported.text();
  EXPECT_EQ(std::ranges::count(trip.imported.taken,
                               "transfers from shanghai-ferry, shanghai-metro to shanghai-ferry, "
                               "shanghai-metro within 90 minutes"),
            1);
  compare(trip, {"2026-11-02T12:00:00+08:00"});
}

TEST(GtfsExport, a_day_before_every_tariff_is_not_found) {
  const auto feed =
      gtfs::export_feed(testing_books::small_model(), {.on = testing_books::day("2025-12-31")});
  ASSERT_FALSE(feed);
  EXPECT_EQ(feed.error().code(), Errc::not_found);
}

}  // namespace
}  // namespace tidegate::fare
