// SPDX-License-Identifier: Apache-2.0
// Feeds of any bytes: a feed whose files were changed at random is imported or refused with a
// place, and what is imported compiles.
#include <gtest/gtest.h>

#include <random>

#include "tests/fare/gtfs_feeds.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

Files small_feed() {
  return {
      {"agency.txt", "agency_name,agency_timezone\nA,Asia/Shanghai\n"},
      {"stops.txt", "stop_id,stop_name,location_type,parent_station\nS,St,1,\na,A,0,S\nb,B,,\n"},
      {"areas.txt", "area_id\n1\n2\n"},
      {"stop_areas.txt", "area_id,stop_id\n1,S\n2,b\n"},
      {"networks.txt", "network_id,network_name\nn,N\nm,M\n"},
      {"routes.txt", "route_id,route_type\nr,1\nq,3\n"},
      {"route_networks.txt", "route_id,network_id\nr,n\nq,m\n"},
      {"calendar.txt",
       "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
       "w,1,1,1,1,1,0,0,20260101,20261231\n"},
      {"timeframes.txt",
       "timeframe_group_id,start_time,end_time,service_id\np,07:00:00,9:00:00,w\n"},
      {"rider_categories.txt",
       "rider_category_id,rider_category_name,is_default_fare_category\nx,X,1\ny,Y,0\n"},
      {"fare_media.txt", "fare_media_id,fare_media_type\nc,2\nd,4\n"},
      {"fare_products.txt",
       "fare_product_id,rider_category_id,fare_media_id,amount,currency\n"
       "one,x,c,1.00,CNY\none,y,,0.50,CNY\ntwo,,,2.00,CNY\noff,,,-0.20,CNY\n"},
      {"fare_leg_rules.txt",
       "leg_group_id,network_id,from_area_id,to_area_id,from_timeframe_group_id,fare_product_id,"
       "rule_priority\nN,n,1,2,,one,\nN,n,2,1,p,two,1\nM,m,,,,two,\n"},
      {"fare_transfer_rules.txt",
       "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
       "fare_transfer_type,fare_product_id\nM,M,2,600,1,0,\nN,M,,600,1,1,off\n"},
      {"fare_leg_join_rules.txt",
       "from_network_id,to_network_id,from_stop_id,to_stop_id\nn,n,a,b\n"}};
}

TEST(GtfsAnyBytes, are_imported_or_refused_never_more) {
  std::mt19937 random{20261127};
  const Files whole = small_feed();
  ASSERT_EQ(problem(whole), "imported");
  std::size_t imported = 0;
  for (int round = 0; round < 1'500; ++round) {
    Files feed = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      std::string& text =
          std::next(feed.begin(), static_cast<std::ptrdiff_t>(random() % feed.size()))->second;
      const std::size_t place = text.empty() ? 0 : random() % text.size();
      constexpr std::string_view kBytes = "019-.,\"\n\r: aSnpwxcM\xFF";
      switch (random() % 4) {
        case 0: text.insert(place, 1, kBytes[random() % kBytes.size()]); break;
        case 1: text.erase(place, 1 + random() % 4); break;
        case 2: text.resize(place); break;
        default:
          if (!text.empty()) text[place] = kBytes[random() % kBytes.size()];
      }
    }
    const auto book = gtfs::import_feed(gtfs::FeedFiles::of({feed.begin(), feed.end()}),
                                        {.interchange_minutes = 10});
    if (!book) {
      EXPECT_FALSE(book.error().message().empty());
      continue;
    }
    if (++imported % 8 != 0) continue;  // compiling writes files
    const TempDir dir;
    for (const auto& [name, text] : book->files) dir.write(name, text);
    const auto payload = compile_book(dir.path());
    EXPECT_TRUE(payload) << payload.error().message() << "\n" << book->files.at("book.toml");
  }
  EXPECT_GT(imported, 100U);
}

}  // namespace
}  // namespace tidegate::fare
