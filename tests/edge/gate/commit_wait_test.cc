// SPDX-License-Identifier: Apache-2.0
// When a commit waits to be shared, and that nothing ever waits for long.
#include "edge/gate/commit_wait.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CommitWaitTest : public testing::Test {
 protected:
  void debit(std::uint64_t intent) { wait_.debits(SequenceNo{intent}, now_); }
  void outcome(std::uint64_t intent) {
    Outcome body;
    body.intent = SequenceNo{intent};
    wait_.submitted({{}, body}, now_);
  }
  /// Debits that each take `debit`, on a disk that takes `commit`.
  void taps(int count, milliseconds debit, milliseconds commit) {
    for (int i = 0; i < count; ++i) {
      wait_.ended(now_, commit);
      this->debit(1);
      now_ += debit;
      outcome(1);
    }
  }
  /// How long a commit that could begin now waits.
  [[nodiscard]] SteadyTime::duration wait(bool others = false) const {
    return wait_.begin(now_, now_, others) - now_;
  }

  SteadyTime now_{seconds{1000}};
  CommitWait wait_;
};

TEST_F(CommitWaitTest, NothingWaitsBeforeADebitWasMeasured) {
  wait_.ended(now_ - seconds{1}, milliseconds{20});
  debit(1);
  EXPECT_EQ(wait(), milliseconds{0});
  EXPECT_EQ(wait_.slack(2), milliseconds{0});
}

TEST_F(CommitWaitTest, ACommitWaitsForTheOutcomeThatIsAboutToCome) {
  taps(50, milliseconds{2}, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0}) << "all outcomes have come";
  debit(7);
  EXPECT_GE(wait(), milliseconds{2});
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, TheLastOfSeveralOutcomesEndsTheWait) {
  taps(50, milliseconds{2}, milliseconds{20});
  debit(7);
  debit(8);
  outcome(8);
  EXPECT_GT(wait(), milliseconds{0});
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, AnOutcomeThatDoesNotComeHoldsNothingBackForHalfACommit) {
  taps(50, milliseconds{2}, milliseconds{20});
  debit(7);
  EXPECT_LE(wait(), milliseconds{10});
  now_ += milliseconds{10};
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, OutcomesThatComeOneAfterTheOtherHoldNothingBackForHalfACommit) {
  taps(50, milliseconds{2}, milliseconds{20});
  const SteadyTime due = now_;
  SteadyTime begin = due;
  for (std::uint64_t number = 100; begin > now_ || number == 100; ++number) {
    ASSERT_LT(number, 200U);
    debit(number);
    now_ += milliseconds{1};
    begin = std::max(begin, wait_.begin(due, now_, true));
  }
  EXPECT_LE(begin - due, milliseconds{10});
}

TEST_F(CommitWaitTest, AFastDiskWaitsForNobody) {
  taps(50, milliseconds{2}, milliseconds{1});
  debit(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, ASlowDebitIsWaitedForOnlyTowardsItsEnd) {
  taps(50, milliseconds{15}, milliseconds{20});
  debit(7);
  EXPECT_EQ(wait(), milliseconds{0});
  now_ += milliseconds{8};
  EXPECT_GE(wait(), milliseconds{7});
  EXPECT_LE(wait(), milliseconds{8});
}

TEST_F(CommitWaitTest, DebitsOfUnevenLengthAreNotWaitedFor) {
  for (int i = 0; i < 50; ++i) {
    taps(1, milliseconds{1}, milliseconds{20});
    taps(1, milliseconds{9}, milliseconds{20});
  }
  debit(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, ACardThatComesBackAfterMinutesSaysNothing) {
  taps(50, milliseconds{2}, milliseconds{20});
  debit(7);
  now_ += seconds{300};
  outcome(7);
  debit(8);
  EXPECT_GE(wait(), milliseconds{2});
  EXPECT_LE(wait(), milliseconds{3});
}

TEST_F(CommitWaitTest, TheDiskHasAPauseWhileOthersAreUnderWay) {
  taps(50, milliseconds{2}, milliseconds{20});
  wait_.ended(now_, milliseconds{20});
  EXPECT_EQ(wait(), milliseconds{0});
  EXPECT_EQ(wait(true), milliseconds{5});
  now_ += milliseconds{4};
  EXPECT_EQ(wait(true), milliseconds{1});
  now_ += milliseconds{4};
  EXPECT_LE(wait(true), milliseconds{0});
}

TEST_F(CommitWaitTest, ACommitThatWaitedForOthersIsThroughWhenTheCommandsAre) {
  for (int i = 0; i < 50; ++i) {
    wait_.ended(now_, milliseconds{6});
    wait_.gave(2, milliseconds{26});
  }
  EXPECT_EQ(wait_.slack(0), milliseconds{0});
  EXPECT_NEAR(static_cast<double>(wait_.slack(1).count()), 4000, 100);
  EXPECT_NEAR(static_cast<double>(wait_.slack(2).count()), 17'000, 100);
}

TEST_F(CommitWaitTest, CommandsOfUnevenLengthAndASlowDiskGiveNoSlack) {
  for (int i = 0; i < 50; ++i) {
    wait_.ended(now_, milliseconds{6});
    wait_.gave(1, milliseconds{i % 2 == 0 ? 1 : 26});
  }
  EXPECT_EQ(wait_.slack(2), milliseconds{0});
  for (int i = 0; i < 50; ++i) {
    wait_.ended(now_, milliseconds{40});
    wait_.gave(2, milliseconds{26});
  }
  EXPECT_EQ(wait_.slack(2), milliseconds{0});
}

TEST_F(CommitWaitTest, AReaderThatHungSaysNothing) {
  for (int i = 0; i < 50; ++i) {
    wait_.ended(now_, milliseconds{6});
    wait_.gave(2, milliseconds{26});
  }
  wait_.gave(2, seconds{30});
  EXPECT_NEAR(static_cast<double>(wait_.slack(2).count()), 17'000, 100);
}

}  // namespace
}  // namespace tidegate::edge
