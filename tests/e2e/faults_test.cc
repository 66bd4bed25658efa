// SPDX-License-Identifier: Apache-2.0
// Whatever goes wrong at one box: every passenger is served, the money is exact to the fen.
#include "tests/e2e/station_run.h"

namespace tidegate::e2e {
namespace {

using FaultsTest = StationRunTest;

TEST_F(FaultsTest, MoneyIsExactAfterTearsAndKillsWithAFixedSeed) {
  expect_exact({"--aisles", "2", "--passengers", "24", "--seed", "11", "--faults",
                "tear,gate-kill,reader-kill"});
}

TEST_F(FaultsTest, AllFaultsAtAnAisleForBothWays) {
  expect_exact({"--aisles", "1", "--passengers", "12", "--seed", "21", "--faults", "all"});
}

TEST_F(FaultsTest, AFreshSeedOfTearsAndKills) {
  expect_exact({"--aisles", "2", "--passengers", "24", "--seed", fresh_seed(), "--faults",
                "tear,gate-kill,reader-kill"});
}

TEST_F(FaultsTest, AFullDiskTakesNoMoneyThatIsNotRecorded) {
  expect_exact(
      {"--aisles", "2", "--passengers", "16", "--seed", "5", "--faults", "disk-full,gate-kill"});
}

TEST_F(FaultsTest, AnAisleWithoutItsSamOpensAgainByItself) {
  const std::string out =
      expect_exact({"--aisles", "2", "--passengers", "16", "--seed", "5", "--faults", "sam"});
  EXPECT_NE(out.find("\"sam_unavailable\""), std::string::npos)
      << "no SAM was out when a card came: " << out;
}

TEST_F(FaultsTest, AnUnknownFaultIsWrongUsageAndMakesNoFolder) {
  const Ended unknown =
      run({program("tidegate-sim"), "station", "--faults", "flood", "--dir", box()}, folder());
  EXPECT_EQ(unknown.status, 2);
  EXPECT_FALSE(std::filesystem::exists(box()));
}

}  // namespace
}  // namespace tidegate::e2e
