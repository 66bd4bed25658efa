// SPDX-License-Identifier: Apache-2.0
// The committer: grouping, failing, hanging, filling up, keeping what must land.
#include "edge/gate/committer.h"

#include <gtest/gtest.h>

#include <thread>

#include "edge/gate/debit.h"
#include "tests/edge/gate/faulty_ledger.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::count;
using gate_fixture::FaultyLedger;
using gate_fixture::LogOf;
using gate_fixture::note;
using gate_fixture::open_test_ledger;
using gate_fixture::soon;
using gate_fixture::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CommitterTest : public testing::Test {
 protected:
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    EXPECT_TRUE(ledger_.read(SequenceNo{0}, [&](const StoredEntry& stored) {
      if (const auto* body = std::get_if<Maintenance>(&stored.entry.body)) out.push_back(body->act);
      return true;
    }));
    return out;
  }
  void wait_healthy(const Committer& committer) {
    while (!committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  }
  /// A setback is told once; the entry lands all the same.
  static bool landed(Committer& committer, const Committer::Ticket& ticket) {
    for (;;) {
      const auto at = committer.wait(ticket, soon());
      if (at) return true;
      if (at.error().code() == Errc::timeout) return false;
    }
  }
  TempFolder folder_;
  FaultyLedger ledger_{open_test_ledger(folder_.path / "ledger")};
  Committer::Options options_{.ride_along_max = milliseconds{50}, .probe_every = milliseconds{20}};
};

TEST_F(CommitterTest, AnUrgentEntryIsOnDiskWhenItsTicketSaysSo) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  const auto at = committer.wait(committer.submit(note("a"), Commit::urgent), soon());
  ASSERT_TRUE(at.has_value());
  EXPECT_EQ(ledger_.head().sequence, *at);
  EXPECT_EQ(acts(), std::vector<std::string>{"a"});
}

TEST_F(CommitterTest, WaitingEntriesShareOneAppend) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  ledger_.hold();
  auto first = committer.submit(note("a"), Commit::urgent);
  ledger_.wait_until_an_append_waits();
  auto rider = committer.submit(note("b"), Commit::ride_along);
  auto second = committer.submit(note("c"), Commit::urgent);
  auto third = committer.submit(note("d"), Commit::must_land);
  ledger_.let_go();
  ASSERT_TRUE(committer.wait(third, soon()).has_value());
  EXPECT_TRUE(committer.wait(rider, soon()).has_value());
  EXPECT_EQ(ledger_.taken_sizes(), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(acts(), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(CommitterTest, ATapIsToldHowLongTheLedgerWasBusyBeforeItsOwnCommit) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  const SystemClock clock;
  StageClock alone{clock}, behind{clock};
  EXPECT_TRUE(alone.wait(committer, committer.submit(note("a"), Commit::urgent), soon()));
  EXPECT_EQ(alone.waits().behind.count(), 0);

  ledger_.hold();
  auto first = committer.submit(note("b"), Commit::urgent);
  ledger_.wait_until_an_append_waits();
  auto second = committer.submit(note("c"), Commit::urgent);
  const std::jthread later{[&] {
    std::this_thread::sleep_for(milliseconds{500});
    ledger_.let_go();
  }};
  EXPECT_TRUE(behind.wait(committer, second, soon()));
  EXPECT_GT(behind.waits().behind.count(), 0);
  EXPECT_LE(behind.waits().behind + behind.waits().flush, behind.waits().commit);
  EXPECT_TRUE(committer.wait(first, soon()));
}

TEST_F(CommitterTest, OnASlowDiskACommitWaitsForTheOutcomeThatIsAboutToCome) {
  ledger_.set_flush(seconds{10});
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  const Committer::Serving one{committer}, two{committer}, three{committer};
  Intent intent;
  intent.journey_record.resize(128);
  Outcome outcome;
  outcome.result = OutcomeResult::debited;
  const auto first = committer.wait(committer.submit({{}, intent}, Commit::urgent), soon());
  ASSERT_TRUE(first.has_value()) << first.error().message();
  std::this_thread::sleep_for(milliseconds{200});  // so long a debit takes here, it learns
  outcome.intent = *first;
  ASSERT_TRUE(committer.wait(committer.submit({{}, outcome}, Commit::must_land), soon()));

  const auto second = committer.wait(committer.submit({{}, intent}, Commit::urgent), soon());
  ASSERT_TRUE(second.has_value()) << second.error().message();
  auto other = committer.submit(note("a"), Commit::urgent);
  outcome.intent = *second;
  EXPECT_TRUE(committer.wait(committer.submit({{}, outcome}, Commit::must_land), soon()));
  EXPECT_TRUE(committer.wait(other, soon()));
  EXPECT_EQ(ledger_.taken_sizes(), (std::vector<std::size_t>{1, 1, 1, 2}));

  ASSERT_TRUE(committer.wait(committer.submit({{}, intent}, Commit::urgent), soon()));
  EXPECT_TRUE(committer.wait(committer.submit(note("b"), Commit::urgent), soon()))
      << "an outcome that does not come is waited for a moment only";
}

/// Two cards are being served, and the committer has learned how long a card command takes.
class CommitAheadTest : public CommitterTest {
 protected:
  void teach() {
    for (int i = 0; i < 10; ++i) {
      const auto ticket = committer_.submit_ahead(note("teach"), 1);
      std::this_thread::sleep_for(milliseconds{20});
      committer_.given(ticket);
      ASSERT_TRUE(committer_.wait(ticket, soon()));
    }
  }
  /// An entry that no commit has taken after a while. Commands of uneven length teach nothing, and
  /// a busy machine makes them so: then again.
  Committer::Ticket waiting_entry() {
    const SteadyTime end = soon();
    while (std::chrono::steady_clock::now() < end) {
      teach();
      const std::size_t before = ledger_.taken_sizes().size();
      auto ticket = committer_.submit_ahead(note("intent"), kManyCommands);
      std::this_thread::sleep_for(milliseconds{100});
      began_ = ledger_.taken_sizes().size();
      if (began_ == before) return ticket;
      EXPECT_TRUE(committer_.wait(ticket, soon()));
    }
    ADD_FAILURE() << "nothing ever waited";
    return committer_.submit(note("intent"), Commit::urgent);
  }
  std::vector<std::size_t> appends() {
    auto all = ledger_.taken_sizes();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(began_));
    return all;
  }
  static constexpr unsigned kManyCommands = 1'000'000;
  Committer committer_{ledger_, [] { return note("probe"); }, options_};
  std::optional<Committer::Serving> one_{committer_}, other_{committer_};
  std::size_t began_ = 0;
};

TEST_F(CommitAheadTest, AnIntentRidesWithAnotherTapsEntryWhileItsCardIsWrittenTo) {
  const auto intent = waiting_entry();
  EXPECT_TRUE(committer_.wait(committer_.submit(note("outcome"), Commit::must_land), soon()));
  EXPECT_TRUE(committer_.wait(intent, soon()));
  EXPECT_EQ(appends(), std::vector<std::size_t>{2});
}

TEST_F(CommitAheadTest, ATapThatWaitsIsNotKeptWaiting) {
  const auto intent = waiting_entry();
  EXPECT_TRUE(committer_.wait(intent, soon()));
  EXPECT_EQ(appends(), std::vector<std::size_t>{1});
}

TEST_F(CommitAheadTest, WhenTheCommandsAreGivenItIsCommitted) {
  const auto intent = waiting_entry();
  committer_.given(intent);
  const SteadyTime end = soon();
  while (appends().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds{1});
  EXPECT_EQ(appends(), std::vector<std::size_t>{1});
}

TEST_F(CommitAheadTest, WhereNoOtherCardIsServedItIsCommittedAtOnce) {
  teach();
  other_.reset();
  began_ = ledger_.taken_sizes().size();
  const auto intent = committer_.submit_ahead(note("intent"), kManyCommands);
  const SteadyTime end = soon();
  while (appends().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds{1});
  EXPECT_EQ(appends(), std::vector<std::size_t>{1});
  EXPECT_TRUE(committer_.wait(intent, soon()));
}

TEST_F(CommitAheadTest, AWithdrawnEntryIsInNoCommit) {
  const auto intent = waiting_entry();
  EXPECT_TRUE(committer_.withdraw(intent));
  EXPECT_FALSE(committer_.withdraw(intent));
  EXPECT_FALSE(committer_.wait(intent, soon()));
  EXPECT_TRUE(committer_.wait(committer_.submit(note("outcome"), Commit::must_land), soon()));
  EXPECT_EQ(appends(), std::vector<std::size_t>{1});
  EXPECT_EQ(acts().back(), "outcome");
}

TEST_F(CommitAheadTest, ItFailsWithTheCommitThatTakesIt) {
  const auto intent = waiting_entry();
  ledger_.set_failing(true);
  EXPECT_FALSE(committer_.wait(intent, soon()));
  EXPECT_FALSE(committer_.withdraw(intent));
  const auto late = committer_.submit_ahead(note("late"), kManyCommands);
  committer_.given(late);
  EXPECT_FALSE(committer_.wait(late, soon()));
}

TEST_F(CommitterTest, RidersDoNotWaitForEver) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  EXPECT_TRUE(committer.wait(committer.submit(note("a"), Commit::ride_along), soon()).has_value());
}

TEST_F(CommitterTest, TheDestructorCommitsTheRest) {
  options_.ride_along_max = seconds{3600};
  {
    Committer{ledger_, [] { return note("probe"); }, options_}.post(note("a"), Commit::ride_along);
  }
  EXPECT_EQ(acts(), std::vector<std::string>{"a"});
}

TEST_F(CommitterTest, AFailedCommitFailsUrgentOnesAndKeepsTheOthers) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  ledger_.set_failing(true);
  auto must = committer.submit(note("must"), Commit::must_land);
  auto rider = committer.submit(note("rider"), Commit::ride_along);
  auto urgent = committer.submit(note("urgent"), Commit::urgent);
  const auto failed = committer.wait(urgent, soon());
  ASSERT_FALSE(failed.has_value());
  while (committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  const auto at_once = committer.wait(committer.submit(note("late"), Commit::urgent), soon());
  EXPECT_FALSE(at_once.has_value());
  const auto setback = committer.wait(must, soon());
  ASSERT_FALSE(setback.has_value());
  EXPECT_EQ(setback.error().code(), Errc::full) << "nobody stands and waits for the next probe";
  ledger_.set_failing(false);
  wait_healthy(committer);
  EXPECT_TRUE(landed(committer, must));
  EXPECT_TRUE(committer.wait(rider, soon()).has_value());
  EXPECT_EQ(acts(), (std::vector<std::string>{"must", "rider"}));
}

TEST_F(CommitterTest, AProbeFindsThatTheLedgerWorksAgain) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  ledger_.set_failing(true);
  ASSERT_FALSE(committer.wait(committer.submit(note("a"), Commit::urgent), soon()).has_value());
  EXPECT_FALSE(committer.healthy());
  ledger_.set_failing(false);
  wait_healthy(committer);
  EXPECT_EQ(acts(), std::vector<std::string>{"probe"});
  EXPECT_TRUE(committer.wait(committer.submit(note("b"), Commit::urgent), soon()).has_value());
}

TEST_F(CommitterTest, AnAbandonedEntryThatLandsGetsItsFollowUp) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  ledger_.hold();
  auto ticket = committer.submit(note("a"), Commit::urgent);
  ledger_.wait_until_an_append_waits();
  EXPECT_EQ(committer.wait(ticket, std::chrono::steady_clock::now()).error().code(), Errc::timeout);
  auto queued = committer.submit(note("never"), Commit::urgent);
  committer.abandon(queued, [](SequenceNo) { return note("wrong"); });
  committer.abandon(ticket,
                    [](SequenceNo at) { return note("after " + std::to_string(at.get())); });
  ledger_.let_go();
  const auto at = committer.wait(ticket, soon());
  ASSERT_TRUE(at.has_value());
  while (acts().size() < 2) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(acts(), (std::vector<std::string>{"a", "after " + std::to_string(at->get())}));
}

TEST_F(CommitterTest, AnOutcomeThatHadLandedAllTheSameCountsAsLanded) {
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  Intent intent;
  intent.journey_record.resize(128);
  const auto at = committer.wait(committer.submit({{}, intent}, Commit::urgent), soon());
  ASSERT_TRUE(at.has_value()) << at.error().message();
  ledger_.lie_once();
  Outcome outcome;
  outcome.intent = *at;
  outcome.result = OutcomeResult::debited;
  EXPECT_TRUE(landed(committer, committer.submit({{}, outcome}, Commit::must_land)));
  wait_healthy(committer);
  EXPECT_EQ(ledger_.totals().debited, 1U);
}

TEST_F(CommitterTest, AHangingAppendIsAnAlarmAndClosesUntilItComesBack) {
  LogOf log;
  {
    options_.stall = milliseconds{20};
    Committer committer{ledger_, [] { return note("probe"); }, options_};
    EXPECT_TRUE(committer.healthy());
    ledger_.hold();
    auto hanging = committer.submit(note("a"), Commit::urgent);
    ledger_.wait_until_an_append_waits();
    while (committer.healthy()) std::this_thread::sleep_for(milliseconds{1});
    EXPECT_FALSE(committer.healthy());
    const auto at_once = committer.wait(committer.submit(note("b"), Commit::urgent), soon());
    EXPECT_EQ(at_once.error().code(), Errc::io) << "who comes now must not wait in vain";
    ledger_.let_go();
    EXPECT_TRUE(committer.wait(hanging, soon()).has_value());
    wait_healthy(committer);
  }
  const std::string lines = log.take();
  EXPECT_EQ(count(lines, "<1>event=ledger_stalled"), 1U) << lines;
  EXPECT_EQ(count(lines, "event=ledger_works_again"), 1U) << lines;
}

TEST_F(CommitterTest, AStallThatNobodyAskedAboutIsToldWhenItIsOver) {
  LogOf log;
  {
    options_.stall = milliseconds{-1};
    Committer committer{ledger_, [] { return note("probe"); }, options_};
    EXPECT_TRUE(committer.wait(committer.submit(note("a"), Commit::ride_along), soon()));
  }
  EXPECT_EQ(count(log.take(), "event=ledger_stalled"), 1U);
}

TEST_F(CommitterTest, AnAppendThatHangsAndThenFailsStaysClosed) {
  options_.stall = milliseconds{20};
  Committer committer{ledger_, [] { return note("probe"); }, options_};
  ledger_.hold();
  auto hanging = committer.submit(note("a"), Commit::urgent);
  ledger_.wait_until_an_append_waits();
  while (committer.healthy()) std::this_thread::sleep_for(milliseconds{1});
  ledger_.set_failing(true);
  ledger_.let_go();
  EXPECT_FALSE(committer.wait(hanging, soon()).has_value());
  EXPECT_FALSE(committer.healthy());
  ledger_.set_failing(false);
  wait_healthy(committer);
}

TEST_F(CommitterTest, AFillingLedgerIsToldOnceAThreshold) {
  LogOf log;
  {
    Committer committer{ledger_, [] { return note("probe"); }, options_};
    for (const unsigned percent : {69U, 70U, 71U, 89U, 90U, 91U, 94U}) {
      ledger_.set_used_percent(percent);
      ASSERT_TRUE(committer.wait(committer.submit(note("a"), Commit::urgent), soon()));
      EXPECT_TRUE(committer.healthy());
    }
  }
  const std::string lines = log.take();
  EXPECT_EQ(count(lines, "event=ledger_filling"), 2U) << lines;
  EXPECT_EQ(count(lines, "<4>event=ledger_filling percent=70"), 1U) << lines;
  EXPECT_EQ(count(lines, "<1>event=ledger_filling percent=90"), 1U) << lines;
}

TEST_F(CommitterTest, AFullLedgerTakesNoIntentAndLetsOutcomesLand) {
  LogOf log;
  {
    ledger_.set_used_percent(94);
    Committer committer{ledger_, [] { return note("probe"); }, options_};
    Intent intent;
    intent.journey_record.resize(128);
    const auto at = committer.wait(committer.submit({{}, intent}, Commit::urgent), soon());
    ASSERT_TRUE(at.has_value()) << at.error().message();
    ledger_.set_used_percent(95);
    ASSERT_TRUE(committer.wait(committer.submit(note("start"), Commit::urgent), soon()));
    EXPECT_FALSE(committer.healthy());
    const auto refused = committer.wait(committer.submit({{}, intent}, Commit::urgent), soon());
    EXPECT_EQ(refused.error().code(), Errc::full);
    Outcome outcome;
    outcome.intent = *at;
    outcome.result = OutcomeResult::debited;
    EXPECT_TRUE(committer.wait(committer.submit({{}, outcome}, Commit::must_land), soon()));
    EXPECT_FALSE(committer.healthy());
    ledger_.set_used_percent(10);
    ASSERT_TRUE(committer.wait(committer.submit(note("pruned"), Commit::must_land), soon()));
    EXPECT_TRUE(committer.healthy());
  }
  EXPECT_EQ(ledger_.totals().debited, 1U);
  const std::string lines = log.take();
  EXPECT_EQ(count(lines, "<1>event=ledger_full percent=95"), 1U) << lines;
}

TEST_F(CommitterTest, ALedgerThatIsFullAtTheStartTakesNoIntent) {
  ledger_.set_used_percent(99);
  const Committer committer{ledger_, [] { return note("probe"); }, options_};
  EXPECT_FALSE(committer.healthy());
}

}  // namespace
}  // namespace tidegate::edge
