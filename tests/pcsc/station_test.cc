// SPDX-License-Identifier: Apache-2.0
// Whole stations with their SAMs behind a real pcscd: the shipped daemons, and SAMs and pcscd
// killed in mid-transaction. The money must be exact.
#include "simulators/sam/virtual_readers.h"
#include "tests/e2e/station_run.h"

namespace tidegate::e2e {
namespace {

class PcscStationTest : public StationRunTest {
 protected:
  void SetUp() override {
    if (const auto possible = sim::pcscd_possible(); !possible)
      GTEST_SKIP() << possible.error().message();
    StationRunTest::SetUp();
  }
};

TEST_F(PcscStationTest, ChargesEveryoneThroughPcscd) {
  expect_exact({"--sam", "pcsc", "--aisles", "2", "--passengers", "12", "--seed", "7"});
}

TEST_F(PcscStationTest, StaysExactWhenSamsAndPcscdAreKilledInMidTransaction) {
  expect_exact({"--sam", "pcsc", "--aisles", "4", "--passengers", "24", "--faults", "sam", "--seed",
                fresh_seed()});
  // It did strike: somebody was told to go elsewhere, or an aisle lost its SAM.
  const std::string log = read_text(folder() / "box" / "log" / "gate.log");
  EXPECT_NE(log.find("pcsc_sam"), std::string::npos) << "no SAM was opened through PC/SC";
  EXPECT_TRUE(log.find("event=sam_lost") != std::string::npos ||
              log.find("sam_unavailable") != std::string::npos)
      << "no SAM was lost in this run";
}

TEST_F(PcscStationTest, StaysExactWhenTheGateAndCardsFailToo) {
  expect_exact({"--sam", "pcsc", "--boxes", "2", "--aisles", "2", "--passengers", "24", "--faults",
                "sam,gate-kill,tear,reader-kill", "--seed", fresh_seed()});
}

}  // namespace
}  // namespace tidegate::e2e
