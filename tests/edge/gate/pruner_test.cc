// SPDX-License-Identifier: Apache-2.0
// When the gate prunes: on whose word, how far, and never in the way of a tap.
#include "edge/gate/pruner.h"

#include <gtest/gtest.h>

#include "base/posix/fd.h"
#include "edge/gate/ack_inbox.h"
#include "edge/gate/committer.h"
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
using gate_fixture::StillClock;
using gate_fixture::TempFolder;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class PrunerTest : public testing::Test {
 protected:
  PrunerTest() {
    config_.id = BoxId{"b"};
    config_.state_dir = folder_.path;
    config_.acks = {folder_.path / "inbound.ack", {key_.public_key}};
  }
  /// One entry each, as old as said.
  void write(std::size_t entries, hours age = hours{0}) {
    std::vector<Entry> group(entries, note("work"));
    for (Entry& entry : group) entry.head.at = clock_.now() - age;
    ASSERT_TRUE(ledger_.append(group).has_value());
  }
  Acknowledgement ack_of(SequenceNo sequence) {
    const auto slice = ledger_.read_raw(sequence, 1);
    EXPECT_TRUE(slice && !slice->rows.empty());
    return {BoxId{"b"}, ledger_.head().epoch, sequence, slice->rows.front().hash};
  }
  void put(const Acknowledgement& ack, std::uint64_t number,
           std::optional<crypto::SigningKey> key = std::nullopt, Realm realm = Realm::test) {
    const crypto::SigningKey signer = key.value_or(key_);
    const EnvelopeHeader header{.kind = FileKind::ack, .realm = realm, .number = number};
    const Bytes file = seal_envelope(header, encode_acknowledgement(ack), {&signer, 1});
    ASSERT_TRUE(posix::write_file_durably(config_.acks.file, file).has_value());
  }
  Pruner pruner() {
    return {ledger_, config_, clock_, [this] { return entry_head(clock_, AisleNo{}, {}); },
            options_};
  }
  /// Everything that can be done now.
  void work(Pruner& pruner) {
    clock_.pass(seconds{10});
    while (pruner.step() < seconds{10}) clock_.pass(seconds{1});
  }
  SequenceNo first() { return ledger_.base()->first; }
  std::vector<Pruned> told() {
    std::vector<Pruned> out;
    EXPECT_TRUE(ledger_.read(SequenceNo{0}, [&](const StoredEntry& stored) {
      if (const auto* pruned = std::get_if<Pruned>(&stored.entry.body)) out.push_back(*pruned);
      return true;
    }));
    return out;
  }

  TempFolder folder_;
  StillClock clock_;
  FaultyLedger ledger_{open_test_ledger(folder_.path / "ledger")};
  const crypto::SigningKey key_ = crypto::make_signing_key();
  BoxConfig config_;
  Pruner::Options options_;
};

TEST_F(PrunerTest, OnlyWhatIsOlderThanAYearGoesWhileThereIsRoom) {
  write(3000, hours{366 * 24});
  write(3000, hours{364 * 24});
  put(ack_of(SequenceNo{5000}), 1);
  Pruner p = pruner();
  work(p);
  EXPECT_EQ(first(), SequenceNo{3001});
  EXPECT_EQ(told().size(), 1U);
  // Another day is over before anything more goes.
  clock_.pass(hours{23});
  work(p);
  EXPECT_EQ(first(), SequenceNo{3001});
  clock_.pass(hours{25});
  work(p);
  EXPECT_EQ(first(), SequenceNo{4096}) << "the last checkpoint";
  EXPECT_EQ(told().size(), 2U);
}

TEST_F(PrunerTest, FromSeventyPercentOnTheOldestGoButNotTheLastHours) {
  write(4000, hours{5});
  write(2000, hours{3});
  put(ack_of(SequenceNo{6001}), 1);
  Pruner p = pruner();
  work(p);
  EXPECT_EQ(first(), SequenceNo{0});
  ledger_.set_used_percent(70);
  clock_.pass(seconds{10});
  EXPECT_EQ(p.step(), seconds{1});
  EXPECT_EQ(first(), SequenceNo{513}) << "one slice a second";
  // Between 65 and 70 percent the run goes on; below it ends, and is told of.
  ledger_.set_used_percent(66);
  EXPECT_EQ(p.step(), seconds{1});
  EXPECT_EQ(first(), SequenceNo{1025});
  EXPECT_TRUE(told().empty());
  ledger_.set_used_percent(64);
  EXPECT_EQ(p.step(), seconds{1});
  EXPECT_EQ(told().size(), 1U);
  const SequenceNo end = first();
  work(p);
  EXPECT_EQ(first(), end);
  ledger_.set_used_percent(92);
  clock_.pass(seconds{10});
  EXPECT_EQ(p.step(), milliseconds{100}) << "nothing else helps now";
  work(p);
  EXPECT_EQ(first(), SequenceNo{4001});
}

TEST_F(PrunerTest, WithoutAnAcknowledgementNothingGoes) {
  write(5000, hours{400 * 24});
  ledger_.set_used_percent(94);
  Pruner p = pruner();
  work(p);
  EXPECT_EQ(first(), SequenceNo{0});
  put(ack_of(SequenceNo{100}), 1);
  work(p);
  EXPECT_EQ(first(), SequenceNo{101});
}

TEST_F(PrunerTest, AnUntrustedClockPrunesNothingForItsAge) {
  write(5000, hours{400 * 24});
  put(ack_of(SequenceNo{1000}), 1);
  clock_.set_trusted(false);
  Pruner p = pruner();
  work(p);
  EXPECT_EQ(first(), SequenceNo{0});
  clock_.set_trusted(true);
  work(p);
  EXPECT_EQ(first(), SequenceNo{1001});
}

TEST_F(PrunerTest, WhatIsNotTheClearingHousesWordIsRefused) {
  write(5000);
  AckInbox inbox{config_, ledger_};
  const auto refused = [&](const char* why) {
    const LogOf log;
    inbox.look();
    EXPECT_FALSE(inbox.in_force().has_value()) << why;
  };
  put(ack_of(SequenceNo{10}), 1, crypto::make_signing_key());
  refused("another key");
  put(ack_of(SequenceNo{10}), 1, key_, Realm::live);
  refused("another realm");
  Acknowledgement other = ack_of(SequenceNo{10});
  other.box = BoxId{"c"};
  put(other, 1);
  refused("another box");
  other = ack_of(SequenceNo{10});
  other.epoch = Epoch{1};
  put(other, 1);
  refused("another epoch");
  ASSERT_TRUE(posix::write_file_durably(config_.acks.file, Bytes(500, 0)).has_value());
  refused("no such file");
  put(ack_of(SequenceNo{10}), 1);
  inbox.look();
  EXPECT_EQ(inbox.in_force(), ack_of(SequenceNo{10}));
}

TEST_F(PrunerTest, AnAcknowledgementDoesNotGoBackwards) {
  write(5000);
  AckInbox inbox{config_, ledger_};
  put(ack_of(SequenceNo{20}), 5);
  inbox.look();
  LogOf log;
  put(ack_of(SequenceNo{30}), 4);  // a replay
  inbox.look();
  put(ack_of(SequenceNo{30}), 5);  // the same number
  inbox.look();
  put(ack_of(SequenceNo{10}), 6);  // an earlier entry
  inbox.look();
  EXPECT_EQ(inbox.in_force(), ack_of(SequenceNo{20}));
  EXPECT_EQ(count(log.take(), "ack_refused"), 3U);
  put(ack_of(SequenceNo{30}), 6);
  inbox.look();
  EXPECT_EQ(inbox.in_force(), ack_of(SequenceNo{30}));
}

TEST_F(PrunerTest, TheLastGoodOneIsInForceAfterARestart) {
  write(5000);
  put(ack_of(SequenceNo{20}), 5);
  AckInbox{config_, ledger_}.look();
  std::filesystem::remove(config_.acks.file);
  AckInbox again{config_, ledger_};
  EXPECT_EQ(again.in_force(), ack_of(SequenceNo{20}));
  put(ack_of(SequenceNo{30}), 4);
  again.look();
  EXPECT_EQ(again.in_force(), ack_of(SequenceNo{20}));
}

TEST_F(PrunerTest, AForkIsToldKeptApartAndStopsPruning) {
  write(5000, hours{400 * 24});
  put(ack_of(SequenceNo{20}), 5);
  Pruner p = pruner();
  work(p);
  ASSERT_EQ(first(), SequenceNo{21});

  Acknowledgement wrong = ack_of(SequenceNo{30});
  wrong.hash[7] ^= 1U;
  put(wrong, 6);
  ledger_.set_used_percent(94);
  LogOf log;
  work(p);
  EXPECT_EQ(first(), SequenceNo{21});
  EXPECT_EQ(count(log.take(), "ack_fork"), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder_.path / "accepted" / "ledger.ack.fork"));
  // Also after a restart without the file; an entry beyond the head is one too.
  std::filesystem::remove(config_.acks.file);
  EXPECT_FALSE(AckInbox(config_, ledger_).in_force().has_value());
  Acknowledgement beyond = ack_of(SequenceNo{30});
  beyond.sequence = SequenceNo{1'000'000};
  put(beyond, 7);
  work(p);
  EXPECT_EQ(first(), SequenceNo{21});
  // A good one with a higher number ends it.
  put(ack_of(SequenceNo{30}), 8);
  work(p);
  EXPECT_EQ(first(), SequenceNo{31});
  EXPECT_EQ(AckInbox(config_, ledger_).in_force()->sequence, SequenceNo{30});
}

TEST_F(PrunerTest, AFailingPruneIsToldAndTriedLater) {
  write(5000, hours{400 * 24});
  put(ack_of(SequenceNo{20}), 1);
  ledger_.set_used_percent(75);
  ledger_.set_failing(true);
  Pruner p = pruner();
  LogOf log;
  work(p);
  EXPECT_EQ(count(log.take(), "prune_failed"), 1U);
  ledger_.set_failing(false);
  clock_.pass(seconds{60});
  work(p);
  EXPECT_EQ(first(), SequenceNo{21});
}

// --- quiet moments ---------------------------------------------------------------------------

/// A committer with quiet work that counts.
struct QuietCommitter {
  FaultyLedger& ledger;
  std::atomic<int> steps{0};
  Committer committer{ledger,
                      [] { return note("probe"); },
                      {.quiet_work =
                           [this] {
                             ++steps;
                             return milliseconds{1};
                           },
                       .quiet_for = milliseconds{20}}};
  void wait_for_step() {
    for (const int before = steps; steps == before;) std::this_thread::sleep_for(milliseconds{1});
  }
};

TEST_F(PrunerTest, QuietWorkWaitsUntilNobodyIsServed) {
  QuietCommitter quiet{.ledger = ledger_};
  quiet.wait_for_step();
  {
    const Committer::Serving serving{quiet.committer};
    // A step that had begun may end; then there is none, and commits go on.
    ASSERT_TRUE(quiet.committer.wait(quiet.committer.submit(note("a"), Commit::urgent), soon()));
    const int before = quiet.steps;
    for (int i = 0; i < 5; ++i) {
      std::this_thread::sleep_for(milliseconds{20});
      ASSERT_TRUE(quiet.committer.wait(quiet.committer.submit(note("b"), Commit::urgent), soon()));
    }
    EXPECT_EQ(quiet.steps, before);
  }
  quiet.wait_for_step();
}

TEST_F(PrunerTest, WhereTheMapIsNearlyFullItWaitsForNobody) {
  ledger_.set_used_percent(90);
  QuietCommitter quiet{.ledger = ledger_};
  const Committer::Serving serving{quiet.committer};
  quiet.wait_for_step();
}

TEST_F(PrunerTest, WhatIsHandedInDuringQuietWorkIsKeptWhenTheGateStopsThen) {
  std::atomic<bool> working{false}, stopping{false};
  std::optional<Committer> committer;
  committer.emplace(
      ledger_, [] { return note("probe"); },
      Committer::Options{.quiet_work =
                             [&] {
                               working = true;
                               while (!stopping) std::this_thread::sleep_for(milliseconds{1});
                               // So long the end has to be asked for.
                               std::this_thread::sleep_for(milliseconds{50});
                               return milliseconds{1000};
                             },
                         .quiet_for = milliseconds{1}});
  while (!working) std::this_thread::sleep_for(milliseconds{1});
  const std::uint64_t before = ledger_.head().sequence.get();
  committer->post(note("late"), Commit::ride_along);
  LogOf log;
  stopping = true;
  committer.reset();
  EXPECT_EQ(ledger_.head().sequence.get(), before + 1);
  EXPECT_EQ(count(log.take(), "entries_lost"), 0U);
}

TEST_F(PrunerTest, AFullLedgerTakesCardsAgainWhenRoomIsMade) {
  write(5000, hours{5});
  put(ack_of(SequenceNo{4000}), 1);
  ledger_.set_used_percent(96);
  Pruner p = pruner();
  std::atomic<bool> pruned{false};
  Committer committer{ledger_, [] { return note("probe"); }, {.quiet_work = [&] {
                        const auto pause = p.step();
                        if (first() > SequenceNo{0}) ledger_.set_used_percent(80);
                        pruned = true;
                        return pause;
                      }}};
  EXPECT_FALSE(committer.healthy() && !pruned);
  while (!committer.healthy()) std::this_thread::sleep_for(milliseconds{1});
  EXPECT_GT(first(), SequenceNo{0});
}

}  // namespace
}  // namespace tidegate::edge
