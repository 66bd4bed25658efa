// SPDX-License-Identifier: Apache-2.0
// Torn cards and killed processes: every passenger is served, the money is exact to the fen.
#include <random>

#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

class FaultsTest : public ProgramTest {
 protected:
  void run_with_seed(const std::string& seed) {
    const Ended ended = run_station({"--aisles", "2", "--passengers", "24", "--seed", seed,
                                     "--faults", "tear,gate-kill,reader-kill"});
    EXPECT_NE(ended.out.find("\"equal\":true"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("\"unconfirmed\":0"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("\"verified\":true"), std::string::npos) << ended.out;
    if (HasFailure()) return;
    const Ended check = check_money(export_ledger());
    EXPECT_EQ(check.status, 0) << check.out << check.err;
  }
};

TEST_F(FaultsTest, MoneyIsExactAfterTearsAndKillsWithAFixedSeed) {
  run_with_seed("11");
}

TEST_F(FaultsTest, MoneyIsExactAfterTearsAndKillsWithAFreshSeed) {
  const std::string seed = std::to_string(std::random_device{}());
  std::printf("seed %s\n", seed.c_str());
  run_with_seed(seed);
}

TEST_F(FaultsTest, AnUnknownFaultIsWrongUsageAndMakesNoFolder) {
  const Ended unknown =
      run({program("tidegate-sim"), "station", "--faults", "flood", "--dir", box()}, folder());
  EXPECT_EQ(unknown.status, 2);
  EXPECT_FALSE(std::filesystem::exists(box()));
}

}  // namespace
}  // namespace tidegate::e2e
