// SPDX-License-Identifier: Apache-2.0
// When a commit waits to be shared, and that nothing ever waits for long.
#include "edge/gate/commit_wait.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Company = CommitWait::Company;

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
  [[nodiscard]] SteadyTime::duration wait(Company others = Company::coming) const {
    return wait_.begin(now_, now_, others) - now_;
  }
  /// The disk has had its pause.
  void rest() { now_ += seconds{1}; }
  void write(int count, unsigned commands, milliseconds each, milliseconds commit) {
    for (int i = 0; i < count; ++i) {
      wait_.ended(now_, commit);
      wait_.gave(commands, each);
    }
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

TEST_F(CommitWaitTest, WhoIsServedAloneHasNoCompany) {
  EXPECT_EQ(CommitWait::company(0, 1), Company::none);
  EXPECT_EQ(CommitWait::company(1, 1), Company::none);
  EXPECT_EQ(CommitWait::company(2, 1), Company::coming);
  EXPECT_EQ(CommitWait::company(2, 2), Company::all_here);
  EXPECT_EQ(CommitWait::company(2, 3), Company::all_here) << "an outcome whose tap has gone on";
}

TEST_F(CommitWaitTest, ACommitWaitsForTheOutcomeThatIsAboutToCome) {
  taps(50, milliseconds{2}, milliseconds{20});
  rest();
  EXPECT_EQ(wait(), milliseconds{0}) << "all outcomes have come";
  debit(7);
  EXPECT_GE(wait(), milliseconds{2});
  EXPECT_EQ(wait(Company::all_here), milliseconds{0}) << "it is not of a card that is here";
  EXPECT_EQ(wait(Company::none), milliseconds{0}) << "no other card is there";
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, TheLastOfSeveralOutcomesEndsTheWait) {
  taps(50, milliseconds{2}, milliseconds{20});
  rest();
  debit(7);
  debit(8);
  outcome(8);
  EXPECT_GT(wait(), milliseconds{0});
  outcome(7);
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, AnOutcomeThatDoesNotComeHoldsNothingBackForHalfACommit) {
  taps(50, milliseconds{2}, milliseconds{20});
  rest();
  debit(7);
  EXPECT_LE(wait(), milliseconds{10});
  now_ += milliseconds{10};
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, OutcomesThatComeOneAfterTheOtherHoldNothingBackForHalfACommit) {
  taps(50, milliseconds{2}, milliseconds{20});
  rest();
  const SteadyTime due = now_;
  SteadyTime begin = due;
  for (std::uint64_t number = 100; begin > now_ || number == 100; ++number) {
    ASSERT_LT(number, 200U);
    debit(number);
    now_ += milliseconds{1};
    begin = std::max(begin, wait_.begin(due, now_, Company::coming));
  }
  EXPECT_GT(begin - due, milliseconds{5});
  EXPECT_LE(begin - due, milliseconds{10});
}

TEST_F(CommitWaitTest, ADebitThatTakesLongIsWaitedForOnlyTowardsItsEnd) {
  taps(50, milliseconds{15}, milliseconds{20});
  rest();
  debit(7);
  EXPECT_EQ(wait(), milliseconds{0});
  now_ += milliseconds{8};
  EXPECT_GE(wait(), milliseconds{7});
  EXPECT_LE(wait(), milliseconds{8});
}

TEST_F(CommitWaitTest, DebitsOfUnevenLengthAreNeverWaitedFor) {
  for (int i = 0; i < 50; ++i) {
    taps(1, milliseconds{1}, milliseconds{20});
    taps(1, milliseconds{9}, milliseconds{20});
  }
  rest();
  debit(7);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(wait(), milliseconds{0}) << i;
    now_ += milliseconds{1};
  }
}

TEST_F(CommitWaitTest, ACardThatComesBackAfterMinutesIsForgottenSoon) {
  taps(50, milliseconds{2}, milliseconds{20});
  debit(7);
  now_ += seconds{300};
  outcome(7);
  taps(3, milliseconds{2}, milliseconds{20});
  rest();
  debit(8);
  EXPECT_GE(wait(), milliseconds{2});
  EXPECT_LE(wait(), milliseconds{5});
}

TEST_F(CommitWaitTest, TheDiskHasAPauseWhileOthersAreUnderWay) {
  taps(50, milliseconds{2}, milliseconds{12});
  wait_.ended(now_, milliseconds{12});
  EXPECT_EQ(wait(Company::none), milliseconds{0});
  EXPECT_EQ(wait(Company::all_here), milliseconds{2});
  EXPECT_EQ(wait(), milliseconds{4});
  now_ += milliseconds{3};
  EXPECT_EQ(wait(), milliseconds{1});
  now_ += milliseconds{2};
  EXPECT_EQ(wait(), milliseconds{0});
}

TEST_F(CommitWaitTest, ADiskThatHungOnceMakesNobodyWaitForLong) {
  taps(50, milliseconds{2}, milliseconds{6});
  wait_.ended(now_, seconds{30});
  EXPECT_LE(wait(), milliseconds{3});
  CommitWait fresh;
  fresh.ended(now_, seconds{30});
  EXPECT_LE(fresh.begin(now_, now_, Company::coming) - now_, milliseconds{5})
      << "at its very first commit";
}

TEST_F(CommitWaitTest, ACommitThatWaitedForOthersIsThroughWhenTheCommandsAre) {
  write(50, 2, milliseconds{26}, milliseconds{6});
  EXPECT_EQ(wait_.slack(0), milliseconds{0});
  EXPECT_NEAR(static_cast<double>(wait_.slack(1).count()), 4000, 100);
  EXPECT_NEAR(static_cast<double>(wait_.slack(2).count()), 17'000, 100);
}

TEST_F(CommitWaitTest, CommandsOfUnevenLengthAndASlowDiskGiveNoSlack) {
  for (int i = 0; i < 50; ++i) write(1, 1, milliseconds{i % 2 == 0 ? 1 : 26}, milliseconds{6});
  EXPECT_EQ(wait_.slack(2), milliseconds{0});
  write(50, 2, milliseconds{26}, milliseconds{40});
  EXPECT_EQ(wait_.slack(2), milliseconds{0});
}

TEST_F(CommitWaitTest, AnImpossiblyQuickFirstCommandIsForgotten) {
  wait_.gave(1, std::chrono::microseconds{1});
  write(100, 2, milliseconds{26}, milliseconds{6});
  EXPECT_GT(wait_.slack(2), milliseconds{10});
}

TEST_F(CommitWaitTest, AReaderThatHungIsForgottenSoon) {
  write(50, 2, milliseconds{26}, milliseconds{6});
  write(1, 2, seconds{1}, milliseconds{6});
  write(8, 2, milliseconds{26}, milliseconds{6});
  EXPECT_GT(wait_.slack(2), milliseconds{7});
}

}  // namespace
}  // namespace tidegate::edge
