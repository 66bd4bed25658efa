// SPDX-License-Identifier: Apache-2.0
// Pruning: what goes, what stays, what is refused, and that a pruned ledger can do all that a whole
// one can.
#include <map>

#include "base/lmdb/lmdb.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

class LedgerPrune : public LedgerFixture {
 protected:
  void SetUp() override {
    options_.preallocate = false;
    ledger_ = open();
    ASSERT_TRUE(ledger_);
    add(*ledger_, Boot{"0.1.0", 1, {}, false});
  }
  /// Taps of as many cards, each beginning while the one before is not over.
  void add_taps(Byte from, Byte count) {
    std::optional<SequenceNo> before;
    for (Byte i = from; i <= from + count; ++i) {
      std::vector<Entry> group;
      const auto last = static_cast<Byte>(i - 1);
      if (before)
        group = {{sample_head(), sample_outcome(*before, sample_intent(last))},
                 {sample_head(), Passage{SequenceNo{before->get() + 1}, true}}};
      if (i < from + count) group.push_back({sample_head(), sample_intent(i)});
      const auto numbers = ledger_->append(group);
      ASSERT_TRUE(numbers.has_value()) << numbers.error().message();
      before = numbers->back();
    }
  }
  /// The order that the clearing house's word on entry `through` allows.
  PruneOrder order(SequenceNo through, std::size_t entries_max = 512) {
    const auto slice = ledger_->read_raw(through, 1);
    EXPECT_TRUE(slice && !slice->rows.empty());
    PruneOrder out{.through = through, .hash = slice->rows.front().hash};
    out.younger_than = sample_head().at + std::chrono::hours{1};
    out.now = out.younger_than + std::chrono::hours{1};
    out.entries_max = entries_max;
    out.head = sample_head();
    return out;
  }
  PruneOrder order_all() { return order(ledger_->head().sequence); }
  Pruning prune(const PruneOrder& order) {
    auto done = ledger_->prune(order);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
    return done.value_or(Pruning{});
  }
  SequenceNo first() { return ledger_->base()->first; }
  VerifyReport verify() {
    const auto report = verify_ledger(folder_);
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message());
    return report.value_or(VerifyReport{});
  }
  void expect_sound() {
    const VerifyReport report = verify();
    EXPECT_FALSE(report.damaged.has_value()) << report.what;
    EXPECT_EQ(report.first, first());
    EXPECT_EQ(report.totals, ledger_->totals());
  }
  std::vector<StoredEntry> entries(SequenceNo from = SequenceNo{}) {
    std::vector<StoredEntry> out;
    const auto done = read_ledger(folder_, from, [&](const StoredEntry& stored) {
      out.push_back(stored);
      return true;
    });
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
    return out;
  }
  /// Changes a row behind the ledger's back, which must be closed.
  void change(const char* table, ByteView key, const std::function<void(Bytes&)>& how) {
    auto env = lmdb::Environment::open(folder_, {.map_bytes = options_.map_bytes});
    ASSERT_TRUE(env.has_value());
    auto txn = lmdb::WriteTxn::begin(*env);
    ASSERT_TRUE(txn.has_value());
    auto opened = lmdb::Table::open(*txn, table);
    ASSERT_TRUE(opened.has_value());
    const auto value = opened->get(*txn, key);
    ASSERT_TRUE(value && *value);
    Bytes bytes((*value)->begin(), (*value)->end());
    how(bytes);
    ASSERT_TRUE(opened->put(*txn, key, bytes).has_value());
    ASSERT_TRUE(std::move(*txn).commit().has_value());
  }

  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerPrune, TheOldestAcknowledgedGoAndThePrunedEntryTellsOfAllSlices) {
  add_taps(0, 12);  // a checkpoint every 8 entries
  const PruneOrder all = order(SequenceNo{21}, 8);
  EXPECT_EQ(prune(all).entries, 8U);
  EXPECT_EQ(first(), SequenceNo{9});
  expect_sound();
  EXPECT_TRUE(prune(all).more);
  const Pruning last = prune(all);
  EXPECT_EQ(last.entries, 5U);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(first(), SequenceNo{22});
  EXPECT_EQ(ledger_->base()->before, all.hash);
  expect_sound();

  std::vector<Pruned> told;
  for (const StoredEntry& stored : entries())
    if (const auto* pruned = std::get_if<Pruned>(&stored.entry.body)) told.push_back(*pruned);
  EXPECT_EQ(told, (std::vector<Pruned>{{SequenceNo{1}, SequenceNo{21}, all.hash}}));
  // Again there is nothing to do, and nothing is written.
  const SequenceNo head = ledger_->head().sequence;
  EXPECT_EQ(prune(all).entries, 0U);
  EXPECT_EQ(ledger_->head().sequence, head);
}

TEST_F(LedgerPrune, TheLastCheckpointAndAllBehindItStay) {
  add_taps(0, 5);
  SequenceNo checkpoint;
  for (const StoredEntry& stored : entries())
    if (std::holds_alternative<Checkpoint>(stored.entry.body)) checkpoint = stored.sequence;
  ASSERT_GT(checkpoint, SequenceNo{0});
  prune(order_all());
  EXPECT_EQ(first(), checkpoint);
  expect_sound();
  ledger_.reset();
  ledger_ = open();
  ASSERT_TRUE(ledger_);
  add_taps(20, 5);
  expect_sound();
}

TEST_F(LedgerPrune, WhatIsNotAcknowledgedStays) {
  add_taps(0, 12);
  prune(order(SequenceNo{10}));
  EXPECT_EQ(first(), SequenceNo{11});
  prune(order(SequenceNo{11}));
  EXPECT_EQ(first(), SequenceNo{12});
  expect_sound();
}

TEST_F(LedgerPrune, AnotherHashOrAnEntryThatIsNotHereIsAForkAndNothingGoes) {
  add_taps(0, 12);
  PruneOrder wrong = order(SequenceNo{10});
  wrong.hash[5] ^= 1U;
  EXPECT_EQ(ledger_->prune(wrong).error().code(), Errc::refused);
  PruneOrder beyond = order(SequenceNo{10});
  beyond.through = SequenceNo{ledger_->head().sequence.get() + 1};
  EXPECT_EQ(ledger_->prune(beyond).error().code(), Errc::refused);
  EXPECT_EQ(first(), SequenceNo{0});
  prune(order(SequenceNo{10}));
  // Also the last one that is gone has a hash to compare with.
  wrong.hash = order(SequenceNo{11}).hash;
  EXPECT_EQ(ledger_->prune(wrong).error().code(), Errc::refused);
  wrong.through = SequenceNo{9};
  EXPECT_EQ(ledger_->prune(wrong).error().code(), Errc::invalid);
  expect_sound();
}

TEST_F(LedgerPrune, YoungEntriesStayButNotThoseFromTheFuture) {
  const auto write = [&](std::chrono::hours later) {
    EntryHead head = sample_head();
    head.at += later;
    const Entry entry{head, Maintenance{"test", "note"}};
    ASSERT_TRUE(ledger_->append({&entry, 1}));
  };
  write(std::chrono::hours{0});   // 2
  write(std::chrono::hours{99});  // 3: its clock was wrong
  write(std::chrono::hours{0});   // 4
  write(std::chrono::hours{2});   // 5
  for (int i = 0; i < 12; ++i) write(std::chrono::hours{2});
  PruneOrder young = order(SequenceNo{9});
  young.now += std::chrono::hours{2};
  prune(young);
  EXPECT_EQ(first(), SequenceNo{5});
  expect_sound();
}

TEST_F(LedgerPrune, GenesisStays) {
  add_taps(0, 6);
  add(*ledger_, Maintenance{"test", "no tap is open here"});
  const SequenceNo last = ledger_->head().sequence;
  add_taps(6, 6);
  prune(order(last));
  const auto left = entries();
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left[0].sequence, SequenceNo{0});
  const auto* genesis = std::get_if<Genesis>(&left[0].entry.body);
  ASSERT_NE(genesis, nullptr);
  EXPECT_EQ(genesis->box, "sh-0101-a");
  EXPECT_EQ(left[1].sequence, first());
  EXPECT_EQ(entries(SequenceNo{3}).front().sequence, first());
}

TEST_F(LedgerPrune, AnUnconfirmedIntentStaysUntilItsOutcomeGoes) {
  const SequenceNo intent = add(*ledger_, sample_intent(0x99));
  add_taps(0, 8);
  prune(order_all());
  ASSERT_GT(first(), intent);
  expect_sound();
  ledger_.reset();
  ledger_ = open();
  ASSERT_TRUE(ledger_);
  // Recovery finds it, as it was.
  const auto open = ledger_->unconfirmed(sample_card(0x99));
  ASSERT_TRUE(open.has_value()) << open.error().message();
  ASSERT_EQ(open->size(), 1U);
  EXPECT_EQ(open->front().sequence, intent);
  EXPECT_EQ(std::get<Intent>(open->front().entry.body), sample_intent(0x99));
  EXPECT_EQ(entries(intent).front().sequence, intent);

  const SequenceNo outcome =
      add(*ledger_, sample_outcome(intent, sample_intent(0x99), OutcomeResult::not_debited));
  EXPECT_EQ(ledger_->unconfirmed_count(), 0U);
  expect_sound();
  prune(order(SequenceNo{outcome.get() - 1}));
  EXPECT_EQ(entries(intent).front().sequence, intent) << "its outcome is not pruned";
  add_taps(20, 8);
  prune(order_all());
  ASSERT_GT(first(), outcome);
  EXPECT_NE(entries(intent).front().sequence, intent);
  expect_sound();
}

TEST_F(LedgerPrune, ATapCutByTheBaseStaysWhole) {
  add_taps(0, 12);
  for (std::uint64_t through = 2; through < 24; ++through) {
    prune(order(SequenceNo{through}));
    ASSERT_EQ(first(), SequenceNo{through + 1});
    expect_sound();
  }
}

TEST_F(LedgerPrune, TablesThatNamePrunedEntriesAreNoDamage) {
  AccountCharge charge = sample_code_charge(7);
  charge.settlement = Settlement::entered;
  add(*ledger_, charge);
  add_taps(0, 12);
  prune(order_all());
  expect_sound();
  const auto memory = ledger_->code_memory(CardHandle{to_array<16>(charge.account_handle)},
                                           charge.made, sample_head().at);
  ASSERT_TRUE(memory.has_value());
  EXPECT_TRUE(memory->used);
  EXPECT_TRUE(memory->ride.has_value());
}

TEST_F(LedgerPrune, MakesRoomThatIsUsedAgain) {
  options_.map_bytes = 4U << 20U;
  unsigned most = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Entry> batch(150, Entry{sample_head(), Refusal{}});
    for (Entry& entry : batch) std::get<Refusal>(entry.body).detail = std::string(400, 'x');
    ASSERT_TRUE(ledger_->append(batch)) << "round " << round;
    most = std::max(most, ledger_->use()->percent());
    if (ledger_->use()->percent() >= 50) prune(order_all());
    EXPECT_LT(ledger_->use()->percent(), 50U);
  }
  EXPECT_GE(most, 50U);
  expect_sound();
}

TEST_F(LedgerPrune, AnEpochThatFollowsAnotherKeepsItsTotals) {
  add_taps(0, 8);
  prune(order_all());
  const Totals before = ledger_->totals();
  ledger_.reset();
  ASSERT_TRUE(new_epoch(folder_, identity_, options_, "disk replaced").has_value());
  ledger_ = open();
  ASSERT_TRUE(ledger_);
  EXPECT_EQ(ledger_->totals(), before);
  add_taps(0, 8);
  prune(order(SequenceNo{3}));
  expect_sound();
  prune(order_all());
  expect_sound();
}

TEST_F(LedgerPrune, DamageIsNotPrunedOver) {
  add_taps(0, 8);
  const Epoch epoch = ledger_->head().epoch;
  const PruneOrder all = order_all();
  ledger_.reset();
  Bytes key;
  append_be(key, epoch.get(), 8);
  append_be(key, 5, 8);
  change("entries", key, [](Bytes& bytes) { bytes[60] ^= 4U; });
  ledger_ = open();
  ASSERT_TRUE(ledger_);
  const auto done = ledger_->prune(all);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::corrupt);
  EXPECT_NE(done.error().message().find("entry 5"), std::string::npos) << done.error().message();
  EXPECT_EQ(first(), SequenceNo{0});
  EXPECT_EQ(verify().damaged, SequenceNo{5});
}

TEST_F(LedgerPrune, AFlippedBitInBaseOrKeptEntriesIsFoundAndTapsGoOn) {
  const SequenceNo intent = add(*ledger_, sample_intent(0x99));
  add_taps(0, 12);
  prune(order(SequenceNo{10}));  // the checkpoints behind it vouch
  const SequenceNo base = first();
  const Epoch epoch = ledger_->head().epoch;
  ledger_.reset();
  const auto flipped = [&](const char* table, ByteView key, std::size_t byte, SequenceNo at) {
    const auto flip = [&](Bytes& bytes) { bytes[byte] ^= 0x10U; };
    change(table, key, flip);
    const VerifyReport report = verify();
    ASSERT_TRUE(report.damaged.has_value()) << table << " byte " << byte;
    EXPECT_LE(*report.damaged, at) << report.what;
    EXPECT_TRUE(report.before_checkpoint);
    change(table, key, flip);
    EXPECT_FALSE(verify().damaged.has_value());
  };
  for (const std::size_t byte : {0U, 31U, 40U, 60U, 134U})
    flipped("meta", as_bytes("base"), byte, SequenceNo{base.get() + 8});
  for (const SequenceNo kept : {SequenceNo{0}, intent}) {
    Bytes key;
    append_be(key, epoch.get(), 8);
    append_be(key, kept.get(), 8);
    for (const std::size_t byte : {0U, 40U, 100U}) flipped("kept", key, byte, kept);
  }
}

}  // namespace
}  // namespace tidegate::edge
