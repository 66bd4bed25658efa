// SPDX-License-Identifier: Apache-2.0
// Fuzzes the compiler of fare books: a folder of TOML, CSV and golden journeys, of any text. What
// it takes compiles to the same bytes again; what it refuses has a reason that names a place.
#include <algorithm>
#include <string>
#include <string_view>

#include "fare/authoring/compile.h"
#include "tests/fuzz/scratch_folder.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

constexpr char kNextFile = 0x1D;
constexpr std::size_t kTables = 4;  // t0.csv …

std::string_view next(std::string_view& rest) {
  const std::string_view out = rest.substr(0, rest.find(kNextFile));
  rest.remove_prefix(std::min(rest.size(), out.size() + 1));
  return out;
}

Bytes joined(std::initializer_list<std::string_view> files) {
  Bytes out;
  for (const std::string_view file : files) {
    if (!out.empty()) out.push_back(static_cast<Byte>(kNextFile));
    out.insert(out.end(), file.begin(), file.end());
  }
  return out;
}

constexpr std::string_view kHead =
    "[book]\nname = \"F\"\nnumber = 1\nvalid_from = 2026-01-01\n"
    "[[network]]\nid = \"m\"\ncode = 1\nname_zh = \"网\"\nname_en = \"M\"\ncity = \"2900\"\n"
    "acquirer = \"12002900FFFFFFFF\"\nindustry = \"metro\"\noperator = \"0001\"\n";
constexpr std::string_view kStops =
    "network,code,number,name_zh,name_en,card_line,card_station,line,also\n"
    "m,a,1,甲,A,0001,0011,1,\nm,b,2,乙,B,0001,0012,1,0002/0021;0008/0012\n";

}  // namespace

void tariff_run(ByteView input) {
  static const ScratchFolder folder;
  std::string_view rest{reinterpret_cast<const char*>(input.data()), input.size()};  // NOLINT
  folder.put("book.toml", next(rest));
  folder.put("stops.csv", next(rest));
  for (std::size_t i = 0; i < kTables; ++i)
    folder.put("t" + std::to_string(i) + ".csv", next(rest));
  folder.put("golden.jsonl", rest);
  const auto once = fare::compile_book(folder.path(), {});
  if (!once) {
    ASSERT(!once.error().message().empty());
    return;
  }
  const auto twice = fare::compile_book(folder.path(), {});
  ASSERT(twice.has_value() && *twice == *once);
}

std::vector<Bytes> tariff_seeds() {
  const auto book = [](std::string_view rest) { return std::string{kHead}.append(rest); };
  const std::string flat = book("tariff = { kind = \"flat\", fen = 200 }\n");
  const std::string matrix = book(
      "tariff = [{ kind = \"matrix\", csv = \"t0.csv\", symmetric = true, classes = [{ riders = "
      "[\"student\"], percent = 50, rounding = \"half-up\", unit_fen = 10 }] }]\n");
  const std::string distance = book(
      "tariff = { kind = \"distance\", segments = \"t0.csv\", bands = [{ to_m = 6000, fen = 300 }, "
      "{ every_m = 5000, add_fen = 100 }], grace_m = 5 }\n");
  const std::string zones = book(
      "tariff = { kind = \"zones\", zones = \"t0.csv\", fares = \"t1.csv\" }\n[[timeframe]]\nname "
      "= "
      "\"peak\"\nspans = [\"Mo-Fr 07:00-09:00,17:00-19:00\"]\n");
  const std::string between = book(
      "tariff = { kind = \"matrix\", csv = \"t0.csv\" }\n[[transfer]]\nname = \"t\"\nnumber = 1\n"
      "from = [\"m*\"]\nto = [\"m\"]\nwindow_minutes = 60\nmeasured = \"end-to-end\"\neffect = "
      "\"percent-off\"\npercent = 33\n[[interchange]]\nname = \"i\"\nnetwork = \"m\"\nminutes = "
      "30\npairs = [\"a/b\", \"b/b\"]\n[[cap]]\nname = \"c\"\nnetworks = [\"m\"]\nperiod = "
      "\"day\"\nzones = \"t1.csv\"\nby_zones = [{ zones = \"1+2\", fen = 700 }]\n[[cumulative]]\n"
      "name = \"70\"\nnetworks = [\"m\"]\nstarts = \"exceeds\"\ntiers = [{ fen = 7000, percent_off "
      "= 10 }]\nissuers = [\"any\"]\n[[pass]]\nname = \"p\"\nproduct = 5\nnetworks = [\"m\"]\n"
      "counts = \"days\"\nuntil = 2027-01-01\n");
  constexpr std::string_view kGolden =
      R"({"id":"g","issuer":"02002900","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"m",)"
      R"("stop":"a","kind":"board","fen":200}]})";
  return {joined({flat, kStops}),
          joined({matrix, kStops, "from,to,fen\na,b,300\n"}),
          joined({distance, kStops, "from,to,metres,line\na,b,6001,1\n"}),
          joined({zones, kStops, "stop,zone\na,1\nb,2\n", "zones,fen\n1,200\n2,300\n"}),
          joined({flat, kStops, "", "", "", "", kGolden}),
          joined({between, kStops, "from,to,fen\na,b,300\n", "network,stop,zone\nm,a,1\n"})};
}

}  // namespace tidegate::fuzz
