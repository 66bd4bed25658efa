// SPDX-License-Identifier: Apache-2.0
// Invariants that an operator declares: each holds on a sound book and is broken by one change.
#include <gtest/gtest.h>

#include "fare/authoring/proof_invariants.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

/// A metro of three stops in a line: 300, 400 and 200 for leaving where one entered.
BookModel line_model() {
  BookModel out = testing_books::small_model();
  out.networks[1].versions.resize(1);
  out.networks[1].versions[0].tariff = MatrixTariff{{200, 300, 400, 300, 200, 300, 400, 300, 200}};
  return out;
}
std::uint32_t& cell(BookModel& model, std::size_t i) {
  return std::get<MatrixTariff>(model.networks[1].versions[0].tariff).cells[i];
}

const char* const kEverything =
    "[[network]]\nid = \"m\"\nsymmetric = true\nmaximum_fen = 400\nminimum_fen = 300\n"
    "multiple_of_fen = 100\nsame_station_fen = 200\nmonotone = \"lines.csv\"\n"
    "never_dearer_than_adult = true\n";

class InvariantsTest : public testing::Test {
 protected:
  Result<Invariants> read(std::string_view toml) {
    folder_.write("i.toml", toml);
    folder_.write("lines.csv", "sequence,stop\nline 1,a\nline 1,b\nline 1,c\nback,c\nback,b\n");
    return read_invariants(folder_.path() / "i.toml");
  }
  InvariantReport check(const BookModel& model, std::string_view toml = kEverything) {
    const auto declared = read(toml);
    EXPECT_TRUE(declared) << declared.error().message();
    const auto report = check_invariants(*testing_books::load(model), model, *declared);
    EXPECT_TRUE(report) << report.error().message();
    return *report;
  }
  /// Names of what is broken.
  std::string broken(const BookModel& model) {
    std::string out;
    for (const InvariantResult& result : check(model).results)
      if (result.broken > 0) out += (out.empty() ? "" : " ") + result.name;
    return out;
  }
  std::string error_of(std::string_view toml) {
    const auto declared = read(toml);
    return declared ? "taken" : declared.error().message();
  }
  testing_books::TempDir folder_;
};

TEST_F(InvariantsTest, ASoundBookKeepsEveryOne) {
  const InvariantReport report = check(line_model());
  EXPECT_EQ(report.results.size(), 7U);
  EXPECT_EQ(report.broken(), 0U);
  EXPECT_EQ(report.rides_priced, 9U * 6 * 5);  // pairs, riders, moments
  for (const InvariantResult& result : report.results) EXPECT_GT(result.checked, 0U) << result.name;
}

TEST_F(InvariantsTest, EachIsBrokenByWhatBreaksIt) {
  BookModel model = line_model();
  cell(model, 1) = 400;
  EXPECT_EQ(broken(model), "symmetric");
  model = line_model();
  cell(model, 2) = cell(model, 6) = 500;
  EXPECT_EQ(broken(model), "maximum_fen");
  model = line_model();
  cell(model, 5) = cell(model, 7) = 200;
  EXPECT_EQ(broken(model), "minimum_fen");
  model = line_model();
  cell(model, 5) = cell(model, 7) = 350;
  EXPECT_EQ(broken(model), "multiple_of_fen");
  model = line_model();
  cell(model, 4) = 300;
  EXPECT_EQ(broken(model), "same_station_fen");
  model = line_model();
  cell(model, 1) = cell(model, 3) = 400;
  cell(model, 2) = cell(model, 6) = 300;
  EXPECT_EQ(broken(model), "monotone");
  model = line_model();
  cell(model, 1) = MatrixTariff::kNoFare;
  EXPECT_EQ(broken(model), "symmetric monotone") << "a ride without a fare is neither";
}

TEST_F(InvariantsTest, TellsAPairOnceForAllRidersAndMoments) {
  BookModel model = line_model();
  cell(model, 1) = 450;
  const InvariantReport report = check(model, "[[network]]\nid = \"m\"\nmaximum_fen = 400\n");
  const InvariantResult& result = report.results.front();
  EXPECT_EQ(result.broken, 30U);
  EXPECT_EQ(result.broken_pairs, 1U);
  ASSERT_EQ(result.places.size(), 1U);
  EXPECT_EQ(result.places.front(),
            "站a / Stop a (a) → 站b / Stop b (b), adult, 2026-01-01 06:30: 4.50 (and for 29 other "
            "riders or times)");
}

TEST_F(InvariantsTest, TellsTheFirstTenPlaces) {
  BookModel model = line_model();
  model.networks[1].stops.push_back(testing_books::stop("d", 4, 3, 0x14));
  model.networks[1].versions[0].tariff = MatrixTariff{std::vector<std::uint32_t>(16, 500)};
  const InvariantReport report = check(model, "[[network]]\nid = \"m\"\nmaximum_fen = 400\n");
  EXPECT_EQ(report.results.front().places.size(), kPlacesTold);
  EXPECT_EQ(report.results.front().broken_pairs, 16U);
}

TEST_F(InvariantsTest, AChosenRiderAndTimeAreTheOnlyOnes) {
  const InvariantReport report =
      check(line_model(),
            "riders = \"adult\"\nat = [\"2026-11-02T08:00:00+08:00\"]\n[[network]]\nid = \"m\"\n"
            "symmetric = true\n");
  EXPECT_EQ(report.rides_priced, 9U);
  EXPECT_EQ(report.results.front().checked, 3U);
}

TEST_F(InvariantsTest, RidersThatTheBookDeclaresAreHeldToo) {
  BookModel model = testing_books::classed_model();
  std::get<MatrixTariff>(model.networks[1].versions[0].classes[0].tariff).cells[1] = 450;
  folder_.write("i.toml",
                "riders = \"pensioner\"\nat = [\"2026-11-02T08:00:00+08:00\"]\n[[network]]\n"
                "id = \"m\"\nmaximum_fen = 440\n");
  const auto declared = read_invariants(folder_.path() / "i.toml", model.riders);
  ASSERT_TRUE(declared) << declared.error().message();
  const auto report = check_invariants(*testing_books::load(model), model, *declared);
  ASSERT_TRUE(report);
  const auto& places = report->results.front().places;
  EXPECT_EQ(std::ranges::count_if(
                places, [](const std::string& place) { return place.contains("Pensioner"); }),
            1);
  EXPECT_NE(error_of("riders = \"pensioner\"\n").find("one that the book declares"),
            std::string::npos);
}

TEST_F(InvariantsTest, AFlatNetworkIsHeldByBoarding) {
  const InvariantReport report =
      check(line_model(), "[[network]]\nid = \"f\"\nmaximum_fen = 150\nminimum_fen = 300\n");
  EXPECT_EQ(report.broken(), 2U);
}

TEST_F(InvariantsTest, WhatIsWrongInTheFileIsNamedWithItsLine) {
  EXPECT_EQ(error_of("[[network]]\nid = \"m\"\nmax_fen = 3\n"),
            "i.toml:3: max_fen: key is not known");
  EXPECT_EQ(error_of("riders = \"adult\"\n"), "i.toml:1: at least one [[network]] was expected");
  EXPECT_EQ(error_of("[[network]]\nid = \"m\"\nmultiple_of_fen = 0\n"),
            "i.toml:3: multiple_of_fen: a whole number from 1 to 16777215 was expected");
  EXPECT_NE(error_of("at = [3]\n[[network]]\nid = \"m\"\n").find("i.toml:1: at: a list of times"),
            std::string::npos);
  EXPECT_NE(error_of("[[network]]\nid = \"m\"\nmonotone = \"none.csv\"\n").find("none.csv"),
            std::string::npos);
  const BookModel model = line_model();
  const auto declared = read("[[network]]\nid = \"nowhere\"\nsymmetric = true\n");
  const auto report = check_invariants(*testing_books::load(model), model, *declared);
  EXPECT_EQ(report.error().message(), "i.toml:2: network nowhere is not in the book");
}

TEST_F(InvariantsTest, AStopThatIsNotThereIsNamed) {
  const auto declared = read("[[network]]\nid = \"m\"\nmonotone = \"lines.csv\"\n");
  folder_.write("lines.csv", "sequence,stop\nl,a\nl,q\n");
  const auto again = read_invariants(folder_.path() / "i.toml");
  const BookModel model = line_model();
  const auto report = check_invariants(*testing_books::load(model), model, *again);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message(), "lines.csv:3: column stop: q is not a stop of network m");
}

}  // namespace
}  // namespace tidegate::fare
