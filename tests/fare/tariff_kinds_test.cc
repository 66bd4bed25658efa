// SPDX-License-Identifier: Apache-2.0
// Tariffs that the compiler computes: distance, per kilometre, zones; classes in book.toml; errors.
#include <gtest/gtest.h>

#include "fare/authoring/compile.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::TempDir;
constexpr std::uint32_t x = MatrixTariff::kNoFare;

constexpr std::string_view kHead = R"([book]
name = "Kinds"
number = 1
valid_from = 2026-01-01
[[rider]]
number = 40
name = "pensioner"
name_zh = "老人"
name_en = "Pensioner"
[[timeframe]]
name = "peak"
spans = ["Mo-Fr 07:00-09:00,17:00-19:00"]
[[network]]
id = "m"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "2900"
acquirer = "12002900FFFFFFFF"
industry = "metro"
operator = "0001"
)";

/// Four stops; d is on no segment.
struct Source {
  std::string tariff;
  std::string segments = "from,to,metres,line\na,b,6000,1\nb,c,5000,1\na,c,11001,2\n";
  std::string zones = "stop,zone\na,1\nb,1\nb,2\nc,3\nd,5\n";
  std::string fares = "zones,fen\n1,200\n2,300\n3,400\n";
  std::string od = "from,to,fen\na,b,1000\nb,a,1010\na,c,255\na,a,0\n";
};

Result<Bytes> compile(const Source& source) {
  const TempDir dir;
  dir.write("book.toml", std::string{kHead} + "tariff = " + source.tariff + "\n");
  dir.write("stops.csv",
            "network,code,number,name_zh,name_en,card_line,card_station,line\n"
            "m,a,1,甲,A,0001,0011,1\nm,b,2,乙,B,0001,0012,1\n"
            "m,c,3,丙,C,0001,0013,1\nm,d,4,丁,D,0001,0014,1\n");
  dir.write("segments.csv", source.segments);
  dir.write("zones.csv", source.zones);
  dir.write("fares.csv", source.fares);
  dir.write("od.csv", source.od);
  return compile_book(dir.path());
}
TariffVersion version(const Source& source) {
  const auto payload = compile(source);
  EXPECT_TRUE(payload) << payload.error().message();
  if (!payload) return {};
  EXPECT_EQ(compile(source).value(), *payload) << "the same input, the same bytes";
  return decode_book(*payload).value().networks[0].versions[0];
}
std::vector<std::uint32_t> cells(const Source& source) {
  return std::get<MatrixTariff>(version(source).tariff).cells;
}
std::string error_of(const Source& source) {
  const auto payload = compile(source);
  return payload ? "compiled" : payload.error().message();
}

std::string distance(const std::string& more) {
  return "{ kind = \"distance\", segments = \"segments.csv\", " + more + " }";
}
const std::string kBands =
    "bands = [{ to_m = 6000, fen = 200 }, { to_m = 16000, every_m = 5000, add_fen = 100 }, "
    "{ every_m = 9000, add_fen = 100 }]";

TEST(Distance, bands_end_inclusively_on_the_shortest_way) {
  const Source source{.tariff = distance(kBands)};
  // a–b exactly 6,000 m; a–c 11,000 m by b, a metre less than the direct way.
  EXPECT_EQ(cells(source), (std::vector<std::uint32_t>{x, 200, 300, x,  //
                                                       200, x, 200, x,  //
                                                       300, 200, x, x,  //
                                                       x, x, x, x}));
  EXPECT_EQ(std::get<MatrixTariff>(version(source).tariff).rule, "distance");
}

TEST(Distance, a_metre_beyond_is_the_next_band) {
  Source source{.tariff = distance(kBands)};
  source.segments = "from,to,metres\na,b,6001\nb,c,5000\nc,d,13999\n";
  EXPECT_EQ(cells(source)[1], 300U);
  EXPECT_EQ(cells(source)[2], 400U) << "11,001 m";
  EXPECT_EQ(cells(source)[3], 500U) << "25,000 m: the end of the first step of the tail";
  source.segments = "from,to,metres\na,b,6001\nb,c,5000\nc,d,14000\n";
  EXPECT_EQ(cells(source)[3], 600U) << "25,001 m";
}

TEST(Distance, grace_moves_every_breakpoint) {
  Source source{.tariff = distance(kBands + ", grace_m = 100, same_station_fen = 200")};
  source.segments = "from,to,metres\na,b,6100\nb,c,5001\n";
  EXPECT_EQ(cells(source)[0], 200U);
  EXPECT_EQ(cells(source)[1], 200U);
  EXPECT_EQ(cells(source)[2], 400U) << "11,101 m";
}

TEST(Distance, beyond_the_last_band_there_is_no_fare) {
  EXPECT_EQ(cells({.tariff = distance("bands = [{ to_m = 6000, fen = 200 }], rule = \"km\"")})[2],
            x);
}

TEST(PerKm, is_rounded_by_name_and_held_between_floor_and_ceiling) {
  const auto tariff = [](const std::string& rounding, const std::string& more = {}) {
    return Source{.tariff =
                      "{ kind = \"per-km\", segments = \"segments.csv\", fen_per_km = 45, "
                      "rounding = \"" +
                      rounding + "\"" + more + " }",
                  .segments = "from,to,metres\na,b,10000\nb,c,1\nc,d,20000\n"};
  };
  EXPECT_EQ(cells(tariff("up"))[1], 450U);
  EXPECT_EQ(cells(tariff("up"))[2], 451U) << "450.045 fen";
  EXPECT_EQ(cells(tariff("half-up"))[2], 450U);
  EXPECT_EQ(cells(tariff("up", ", unit_fen = 100"))[1], 500U);
  EXPECT_EQ(cells(tariff("half-up", ", unit_fen = 100"))[1], 500U);
  EXPECT_EQ(cells(tariff("down", ", unit_fen = 100"))[1], 400U);
  EXPECT_EQ(cells(tariff("down", ", floor_fen = 400, ceiling_fen = 1000")),
            (std::vector<std::uint32_t>{x, 450, 450, 1000,  //
                                        450, x, 400, 900,   //
                                        450, 400, x, 900,   //
                                        1000, 900, 900, x}));
}

TEST(Zones, by_number_and_the_cheaper_where_a_stop_is_in_two) {
  const Source source{.tariff =
                          "{ kind = \"zones\", zones = \"zones.csv\", fares = "
                          "\"fares.csv\", same_station_fen = 0 }"};
  EXPECT_EQ(cells(source), (std::vector<std::uint32_t>{0, 200, 400, x,    //
                                                       200, 0, 300, x,    //
                                                       400, 300, 0, 400,  //
                                                       x, x, 400, 0}));
}

TEST(Zones, by_pair) {
  Source source{.tariff =
                    "{ kind = \"zones\", zones = \"zones.csv\", fares = \"fares.csv\", "
                    "symmetric = true }"};
  source.zones = "stop,zone\na,in\nb,in\nc,out\nd,out\n";
  source.fares = "from,to,fen\nin,in,200\nin,out,500\nout,out,300\n";
  EXPECT_EQ(cells(source), (std::vector<std::uint32_t>{x, 200, 500, 500,  //
                                                       200, x, 500, 500,  //
                                                       500, 500, x, 300,  //
                                                       500, 500, 300, x}));
}

TEST(ClassSource, percentages_of_the_base) {
  const auto with = [](const std::string& keys) {
    return Source{.tariff =
                      "{ kind = \"matrix\", csv = \"od.csv\", classes = [{ riders = "
                      "[\"pensioner\", \"student\"], timeframe = \"peak\", " +
                      keys + " }] }"};
  };
  const auto first = [&](const std::string& keys) {
    return std::get<MatrixTariff>(version(with(keys)).classes.at(0).tariff).cells;
  };
  const auto at = [&](const std::string& keys) {
    const auto some = first(keys);
    return std::vector{some[0], some[1], some[4], some[2], some[3]};
  };
  using V = std::vector<std::uint32_t>;
  EXPECT_EQ(at("percent = 20, rounding = \"half-up\", unit_fen = 10"), (V{0, 200, 200, 50, x}));
  EXPECT_EQ(at("percent = 50, rounding = \"half-up\", unit_fen = 10"), (V{0, 500, 510, 130, x}))
      << "505 goes up to 510, 127.5 to 130";
  EXPECT_EQ(at("percent = 50, rounding = \"down\""), (V{0, 500, 505, 127, x}));
  EXPECT_EQ(at("percent = 50, rounding = \"up\", floor_fen = 300"), (V{0, 500, 505, 255, x}))
      << "a floor never makes it dearer than the full fare";
  const FareClass one = version(with("percent = 0, rounding = \"down\"")).classes.at(0);
  EXPECT_EQ(one.name, "student+pensioner@peak");
  EXPECT_EQ(one.riders, (std::vector{RiderCategory::student, RiderCategory{40}}));
  EXPECT_EQ(one.timeframe, 0);
}

TEST(ClassSource, of_another_kind_in_their_order) {
  const TariffVersion v = version(
      {.tariff = "{ kind = \"matrix\", csv = \"od.csv\", classes = ["
                 "{ name = \"codes\", media = [\"qr\"], kind = \"flat\", fen = 100 }, "
                 "{ riders = [\"senior\"], kind = \"distance\", segments = \"segments.csv\", " +
                 kBands + " }] }"});
  ASSERT_EQ(v.classes.size(), 2U);
  EXPECT_EQ(v.classes[0].name, "codes");
  EXPECT_EQ(v.classes[0].tariff, Tariff{FlatTariff{Fen{100}}});
  EXPECT_EQ(v.classes[1].name, "senior");
  EXPECT_EQ(std::get<MatrixTariff>(v.classes[1].tariff).rule, "distance");
}

TEST(Kinds, the_sample_of_every_kind_reproduces_its_golden_journeys) {
  const auto payload =
      compile_book(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "kinds");
  ASSERT_TRUE(payload) << payload.error().message();
  const auto model = decode_book(*payload);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->networks.size(), 3U);
  EXPECT_GE(model->golden.size(), 17U);
}

TEST(Kinds, a_golden_journey_of_an_undeclared_rider_is_an_error) {
  const TempDir dir;
  for (const auto& file : std::filesystem::directory_iterator{
           std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "kinds"})
    std::filesystem::copy(file, dir.path());
  dir.write("golden.jsonl", R"({"id":"g","rider":"pensoner","taps":[]})");
  const auto payload = compile_book(dir.path());
  ASSERT_FALSE(payload);
  EXPECT_EQ(
      payload.error().message(),
      "golden.jsonl:1: rider: \"pensoner\" is neither a built-in rider nor a [[rider]] of this "
      "book; did you mean pensioner?");
}

TEST(KindErrors, name_place_and_expectation) {
  const auto zones =
      std::string{"{ kind = \"zones\", zones = \"zones.csv\", fares = \"fares.csv\" }"};
  const auto classed = [](const std::string& keys) {
    return "{ kind = \"flat\", fen = 200, classes = [{ " + keys + " }] }";
  };
  const auto flat_class = [&](const std::string& keys) {
    return Source{.tariff = classed(keys + ", kind = \"flat\", fen = 1")};
  };
  EXPECT_EQ(error_of({.tariff = distance("bands = []")}),
            "book.toml:22: bands: bands such as [{ to_m = 6000, fen = 200 }] were expected");
  EXPECT_EQ(error_of({.tariff = distance("bands = [{ every_m = 5, add_fen = 2 }]")}),
            "book.toml:22: every_m: the first band needs to_m and fen");
  EXPECT_EQ(
      error_of({.tariff = distance("bands = [{ to_m = 5, fen = 2 }, { to_m = 5, fen = 3 }]")}),
      "book.toml:22: to_m: 5 overlaps the band before, which ends at 5 m (book.toml:22)");
  EXPECT_EQ(error_of({.tariff = distance("bands = [{ to_m = 5, fen = 2 }, "
                                         "{ to_m = 12, every_m = 5, add_fen = 3 }]")}),
            "book.toml:22: to_m: is not a whole number of steps behind 5 m");
  EXPECT_EQ(error_of({.tariff = distance("bands = [{ to_m = 5, fen = 2 }, "
                                         "{ every_m = 5, add_fen = 3 }, { to_m = 9, fen = 9 }]")}),
            "book.toml:22: to_m: only the last band has no end");
  EXPECT_EQ(error_of({.tariff = distance("bands = [{ to_m = 5, fen = 2, upto = 3 }]")}),
            "book.toml:22: upto: key is not known");
  EXPECT_EQ(error_of({.tariff = distance(kBands), .segments = "from,to,metres\na,q,1\n"}),
            "segments.csv:2: column to: \"q\" is not a stop of this network in stops.csv");
  EXPECT_EQ(error_of({.tariff = distance(kBands), .segments = "from,to,metres\na,b,1.5\n"}),
            "segments.csv:2: column metres: \"1.5\": a whole number from 1 to 1000000 was "
            "expected: metres, so 1.5 km is 1500");
  EXPECT_EQ(error_of({.tariff = distance(kBands), .segments = "from,to,metres\na,b,1\nb,a,1\n"}),
            "segments.csv:3: column from: this segment is there twice, first in line 2");
  EXPECT_EQ(error_of({.tariff = distance(kBands + ", csv = \"od.csv\"")}),
            "book.toml:22: csv: does not belong to a distance tariff");
  EXPECT_EQ(error_of({.tariff = "{ kind = \"per-km\", segments = \"segments.csv\", "
                                "fen_per_km = 45, rounding = \"nearest\" }"}),
            "book.toml:22: rounding: up, down, half-up or half-even was expected");
  EXPECT_EQ(error_of({.tariff = zones, .zones = "stop,zone\na,1\n"}),
            "zones.csv: stop b has no zone\nzones.csv: stop c has no zone\n"
            "zones.csv: stop d has no zone");
  EXPECT_EQ(error_of({.tariff = zones, .zones = "stop,zone\na,1\nb,x\nc,2\nd,3\n"}),
            "zones.csv: zone \"x\": fares by number of zones need zones numbered 0 to 9999");
  EXPECT_EQ(error_of({.tariff = zones, .fares = "zones,fen\n1,200\n3,300\n"}),
            "fares.csv:3: column zones: 2 was expected");
  EXPECT_EQ(error_of({.tariff = zones, .fares = "from,to,fen\n1,9,200\n"}),
            "fares.csv:2: column to: \"9\": no stop is in this zone");
  EXPECT_EQ(error_of(flat_class("riders = [\"pensoner\"]")),
            "book.toml:22: riders: \"pensoner\" is neither a built-in rider nor a [[rider]] of "
            "this book; did you mean pensioner?");
  EXPECT_EQ(error_of(flat_class("timeframe = \"night\"")),
            "book.toml:22: timeframe: \"night\" is not a [[timeframe]] of this book");
  EXPECT_EQ(error_of(flat_class("media = [\"cash\"]")),
            "book.toml:22: media: t-union or qr was expected, not \"cash\"");
  EXPECT_EQ(error_of({.tariff = classed("percent = 50, kind = \"flat\", fen = 1")}),
            "book.toml:22: percent: one of percent, add_fen and kind was expected");
  EXPECT_EQ(error_of({.tariff = classed("percent = 50")}),
            "book.toml:22: rounding: key is missing");
  EXPECT_EQ(error_of({.tariff = classed("percent = 50, rounding = \"up\", csv = \"od.csv\"")}),
            "book.toml:22: csv: does not belong to a percentage");
  EXPECT_EQ(error_of({.tariff = classed("kind = \"matrix\", csv = \"od.csv\"")}),
            "book.toml:22: network m, tariff 1, class all: must be flat, as the tariff that it "
            "belongs to");
}

}  // namespace
}  // namespace tidegate::fare
