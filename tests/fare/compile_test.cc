// SPDX-License-Identifier: Apache-2.0
// The compiler: the demonstration tariff, and errors that name file and line.
#include "fare/authoring/compile.h"

#include <gtest/gtest.h>

#include "fare/engine/golden.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::TempDir;

constexpr std::string_view kBook = R"([book]
name = "Test"
number = 3
valid_from = "2026-01-01"

[[network]]
id = "m"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "2900"
acquirer = "12002900FFFFFFFF"
industry = "metro"
operator = "0001"
tariff = { kind = "matrix", csv = "od.csv" }
)";
constexpr std::string_view kStops =
    "network,code,number,name_zh,name_en,card_line,card_station,line\n"
    "m,b,2,乙,\"B, the second\",0001,0012,1\r\n"
    "\n"
    "m,a,1,甲,A,0001,0011,1\n";
constexpr std::string_view kFares = "from,to,fen\na,b,300\nb,a,350\n";
constexpr std::string_view kGolden =
    R"({"id":"g","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"m","stop":"a",)"
    R"("kind":"entry"},)"
    R"({"at":"2026-11-02T08:30:00+08:00","network":"m","stop":"b","kind":"exit","fen":300}]})";

struct Source {
  std::string book{kBook}, stops{kStops}, fares{kFares}, golden{kGolden};
};

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

Result<Bytes> compile(const Source& source, const CompileOptions& options = {}) {
  const TempDir dir;
  dir.write("book.toml", source.book);
  dir.write("stops.csv", source.stops);
  dir.write("od.csv", source.fares);
  dir.write("golden.jsonl", source.golden);
  return compile_book(dir.path(), options);
}

std::string error_of(const Source& source) {
  const auto payload = compile(source);
  return payload ? "compiled" : payload.error().message();
}

TEST(Compile, makes_the_book_that_the_source_says) {
  const auto payload = compile({});
  ASSERT_TRUE(payload) << payload.error().message();
  const auto model = decode_book(*payload);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->name, "Test");
  EXPECT_EQ(model->number, 3U);
  ASSERT_EQ(model->networks.size(), 1U);
  const Network& m = model->networks[0];
  EXPECT_EQ(m.city, 0x2900);
  EXPECT_EQ(m.operator_code, 1);
  EXPECT_EQ(m.rollover_minutes, 120);
  ASSERT_EQ(m.stops.size(), 2U);
  EXPECT_EQ(m.stops[0].code, "a");
  EXPECT_EQ(m.stops[1].name_en, "B, the second");
  EXPECT_EQ(m.stops[1].card, (StationBytes{1, 0x12}));
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  EXPECT_EQ(m.versions[0].tariff, (Tariff{MatrixTariff{{x, 300, 350, x}}}));
  EXPECT_EQ(m.versions[0].effective_from, testing_books::day("2026-01-01"));
  EXPECT_EQ(model->golden.size(), 1U);
}

TEST(Compile, is_repeatable) {
  EXPECT_EQ(compile({}).value(), compile({}).value());
}

TEST(Compile, a_number_given_wins) {
  EXPECT_EQ(decode_book(compile({}, {.number = 99}).value())->number, 99U);
}

TEST(Compile, symmetric_fills_the_way_back_only_where_it_is_not_given) {
  Source source;
  replace(source.book, "csv = \"od.csv\"", "csv = \"od.csv\", symmetric = true");
  replace(source.fares, "b,a,350\n", "a,a,0\n");
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  EXPECT_EQ(decode_book(compile(source).value())->networks[0].versions[0].tariff,
            (Tariff{MatrixTariff{{0, 300, 300, x}}}));
}

TEST(Compile, several_versions_of_a_tariff) {
  Source source;
  replace(source.book, "tariff = { kind = \"matrix\", csv = \"od.csv\" }",
          "tariff = [{ kind = \"flat\", fen = 500, effective_from = 2027-01-01 },\n"
          "          { kind = \"matrix\", csv = \"od.csv\" }]");
  const auto model = decode_book(compile(source).value());
  ASSERT_EQ(model->networks[0].versions.size(), 2U);
  EXPECT_EQ(model->networks[0].versions[1].tariff, (Tariff{FlatTariff{Fen{500}}}));
  EXPECT_EQ(model->networks[0].versions[1].effective_from.text(), "2027-01-01");
}

TEST(Compile, other_card_codes_of_a_stop) {
  Source source;
  source.stops =
      "network,code,number,name_zh,name_en,card_line,card_station,line,also\n"
      "m,a,1,甲,A,0001,0011,1,\nm,b,2,乙,B,0001,0012,1,0002/0021;00A4/0003\n";
  EXPECT_EQ(decode_book(compile(source).value())->networks[0].stops[1].also,
            (std::vector<StationBytes>{{2, 0x21}, {0xA4, 3}}));
}

struct Mistake {
  const char* name;
  std::string Source::* file;
  const char* from;
  const char* to;
  const char* message;
};

class CompileError : public ::testing::TestWithParam<Mistake> {};

TEST_P(CompileError, names_file_line_and_expectation) {
  Source source;
  replace(source.*GetParam().file, GetParam().from, GetParam().to);
  EXPECT_EQ(error_of(source), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Compile, CompileError,
    ::testing::Values(
        Mistake{"unknown_key", &Source::book, "operator =", "oprator = \"x\"\noperator =",
                "book.toml:14: oprator: key is not known"},
        Mistake{"missing_key", &Source::book, "code = 1\n", "",
                "book.toml:6: code: key is missing"},
        Mistake{"wrong_type", &Source::book, "code = 1", "code = \"1\"",
                "book.toml:8: code: a whole number from 1 to 65535 was expected, without quotes"},
        Mistake{"bad_hex", &Source::book, "12002900FFFFFFFF", "1200",
                "book.toml:12: acquirer: 16 hex digits were expected"},
        Mistake{"bad_industry", &Source::book, "\"metro\"", "\"tube\"",
                "book.toml:13: industry: one of metro, bus, water-bus, taxi, car-rental, "
                "public-bike, parking, coach, ferry, intercity-rail, aviation, toll, "
                "suburban-rail, other was expected, not \"tube\""},
        Mistake{"bad_date", &Source::book, "2026-01-01", "2026-02-30",
                "book.toml:4: valid_from: a date such as 2026-11-01 was expected"},
        Mistake{"bad_rollover", &Source::book, "tariff =", "rollover = \"24:00\"\ntariff =",
                "book.toml:15: rollover: a time of day such as \"02:00\" was expected"},
        Mistake{"unknown_kind", &Source::book, "\"matrix\"", "\"sections\"",
                "book.toml:15: kind: flat, matrix, distance, per-km or zones was expected"},
        Mistake{"fare_of_wrong_kind", &Source::book, "csv = \"od.csv\"",
                "csv = \"od.csv\", fen = 3",
                "book.toml:15: fen: does not belong to a matrix tariff"},
        Mistake{"outside_the_folder", &Source::book, "od.csv", "../od.csv",
                "book.toml:15: csv: \"../od.csv\" is not the name of a file beside book.toml"},
        Mistake{"unknown_top_key", &Source::book, "[book]", "[boock]\n[book]",
                "book.toml:1: boock: key is not known"},
        Mistake{"unknown_network", &Source::stops, "\r\n", "\r\nn,x,1,丙,X,0001,0013,1\n",
                "stops.csv:3: network \"n\" is not in book.toml"},
        Mistake{"names_in_another_encoding", &Source::stops, "甲", "\xBC\xD7",
                "stops.csv:4: is not UTF-8, but perhaps GBK, as spreadsheets save Chinese: save it "
                "as UTF-8, tables as \"CSV UTF-8\""},
        Mistake{"stop_number", &Source::stops, "m,a,1,", "m,a,0,",
                "stops.csv:4: column number: a whole number from 1 to 65535 was expected"},
        Mistake{"card_station", &Source::stops, "0001,0011", "0001,11",
                "stops.csv:4: column card_station: 4 hex digits were expected, not \"11\" (a "
                "spreadsheet drops zeros in front: make the column text)"},
        Mistake{"too_few_cells", &Source::stops, "m,a,1,甲,A,0001,0011,1", "m,a,1",
                "stops.csv:4: 3 cells, the header has 8"},
        Mistake{"header", &Source::stops, "name_en,", "name,",
                "stops.csv:1: column name_en is missing\n"
                "stops.csv:1: column name is not known; did you mean name_en?"},
        Mistake{"open_quote", &Source::stops, "second\"", "second",
                "stops.csv:2: quote without its end"},
        Mistake{"stop_twice", &Source::stops, "m,a,1,甲,A,0001,0011", "m,b,1,甲,A,0001,0013",
                "stops.csv:4: column code: \"b\" is there twice, first in line 2"},
        Mistake{"same_card_code", &Source::stops, "0011", "0012",
                "stops.csv:2: network m, stop b: card code is already that of network m, stop a "
                "(stops.csv:4)"},
        Mistake{"unknown_stop", &Source::fares, "b,a", "b,q",
                "od.csv:3: column to: \"q\" is not a stop of this network in stops.csv"},
        Mistake{"bad_fare", &Source::fares, "350", "3.50",
                "od.csv:3: column fen: \"3.50\": a whole number from 0 to 16777215 was expected: "
                "fen, so 1.50 yuan is 150"},
        Mistake{"pair_twice", &Source::fares, "b,a,350", "a,b,300",
                "od.csv:3: column from: this pair is there twice, first in line 2"},
        Mistake{
            "golden_field", &Source::golden, "\"kind\":\"exit\"", "\"kind\":\"out\"",
            "golden.jsonl:1: taps[1].kind: entry, exit, board or alight was expected, not \"out\""},
        Mistake{"golden_json", &Source::golden, "]}", "]",
                "golden.jsonl:1: column 178: ',' or '}' was expected"},
        Mistake{"golden_fare", &Source::golden, "\"fen\":300", "\"fen\":301",
                "golden.jsonl:1: golden journey g, tap 2: computed 300 fen, expected 301 fen"},
        Mistake{
            "golden_reason", &Source::golden, "\"fen\":300", "\"reason\":\"no_fare\"",
            "golden.jsonl:1: golden journey g, tap 2: computed 300 fen, expected refusal no_fare"}),
    [](const auto& param) { return param.param.name; });

TEST(Compile, toml_syntax_errors_have_a_line) {
  Source source;
  replace(source.book, "number = 3", "number = = 3");
  EXPECT_TRUE(error_of(source).starts_with("book.toml:3: ")) << error_of(source);
}

TEST(Compile, a_missing_file_is_named) {
  const TempDir dir;
  auto none = compile_book(dir.path());
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message().find("book.toml"), std::string::npos);
  dir.write("book.toml", kBook);
  none = compile_book(dir.path());
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message().find("stops.csv"), std::string::npos);
}

TEST(Compile, the_demonstration_tariff) {
  const auto payload =
      compile_book(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo");
  ASSERT_TRUE(payload) << payload.error().message();
  const auto book = Book::load(*payload);
  ASSERT_TRUE(book);
  EXPECT_GE(golden_journey_count(**book), 5U);
  const auto stop = (*book)->stop_on_card(NetworkId{"shanghai-metro"}, StopCode{"0111"});
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->name_zh, "莘庄");
  EXPECT_TRUE((*book)->stop_on_card(NetworkId{"shanghai-ferry"}, StopCode{"F01"}));
}

}  // namespace
}  // namespace tidegate::fare
