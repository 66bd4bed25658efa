// SPDX-License-Identifier: Apache-2.0
// A disk that fails under the shipped gate, at every phase of a tap: no money is taken that is not
// recorded, the aisles close with an alarm and reopen by themselves, also over a SIGKILL.
#include <thread>

#include "tests/e2e/disk_suite.h"

namespace tidegate::e2e {
namespace {

struct Row {
  const char* name;
  const char* rules;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.rules; }
};

constexpr Row kRows[] = {{"full_disk", "write ENOSPC"},
                         {"failing_writes", "write EIO"},
                         {"failing_syncs", "sync EIO"},
                         {"failing_roots", "root EIO"},
                         {"failing_roots_that_land", "root EIO landed"},
                         {"landing_roots_that_never_sync", "root EIO landed\nsync EIO"},
                         {"read_only", "all EROFS"}};

std::string name_of(const testing::TestParamInfo<Row>& row) {
  return row.param.name;
}

class DiskFaults : public DiskSuite, public testing::WithParamInterface<Row> {
 protected:
  static void SetUpTestSuite() { start(false); }
  static void expect_all_is_well() {
    EXPECT_EQ(box().pass(LineBox::kStruck, box().arriving("afterwards"), 1), "");
    for (const std::string& death : box().deaths()) ADD_FAILURE() << death;
  }
};

TEST_P(DiskFaults, BeforeATapTakeNothing) {
  expect_both_open();
  const unsigned before = alarms();
  Rider& rider = box().arriving("a disk that failed before its tap");
  strike(GetParam().rules);
  const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
  EXPECT_EQ(shown.refusal(), RefusalCode::ledger_unavailable) << shown.text();
  box().take(LineBox::kStruck, rider, shown);
  EXPECT_EQ(rider.spent(), Fen{});
  expect_closed(before);
  Rider& turned_away = box().entering("in front of a closed aisle");
  turned_away.visits = 0;
  expect_no_card_is_taken(LineBox::kBeside, turned_away);
  heal();
  expect_both_open();
  EXPECT_EQ(box().pass(LineBox::kStruck, rider, kTaps), "");
  EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside"), kTaps), "");
  EXPECT_EQ(rider.spent(), rider.fare);
  expect_all_is_well();
}

/// The intent is on disk and the money moves: the passenger goes through, and nobody else until
/// the outcome has landed.
TEST_P(DiskFaults, BetweenIntentAndOutcomeOpenAndRecordLater) {
  expect_both_open();
  const unsigned before = alarms();
  const unsigned late = logged("<1>event=outcome_late");
  Rider& rider = box().arriving("a disk that failed under its debit");
  rider.before_debit = [rules = std::string{GetParam().rules}] { strike(rules); };
  const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
  EXPECT_TRUE(shown.open) << shown.text();
  box().take(LineBox::kStruck, rider, shown);
  EXPECT_EQ(rider.spent(), rider.fare);
  expect_closed(before);
  EXPECT_EQ(logged("<1>event=outcome_late"), late + 1);
  EXPECT_EQ(box().recorded(OutcomeResult::debited, rider), 0U);
  Rider& next = box().entering("behind a debit without its outcome");
  expect_no_card_is_taken(LineBox::kBeside, next);
  heal();
  expect_both_open();
  EXPECT_EQ(box().recorded(OutcomeResult::debited, rider), 1U)
      << "an aisle opened before it landed";
  EXPECT_EQ(box().pass(LineBox::kBeside, next, kTaps), "");
  expect_all_is_well();
}

/// Nobody taps: the passage behind the last one is what the gate wants to write.
TEST_P(DiskFaults, WhileNobodyTapsCloseAndLoseNoPassage) {
  expect_both_open();
  const unsigned before = alarms();
  Rider& rider = box().arriving("a disk that failed behind it");
  const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
  ASSERT_TRUE(shown.open) << shown.text();
  // Earlier ones are on disk by now: this one's outcome took them along.
  const unsigned passages = box().recorded_passages();
  strike(GetParam().rules);
  box().take(LineBox::kStruck, rider, shown);
  expect_closed(before);
  heal();
  expect_both_open();
  const auto deadline = std::chrono::steady_clock::now() + LineBox::kPatience;
  while (box().recorded_passages() == passages && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(box().recorded_passages(), passages + 1);
  expect_all_is_well();
}

INSTANTIATE_TEST_SUITE_P(All, DiskFaults, testing::ValuesIn(kRows), name_of);

// --- and the gate is killed meanwhile
// --------------------------------------------------------------

class DiskFaultsAndAKill : public DiskSuite, public testing::WithParamInterface<Row> {
 protected:
  static void SetUpTestSuite() { start(true); }
  /// The gate was started anew at least once since `starts`, and works when the disk does.
  static void expect_it_comes_back(unsigned starts) {
    const auto deadline = std::chrono::steady_clock::now() + LineBox::kPatience;
    while (box().gate_starts() <= starts && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    ASSERT_GT(box().gate_starts(), starts);
    heal();
    expect_both_open();
  }
};

/// The outcome was only in memory: the card's own log is what is left of it.
TEST_P(DiskFaultsAndAKill, BehindAnOpenBarrierTheNextSightRecordsTheDebit) {
  expect_both_open();
  const unsigned before = alarms();
  const unsigned starts = box().gate_starts();
  Rider& rider = box().arriving("killed with its outcome in memory");
  rider.visits = 2;
  rider.before_debit = [rules = std::string{GetParam().rules}] { strike(rules); };
  const Shown out = box().put(LineBox::kStruck, rider, std::nullopt, false);
  EXPECT_TRUE(out.open) << out.text();
  box().take(LineBox::kStruck, rider, out);
  rider.before_debit = nullptr;
  expect_closed(before);
  box().kill_gate();
  expect_it_comes_back(starts);
  EXPECT_EQ(box().recorded(OutcomeResult::debited, rider), 0U);
  // Comes in again, and is recognised: the debit before and this entry are two.
  for (unsigned tap = 0; tap < kTaps && rider.passages < 2; ++tap) {
    ASSERT_TRUE(box().wait_ready(LineBox::kBeside));
    const Shown in = box().put(LineBox::kBeside, rider, std::nullopt, true);
    box().take(LineBox::kBeside, rider, in);
    std::this_thread::sleep_for(std::chrono::milliseconds{400});
  }
  EXPECT_EQ(rider.passages, 2U);
  EXPECT_EQ(box().recorded(OutcomeResult::debited, rider), 2U);
  EXPECT_EQ(rider.spent(), rider.fare);
}

/// Killed at the moment the money moves: the barrier did not open, so the same card pays no more
/// and goes through.
TEST_P(DiskFaultsAndAKill, UnderTheDebitTheNextSightOpensAndChargesOnce) {
  expect_both_open();
  const unsigned starts = box().gate_starts();
  Rider& rider = box().arriving("killed under its debit");
  rider.before_debit = [rules = std::string{GetParam().rules}] {
    strike(rules);
    box().kill_gate();
  };
  box().arm(LineBox::kStruck);
  box().lay(LineBox::kStruck, rider, std::nullopt);
  const auto deadline = std::chrono::steady_clock::now() + LineBox::kPatience;
  while (box().gate_starts() <= starts && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  box().take(LineBox::kStruck, rider, {});
  EXPECT_EQ(rider.spent(), rider.fare);
  rider.before_debit = nullptr;
  expect_it_comes_back(starts);
  EXPECT_EQ(box().recorded(OutcomeResult::debited, rider), 0U);
  EXPECT_EQ(box().pass(LineBox::kStruck, rider, kTaps), "");
  EXPECT_EQ(rider.spent(), rider.fare);
}

INSTANTIATE_TEST_SUITE_P(All, DiskFaultsAndAKill, testing::ValuesIn(kRows), name_of);

}  // namespace
}  // namespace tidegate::e2e
