// SPDX-License-Identifier: Apache-2.0
// The committer: grouping, failing, keeping what must land; and taps over a ledger that fails.
#include "edge/gate/committer.h"

#include <gtest/gtest.h>

#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::open_test_ledger;
using gate_fixture::StillClock;
using gate_fixture::TempFolder;
using gate_fixture::TestBox;
using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyTime soon() {
  return std::chrono::steady_clock::now() + seconds{30};
}

Entry note(const std::string& act) {
  return {{}, Maintenance{"test", act}};
}

/// A ledger that passes on to a real one, and fails or waits when told.
class FaultyLedger final : public Ledger {
 public:
  explicit FaultyLedger(std::unique_ptr<Ledger> real) : real_{std::move(real)} {}
  Result<std::vector<SequenceNo>> append(std::span<const Entry> entries) override {
    std::unique_lock lock{mutex_};
    waiting_ = held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    sizes_.push_back(entries.size());
    if (failing_) return fail(Errc::full, "no room");
    auto done = real_->append(entries);
    if (lie_once_) {
      lie_once_ = false;
      return fail(Errc::io, "seemed to fail");
    }
    return done;
  }
  Result<std::vector<Unconfirmed>> unconfirmed(const CardHandle& card) const override {
    return real_->unconfirmed(card);
  }
  Result<std::size_t> unconfirmed_count() const override { return real_->unconfirmed_count(); }
  Result<std::optional<RecentDebit>> recent_debit(const CardHandle& card) const override {
    return real_->recent_debit(card);
  }
  Status read(SequenceNo from, const std::function<bool(const StoredEntry&)>& each) const override {
    return real_->read(from, each);
  }
  LedgerHead head() const override { return real_->head(); }
  Totals totals() const override { return real_->totals(); }
  std::uint32_t next_boot_number() const override { return real_->next_boot_number(); }

  void set_failing(bool on) {
    const std::lock_guard lock{mutex_};
    failing_ = on;
  }
  void lie_once() {
    const std::lock_guard lock{mutex_};
    lie_once_ = true;
  }
  /// Appends wait from now on.
  void hold() {
    const std::lock_guard lock{mutex_};
    held_ = true;
    waiting_ = false;
  }
  void wait_until_an_append_waits() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_; });
  }
  void let_go() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_.notify_all();
  }
  std::vector<std::size_t> taken_sizes() {
    const std::lock_guard lock{mutex_};
    return sizes_;
  }

 private:
  std::unique_ptr<Ledger> real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> sizes_;
  bool failing_ = false, held_ = false, waiting_ = false, lie_once_ = false;
};

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
  ledger_.set_failing(false);
  EXPECT_TRUE(committer.wait(must, soon()).has_value());
  EXPECT_TRUE(committer.wait(rider, soon()).has_value());
  EXPECT_TRUE(committer.healthy());
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
  EXPECT_TRUE(
      committer.wait(committer.submit({{}, outcome}, Commit::must_land), soon()).has_value());
  wait_healthy(committer);
  EXPECT_EQ(ledger_.totals().debited, 1U);
}

/// A box whose committer writes to a ledger that can fail.
struct FailingBox {
  TempFolder folder;
  FaultyLedger ledger{open_test_ledger(folder.path / "faulty")};
  TestBox box{&ledger};
  Services services{box.config, box.clock, ledger,    box.committer,
                    box.sealer, box.book,  box.modes, box.cards};
  TapReport tap(sim::Card& card, AisleDirection direction) {
    gate_fixture::CardInField field{card};
    const AisleConfig aisle{.number = AisleNo{1}, .direction = direction};
    return TapPipeline{services, aisle, *box.sam, box.front}.run(field);
  }
};

TEST(FailingLedgerTest, WithoutItsIntentOnDiskNoCardIsDebited) {
  FailingBox gate;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(gate.tap(card, AisleDirection::entry).end, TapReport::End::opened);
  gate.ledger.set_failing(true);
  const auto before = card.image();
  const TapReport report = gate.tap(card, AisleDirection::exit);
  EXPECT_EQ(report.refusal, fare::RefusalCode::ledger_unavailable);
  EXPECT_EQ(card.image(), before);
  EXPECT_EQ(gate.box.front.opened.size(), 1U);
  EXPECT_FALSE(gate.box.committer.healthy());
  gate.ledger.set_failing(false);
  while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(gate.tap(card, AisleDirection::exit).end, TapReport::End::opened);
}

/// A card that lets the test act just before it is debited.
class BeforeDebit final : public sim::Card {
 public:
  BeforeDebit(sim::Card& card, std::function<void()> act) : card_{card}, act_{std::move(act)} {}
  Bytes uid() const override { return card_.uid(); }
  Bytes ats() const override { return card_.ats(); }
  std::array<Byte, 2> atqa() const override { return card_.atqa(); }
  Byte sak() const override { return card_.sak(); }
  void power_off() override { card_.power_off(); }
  Bytes transceive(ByteView command) override {
    if (command.size() > 1 && command[1] == 0x54) act_();
    return card_.transceive(command);
  }

 private:
  sim::Card& card_;
  std::function<void()> act_;
};

TEST(FailingLedgerTest, AConfirmedDebitOpensAndItsOutcomeLandsLater) {
  FailingBox gate;
  gate.box.config.commit_timeout = milliseconds{2000};
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(gate.tap(card, AisleDirection::entry).end, TapReport::End::opened);
  BeforeDebit watched{card, [&] { gate.ledger.set_failing(true); }};
  gate.box.config.commit_timeout = milliseconds{50};
  TapReport report;
  for (int i = 0; i < 50 && report.end != TapReport::End::opened; ++i) {
    // The intent's own commit may miss so short a deadline on a loaded machine: then nothing moved.
    gate.ledger.set_failing(false);
    while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
    report = gate.tap(watched, AisleDirection::exit);
  }
  ASSERT_EQ(report.end, TapReport::End::opened) << report.detail;
  EXPECT_EQ(report.outcome, SequenceNo{});
  EXPECT_EQ(gate.ledger.totals().debited_fen, Fen{});
  EXPECT_FALSE(gate.box.committer.healthy());
  gate.ledger.set_failing(false);
  while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(gate.ledger.totals().debited_fen, Fen{gate_fixture::kFare});
  EXPECT_EQ(gate.ledger.unconfirmed_count().value(), 0U);
}

}  // namespace
}  // namespace tidegate::edge
