// SPDX-License-Identifier: Apache-2.0
// `tidegate fare import-matrix` and `fare price` on operators' tables: small invented ones, and the
// published ones where they are at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "tools/fare_command.h"
#include "tools/fare_matrix_import.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTable =
    "from,to,adult,half\n"
    "People's Sq,People's Sq,0,0\n"
    "People's Sq,莘庄,4.90,2.50\n"
    "莘庄,People's Sq,4.9,2.5\n"
    "莘庄,莘庄,0,0\n";

class FareImport : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/tidegate-import-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.out = folder_ / "made.book";
    options_.origin = "from";
    options_.destination = "to";
    options_.fares = {"adult=adult"};
    options_.unit = "yuan";
    options_.network = "n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  int import(std::string_view table) {
    options_.csv = folder_ / "t.csv";
    std::ofstream{options_.csv, std::ios::binary} << table;
    return import();
  }
  /// What the command answers; its errors in `said_`.
  int import() {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const int code = fare_import_matrix(options_);
    noted_ = testing::internal::GetCapturedStdout();
    said_ = testing::internal::GetCapturedStderr();
    return code;
  }
  [[nodiscard]] fare::BookModel model() const {
    return fare::decode_book(open_signed(options_.out, {}).value().payload).value();
  }
  /// `fare price` of one journey: each tap's object is somewhere in the line that comes back.
  std::string price(const std::string& rider, const std::string& entered, const std::string& from,
                    const std::string& to) {
    std::ofstream{folder_ / "j.jsonl"}
        << R"({"id":"j","rider":")" << rider << R"(","taps":[{"at":")" << entered
        << R"(","network":"n","stop":")" << from
        << R"(","kind":"entry"},{"at":"2026-11-08T23:59:00+08:00","network":"n","stop":")" << to
        << "\",\"kind\":\"exit\"}]}\n";
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    (void)fare_price(options_.out, folder_ / "j.jsonl");
    said_ = testing::internal::GetCapturedStderr();
    return testing::internal::GetCapturedStdout();
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
  /// Refused with `message`, and nothing is written.
  void refused(std::string_view table, const std::string& message) {
    EXPECT_EQ(import(table), 1);
    EXPECT_TRUE(has(said_, message)) << said_;
    EXPECT_FALSE(fs::exists(options_.out)) << message;
  }

  fs::path folder_;
  FareImportMatrix options_;
  std::string said_, noted_;
};

TEST_F(FareImport, MakesABookThatPricesAsTheTable) {
  options_.fares = {"adult=adult", "student=half", "visitor@peak=half"};
  options_.timeframes = {"peak=Mo-Fr 05:00-09:30,15:00-19:00"};
  ASSERT_EQ(import(kTable), 0) << said_;
  const fare::BookModel made = model();
  const fare::Network& n = made.networks.at(0);
  EXPECT_EQ(n.stops.at(0).code, "People-s-Sq");
  EXPECT_EQ(n.stops.at(0).name_en, "People's Sq");
  EXPECT_EQ(n.stops.at(1).code, "u8398u5e84");
  EXPECT_EQ(made.riders.at(0).name, "visitor");
  EXPECT_EQ(made.riders.at(0).number, fare::RiderCategory{32});
  const std::string monday = "2026-11-02T05:00:00+08:00", late = "2026-11-02T09:30:00+08:00";
  EXPECT_TRUE(has(price("adult", monday, "People-s-Sq", "u8398u5e84"), R"("total_fen":490,)"))
      << said_;
  EXPECT_TRUE(has(price("student", late, "u8398u5e84", "People-s-Sq"),
                  R"([{"rule":"n/od/student","fen":250}])"));
  EXPECT_TRUE(has(price("visitor", monday, "u8398u5e84", "People-s-Sq"),
                  R"([{"rule":"n/od/visitor@peak","fen":250}])"));
  EXPECT_TRUE(
      has(price("visitor", late, "u8398u5e84", "People-s-Sq"), R"([{"rule":"n/od","fen":490}])"));
  EXPECT_EQ(price("tourist", late, "u8398u5e84", "People-s-Sq"), "");
  EXPECT_TRUE(has(said_, "\"tourist\" is neither a built-in rider nor a [[rider]] of this book"));
}

TEST_F(FareImport, TheSameTableMakesTheSameBook) {
  options_.fares = {"adult=adult", "x=half", "y=half"};
  ASSERT_EQ(import(kTable), 0);
  const Bytes first = open_signed(options_.out, {}).value().payload;
  ASSERT_EQ(import(kTable), 0);
  EXPECT_EQ(open_signed(options_.out, {}).value().payload, first);
}

TEST_F(FareImport, StopsThatAreNumbersKeepThem) {
  ASSERT_EQ(import("from,to,adult\n7,300,1\n300,7,2\n"), 0) << said_;
  EXPECT_EQ(model().networks[0].stops[1].code, "7");
  EXPECT_EQ(model().networks[0].stops[1].number, 7);
  EXPECT_EQ(model().networks[0].stops[1].card, (fare::StationBytes{0, 7}));
}

TEST_F(FareImport, OfSeveralWaysTheCheapestIsCharged) {
  const std::string_view table = "from,to,by,adult\na,b,x,5\na,b,y,4\nb,a,x,5\na,b,x,5\n";
  refused(table, "t.csv:3: column 4 (adult): this pair has another price in line 2");
  options_.via = "by";
  ASSERT_EQ(import(table), 0) << said_;
  EXPECT_EQ(std::get<fare::MatrixTariff>(model().networks[0].versions[0].tariff).cells[1], 400U);
  EXPECT_TRUE(has(noted_, "1 pairs have several ways"));
  EXPECT_TRUE(has(noted_, "1 rows say again"));
  fs::remove(options_.out);
  refused("from,to,by,adult\na,b,x,5\na,b,x,4\nb,a,x,5\n", "another price in line 2");
}

TEST_F(FareImport, WhatIsNoTableOrAnImplausibleOneIsRefused) {
  refused("\n<!DOCTYPE html>\n<html>a,b</html>\n", "t.csv:1: is a web page or XML, no table");
  refused("", "t.csv:1: the table is empty");
  refused("from,to,adult\n", "t.csv:1: the table has no rows");
  refused("from,to,price\na,b,1\n",
          "t.csv:1: column adult is missing: the table has from, to, price");
  refused("from,to,adult,adult\na,b,1,1\n", "t.csv:1: column adult is there twice");
  refused("from,to,adult\na,b,1\nb,a\n", "t.csv:3: 2 cells, the header has 3");
  refused("from,to,adult\na,b,4.905\n", "t.csv:2: column 3 (adult): \"4.905\": has more decimals");
  for (const char* price : {"\"1,000\"", "4.", "-1", "+1", "1e2", "N/A", "", "4.9 ", "NaN", "￥4"})
    refused("from,to,adult\na,b," + std::string{price} + "\n",
            "an amount such as 4.90 was expected");
  refused("from,to,adult\na,b,1000.01\n",
          "t.csv:2: column 3 (adult): 1000.01 is not between 0.00 and 1000.00");
  refused("from,to,adult\na b,c,1\nc,a b,1\na-b,c,1\n",
          "t.csv:4: column 1 (from): \"a-b\" and \"a b\" both make the code a-b");
  refused("from,to,adult\na,,1\n", "t.csv:2: column 2 (to): the code or name of a stop");
  refused("from,to,adult\na,\xFF,1\n", "t.csv:2: is not UTF-8, but perhaps GBK");
  refused("from;to;adult\na;b;1\n", "t.csv:1: the cells are separated by semicolons");
  options_.lowest = "0.01";
  refused("from,to,adult\na,a,0\na,b,0\n", "t.csv:3: column 3 (adult): 0.00 is not between 0.01");
}

TEST_F(FareImport, TellsTheFirstTenReasons) {
  std::string table = "from,to,adult\n";
  for (int i = 0; i < 30; ++i) table += "a,b,free\n";
  refused(table, "t.csv:11: column 3");
  EXPECT_FALSE(has(said_, "t.csv:12:"));
  EXPECT_TRUE(has(said_, "and 20 more"));
}

TEST_F(FareImport, AHalfTableIsRefusedUnlessAllowed) {
  const std::string_view upper = "from,to,adult\na,b,1\na,c,2\na,d,3\nb,c,1\nb,d,2\nc,d,1\n";
  refused(upper, "t.csv:1: only 0 of 3 fares to a: part of the table is gone");
  options_.symmetric = true;
  EXPECT_EQ(import(upper), 0) << said_;
  options_.symmetric = false;
  options_.allow_gaps = true;
  EXPECT_EQ(import(upper), 0) << said_;
  EXPECT_TRUE(has(price("adult", "2026-11-02T08:00:00+08:00", "d", "a"), "no_fare"));
}

TEST_F(FareImport, ASquareTableHasARowAndAColumnForEachStop) {
  options_.square = true;
  options_.origin = options_.destination = "";
  options_.fares.clear();
  ASSERT_EQ(import("fares,a,b,c\na,,3,4.50\nb,3,0,-\nc,4.5,2,0\n"), 0) << said_;
  EXPECT_TRUE(has(said_,
                  "note: network n, tariff from 2000-01-01: 1 of 6 pairs of stops have no "
                  "fare, the first is b to c"))
      << said_;
  constexpr std::uint32_t x = fare::MatrixTariff::kNoFare;
  EXPECT_EQ(std::get<fare::MatrixTariff>(model().networks[0].versions[0].tariff).cells,
            (std::vector<std::uint32_t>{x, 300, 450, 300, 0, x, 450, 200, 0}));
  fs::remove(options_.out);
  refused("fares,a,b\na,0,x\nb,1,0\n", "t.csv:2: column b: \"x\": an amount such as 4.90");
  refused("fares,a,b\na,0,1\nd,1,0\n", "t.csv:3: \"d\" has a row and no column");
  refused("fares,a,b\na,0,1\nd,1,0\n", "t.csv:1: \"b\" has a column and no row");
  refused("fares,a,a\na,0,1\n", "t.csv:1: column a is there twice");
  refused("fares,a,b\na,0,1\na,0,1\n", "t.csv:3: row a is there twice");
  options_.fares = {"adult=x"};
  EXPECT_EQ(import("fares,a\na,0\n"), 2);
  options_.fares = {"student"};
  options_.origin = "a";
  EXPECT_EQ(import("fares,a\na,0\n"), 2);
  EXPECT_TRUE(has(said_, "--square: --origin, --destination and --via")) << said_;
}

TEST_F(FareImport, TheFolderItWritesCompilesToTheSameBook) {
  options_.fares = {"adult=adult", "student=half", "visitor@peak=half"};
  options_.timeframes = {"peak=Mo-Fr 05:00-09:30,15:00-19:00"};
  options_.folder = folder_ / "source";
  ASSERT_EQ(import(kTable), 0) << said_;
  const auto compiled = fare::compile_book(options_.folder);
  ASSERT_TRUE(compiled) << compiled.error().message();
  EXPECT_EQ(*compiled, open_signed(options_.out, {}).value().payload);
  EXPECT_EQ(import(kTable), 1);
  EXPECT_TRUE(has(said_, "source: is not empty")) << said_;
  options_.out.clear();
  options_.folder.clear();
  EXPECT_EQ(import(kTable), 2);
  EXPECT_TRUE(has(said_, "--output or --folder is needed")) << said_;
}

TEST_F(FareImport, ASourceFolderIsPricedAsItsBookIs) {
  options_.folder = folder_ / "source";
  ASSERT_EQ(import(kTable), 0) << said_;
  const std::string monday = "2026-11-02T05:00:00+08:00";
  const std::string compiled = price("adult", monday, "People-s-Sq", "u8398u5e84");
  options_.out = options_.folder;
  EXPECT_EQ(price("adult", monday, "People-s-Sq", "u8398u5e84"), compiled);
  EXPECT_TRUE(has(price("adult", monday, "Peoples-Sq", "u8398u5e84"),
                  R"("detail":"\"Peoples-Sq\" is not a stop of n; did you mean People-s-Sq?")"));
  std::ofstream{options_.folder / "stops.csv"} << "network;code\n";
  EXPECT_EQ(price("adult", monday, "a", "b"), "");
  EXPECT_TRUE(has(said_, "stops.csv:1: the cells are separated by semicolons")) << said_;
}

TEST_F(FareImport, BadLinesOfJourneysAreToldWithTheirFile) {
  ASSERT_EQ(import(kTable), 0) << said_;
  std::ofstream{folder_ / "j.jsonl"} << "\xEF\xBB\xBF\n{\"id\":\"j\",\"tabs\":[]}\n";
  testing::internal::CaptureStderr();
  EXPECT_EQ(fare_price(options_.out, folder_ / "j.jsonl"), 1);
  EXPECT_TRUE(has(testing::internal::GetCapturedStderr(),
                  "j.jsonl:2: tabs: field is not known; did you mean taps?"));
}

TEST_F(FareImport, WrongOptionsAreWrongUsage) {
  const auto usage = [&](const std::function<void(FareImportMatrix&)>& change,
                         const char* message) {
    const FareImportMatrix good = options_;
    change(options_);
    EXPECT_EQ(import(kTable), 2) << message;
    EXPECT_TRUE(has(said_, message)) << said_;
    options_ = good;
  };
  usage([](auto& o) { o.fares = {"adult"}; }, "--fare: \"adult\": RIDER=COLUMN");
  usage([](auto& o) { o.fares = {"adult@=adult"}; }, "RIDER@TIMEFRAME=COLUMN");
  usage([](auto& o) { o.timeframes = {"peak"}; }, "--timeframe: \"peak\": NAME=HOURS");
  usage([](auto& o) { o.timeframes = {"peak=Mo 25:00-26:00"}; }, "hours such as 05:00-09:30");
  usage([](auto& o) { o.highest = "9.999"; }, "--max-price: \"9.999\": has more decimals");
  usage([](auto& o) { o.city = "29"; }, "--city: 4 hex digits were expected");
  usage([](auto& o) { o.valid_from = "tomorrow"; }, "--valid-from: a date");
  usage([](auto& o) { o.realm = Realm::live; }, "needs --key");
  options_.fares = {"adult@peak=adult"};
  EXPECT_EQ(import(kTable), 1);
  EXPECT_TRUE(has(said_, "there is no --timeframe peak")) << said_;
}

TEST(Amounts, AreReadExactly) {
  using enum AmountUnit;
  EXPECT_EQ(parse_amount("4.9", hundred_fen).value(), Fen{490});
  EXPECT_EQ(parse_amount("4.90", hundred_fen).value(), Fen{490});
  EXPECT_EQ(parse_amount("0.07", hundred_fen).value(), Fen{7});
  EXPECT_EQ(parse_amount("60", hundred_fen).value(), Fen{6'000});
  EXPECT_EQ(parse_amount("60", fen).value(), Fen{60});
  EXPECT_FALSE(parse_amount("60.0", fen));
  EXPECT_FALSE(parse_amount(".5", hundred_fen));
  EXPECT_FALSE(parse_amount("167772.16", hundred_fen));
  EXPECT_EQ(parse_amount("167772.15", hundred_fen).value(), Fen{0xFFFFFF});
}

// ---- published tables

fs::path figures() {
  const char* const given = std::getenv("TIDEGATE_SHARED");
  return given != nullptr ? fs::path{given}
                          : fs::path{TIDEGATE_SOURCE_DIR} / ".." / "shared" / "data";
}

/// Cells by a reader of its own: no comma stands inside these files' quotes.
std::vector<std::vector<std::string>> cells_of(const fs::path& file) {
  std::vector<std::vector<std::string>> out;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);) {
    std::erase_if(line, [](char c) { return c == '"' || c == '\r'; });
    std::istringstream cells{line};
    out.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) out.back().push_back(cell);
  }
  return out;
}

class PublishedTable : public FareImport {
 protected:
  /// Every row and every column of prices comes out as it stands there; returns how many prices.
  std::size_t reproduces(const fs::path& file, std::size_t origin, std::size_t destination,
                         const std::map<std::size_t, std::string>& riders) {
    const auto rows = cells_of(file);
    options_.csv = file;
    options_.origin = rows[0][origin];
    options_.destination = rows[0][destination];
    options_.fares.clear();
    for (const auto& [column, rider] : riders)
      options_.fares.push_back(rider + "=" + rows[0][column]);
    EXPECT_EQ(import(), 0) << said_;
    const auto book = fare::Book::load(open_signed(options_.out, {}).value().payload).value();
    std::size_t prices = 0, wrong = 0;
    for (const auto& [column, rider] : riders) {
      fare::Medium medium{.rider = book->rider_from_name(rider).value(), .balance = Fen{100'000}};
      std::map<std::string, Fen> most;
      for (std::size_t i = 1; i < rows.size(); ++i, ++prices) {
        const auto expected = parse_amount(rows[i][column], AmountUnit::hundred_fen).value();
        const fare::TapContext from{.network = NetworkId{"n"}, .stop = StopCode{rows[i][origin]}};
        const fare::TapContext to{.network = NetworkId{"n"},
                                  .stop = StopCode{rows[i][destination]}};
        const Timestamp begun = parse_iso8601("2026-11-02T08:00:00+08:00").value();
        medium.open.reset();
        if (!most.contains(rows[i][origin]))
          most[rows[i][origin]] =
              fare::price(*book, medium, from, {.kind = fare::TapKind::entry, .at = begun})
                  .max_fare;
        medium.open = fare::OpenJourney{
            .where = book->stop_on_card(from.network, from.stop).value().code, .at = begun};
        const fare::Decision left =
            fare::price(*book, medium, to, {.kind = fare::TapKind::exit, .at = begun});
        if (!left.accepted() || left.total() != expected || most[rows[i][origin]] < expected)
          ++wrong;
      }
    }
    EXPECT_EQ(wrong, 0U) << "of " << prices;
    return prices;
  }
  /// Whether the file is there; else the test is to be skipped.
  static bool here(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
  }
};

TEST_F(PublishedTable, MtrHeavyRailNineClasses) {
  const fs::path file = figures() / "mtr" / "mtr_lines_fares_2025-07-29.csv";
  if (!here(file)) GTEST_SKIP() << "operator figures are not here: " << file.string();
  const std::map<std::size_t, std::string> riders{
      {4, "adult"},  {5, "student"}, {6, "joyyou"},        {7, "single-adult"},  {8, "child"},
      {9, "senior"}, {10, "pwd"},    {11, "single-child"}, {12, "single-senior"}};
  EXPECT_EQ(reproduces(file, 1, 3, riders), 9'216U * 9);
  // Some of it again, in the words of `fare price`.
  const auto rows = cells_of(file);
  for (std::size_t i = 1; i < rows.size(); i += 461)
    for (const auto& [column, rider] : riders) {
      const auto fen = parse_amount(rows[i][column], AmountUnit::hundred_fen).value().count();
      EXPECT_TRUE(has(price(rider, "2026-11-02T08:00:00+08:00", rows[i][1], rows[i][3]),
                      "\"total_fen\":" + std::to_string(fen) + ","))
          << rows[i][0] << " to " << rows[i][2] << ", " << rider;
    }
}

TEST_F(PublishedTable, MtrLightRailNineClasses) {
  const fs::path file = figures() / "mtr" / "light_rail_fares.csv";
  if (!here(file)) GTEST_SKIP() << "operator figures are not here: " << file.string();
  EXPECT_EQ(reproduces(file, 0, 1,
                       {{2, "adult"},
                        {3, "child"},
                        {4, "senior"},
                        {5, "pwd"},
                        {6, "student"},
                        {7, "joyyou"},
                        {8, "single-adult"},
                        {9, "single-child"},
                        {10, "single-senior"}}),
            4'624U * 9);
}

TEST_F(PublishedTable, ShanghaiOfWhichOnlyAPartIsAtHand) {
  const fs::path file = figures() / "yrd_metro_fares" / "shanghai_od.csv";
  if (!here(file)) GTEST_SKIP() << "operator figures are not here: " << file.string();
  options_.allow_gaps = true;
  EXPECT_EQ(reproduces(file, 0, 1, {{2, "adult"}}), 1'657U);
}

TEST_F(PublishedTable, AnOutagePageThatWasPublishedAsATableIsRefused) {
  options_.csv = figures() / "mtr" / "mtr_lines_fares_2025-07-26.csv";
  if (!here(options_.csv)) GTEST_SKIP() << "operator figures are not here: " << options_.csv;
  std::ofstream{options_.out} << "the book of yesterday";
  EXPECT_EQ(import(), 1);
  EXPECT_TRUE(has(said_, "is a web page or XML, no table")) << said_;
  std::ifstream in{options_.out};
  std::string kept;
  std::getline(in, kept);
  EXPECT_EQ(kept, "the book of yesterday");
}

}  // namespace
}  // namespace tidegate::tools
