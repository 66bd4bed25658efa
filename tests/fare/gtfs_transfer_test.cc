// SPDX-License-Identifier: Apache-2.0
// Transfers and joins of GTFS: which of them a book says, priced ride by ride, and which are
// losses.
#include <gtest/gtest.h>

#include "tests/fare/gtfs_feeds.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

/// Bus at 2.00, rail at 3.00 (in) and 5.00 (in to out).
Files feed_with(const std::string& transfers) {
  return {
      {"agency.txt", "agency_name\nTwo Rivers\n"},
      {"stops.txt", "stop_id,stop_name\nin1,Inner 1\nin2,Inner 2\nout,Outer\nb1,Bus stop\n"},
      {"areas.txt", "area_id\nin\nout\nroad\n"},
      {"stop_areas.txt", "area_id,stop_id\nin,in1\nin,in2\nout,out\nroad,b1\n"},
      {"networks.txt", "network_id\nrail\nbus\n"},
      {"routes.txt", "route_id,route_type\nr,1\nb,3\n"},
      {"route_networks.txt", "route_id,network_id\nr,rail\nb,bus\n"},
      {"fare_products.txt",
       "fare_product_id,amount,currency\ntwo,2.00,CNY\nthree,3.00,CNY\nfive,5.00,CNY\n"
       "off,-1.00,CNY\none,1.00,CNY\n"},
      {"fare_leg_rules.txt",
       "leg_group_id,network_id,from_area_id,to_area_id,fare_product_id\n"
       "B,bus,road,road,two\nR3,rail,in,in,three\nR5,rail,in,out,five\nR5,rail,out,in,five\n"},
      {"fare_transfer_rules.txt",
       "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
       "fare_transfer_type,fare_product_id\n" +
           transfers},
  };
}

struct Step {
  std::string network, from, to;  ///< bus: board at `from`
  std::string begins, ends;       ///< times of 2026-11-02
  std::int64_t fen;
};

/// Rides one after the other with one card of another city than any network's.
void expect_fares(const Book& book, const std::vector<Step>& steps) {
  Medium medium{.issuer = {0x02, 0x00, 0x31, 0x00}, .balance = Fen{100'000}};
  const auto on_day = [](const std::string& time) {
    return at("2026-11-02T" + time + ":00+08:00");
  };
  for (const Step& step : steps) {
    const bool bus = step.network == "bus";
    std::vector<std::pair<std::string, Tap>> taps{
        {step.from, {.kind = bus ? TapKind::board : TapKind::entry, .at = on_day(step.begins)}}};
    if (!bus) taps.push_back({step.to, {.kind = TapKind::exit, .at = on_day(step.ends)}});
    Fen paid;
    for (const auto& [stop, tap] : taps) {
      const TapContext context{.network = NetworkId{step.network}, .stop = StopCode{stop}};
      const Decision decision = price(book, medium, context, tap);
      ASSERT_TRUE(decision.accepted()) << step.begins;
      paid += decision.total();
      carry_on(book, medium, context, tap, decision);
    }
    EXPECT_EQ(paid.count(), step.fen) << step.network << " at " << step.begins;
  }
}

struct Made {
  gtfs::ImportedBook import;
  std::shared_ptr<const Book> book;
};
Made make(const Files& feed, const gtfs::ImportOptions& options = {}) {
  auto imported = import(feed, options);
  EXPECT_TRUE(imported) << imported.error().message();
  Made out{.import = *std::move(imported), .book = {}};
  out.book = compile(out.import.files);
  return out;
}

TEST(GtfsTransfer, free_within_the_limit_of_departures) {
  const Made made = make(feed_with("B,R3,,5400,1,0,\nB,R5,,5400,1,0,\n"));
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  expect_fares(*made.book, {{"bus", "b1", "", "08:00", "", 200},
                            {"rail", "in1", "out", "09:30", "10:10", 0},
                            {"rail", "in1", "out", "10:20", "11:00", 500}});
  expect_fares(*made.book, {{"bus", "b1", "", "08:00", "", 200},
                            {"rail", "in1", "out", "09:31", "10:10", 500}});
}

TEST(GtfsTransfer, an_amount_off_from_arrival_to_departure_without_groups_named) {
  const Made made = make(feed_with(",B,,1800,2,1,off\n"));
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  const std::string& toml = made.import.files.at("book.toml");
  EXPECT_TRUE(toml.contains("from = [\"bus\", \"rail\"]\nto = [\"bus\"]")) << toml;
  expect_fares(*made.book, {{"rail", "in1", "out", "08:00", "08:40", 500},
                            {"bus", "b1", "", "09:10", "", 100}});
  expect_fares(*made.book, {{"rail", "in1", "out", "08:00", "08:40", 500},
                            {"bus", "b1", "", "09:11", "", 200}});
}

// Every pair of groups pays what is left to the dearer fare: one rule of a book.
constexpr std::string_view kDifferences =
    "B,B,-1,5400,1,0,\nB,R3,,5400,1,0,one\nB,R5,,5400,1,0,three\n"
    "R3,B,,5400,1,0,\nR3,R3,-1,5400,1,0,\nR3,R5,,5400,1,0,plus2\n"
    "R5,B,,5400,1,0,\nR5,R3,,5400,1,0,\nR5,R5,-1,5400,1,0,\n";

TEST(GtfsTransfer, differences_to_the_dearer_fare_become_one_rule) {
  Files feed = feed_with(std::string{kDifferences});
  feed["fare_products.txt"] += "plus2,2.00,CNY\n";
  const Made made = make(feed);
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  const std::string& toml = made.import.files.at("book.toml");
  EXPECT_TRUE(
      toml.contains("name = \"transfer\"\nnumber = 1\nfrom = [\"bus\", \"rail\"]\n"
                    "to = [\"bus\", \"rail\"]\nwindow_minutes = 90\n"))
      << toml;
  expect_fares(*made.book, {{"bus", "b1", "", "08:00", "", 200},
                            {"rail", "in1", "in2", "08:10", "08:30", 100},
                            {"rail", "in2", "out", "08:40", "09:20", 200},
                            {"bus", "b1", "", "09:30", "", 0},
                            {"bus", "b1", "", "09:31", "", 200}});
}

struct Loss {
  const char* name;
  const char* rules;
  const char* message;
};
class GtfsTransferLoss : public testing::TestWithParam<Loss> {};

TEST_P(GtfsTransferLoss, is_named) {
  const Made made = make(feed_with(GetParam().rules));
  EXPECT_GE(count_with(made.import.report.losses, GetParam().message), 1U)
      << made.import.report.text();
}

INSTANTIATE_TEST_SUITE_P(
    Gtfs, GtfsTransferLoss,
    testing::Values(
        Loss{"part_of_a_network", "B,R3,,5400,1,0,\n",
             "fare_transfer_rules.txt:2: transfers from B to R3, bus to rail: not every ride"},
        Loss{"fixed_price", "B,R3,,5400,1,0,one\nB,R5,,5400,1,0,one\n",
             "the second ride costs neither"},
        Loss{"departure_to_arrival", "R3,B,,5400,0,0,\nR5,B,,5400,0,0,\n", "duration_limit_type 0"},
        Loss{"no_limit", "B,B,1,,,0,\n", "at most 1440; 1440 are taken"},
        Loss{"seconds", "B,B,1,5430,1,0,\n", "90 are taken"},
        Loss{"several", "B,B,1,5400,1,0,\nB,B,2,5400,1,0,\n", "several rules for the same groups"},
        Loss{"begin_and_end", "B,B,1,5400,1,0,\nR3,B,,5400,2,0,\nR5,B,,5400,2,0,\n",
             "a card keeps the begin or the end of a ride"},
        Loss{"dearer", "B,B,1,5400,1,1,one\n", "the second ride costs neither"}),
    [](const auto& param) { return param.param.name; });

TEST(GtfsTransfer, counts) {
  const Made made = make(feed_with("B,B,2,5400,1,0,\n"));
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  expect_fares(*made.book, {{"bus", "b1", "", "08:00", "", 200},
                            {"bus", "b1", "", "08:10", "", 0},
                            {"bus", "b1", "", "08:20", "", 0},
                            {"bus", "b1", "", "08:30", "", 200}});
}

TEST(GtfsTransfer, counts_are_a_loss_where_a_bus_has_no_room_for_them) {
  Files feed = feed_with("B,B,2,5400,1,0,\n");
  feed["areas.txt"] += "kerb\n";
  feed["stops.txt"] += "b2,Far bus stop\n";
  feed["stop_areas.txt"] += "kerb,b2\n";
  feed["fare_leg_rules.txt"] += "B,bus,road,kerb,three\n";
  const Made made = make(feed);
  EXPECT_EQ(count_with(made.import.report.losses,
                       "fare_transfer_rules.txt:2: transfer_count 2: the fare of bus depends on "
                       "where one alights, and a card counts nothing there"),
            1U)
      << made.import.report.text();
  EXPECT_FALSE(made.import.files.at("book.toml").contains("[[transfer]]"));
}

TEST(GtfsTransfer, the_transfer_alone_may_be_what_two_rides_cost) {
  const Made made = make(feed_with("B,B,1,3600,1,2,two\n"));
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  expect_fares(*made.book,
               {{"bus", "b1", "", "08:00", "", 200}, {"bus", "b1", "", "09:00", "", 0}});
}

TEST(GtfsTransfer, a_join_outside_of_gates_is_an_interchange_where_a_limit_is_given) {
  Files feed = feed_with("");
  feed["stop_areas.txt"] = "area_id,stop_id\nin,in1\nin,in2\nout,out\nroad,b1\n";
  feed["fare_leg_join_rules.txt"] =
      "from_network_id,to_network_id,from_stop_id,to_stop_id\nrail,rail,in2,in1\nrail,rail,in1,"
      "in2\n";
  EXPECT_EQ(count_with(make(feed).import.report.losses, "say --interchange-minutes"), 2U);
  const Made made = make(feed, {.interchange_minutes = 20});
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  expect_fares(*made.book, {{"rail", "out", "in2", "08:00", "08:30", 500},
                            {"rail", "in1", "in2", "08:50", "09:00", 0}});
  expect_fares(*made.book, {{"rail", "out", "in2", "08:00", "08:30", 500},
                            {"rail", "in1", "in2", "08:51", "09:00", 300}});
}

}  // namespace
}  // namespace tidegate::fare
