// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of GTFS feeds: texts of any content, archives of any bytes, deflate data. What
// is imported compiles; what is refused has a reason.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "fare/authoring/compile.h"
#include "fare/authoring/gtfs/import.h"
#include "tests/fare/gtfs_small_feed.h"
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
  const auto feed = fare::testing_gtfs::small_feed();
  return {feed.begin(), feed.end()};
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
