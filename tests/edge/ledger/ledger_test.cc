// SPDX-License-Identifier: Apache-2.0
// The ledger in normal service: numbers, tables, totals, checkpoints, who may open it.
#include "edge/ledger/ledger.h"

#include <sys/stat.h>

#include <fstream>

#include "base/lmdb/lmdb.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

using LedgerTest = LedgerFixture;

std::vector<StoredEntry> read_all(const std::filesystem::path& folder, SequenceNo from = {}) {
  std::vector<StoredEntry> out;
  const auto done = read_ledger(folder, from, [&](const StoredEntry& stored) {
    out.push_back(stored);
    return true;
  });
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message());
  return out;
}

TEST_F(LedgerTest, ANewFolderBecomesPrivateAndHoldsGenesis) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().sequence, SequenceNo{0});
  EXPECT_NE(ledger->head().epoch, Epoch{0});
  EXPECT_EQ(ledger->next_boot_number(), 1U);
  ledger.reset();
  struct stat info{};
  ASSERT_EQ(::stat(folder_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  const auto entries = read_all(folder_);
  ASSERT_EQ(entries.size(), 1U);
  const auto& genesis = std::get<Genesis>(entries[0].entry.body);
  EXPECT_EQ(genesis.box, "sh-0101-a");
  EXPECT_EQ(genesis.public_key, identity_.key.public_key);
}

TEST_F(LedgerTest, EntriesSurviveInOrderWithNumbersAndHashes) {
  LedgerHead head;
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    EXPECT_EQ(add(*ledger, Boot{"0.1.0", 5, {}, true}), SequenceNo{1});
    add_tap(*ledger, 0x40);
    EXPECT_EQ(ledger->next_boot_number(), 6U);
    head = ledger->head();
  }
  auto ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().hash, head.hash);
  EXPECT_EQ(ledger->next_boot_number(), 6U);
  std::vector<std::string> kinds;
  ASSERT_TRUE(ledger->read(SequenceNo{0}, [&](const StoredEntry& stored) {
    kinds.emplace_back(kind_name(stored.entry.body));
    return true;
  }));
  EXPECT_EQ(kinds, (std::vector<std::string>{"genesis", "boot", "intent", "outcome", "passage"}));
}

TEST_F(LedgerTest, AnIntentIsUnconfirmedUntilItsOutcome) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const Intent intent = sample_intent();
  const SequenceNo first = add(*ledger, intent);
  const SequenceNo second = add(*ledger, intent);
  add(*ledger, sample_intent(0x41));
  EXPECT_EQ(ledger->unconfirmed_count(), 3U);
  auto open_ones = ledger->unconfirmed(intent.card);
  ASSERT_TRUE(open_ones.has_value());
  ASSERT_EQ(open_ones->size(), 2U);
  EXPECT_EQ((*open_ones)[0].sequence, first);
  EXPECT_EQ(std::get<Intent>((*open_ones)[1].entry.body), intent);

  add(*ledger, sample_outcome(first, intent));
  add(*ledger, Void{second, "8054 was not sent"});
  EXPECT_EQ(ledger->unconfirmed(intent.card)->size(), 0U);
  EXPECT_EQ(ledger->unconfirmed_count(), 1U);
  const auto recent = ledger->recent_debit(intent.card);
  ASSERT_TRUE(recent.has_value() && recent->has_value());
  EXPECT_EQ((*recent)->at, sample_head().at);
  EXPECT_FALSE(ledger->recent_debit(sample_card(0x41))->has_value());
}

TEST_F(LedgerTest, AnOutcomeNeedsItsUnconfirmedIntent) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const Intent intent = sample_intent();
  const SequenceNo at = add(*ledger, intent);
  const auto refusal = [&](EntryBody body) {
    const Entry entry{sample_head(), std::move(body)};
    const LedgerHead before = ledger->head();
    const auto done = ledger->append({&entry, 1});
    EXPECT_EQ(ledger->head().sequence, before.sequence);
    EXPECT_FALSE(done.has_value());
    return done ? Errc::io : done.error().code();
  };
  EXPECT_EQ(refusal(sample_outcome(SequenceNo{0}, intent)), Errc::invalid);    // Genesis
  EXPECT_EQ(refusal(sample_outcome(SequenceNo{900}, intent)), Errc::invalid);  // not there
  EXPECT_EQ(refusal(sample_outcome(at, sample_intent(0x41))), Errc::invalid);  // another card
  EXPECT_EQ(refusal(sample_outcome(at, sample_intent(0x40, Fen{1}))), Errc::invalid);
  EXPECT_EQ(refusal(Void{SequenceNo{900}, "x"}), Errc::invalid);
  EXPECT_EQ(refusal(Genesis{}), Errc::invalid);
  EXPECT_EQ(refusal(Checkpoint{}), Errc::invalid);
  add(*ledger, sample_outcome(at, intent));
  EXPECT_EQ(refusal(sample_outcome(at, intent)), Errc::exists);
  EXPECT_EQ(refusal(Void{at, "x"}), Errc::exists);
}

TEST_F(LedgerTest, OneWrongEntryOfABatchLeavesNothing) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  Intent wrong = sample_intent();
  wrong.amount = Fen{-1};
  const std::vector<Entry> batch{{sample_head(), sample_intent()}, {sample_head(), wrong}};
  const auto done = ledger->append(batch);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::invalid);
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  EXPECT_EQ(ledger->totals(), Totals{});
  EXPECT_EQ(add(*ledger, sample_intent()), SequenceNo{1});
}

TEST_F(LedgerTest, TotalsAddUpAndCheckpointsComeInTime) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    for (Byte i = 0; i < 4; ++i) add_tap(*ledger, i, static_cast<OutcomeResult>(i + 1));
    add(*ledger, sample_intent());
    add(*ledger, Refusal{});
    add(*ledger, AccountCharge{.scheme = "jtt1179", .amount = Fen{250}});
    const Totals t = ledger->totals();
    EXPECT_EQ(t.intents, 5U);
    EXPECT_EQ(t.debited + t.not_debited + t.unknown + t.suspect, 4U);
    EXPECT_EQ(t.debited_fen, Fen{300});
    EXPECT_EQ(t.unknown_fen, Fen{300});
    EXPECT_EQ(t.suspect_fen, Fen{300});
    EXPECT_EQ(t.account_fen, Fen{250});
    EXPECT_EQ(t.passages, 4U);
    EXPECT_EQ(t.refusals, 1U);
    std::vector<Entry> many(40, {sample_head(), Refusal{}});
    const auto numbers = ledger->append(many);
    ASSERT_TRUE(numbers.has_value());
    EXPECT_EQ(numbers->size(), 40U);
  }
  std::uint64_t last = 0;
  for (const StoredEntry& stored : read_all(folder_)) {
    if (!std::holds_alternative<Checkpoint>(stored.entry.body)) continue;
    EXPECT_EQ(stored.sequence.get() - last, 8U);
    last = stored.sequence.get();
  }
  EXPECT_GE(last, 48U);
  const auto report = verify_ledger(folder_);
  ASSERT_TRUE(report.has_value()) << report.error().message();
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
  EXPECT_EQ(report->totals.refusals, 41U);
  EXPECT_EQ(report->entries, report->head.get() + 1);
  EXPECT_EQ(report->checkpoints, last / 8);
}

TEST_F(LedgerTest, OldDebitsLeaveTheRecentTable) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  for (Byte i = 0; i < 20; ++i) add_tap(*ledger, i);
  const Entry later{sample_head(1'793'577'600'123 + 181'000), Refusal{}};
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(ledger->append({&later, 1}).has_value());
  for (Byte i = 0; i < 20; ++i)
    EXPECT_FALSE(ledger->recent_debit(sample_card(i))->has_value()) << int{i};
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerTest, AnotherBoxRealmOrKeyIsRefused) {
  ASSERT_TRUE(open());
  const auto refused = [&](LedgerIdentity identity) {
    const auto ledger = Ledger::open(folder_, identity, options_);
    EXPECT_FALSE(ledger.has_value());
    return ledger ? Errc::io : ledger.error().code();
  };
  LedgerIdentity other = identity_;
  other.box = BoxId{"sh-0102-a"};
  EXPECT_EQ(refused(other), Errc::refused);
  other = identity_;
  other.realm = Realm::live;
  EXPECT_EQ(refused(other), Errc::refused);
  other = identity_;
  other.key = crypto::make_signing_key();
  EXPECT_EQ(refused(other), Errc::refused);
  EXPECT_TRUE(open());
}

TEST_F(LedgerTest, TwoGatesCannotHaveItOpen) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const auto second = Ledger::open(folder_, identity_, options_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Errc::refused);
  EXPECT_EQ(new_epoch(folder_, identity_, options_, "because").error().code(), Errc::refused);
}

TEST_F(LedgerTest, ALostLedgerIsNeverReplacedByAnEmptyOne) {
  ASSERT_TRUE(open());
  std::filesystem::remove(folder_ / "data.mdb");
  EXPECT_EQ(Ledger::open(folder_, identity_, options_).error().code(), Errc::corrupt);

  std::filesystem::remove_all(folder_);
  std::filesystem::create_directory(folder_);
  std::ofstream{folder_ / "data.mdb"} << "not a ledger";
  EXPECT_FALSE(Ledger::open(folder_, identity_, options_).has_value());

  std::filesystem::remove_all(folder_);
  std::filesystem::create_directory(folder_);
  ASSERT_TRUE(lmdb::Environment::open(folder_, {.map_bytes = 1U << 20U}).has_value());
  const auto empty = Ledger::open(folder_, identity_, options_);
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().code(), Errc::corrupt) << empty.error().message();
}

TEST_F(LedgerTest, AnUnfinishedCreationBeginsAgain) {
  std::filesystem::create_directories(folder_ / "new");
  std::ofstream{folder_ / "new" / "data.mdb"} << "half";
  EXPECT_TRUE(open());
}

TEST_F(LedgerTest, AFullMapIsAnErrorAndTheLedgerGoesOn) {
  options_.map_bytes = 512U << 10U;
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const std::vector<Entry> batch(20, {sample_head(), sample_intent()});
  Result<std::vector<SequenceNo>> last;
  for (int i = 0; i < 200 && last.has_value(); ++i) last = ledger->append(batch);
  ASSERT_FALSE(last.has_value());
  EXPECT_EQ(last.error().code(), Errc::full);
  const LedgerHead head = ledger->head();
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
  options_.map_bytes = 4U << 20U;  // the larger of configured and stored
  ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().hash, head.hash);
  EXPECT_TRUE(ledger->append(batch).has_value());
}

TEST_F(LedgerTest, ReadingBeginsWhereAskedAndStopsWhenTold) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    const std::vector<Entry> many(700, {sample_head(), Refusal{}});
    ASSERT_TRUE(ledger->append(many).has_value());
  }
  const auto rest = read_all(folder_, SequenceNo{300});
  EXPECT_EQ(rest.front().sequence, SequenceNo{300});
  EXPECT_EQ(rest.back().sequence, read_head(folder_)->sequence);
  EXPECT_EQ(rest.size(), read_head(folder_)->sequence.get() - 299);
  int seen = 0;
  ASSERT_TRUE(read_ledger(folder_, SequenceNo{5}, [&](const StoredEntry&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
  EXPECT_TRUE(read_all(folder_, SequenceNo{100'000}).empty());
  EXPECT_EQ(
      read_ledger(root_, SequenceNo{}, [](const StoredEntry&) { return true; }).error().code(),
      Errc::not_found);
}

}  // namespace
}  // namespace tidegate::edge
