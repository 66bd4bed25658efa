// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of GTFS feeds: texts of any content, archives of any bytes, deflate data. What
// is imported compiles; what is refused has a reason.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "fare/authoring/compile.h"
#include "fare/authoring/gtfs/import.h"
#include "tests/fuzz/scratch_folder.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace fare::gtfs;
using Texts = std::map<std::string, std::string, std::less<>>;

enum class Kind : Byte { texts, archive, deflate };
constexpr Byte kKinds = 3;
constexpr char kNextFile = 0x1D;
constexpr std::size_t kInflatedMax = 1UL << 16U;

std::string_view next(std::string_view& rest) {
  const std::string_view out = rest.substr(0, rest.find(kNextFile));
  rest.remove_prefix(std::min(rest.size(), out.size() + 1));
  return out;
}

void import(const FeedFiles& feed) {
  const auto book = import_feed(feed, {.interchange_minutes = 10});
  if (!book) {
    ASSERT(!book.error().message().empty());
    return;
  }
  static const ScratchFolder folder;
  folder.clear();
  for (const auto& [name, text] : book->files) folder.put(name, text);
  ASSERT(fare::compile_book(folder.path(), {}).has_value());
}

void texts(std::string_view rest) {
  Texts files;
  while (!rest.empty()) {
    const std::string_view name = next(rest);
    files[std::string{name}] = next(rest);
  }
  import(FeedFiles::of(std::move(files)));
}

void archive(ByteView bytes) {
  const auto feed = FeedFiles::of_zip({bytes.begin(), bytes.end()});
  if (!feed) return;
  for (const std::string& name : feed->names()) static_cast<void>(feed->read(name));
  import(*feed);
}

void deflate(Input& in) {
  std::size_t size = in.byte();
  size = size << 8U | in.byte();
  const auto out = inflate(in.rest(), size);
  ASSERT(!out || (out->size() == size && size < kInflatedMax));
}

Bytes joined(Kind kind, const Texts& files) {
  std::string out;
  for (const auto& [name, text] : files) {
    if (!out.empty()) out += kNextFile;
    out += name + kNextFile + text;
  }
  return seed({static_cast<Byte>(kind)}, as_bytes(out));
}

/// Fares V2, whole.
Texts second_version() {
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

Texts first_version() {
  return {{"agency.txt", "agency_id,agency_name,agency_timezone\nA,A,Asia/Shanghai\n"},
          {"stops.txt", "stop_id,stop_name,zone_id\na,A,1\nb,B,2\n"},
          {"routes.txt", "route_id,agency_id,route_type\nr,A,3\n"},
          {"fare_attributes.txt",
           "fare_id,price,currency_type,payment_method,transfers,transfer_duration\n"
           "f,1.50,CNY,1,1,3600\ng,2.00,CNY,0,,\n"},
          {"fare_rules.txt", "fare_id,route_id,origin_id,destination_id\nf,r,1,2\ng,,2,1\n"}};
}

// Made with zlib: one deflated file in an archive, a block of the fixed code, a stored block.
constexpr std::string_view kArchive =
    "504B03041400000008000000215CA4D4F34726000000420000000900000073746F70732E7478742B2EC92F88CF"
    "4CD12906D17989B9A95CC5063AC1400E57B121943682D2C650DA044A9B426800504B0102140314000000080000"
    "00215CA4D4F3472600000042000000090000000000000000000000800100000000"
    "73746F70732E747874"
    "504B05060000000001000100370000004D0000000000";
constexpr std::string_view kFixed = "4B2C4A4D8CCF4CD14904D17989B9A95C8944880000";
constexpr std::string_view kStored = "010800F7FF617265615F69640A";

}  // namespace

void gtfs_run(ByteView input) {
  Input in{input};
  switch (static_cast<Kind>(in.byte() % kKinds)) {
    case Kind::texts: return texts(as_text(in.rest()));
    case Kind::archive: return archive(in.rest());
    case Kind::deflate: return deflate(in);
  }
}

std::vector<Bytes> gtfs_seeds() {
  const auto of = [](std::initializer_list<Byte> head, std::string_view hex) {
    return seed(head, from_hex(hex).value());
  };
  return {joined(Kind::texts, second_version()), joined(Kind::texts, first_version()),
          of({1}, kArchive), of({2, 0, 54}, kFixed), of({2, 0, 8}, kStored)};
}

}  // namespace tidegate::fuzz
