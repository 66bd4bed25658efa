// SPDX-License-Identifier: Apache-2.0
// When a commit waits for outcomes that are about to come, and that it never waits for long.
#include "edge/gate/outcome_wait.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OutcomeWaitTest : public testing::Test {
 protected:
  void intent(std::uint64_t number, milliseconds commit) {
    wait_.landed({{}, Intent{}}, SequenceNo{number}, now_, commit);
  }
  void outcome(std::uint64_t intent) {
    Outcome body;
    body.intent = SequenceNo{intent};
    wait_.submitted({{}, body}, now_);
  }
  /// Debits that each take `debit`, on a disk that takes `commit`.
  void taps(int count, milliseconds debit, milliseconds commit) {
    for (int i = 0; i < count; ++i) {
      intent(1, commit);
      now_ += debit;
      outcome(1);
    }
  }
  /// How long a commit that could begin now waits.
  [[nodiscard]] SteadyTime::duration wait() const {
    return std::max(wait_.until(now_), now_) - now_;
  }

  SteadyTime now_{seconds{1000}};
  OutcomeWait wait_;
};

TEST_F(OutcomeWaitTest, NothingWaitsBeforeADebitWasMeasured) {
  intent(1, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, ACommitWaitsForTheOutcomeOfAnIntentThatHasJustLanded) {
  taps(50, milliseconds{2}, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0}) << "all outcomes have come";
  intent(7, milliseconds{20});
  EXPECT_GE(wait(), milliseconds{2});
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, TheLastOfSeveralOutcomesEndsTheWait) {
  taps(50, milliseconds{2}, milliseconds{20});
  intent(7, milliseconds{20});
  intent(8, milliseconds{20});
  outcome(8);
  EXPECT_GT(wait(), milliseconds{0});
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, AnOutcomeThatDoesNotComeHoldsNothingBackForHalfACommit) {
  taps(50, milliseconds{2}, milliseconds{20});
  intent(7, milliseconds{20});
  EXPECT_LE(wait(), milliseconds{10});
  now_ += milliseconds{10};
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, AFastDiskWaitsForNobody) {
  taps(50, milliseconds{2}, milliseconds{1});
  intent(7, milliseconds{1});
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, SlowCardsAreNotWaitedFor) {
  taps(50, milliseconds{15}, milliseconds{20});
  intent(7, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, DebitsOfUnevenLengthAreNotWaitedFor) {
  for (int i = 0; i < 50; ++i) {
    taps(1, milliseconds{1}, milliseconds{20});
    taps(1, milliseconds{9}, milliseconds{20});
  }
  intent(7, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(OutcomeWaitTest, ACardThatComesBackAfterMinutesIsForgottenSoon) {
  taps(50, milliseconds{2}, milliseconds{20});
  intent(7, milliseconds{20});
  now_ += seconds{300};
  outcome(7);
  taps(20, milliseconds{2}, milliseconds{20});
  intent(8, milliseconds{20});
  EXPECT_GT(wait(), milliseconds{0});
}

}  // namespace
}  // namespace tidegate::edge
