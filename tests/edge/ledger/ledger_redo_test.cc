// SPDX-License-Identifier: Apache-2.0
// The last commit's root was lost in a power cut: the redo record brings it back, and nothing else.
#include <fstream>

#include "edge/ledger/redo_record.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

class LedgerRedo : public LedgerFixture {
 protected:
  /// Two commits, an intent and its outcome, of which a power cut took the second. Where the ledger
  /// was with it.
  LedgerHead lose_an_outcome() {
    auto ledger = open();
    if (!ledger) return {};
    const SequenceNo intent = add(*ledger, sample_intent());
    const std::string before = read_roots();
    add(*ledger, sample_outcome(intent, sample_intent()));
    totals_ = ledger->totals();
    const LedgerHead head = ledger->head();
    ledger.reset();
    write_roots(before);
    return head;
  }
  /// Where in the file the record begins that goes on behind `head`.
  std::size_t find_record(const LedgerHead& head) {
    std::ifstream in{folder_ / "data.mdb", std::ios::binary};
    const std::string all{std::istreambuf_iterator<char>{in}, {}};
    std::string sought = "tidegate-redo-1";
    Bytes place;
    append_be(place, head.epoch.get(), 8);
    append_be(place, head.sequence.get(), 8);
    sought.append(place.begin(), place.end());
    return all.find(sought);
  }
  void damage_byte(std::size_t at) {
    std::fstream file{folder_ / "data.mdb", std::ios::binary | std::ios::in | std::ios::out};
    file.seekg(static_cast<std::streamoff>(at));
    const char was = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(was ^ 1));
  }
  Totals totals_;
};

TEST_F(LedgerRedo, ACommitWhoseRootWasLostIsThereAgain) {
  const LedgerHead head = lose_an_outcome();
  const auto cut = verify_ledger(folder_);
  ASSERT_TRUE(cut.has_value()) << cut.error().message();
  EXPECT_EQ(cut->head.get(), head.sequence.get() - 1);
  EXPECT_EQ(cut->to_redo, 1U);
  EXPECT_FALSE(cut->damaged.has_value()) << cut->what;
  auto ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().hash, head.hash);
  EXPECT_EQ(ledger->totals(), totals_);
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  EXPECT_TRUE(ledger->recent_debit(sample_intent().card)->has_value());
  add_tap(*ledger, 9);
  ledger.reset();
  const auto report = verify_ledger(folder_);
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
  EXPECT_EQ(report->to_redo, 0U);
}

TEST_F(LedgerRedo, OfTwoLostCommitsBothAreThereAgainCheckpointsToo) {
  options_.checkpoint_every = 2;
  auto ledger = open();
  ASSERT_TRUE(ledger);
  add_tap(*ledger, 1);
  const std::string before = read_roots();
  const SequenceNo intent = add(*ledger, sample_intent());
  add(*ledger, sample_outcome(intent, sample_intent()));
  const LedgerHead head = ledger->head();
  ledger.reset();
  write_roots(before);
  EXPECT_GT(verify_ledger(folder_)->to_redo, 2U);
  ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().hash, head.hash);
  ledger.reset();
  const auto report = verify_ledger(folder_);
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
  EXPECT_GE(report->checkpoints, 2U);
}

TEST_F(LedgerRedo, ATornRecordIsNoRecord) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const SequenceNo intent = add(*ledger, sample_intent());
  const std::string roots = read_roots();
  const LedgerHead before = ledger->head();
  add(*ledger, sample_outcome(intent, sample_intent()));
  ledger.reset();
  const std::size_t record = find_record(before);
  ASSERT_NE(record, std::string::npos);
  // Magic, place, both hashes, the number of entries, the length of the first, its bytes.
  for (const std::size_t at : {3U, 15U, 30U, 40U, 70U, 98U, 102U, 103U, 120U, 250U}) {
    damage_byte(record + at);
    write_roots(roots);
    EXPECT_EQ(verify_ledger(folder_)->to_redo, 0U) << at;
    EXPECT_EQ(read_head(folder_)->hash, before.hash);
    damage_byte(record + at);
  }
  EXPECT_EQ(verify_ledger(folder_)->to_redo, 1U);
  damage_byte(record + 180);
  ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().hash, before.hash);
  EXPECT_EQ(ledger->unconfirmed_count(), 1U);
}

TEST_F(LedgerRedo, AnOldRecordIsNotTakenForANewOne) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  for (Byte card = 1; card < 5; ++card) add_tap(*ledger, card);
  const LedgerHead head = ledger->head();
  for (int i = 0; i < 3; ++i) {
    ledger.reset();
    ledger = open();
    ASSERT_TRUE(ledger);
    EXPECT_EQ(ledger->head().hash, head.hash);
  }
}

TEST_F(LedgerRedo, AGroupThatFitsNoRecordIsDurableAllTheSame) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const std::vector<Entry> group(60, {sample_head(), sample_intent(7)});
  const auto numbers = ledger->append(group);
  ASSERT_TRUE(numbers.has_value()) << numbers.error().message();
  EXPECT_EQ(find_record({ledger->head().epoch, SequenceNo{0}, {}}), std::string::npos);
  add_tap(*ledger, 2);
  const LedgerHead head = ledger->head();
  ledger.reset();
  EXPECT_EQ(open()->head().hash, head.hash);
}

TEST_F(LedgerRedo, ANewEpochCitesWhatWasLostAndItsSealedLedgerHasIt) {
  const LedgerHead head = lose_an_outcome();
  ASSERT_TRUE(new_epoch(folder_, identity_, options_, "disk replaced").has_value());
  std::size_t sealed = 0;
  for (const auto& each : std::filesystem::directory_iterator{root_})
    if (each.path().filename().string().starts_with("ledger.sealed-")) {
      ++sealed;
      EXPECT_EQ(read_head(each.path())->hash, head.hash);
    }
  EXPECT_EQ(sealed, 1U);
  auto ledger = open();
  ASSERT_TRUE(ledger);
  Genesis genesis;
  ASSERT_TRUE(ledger->read(SequenceNo{0}, [&](const StoredEntry& stored) {
    genesis = std::get<Genesis>(stored.entry.body);
    return false;
  }));
  EXPECT_EQ(genesis.previous_head, head.sequence);
  EXPECT_EQ(genesis.previous_hash, head.hash);
}

TEST(RedoRecord, HasOnlyWhatFits) {
  const LedgerState before{.epoch = Epoch{1}, .head = SequenceNo{5}};
  LedgerState after = before;
  std::vector<Bytes> entries{Bytes(100, 1), Bytes(50, 2)};
  after.head_hash = next_hash(next_hash(before.head_hash, entries[0]), entries[1]);
  const auto record = encode_redo(before, after, entries);
  ASSERT_TRUE(record.has_value());
  const auto found = decode_redo(*record, before);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 2U);
  EXPECT_TRUE(std::ranges::equal((*found)[1], entries[1]));
  EXPECT_FALSE(decode_redo(*record, after).has_value());
  for (std::size_t size = 0; size < record->size(); ++size)
    EXPECT_FALSE(decode_redo(ByteView{*record}.first(size), before).has_value()) << size;
  entries.assign(2, Bytes(kRedoSlotBytes / 2));
  EXPECT_FALSE(encode_redo(before, after, entries).has_value());
}

}  // namespace
}  // namespace tidegate::edge
