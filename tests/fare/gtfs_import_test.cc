// SPDX-License-Identifier: Apache-2.0
// Importing GTFS: both meanings of empty fields, hours, riders, media, stations, timetables, Fares
// V1, and what is named as a loss.
#include <gtest/gtest.h>

#include "tests/fare/gtfs_feeds.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

/// Network "rail" between areas in, out and none ("far"); network "bus"; no rules yet.
Files base_feed() {
  return {
      {"agency.txt", "agency_id,agency_name,agency_timezone\nA,Two Rivers,Asia/Shanghai\n"},
      {"stops.txt", "stop_id,stop_name\nin1,Inner 1\nin2,Inner 2\nout,Outer\nfar,Far\n"},
      {"areas.txt", "area_id,area_name\nin,Inside\nout,Outside\nspare,\n"},
      {"stop_areas.txt", "area_id,stop_id\nin,in1\nin,in2\nout,out\n"},
      {"networks.txt", "network_id,network_name\nrail,Rail\nbus,Bus\n"},
      {"routes.txt", "route_id,route_type\nr,1\nb,3\n"},
      {"route_networks.txt", "route_id,network_id\nr,rail\nb,bus\n"},
      {"fare_products.txt",
       "fare_product_id,amount,currency\none,1.00,CNY\ntwo,2.00,CNY\nthree,3.00,CNY\nfour,4.00,"
       "CNY\n"},
  };
}

/// What one imports to, and its report.
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

TEST(GtfsImport, without_priorities_an_empty_field_is_what_its_column_does_not_list) {
  Files feed = base_feed();
  feed["fare_leg_rules.txt"] =
      "network_id,from_area_id,to_area_id,fare_product_id\n"
      "rail,in,in,one\n"
      "rail,in,,two\n"  // to "out" and "far": "in" is listed
      ",,,four\n";      // networks other than rail
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "in2"}), 100);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "out"}), 200);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "far"}), 200);
  EXPECT_EQ(fen(*made.book, {"rail", "out", "in1"}), -1)
      << "rail is listed, the last rule is not its";
  EXPECT_EQ(fen(*made.book, {"bus", "out", "far"}), 400);
  EXPECT_EQ(fen(*made.book, {"bus", "in1", "far"}), -1) << "from_area_id lists in";
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
}

TEST(GtfsImport, with_priorities_an_empty_field_is_any_and_the_highest_match_counts) {
  Files feed = base_feed();
  feed["fare_leg_rules.txt"] =
      "network_id,from_area_id,to_area_id,fare_product_id,rule_priority\n"
      "rail,in,in,one,\n"
      "rail,in,,two,1\n"  // goes before the one above
      "rail,,,three,0\n"
      ",,,four,\n";  // as dear an alternative everywhere
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "in2"}), 200);
  EXPECT_EQ(fen(*made.book, {"rail", "out", "in1"}), 300) << "the cheaper of two of priority 0";
  EXPECT_EQ(fen(*made.book, {"rail", "far", "out"}), 300);
  EXPECT_EQ(fen(*made.book, {"bus", "in1", "far"}, true), 400) << "one fare: paid when boarding";
  EXPECT_EQ(count_with(made.import.report.notes, "fare_products.txt:5: product four: for some"), 1U)
      << made.import.report.text();
  EXPECT_EQ(count_with(made.import.report.notes, "fare_leg_rules.txt:2: prices no ride"), 1U)
      << made.import.report.text();
}

Files timed_feed() {
  Files feed = base_feed();
  feed["calendar.txt"] =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
      "work,1,1,1,1,1,0,0,20260101,20261231\nall,1,1,1,1,1,1,1,20260101,20261231\n";
  feed["timeframes.txt"] =
      "timeframe_group_id,start_time,end_time,service_id\n"
      "peak,7:00:00,09:00:00,work\npeak,17:00:00,19:00:00,work\n"
      "night,23:00:00,24:00:00,all\nnight,00:00:00,01:00:00,all\n";
  feed["rider_categories.txt"] =
      "rider_category_id,rider_category_name,is_default_fare_category,eligibility_url\n"
      "regular,Regular,1,\nSenior,Senior,0,\nmember,Member,,https://example.org/m\n";
  feed["fare_media.txt"] = "fare_media_id,fare_media_name,fare_media_type\nc,Card,2\na,App,4\n";
  feed["fare_products.txt"] =
      "fare_product_id,rider_category_id,fare_media_id,amount,currency\n"
      "day,regular,c,2.00,CNY\nday,regular,a,1.80,CNY\nday,Senior,,1.00,CNY\nday,member,c,1.50,"
      "CNY\n"
      "day,member,a,1.50,CNY\n"
      "peak,regular,,3.00,CNY\npeak,Senior,,3.00,CNY\npeak,member,c,2.50,CNY\npeak,member,a,2.40,"
      "CNY\n"
      "free,,,0,CNY\nless,,,-0.50,CNY\n";
  feed["fare_leg_rules.txt"] =
      "network_id,from_area_id,to_area_id,from_timeframe_group_id,fare_product_id,rule_priority\n"
      "rail,in,out,,day,0\nrail,in,out,peak,peak,1\nrail,in,out,night,free,2\n";
  return feed;
}

TEST(GtfsImport, riders_media_and_hours_become_classes) {
  const Made made = make(timed_feed());
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  const RiderCategory member = made.book->rider_from_name("member").value();
  struct Case {
    RiderCategory rider;
    MediumKind medium;
    std::int64_t day, peak, night;
  };
  for (const Case& one :
       {Case{RiderCategory::adult, MediumKind::t_union, 200, 300, 0},
        Case{RiderCategory::adult, MediumKind::qr, 180, 300, 0},
        Case{RiderCategory::senior, MediumKind::t_union, 100, 300, 0},
        Case{RiderCategory::senior, MediumKind::qr, 100, 300, 0},
        Case{member, MediumKind::t_union, 150, 250, 0}, Case{member, MediumKind::qr, 150, 240, 0}})
    for (const auto& [at, wanted] : {std::pair{"2026-11-02T06:59:59+08:00", one.day},
                                     {"2026-11-02T07:00:00+08:00", one.peak},
                                     {"2026-11-02T08:59:59+08:00", one.peak},
                                     {"2026-11-02T09:00:00+08:00", one.day},
                                     {"2026-11-07T08:00:00+08:00", one.day},
                                     {"2026-11-02T22:59:59+08:00", one.day},
                                     {"2026-11-02T23:00:00+08:00", one.night},
                                     {"2026-11-08T00:59:59+08:00", one.night},
                                     {"2026-11-09T01:00:00+08:00", one.day}})
      EXPECT_EQ(fen(*made.book, {"rail", "in1", "out", at, one.rider, one.medium}), wanted)
          << at << " rider " << name_of(one.rider) << " " << name_of(one.medium);
  EXPECT_EQ(made.import.files.at("book.toml").contains("valid_from = 2026-01-01"), true);
}

TEST(GtfsImport, what_comes_out_can_be_read_and_is_always_the_same) {
  const Made made = make(timed_feed());
  const std::string& toml = made.import.files.at("book.toml");
  EXPECT_TRUE(toml.contains("spans = [\"Mo-Fr 07:00-09:00; Mo-Fr 17:00-19:00\"]")) << toml;
  EXPECT_TRUE(toml.contains("{ timeframe = \"night\", kind = \"zones\"")) << toml;
  EXPECT_TRUE(toml.contains("riders = [\"senior\"]")) << toml;
  EXPECT_EQ(make(timed_feed()).import.files, made.import.files);
}

TEST(GtfsImport, files_as_spreadsheets_write_them) {
  Files feed = base_feed();
  feed["fare_leg_rules.txt"] =
      "\xEF\xBB\xBFnetwork_id , fare_product_id\r\n\"rail\",\"one\"\r\n\r\nbus, two \r\n";
  feed["stops.txt"] =
      "stop_id,stop_name,stop_desc,stop_lat\r\nin1,\"Inner, "
      "\"\"first\"\"\",x,1.5\r\nout,Outer,,\r\n";
  feed["stop_areas.txt"] = "area_id,stop_id\r\n";
  feed.erase("agency.txt");
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "out"}, true), 100);
  EXPECT_EQ(fen(*made.book, {"bus", "in1", "out"}, true), 200);
  EXPECT_TRUE(made.import.files.at("stops.csv").contains("\"Inner, \"\"first\"\"\""))
      << "kept whole";
}

TEST(GtfsImport, platforms_become_their_station_unless_their_areas_differ) {
  Files feed = base_feed();
  feed["stops.txt"] =
      "stop_id,stop_name,location_type,parent_station\n"
      "S,Station,1,\np1,Platform 1,0,S\np2,Platform 2,,S\ngate,Entrance,2,S\n"
      "T,Split,1,\nt1,Split 1,0,T\nt2,Split 2,0,T\n";
  feed["stop_areas.txt"] = "area_id,stop_id\nin,S\nin,T\nout,t2\n";
  feed["fare_leg_rules.txt"] =
      "network_id,from_area_id,to_area_id,fare_product_id\nrail,in,in,one\nrail,in,out,two\n";
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"rail", "S", "t1"}), 100);
  EXPECT_EQ(fen(*made.book, {"rail", "S", "t2"}), 200);
  EXPECT_EQ(fen(*made.book, {"rail", "p1", "t2"}), -1) << "no stop of the book";
}

TEST(GtfsImport, the_timetable_says_which_stops_a_network_has) {
  Files feed = base_feed();
  feed["fare_leg_rules.txt"] = "network_id,fare_product_id\nrail,one\nbus,two\n";
  feed["trips.txt"] = "route_id,service_id,trip_id\nr,x,t1\nb,x,t2\n";
  feed["stop_times.txt"] =
      "trip_id,stop_id,stop_sequence\nt1,in1,1\nt1,out,2\nt2,far,1\nt2,in1,2\n";
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"rail", "in1", "out"}, true), 100);
  EXPECT_EQ(fen(*made.book, {"rail", "far", "out"}, true), -1);
  EXPECT_EQ(fen(*made.book, {"bus", "far", "in1"}, true), 200);
  feed["stop_times.txt"] += "t9,in1,1\nt1,nowhere,3\n";
  EXPECT_TRUE(problem(feed).contains("stop_times.txt:6: column 1 (trip_id): \"t9\" is not in"));
}

TEST(GtfsImport, ids_are_made_fit) {
  Files feed = base_feed();
  feed["stops.txt"] = "stop_id,stop_name\n人民广场,People's Square\na b,A\na-b,B\n";
  feed["stop_areas.txt"] = "area_id,stop_id\n";
  feed["networks.txt"] = "network_id,network_name\nR/1,Rail\nbus,\n";
  feed["route_networks.txt"] = "route_id,network_id\nr,R/1\nb,bus\n";
  feed["fare_leg_rules.txt"] = "network_id,fare_product_id\nR/1,one\n";
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"R-1", "u4ebau6c11u5e7fu573a", "a-b"}, true), 100);
  EXPECT_EQ(fen(*made.book, {"R-1", "a-b-2", "a-b"}, true), 100) << "the second that makes a-b";
  EXPECT_EQ(count_with(made.import.report.notes, "network bus has no fare"), 1U);
}

struct Loss {
  const char* name;
  const char* file;
  const char* text;
  const char* message;
};
class GtfsLoss : public testing::TestWithParam<Loss> {};

TEST_P(GtfsLoss, is_named_with_its_place) {
  Files feed = timed_feed();
  const Loss& loss = GetParam();
  if (std::string_view{loss.text}.starts_with('+'))
    feed[loss.file] += loss.text + 1;
  else
    feed[loss.file] = loss.text;
  const Made made = make(feed);
  EXPECT_EQ(count_with(made.import.report.losses, loss.message), 1U) << made.import.report.text();
}

INSTANTIATE_TEST_SUITE_P(
    Gtfs, GtfsLoss,
    testing::Values(
        Loss{"holidays", "calendar_dates.txt",
             "service_id,date,exception_type\nwork,20261001,2\nwork,20261010,1\n",
             "calendar_dates.txt:2: 2 exceptions of service work from this line on"},
        Loss{"seconds", "timeframes.txt", "+lunch,12:00:30,12:59:59,all\n",
             "timeframes.txt:6: a book counts whole minutes: from 12:00:00 to 13:00:00"},
        Loss{"arrival_time", "fare_leg_rules.txt",
             "network_id,to_timeframe_group_id,fare_product_id\nbus,peak,free\nrail,,free\n",
             "fare_leg_rules.txt:2: to_timeframe_group_id"},
        Loss{"no_decimals", "fare_products.txt", "+yen,,,200,JPY\n",
             "fare_products.txt:13: product yen: JPY has 0 decimals"},
        Loss{"other_currency", "fare_products.txt", "+far,,,2.00,EUR\n",
             "product far is in EUR; a book has one currency, here CNY"},
        Loss{"large", "fare_products.txt", "+gold,,,999999.00,CNY\n",
             "is more than a purse can pay"},
        Loss{"negative_ride", "fare_leg_rules.txt",
             "network_id,fare_product_id\nrail,free\nbus,less\n", "product less is negative"},
        Loss{"unknown_column", "fare_leg_rules.txt",
             "network_id,fare_product_id,weather\nrail,free,\nrail,day,rain\n",
             "fare_leg_rules.txt:3: column weather is not of the GTFS reference"},
        Loss{"unknown_file", "fare_capping.txt", "cap\n1\n", "fare_capping.txt is not a file"},
        Loss{"paper", "fare_media.txt", "+p,Ticket,1\n",
             "fare_media.txt:4: medium p (fare_media_type 1)"},
        Loss{"time_zone", "agency.txt", "agency_name,agency_timezone\nA,America/Vancouver\n",
             "agency_timezone America/Vancouver"},
        Loss{"join_of_networks", "fare_leg_join_rules.txt",
             "from_network_id,to_network_id\nrail,bus\n", "joins legs of two networks"}),
    [](const auto& param) { return param.param.name; });

TEST(GtfsImport, a_service_that_is_a_list_of_dates_has_no_weekly_hours) {
  Files feed = timed_feed();
  feed["calendar_dates.txt"] = "service_id,date,exception_type\nfair,20261001,1\n";
  feed["timeframes.txt"] += "fair,12:00:00,13:00:00,fair\n";
  feed["fare_leg_rules.txt"] += "rail,in,out,fair,peak,3\n";
  const Made made = make(feed);
  EXPECT_EQ(count_with(made.import.report.losses,
                       "calendar_dates.txt:2: service fair is a list of dates"),
            1U);
  EXPECT_EQ(count_with(made.import.report.losses, "group fair has no day of the week"), 1U);
}

TEST(GtfsImport, gates_do_what_a_join_within_their_network_says) {
  Files feed = timed_feed();
  feed["fare_leg_join_rules.txt"] = "from_network_id,to_network_id\nrail,rail\n";
  const Made made = make(feed);
  EXPECT_TRUE(made.import.report.losses.empty()) << made.import.report.text();
  EXPECT_EQ(count_with(made.import.report.notes, "network rail has gates"), 1U);
}

TEST(GtfsImport, a_malformed_feed_is_refused_with_the_first_ten_reasons) {
  Files feed = timed_feed();
  feed["stop_areas.txt"] = "area_id,stop_id\nnowhere,in1\nin,nobody\nin\n";
  feed["timeframes.txt"] =
      "timeframe_group_id,start_time,end_time,service_id\npeak,07:00,09:00:00,work\n"
      "peak,09:00:00,,work\npeak,10:00:00,09:00:00,work\npeak,07:00:00,24:00:01,work\n"
      "x,07:00:00,08:00:00,all\nx,07:30:00,09:00:00,all\npeak,07:00:00,09:00:00,never\n";
  feed["fare_products.txt"] =
      "fare_product_id,rider_category_id,fare_media_id,amount,currency\n"
      "day,,,\"2,00\",CNY\npeak,nobody,,3.001,CNY\nfree,,,,yuan\nfree,,,1e2,CNY\n";
  const std::string text = problem(feed);
  for (const char* part :
       {"stop_areas.txt:2: column 1 (area_id): \"nowhere\" is not in areas.txt\n",
        "stop_areas.txt:3: column 2 (stop_id): \"nobody\" is not in stops.txt\n",
        "stop_areas.txt:4: 1 cells, the header has 2\n",
        "timeframes.txt:2: column 2 (start_time): a time up to 24:00:00",
        "timeframes.txt:3: column 3 (end_time): either both",
        "timeframes.txt:4: column 3 (end_time): ends before it begins",
        "timeframes.txt:5: column 3 (end_time): a time up to 24:00:00",
        "timeframes.txt:7: column 2 (start_time): overlaps another row",
        "timeframes.txt:8: column 4 (service_id): \"never\" is not in",
        "fare_products.txt:2: column 4 (amount): \"2,00\": an amount such as 3.20", "\nand 8 more"})
    EXPECT_TRUE(text.contains(part)) << part << "\nis not in\n" << text;
}

TEST(GtfsImport, refusals) {
  Files feed = base_feed();
  EXPECT_EQ(problem(feed), "fare_leg_rules.txt is missing: a feed with Fares V2 was expected");
  feed.erase("fare_products.txt");
  EXPECT_TRUE(problem(feed).starts_with("there are no fares: ")) << problem(feed);
  feed = timed_feed();
  feed["stops.txt"] = "<!DOCTYPE html><html><body>out of order</body></html>";
  EXPECT_TRUE(problem(feed).contains("stops.txt:1: column 1: this is a web page, not a table"));
  feed["stops.txt"] = "stop_id,stop_name\nin1,\xE4\xBA\xBA\nout,\xB5\xD8\n";
  EXPECT_TRUE(problem(feed).contains("stops.txt:3: is not UTF-8")) << problem(feed);
  feed = timed_feed();
  feed["fare_transfer_rules.txt"] =
      "from_leg_group_id,transfer_count,duration_limit,duration_limit_type,fare_transfer_type\n"
      ",0,0,,5\n";
  const std::string text = problem(feed);
  for (const char* part :
       {"transfer_count): -1 or a number from 1", "duration_limit): a whole number from 1 to",
        "duration_limit_type): is required with duration_limit",
        "fare_transfer_type): a whole number from 0 to 2"})
    EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
}

TEST(GtfsImport, fares_v1) {
  Files feed = base_feed();
  feed.erase("fare_products.txt");
  feed["stops.txt"] = "stop_id,stop_name,zone_id\na,A,1\nb,B,2\nc,C,3\n";
  feed["fare_attributes.txt"] =
      "fare_id,price,currency_type,payment_method,transfers,transfer_duration\n"
      "short,2,CNY,1,0,\nlong,3.50,CNY,0,0,\nferry,1.00,CNY,1,,5400\nthrough,9.00,CNY,1,0,\n";
  feed["fare_rules.txt"] =
      "fare_id,route_id,origin_id,destination_id,contains_id\n"
      "short,r,1,2,\nshort,r,2,1,\nlong,r,1,,\nferry,b,,,\nthrough,r,1,3,2\n";
  const Made made = make(feed);
  EXPECT_EQ(fen(*made.book, {"r", "a", "b"}), 200) << "the cheapest that matches";
  EXPECT_EQ(fen(*made.book, {"r", "a", "c"}), 350);
  EXPECT_EQ(fen(*made.book, {"r", "b", "c"}), -1);
  EXPECT_EQ(fen(*made.book, {"b", "a", "c"}, true), 100);
  EXPECT_EQ(count_with(made.import.report.losses, "fare_rules.txt:6: contains_id"), 1U);
  EXPECT_TRUE(
      made.import.files.at("book.toml")
          .contains(
              "from = [\"b\"]\nto = [\"b\"]\nwindow_minutes = 90\nmeasured = \"begin-to-begin\"\n"))
      << made.import.files.at("book.toml");
}

}  // namespace
}  // namespace tidegate::fare
