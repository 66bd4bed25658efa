// SPDX-License-Identifier: Apache-2.0
// The books of fare/books: each compiles, is marked as a sample, names its sources; the delta's
// book is the sum of the cities'; Shanghai's fares are those that its operator told.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "fare/authoring/compile.h"
#include "fare/authoring/csv.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/golden.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

const fs::path kBooks = fs::path{TIDEGATE_SOURCE_DIR} / "fare" / "books";

std::vector<std::string> cities() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator{kBooks})
    if (entry.is_directory()) out.push_back(entry.path().filename().string());
  std::ranges::sort(out);
  return out;
}

std::string text_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

class ShippedBook : public ::testing::TestWithParam<std::string> {};

TEST_P(ShippedBook, compiles_and_reproduces_its_golden_journeys) {
  const auto payload = compile_book(kBooks / GetParam());
  ASSERT_TRUE(payload) << payload.error().message();
  const auto book = Book::load(*payload);
  ASSERT_TRUE(book) << book.error().message();
  EXPECT_GE(golden_journey_count(**book), 3U);
}

TEST_P(ShippedBook, says_that_it_is_a_sample_and_what_each_network_is_from) {
  const std::string text = text_of(kBooks / GetParam() / "book.toml");
  EXPECT_NE(text.find("SAMPLE DATA"), std::string::npos);
  if (GetParam() == "delta") return;  // sources stand in the cities' books
  std::size_t from = text.find("[book]");
  for (auto at = text.find("[[network]]"); at != std::string::npos;
       from = at + 1, at = text.find("[[network]]", from)) {
    const std::string before = text.substr(from, at - from);
    const bool sourced = before.find("Source") != std::string::npos ||
                         before.find("(Shanghai Voice, ") != std::string::npos;
    EXPECT_TRUE(sourced) << text.substr(at, 60);
  }
}

TEST_P(ShippedBook, costs_the_same_both_ways_and_never_nothing_for_adults) {
  const auto model = read_book_source(kBooks / GetParam());
  ASSERT_TRUE(model) << model.error().message();
  for (const Network& network : model->networks) {
    const auto* const matrix = std::get_if<MatrixTariff>(&network.versions.front().tariff);
    if (matrix == nullptr) continue;
    const std::size_t n = network.stops.size();
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < n; ++k) {
        const std::string pair =
            network.id + " " + network.stops[i].code + " " + network.stops[k].code;
        EXPECT_EQ(matrix->cells[i * n + k], matrix->cells[k * n + i]) << pair;
        if (i != k) {
          EXPECT_NE(matrix->cells[i * n + k], MatrixTariff::kNoFare) << pair;
          EXPECT_GE(matrix->cells[i * n + k], 200U) << pair;
        }
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Fare, ShippedBook, ::testing::ValuesIn(cities()),
                         [](const auto& one) { return one.param; });

TEST(ShippedBooks, the_delta_is_the_sum_of_the_cities) {
  const auto delta = read_book_source(kBooks / "delta");
  ASSERT_TRUE(delta) << delta.error().message();
  std::size_t networks = 0, golden = 0;
  for (const std::string& city : cities()) {
    if (city == "delta") continue;
    const auto model = read_book_source(kBooks / city);
    ASSERT_TRUE(model) << model.error().message();
    // Classes name timeframes by their place, so by name they are compared.
    for (const Network& network : model->networks) {
      ++networks;
      const auto same = std::ranges::find(delta->networks, network.id, &Network::id);
      ASSERT_NE(same, delta->networks.end()) << network.id << ": run scripts/delta-book.py";
      Network theirs = *same, ours = network;
      for (TariffVersion& version : theirs.versions)
        for (FareClass& one : version.classes) one.timeframe.reset();
      for (TariffVersion& version : ours.versions)
        for (FareClass& one : version.classes) one.timeframe.reset();
      EXPECT_EQ(theirs, ours) << network.id << ": run scripts/delta-book.py";
    }
    for (const Rider& rider : model->riders)
      EXPECT_NE(std::ranges::find(delta->riders, rider), delta->riders.end()) << rider.name;
    for (const Timeframe& frame : model->timeframes)
      EXPECT_NE(std::ranges::find(delta->timeframes, frame), delta->timeframes.end()) << frame.name;
    golden += model->golden.size();
  }
  EXPECT_EQ(delta->networks.size(), networks);
  EXPECT_EQ(delta->golden.size(), golden);
}

/// The planner of Shanghai's operator was asked from a few stations (2026-09-09).
TEST(ShippedBooks, shanghai_costs_what_its_operator_told) {
  const char* const shared = std::getenv("TIDEGATE_SHARED");
  const fs::path data = shared != nullptr
                            ? fs::path{shared}
                            : fs::path{TIDEGATE_SOURCE_DIR} / ".." / "shared" / "data";
  const fs::path path = data / "yrd_metro_fares" / "shanghai_od.csv";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) GTEST_SKIP() << path << " is not there";
  const auto table = CsvTable::parse("shanghai_od.csv", text_of(path),
                                     {"origin", "destination", "official_fare_yuan"});
  ASSERT_TRUE(table) << table.error().message();
  const auto model = read_book_source(kBooks / "shanghai");
  ASSERT_TRUE(model) << model.error().message();
  const auto metro = std::ranges::find(model->networks, "shanghai-metro", &Network::id);
  ASSERT_NE(metro, model->networks.end());
  const auto book = testing_books::load(*model);
  const auto known = [&metro](std::string_view code) {
    return std::ranges::find(metro->stops, code, &Stop::code) != metro->stops.end();
  };
  int pairs = 0;
  for (const CsvRow& row : table->rows()) {
    const std::string from{table->cell(row, "origin")}, to{table->cell(row, "destination")};
    if (!known(from) || !known(to) || from == to) continue;
    ++pairs;
    Medium medium{.balance = Fen{10'000}};
    TapContext here{.network = NetworkId{metro->id}, .stop = StopCode{from}};
    Tap tap{.kind = TapKind::entry, .at = testing_books::at("2026-11-02T10:00:00+08:00")};
    carry_on(*book, medium, here, tap, price(*book, medium, here, tap));
    here.stop = StopCode{to};
    tap.kind = TapKind::exit;
    const auto yuan = parse_count(table->cell(row, "official_fare_yuan"), 100);
    ASSERT_TRUE(yuan);
    EXPECT_EQ(price(*book, medium, here, tap).total(), Fen{*yuan * 100}) << from << " " << to;
  }
  EXPECT_EQ(pairs, 34);
}

}  // namespace
}  // namespace tidegate::fare
