// SPDX-License-Identifier: Apache-2.0
// The worked example of the GTFS guide (zones, hours, riders of a real operator) priced as its text
// says. The guide is not part of the source tree; without it the tests are skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "base/posix/fd.h"
#include "tests/fare/gtfs_feeds.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

std::filesystem::path guide_folder() {
  const char* const given = std::getenv("TIDEGATE_SHARED");
  const auto data = given != nullptr
                        ? std::filesystem::path{given}
                        : std::filesystem::path{TIDEGATE_SOURCE_DIR} / ".." / "shared" / "data";
  return data / "gtfs_fares_v2";
}

std::string trimmed(std::string text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// "| a | b |" as "a,b".
std::string csv_row(const std::string& line) {
  std::istringstream in{line.substr(1, line.rfind('|') - 1)};
  std::string out, cell;
  while (std::getline(in, cell, '|')) {
    cell = trimmed(cell);
    const bool quoted = cell.find(',') != std::string::npos;
    out.append(out.empty() ? "" : ",").append(quoted ? "\"" + cell + "\"" : cell);
    if (out.empty()) out = " ";  // an empty first cell
  }
  return out + "\n";
}

/// The table of a chapter that stands under the heading of a file, the `nth` of them, as CSV.
/// Rows of dots are left out.
std::string table(const std::string& chapter, const std::string& file, int nth = 0) {
  const auto bytes = posix::read_file(guide_folder() / ("guide_" + chapter + ".md"), 1UL << 20U);
  EXPECT_TRUE(bytes) << bytes.error().message();
  std::istringstream in{std::string{as_text(bytes.value())}};
  std::string line, out;
  int seen = -1;
  while (std::getline(in, line)) {
    const bool heading = line.find("**") != std::string::npos &&
                         line.find(file) != std::string::npos && line.find("**") < 3;
    if (heading) ++seen;
    if (heading && seen > nth) break;
    if (seen != nth || !line.starts_with('|')) {
      if (!out.empty()) break;
      continue;
    }
    if (line.find("…") == std::string::npos && line.find("| :--") == std::string::npos)
      out += csv_row(line);
  }
  EXPECT_FALSE(out.empty()) << chapter << ": no table of " << file;
  return out;
}

/// Without the header row.
std::string body(const std::string& csv) {
  return csv.substr(csv.find('\n') + 1);
}

class GtfsGuide : public testing::Test {
 protected:
  void SetUp() override {
    std::error_code ignored;
    if (!std::filesystem::exists(guide_folder() / "guide_zone-based-fares.md", ignored))
      GTEST_SKIP() << "the guide is not here: " << guide_folder().string();
    // The guide names no stop of zone 3, which gets one here.
    feed_ = {{"agency.txt", "agency_id,agency_name\nTL,TransLink\n"},
             {"stops.txt", table("zone-based-fares", "stops.txt") +
                               "third,Third zone\n"
                               "99902,Templeton\n99903,Sea Island Centre\n"},
             {"areas.txt", table("zone-based-fares", "areas.txt")},
             {"stop_areas.txt", table("zone-based-fares", "stop_areas.txt") + "third,ZN3\n"},
             {"networks.txt", table("zone-based-fares", "networks.txt") +
                                  body(table("route-based-fares", "networks.txt"))},
             {"routes.txt", "route_id,route_type\n13686,1\n30052,1\n10232,3\n11201,3\n"},
             {"route_networks.txt", table("zone-based-fares", "route_networks.txt") +
                                        body(table("route-based-fares", "route_networks.txt"))},
             {"fare_media.txt", table("fare-media", "fare_media.txt")},
             {"fare_products.txt", table("zone-based-fares", "fare_products.txt")},
             {"timeframes.txt", table("time-based-fares", "timeframes.txt")},
             {"calendar.txt", table("time-based-fares", "calendar.txt")}};
    // Media of the guide's chapters on zones and time: contactless alone.
    options_.media = {{"contactless", {MediumKind::t_union}}};
    for (const char* other : {"cash", "compass_card", "compass_ticket", "wallet"})
      options_.media[other] = {};
  }

  std::shared_ptr<const Book> book() {
    auto made = import(feed_, options_);
    EXPECT_TRUE(made) << made.error().message();
    report_ = made->report;
    return compile(made->files);
  }
  /// Fen of a ride on the rail network. An empty time: any.
  static std::int64_t rail(const Book& book, const std::string& from, const std::string& to,
                           const std::string& begins = "2026-11-02T12:00:00+08:00") {
    return fen(book, {"skytrain_seabus", from, to, begins});
  }
  static void expect_zone_fares(const Book& book, const std::string& at) {
    EXPECT_EQ(rail(book, "8039", "8039", at), 320);
    EXPECT_EQ(rail(book, "8039", "8066", at), 465);
    EXPECT_EQ(rail(book, "8066", "third", at), 465);
    EXPECT_EQ(rail(book, "third", "8039", at), 635);
    EXPECT_EQ(rail(book, "99901", "8066", at), 820);
    EXPECT_EQ(rail(book, "99901", "8039", at), 965);
    EXPECT_EQ(rail(book, "99902", "third", at), 965);
    EXPECT_EQ(rail(book, "99901", "99903", at), 0);
    EXPECT_EQ(rail(book, "8039", "99901", at), 465) << "to the island as to zone 2";
    EXPECT_EQ(rail(book, "8066", "99901", at), 320);
  }
  static void expect_evening_fares(const Book& book, const std::string& at) {
    for (const char* from : {"8039", "8066", "third"})
      for (const char* to : {"8039", "8066", "third", "99901"})
        EXPECT_EQ(rail(book, from, to, at), 320) << from << " " << to << " " << at;
    EXPECT_EQ(rail(book, "99901", "8039", at), 820);
    EXPECT_EQ(rail(book, "99901", "third", at), 820);
    EXPECT_EQ(rail(book, "99901", "99902", at), 0) << "free at all times";
  }

  Files feed_;
  gtfs::ImportOptions options_;
  gtfs::Report report_;
};

TEST_F(GtfsGuide, zones) {
  const std::string rules = table("zone-based-fares", "fare_leg_rules.txt", 1);
  feed_["fare_leg_rules.txt"] = rules + "flat_fare_leg,translink_bus,bus_flat_fare,,,\n";
  const auto made = book();
  expect_zone_fares(*made, "2026-11-02T12:00:00+08:00");
  EXPECT_EQ(fen(*made, {"translink_bus", "8039", "8066"}, true), 320) << "flat, paid when boarding";
  EXPECT_EQ(count_with(report_.losses, ""), 0U) << report_.text();
  EXPECT_EQ(count_with(report_.notes, "amounts are in CAD"), 1U);
}

TEST_F(GtfsGuide, hours_to_the_second_in_both_ways_to_write_them) {
  for (const int nth : {0, 1}) {
    feed_["fare_leg_rules.txt"] = table("time-based-fares", "fare_leg_rules.txt", nth);
    const auto made = book();
    for (const char* day :
         {"2026-11-02T03:00:00+08:00", "2026-11-02T18:29:59+08:00", "2026-11-06T12:00:00+08:00"})
      expect_zone_fares(*made, day);
    for (const char* late :
         {"2026-11-02T18:30:00+08:00", "2026-11-02T02:59:59+08:00", "2026-11-03T00:00:00+08:00",
          "2026-11-07T12:00:00+08:00", "2026-11-08T23:59:59+08:00"})
      expect_evening_fares(*made, late);
    EXPECT_EQ(fen(*made, {"translink_bus", "8039", "third"}, true), 320);
  }
}

TEST_F(GtfsGuide, riders_of_the_flat_bus) {
  feed_["rider_categories.txt"] = table("rider-categories", "rider_categories.txt");
  feed_["fare_products.txt"] = table("rider-categories", "fare_products.txt");
  feed_["fare_leg_rules.txt"] = table("route-based-fares", "fare_leg_rules.txt");
  const auto made = book();
  const auto concession = made->rider_from_name("concession");
  ASSERT_TRUE(concession);
  EXPECT_EQ(fen(*made, {"translink_bus", "8039", "8039"}, true), 320);
  EXPECT_EQ(
      fen(*made, {.network = "translink_bus", .from = "8039", .to = "8039", .rider = *concession},
          true),
      215);
}

TEST_F(GtfsGuide, media_and_a_day_pass) {
  feed_["fare_products.txt"] = table("fare-products", "fare_products.txt");
  feed_["fare_leg_rules.txt"] = table("route-based-fares", "fare_leg_rules.txt") +
                                "flat_fare_leg,translink_bus,bus_flat_fare_daily\n";
  options_.media = {{"compass_card", {MediumKind::t_union}},
                    {"contactless", {MediumKind::qr}},
                    {"cash", {}},
                    {"compass_ticket", {}},
                    {"wallet", {}}};
  const auto made = book();
  EXPECT_EQ(fen(*made, {"translink_bus", "8039", "8039"}, true), 260);
  EXPECT_EQ(
      fen(*made,
          {.network = "translink_bus", .from = "8039", .to = "8039", .medium = MediumKind::qr},
          true),
      320);
  EXPECT_EQ(count_with(report_.losses, "product bus_flat_fare_daily"), 1U) << report_.text();
}

// The transfer chapter has three slips that a reader must not guess at: a comma in an amount, a
// column twice, and transfer_count between different groups.
TEST_F(GtfsGuide, the_slips_of_the_transfer_chapter_are_refused_by_place) {
  feed_["fare_leg_rules.txt"] = table("time-based-fares", "fare_leg_rules.txt");
  feed_["fare_products.txt"] += body(table("fare-transfers", "fare_products.txt"));
  feed_["fare_transfer_rules.txt"] = table("fare-transfers", "fare_transfer_rules.txt");
  const std::string first = problem(feed_);
  EXPECT_TRUE(
      first.contains("fare_products.txt:9: column 3 (amount): \"1,45\": an amount such as 3.20"))
      << first;
  EXPECT_TRUE(first.contains("fare_transfer_rules.txt:1: column from_leg_group_id is there twice"))
      << first;
  std::string& rules = feed_["fare_transfer_rules.txt"];
  rules.replace(rules.find("from_leg_group_id", 10), 4, "to");
  const std::string second = problem(feed_);
  EXPECT_TRUE(
      second.contains("(transfer_count): is forbidden where the leg groups are not the same"))
      << second;
}

// The chapter lists some of its pairs and leaves out the others; all of them pay what is left to
// the dearer fare, and the products of the chapter are those differences.
TEST_F(GtfsGuide, transfers_pay_the_difference_within_90_minutes) {
  // With rule_priority the bus is flat wherever it goes, as in the chapter on hours.
  std::string zones = table("zone-based-fares", "fare_leg_rules.txt", 0);
  zones.insert(zones.find('\n'), ",rule_priority");
  for (auto end = zones.find('\n') + 1; (end = zones.find('\n', end)) != std::string::npos;
       end += 2)
    zones.insert(end, ",");
  feed_["fare_leg_rules.txt"] = zones + "flat_fare_leg,translink_bus,bus_flat_fare,,,\n";
  std::string products = body(table("fare-transfers", "fare_products.txt"));
  products.replace(products.find("\"1,45\""), 6, "1.45");
  feed_["fare_products.txt"] += products;
  const std::map<std::string, int> size{{"flat_fare_leg", 1}, {"ZN1_ZN1", 1}, {"ZN2_ZN2", 1},
                                        {"ZN3_ZN3", 1},       {"ZN1_ZN2", 2}, {"ZN2_ZN3", 2},
                                        {"ZN1_ZN3", 3}};
  std::string& rules = feed_["fare_transfer_rules.txt"];
  rules =
      "from_leg_group_id,to_leg_group_id,duration_limit,duration_limit_type,transfer_count,"
      "fare_transfer_type,fare_product_id\n";
  for (const auto& [from, had] : size)
    for (const auto& [to, needed] : size) {
      rules.append(from).append(",").append(to).append(",5400,1,").append(from == to ? "-1" : "");
      rules += ",0,";
      if (needed > had)
        rules.append(std::to_string(had))
            .append("_zone_to_")
            .append(std::to_string(needed))
            .append("_zone_upgrade");
      rules += "\n";
    }
  const auto made = book();
  EXPECT_EQ(count_with(report_.losses, ""), 0U) << report_.text();
  Medium medium{.balance = Fen{10'000}};
  const auto tap = [&](const char* network, const char* stop, TapKind kind, const char* time) {
    const TapContext context{.network = NetworkId{network}, .stop = StopCode{stop}};
    const Tap one{.kind = kind, .at = at(std::string{"2026-11-02T"} + time + ":00+08:00")};
    const Decision decision = price(*made, medium, context, one);
    EXPECT_TRUE(decision.accepted()) << time;
    carry_on(*made, medium, context, one, decision);
    return decision.total().count();
  };
  const char* const rail = "skytrain_seabus";
  // The chapter's journey of 80 minutes: zone 2 to 1, within 1, back to 2: one fare of two zones.
  EXPECT_EQ(tap(rail, "8066", TapKind::entry, "08:00"), 0);
  EXPECT_EQ(tap(rail, "8039", TapKind::exit, "08:20"), 465);
  EXPECT_EQ(tap(rail, "8039", TapKind::entry, "08:25"), 0);
  EXPECT_EQ(tap(rail, "8039", TapKind::exit, "08:40"), 0);
  EXPECT_EQ(tap(rail, "8039", TapKind::entry, "08:45"), 0);
  EXPECT_EQ(tap(rail, "8066", TapKind::exit, "09:20"), 0);
  // A bus, then the train to the next zone: 1.45; to the third 3.15 in all.
  EXPECT_EQ(tap("translink_bus", "8039", TapKind::board, "12:00"), 320);
  EXPECT_EQ(tap(rail, "8039", TapKind::entry, "12:20"), 0);
  EXPECT_EQ(tap(rail, "8066", TapKind::exit, "12:50"), 145);
  EXPECT_EQ(tap(rail, "8039", TapKind::entry, "13:30"), 0);
  EXPECT_EQ(tap(rail, "third", TapKind::exit, "14:10"), 170);
  EXPECT_EQ(tap("translink_bus", "8039", TapKind::board, "14:11"), 320)
      << "the 90 minutes are over";
}

}  // namespace
}  // namespace tidegate::fare
