// SPDX-License-Identifier: Apache-2.0
// `tidegate fare diff` and `tidegate fare check --invariants` as an operator runs them: the shipped
// program over the demonstration tariff and a next edition of it.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

namespace fs = std::filesystem;

class FareProof : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    fs::copy(kDemo, folder() / "next");
    compile(kDemo, "old.book");
  }
  Ended tidegate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("tidegate").string());
    return run(arguments, folder());
  }
  std::string path(const std::string& name) { return (folder() / name).string(); }
  void compile(const fs::path& source, const std::string& book) {
    const Ended ended = tidegate({"fare", "compile", source.string(), "-o", path(book)});
    ASSERT_EQ(ended.status, 0) << ended.err;
  }
  /// Replaces a text of the next edition's source, which must be there.
  void change(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = read_text(folder() / "next" / name);
    const auto place = text.find(from);
    ASSERT_NE(place, std::string::npos) << name << " has no " << from;
    std::ofstream{folder() / "next" / name} << text.replace(place, from.size(), to);
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  const fs::path kDemo = fs::path{TIDEGATE_SOURCE_DIR} / "tariffs/demo";
};

TEST_F(FareProof, ABookDoesNotDifferFromItself) {
  const Ended ended = tidegate({"fare", "diff", path("old.book"), path("old.book")});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(has(ended.out, "nothing changes\n")) << ended.out;
  EXPECT_EQ(ended.err, "");
}

TEST_F(FareProof, ANextEditionIsToldInTextJsonAndAsAPage) {
  change("od.csv", "0111,0263,900", "0111,0263,1100");
  compile(folder() / "next", "new.book");
  std::ofstream{folder() / "j.jsonl"}
      << R"({"id":"to-the-airport","taps":[{"at":"2026-11-02T08:00:00+08:00",)"
      << R"("network":"shanghai-metro","stop":"0111","kind":"entry"},)"
      << R"({"at":"2026-11-02T09:00:00+08:00","network":"shanghai-metro","stop":"0263",)"
      << R"("kind":"exit"}]})" << "\n";
  const Ended text = tidegate({"fare", "diff", path("old.book"), path("new.book"), "--journeys",
                               path("j.jsonl"), "--html", path("r.html")});
  EXPECT_EQ(text.status, 1);
  EXPECT_TRUE(has(text.out, "9.00 → 11.00  (+2.00 yuan)")) << text.out;
  EXPECT_TRUE(has(text.out, "莘庄 / Xinzhuang (0111) → 浦东国际机场")) << text.out;
  EXPECT_TRUE(has(text.out, "to-the-airport (given")) << text.out;
  const std::string page = read_text(folder() / "r.html");
  EXPECT_TRUE(has(page, "<!DOCTYPE html>"));
  EXPECT_TRUE(has(page, "+2.00"));
  EXPECT_TRUE(has(page, "People&#39;s Square") || has(page, "Pudong International Airport"));

  const Ended json = tidegate({"fare", "diff", path("old.book"), path("new.book"), "--json",
                               "--riders", "adult", "--at", "2026-11-02T08:00:00+08:00"});
  EXPECT_EQ(json.status, 1);
  EXPECT_TRUE(json.out.starts_with(R"({"changed":true,)")) << json.out;
  EXPECT_TRUE(has(json.out, R"("difference_fen":200)")) << json.out;
  EXPECT_TRUE(has(json.out, R"("rides_priced":132)")) << json.out;  // 2 x (64 pairs, 2 piers)
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 1);
}

TEST_F(FareProof, WhatCannotBeComparedIsExitTwoAndNothingOnStandardOutput) {
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"fare", "diff", path("old.book")},
        {"fare", "diff", path("old.book"), path("none.book")},
        {"fare", "diff", path("old.book"), path("next/od.csv")},
        {"fare", "diff", path("old.book"), path("old.book"), "--riders", "wizard"},
        {"fare", "diff", path("old.book"), path("old.book"), "--at", "yesterday"},
        {"fare", "diff", path("old.book"), path("old.book"), "--html", path("no/r.html")},
        {"fare", "diff", path("old.book"), path("old.book"), "--journeys", path("none")}}) {
    const Ended ended = tidegate(wrong);
    EXPECT_EQ(ended.status, 2) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.starts_with("tidegate: ")) << ended.err;
  }
}

TEST_F(FareProof, TheDemonstrationKeepsItsInvariants) {
  const std::string invariants = (kDemo / "invariants.toml").string();
  const Ended ended = tidegate({"fare", "check", path("old.book"), "--invariants", invariants});
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
  EXPECT_TRUE(has(ended.out, "book 1 is sound, 7 golden journeys")) << ended.out;
  EXPECT_TRUE(has(ended.out, "holds   shanghai-metro monotone = 3 sequences")) << ended.out;
}

TEST_F(FareProof, ABrokenInvariantIsExitOneWithItsPlaces) {
  change("od.csv", "0121,0251,400", "0121,0251,4000");
  compile(folder() / "next", "new.book");
  const std::string invariants = (kDemo / "invariants.toml").string();
  const Ended text = tidegate({"fare", "check", path("new.book"), "--invariants", invariants});
  EXPECT_EQ(text.status, 1);
  EXPECT_TRUE(has(text.out, "BROKEN  shanghai-metro maximum_fen = 1000: 60 of")) << text.out;
  EXPECT_TRUE(has(text.out, "adult, 2026-01-01 06:30: 40.00")) << text.out;
  EXPECT_TRUE(has(text.err, "invariants are broken")) << text.err;
  const Ended json =
      tidegate({"fare", "check", path("new.book"), "--invariants", invariants, "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_TRUE(has(json.out, R"("sound":false)")) << json.out;
  EXPECT_TRUE(has(json.out, R"("invariant":"maximum_fen","value":"1000",)")) << json.out;
  EXPECT_EQ(tidegate({"fare", "check", path("new.book")}).status, 0) << "none are asked for";
}

}  // namespace
}  // namespace tidegate::e2e
