// SPDX-License-Identifier: Apache-2.0
// A flipped bit, a missing or an extra row, a wrong table: verification names it, opening refuses
// what no checkpoint vouches for, and a new epoch is the way out.
#include <fstream>
#include <random>

#include "base/lmdb/lmdb.h"
#include "base/posix/fd.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

Bytes key_of(Epoch epoch, std::uint64_t sequence) {
  Bytes key;
  append_be(key, epoch.get(), 8);
  append_be(key, sequence, 8);
  return key;
}

class LedgerDamage : public LedgerFixture {
 protected:
  /// About 60 entries, the last checkpoint 3 entries before the head.
  void SetUp() override {
    options_.preallocate = false;
    auto ledger = open();
    ASSERT_TRUE(ledger);
    add(*ledger, Boot{"0.1.0", 1, {}, false});
    for (Byte i = 0; i < 17; ++i)
      add_tap(*ledger, i, i % 3 == 1 ? OutcomeResult::unknown : OutcomeResult::debited);
    add(*ledger, sample_intent(99));
    while ((ledger->head().sequence.get()) % 8 != 3) add(*ledger, Refusal{});
    head_ = ledger->head();
  }
  /// Changes a table behind the ledger's back.
  void change(const char* table,
              const std::function<void(const lmdb::WriteTxn&, lmdb::Table)>& how) {
    auto env = lmdb::Environment::open(folder_, {.map_bytes = options_.map_bytes});
    ASSERT_TRUE(env.has_value());
    auto txn = lmdb::WriteTxn::begin(*env);
    ASSERT_TRUE(txn.has_value());
    auto opened = lmdb::Table::open(*txn, table);
    ASSERT_TRUE(opened.has_value());
    how(*txn, *opened);
    ASSERT_TRUE(std::move(*txn).commit().has_value());
  }
  void flip(std::uint64_t sequence, std::size_t bit) {
    change("entries", [&](const lmdb::WriteTxn& txn, lmdb::Table table) {
      const Bytes key = key_of(head_.epoch, sequence);
      const auto value = table.get(txn, key);
      ASSERT_TRUE(value.has_value() && value->has_value());
      Bytes bytes((*value)->begin(), (*value)->end());
      bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << (bit % 8)));
      ASSERT_TRUE(table.put(txn, key, bytes).has_value());
    });
  }
  std::vector<std::size_t> sizes() {
    std::vector<std::size_t> out;
    change("entries", [&](const lmdb::WriteTxn& txn, lmdb::Table table) {
      for (std::uint64_t i = 0; i <= head_.sequence.get(); ++i)
        out.push_back((*table.get(txn, key_of(head_.epoch, i)))->size());
    });
    return out;
  }
  VerifyReport verify() {
    const auto report = verify_ledger(folder_);
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message());
    return report.value_or(VerifyReport{});
  }
  [[nodiscard]] std::uint64_t last_checkpoint() const { return head_.sequence.get() / 8 * 8; }
  Errc opening() {
    const auto ledger = Ledger::open(folder_, identity_, options_);
    return ledger ? Errc::exists : ledger.error().code();
  }

  LedgerHead head_;
};

TEST_F(LedgerDamage, AFlippedBitAnywhereIsFoundAtItsEntry) {
  ASSERT_FALSE(verify().damaged.has_value());
  const auto bytes = sizes();
  ASSERT_GE(bytes.size(), 60U);
  for (std::uint64_t sequence = 0; sequence < bytes.size(); ++sequence) {
    // Every part of the value: the hash, the tables, the padding, the last byte.
    for (std::size_t at = sequence % 13; at < bytes[sequence]; at += 211) {
      const std::size_t bit = at * 8 + at % 8;
      flip(sequence, bit);
      const VerifyReport report = verify();
      ASSERT_TRUE(report.damaged.has_value()) << sequence << " byte " << at;
      EXPECT_EQ(report.damaged->get(), sequence) << report.what;
      EXPECT_FALSE(report.what.empty());
      EXPECT_EQ(report.before_checkpoint, sequence < last_checkpoint());
      flip(sequence, bit);
    }
  }
  EXPECT_FALSE(verify().damaged.has_value());
}

TEST_F(LedgerDamage, TapsGoOnWhenTheDamageIsBeforeTheLastCheckpoint) {
  flip(20, 300);
  const VerifyReport report = verify();
  EXPECT_TRUE(report.before_checkpoint);
  EXPECT_EQ(report.intact_from, SequenceNo{24});
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    add_tap(*ledger, 0x77);
  }
  EXPECT_EQ(verify().damaged, SequenceNo{20});
  EXPECT_TRUE(verify().before_checkpoint);
}

TEST_F(LedgerDamage, DamageAfterTheLastCheckpointIsRefusedAtStart) {
  for (std::uint64_t sequence = last_checkpoint(); sequence <= head_.sequence.get(); ++sequence) {
    flip(sequence, 500);
    EXPECT_EQ(opening(), Errc::corrupt) << sequence;
    flip(sequence, 500);
    EXPECT_EQ(opening(), Errc::exists) << sequence;
  }
}

TEST_F(LedgerDamage, ANewEpochCitesTheOldOneAndGoesOnCounting) {
  Totals before;
  {
    auto ledger = open();
    before = ledger->totals();
  }
  flip(head_.sequence.get(), 500);
  EXPECT_EQ(new_epoch(folder_, identity_, options_, "").error().code(), Errc::invalid);
  const auto done = new_epoch(folder_, identity_, options_, "bit flipped in a test");
  ASSERT_TRUE(done.has_value()) << done.error().message();
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    EXPECT_NE(ledger->head().epoch, head_.epoch);
    EXPECT_EQ(ledger->next_boot_number(), 2U);
    EXPECT_EQ(ledger->totals().debited, before.debited);
    EXPECT_EQ(ledger->totals().debited_fen, before.debited_fen);
    EXPECT_EQ(ledger->unconfirmed_count(), 0U);
    add_tap(*ledger, 1);
  }
  EXPECT_FALSE(verify().damaged.has_value()) << verify().what;
  Genesis genesis;
  ASSERT_TRUE(read_ledger(folder_, SequenceNo{0}, [&](const StoredEntry& stored) {
    genesis = std::get<Genesis>(stored.entry.body);
    return false;
  }));
  EXPECT_EQ(genesis.previous_epoch, head_.epoch);
  EXPECT_EQ(genesis.previous_head.get(), head_.sequence.get() - 1);
  EXPECT_NE(genesis.previous_hash, Hash256{});
  EXPECT_EQ(genesis.because, "bit flipped in a test");

  Bytes name;
  append_be(name, head_.epoch.get(), 8);
  const std::filesystem::path sealed = folder_.string() + ".sealed-" + to_hex(name);
  EXPECT_EQ(verify_ledger(sealed)->damaged, head_.sequence);
}

TEST_F(LedgerDamage, AnInterruptedNewEpochIsFinishedByTheNextOpen) {
  ASSERT_TRUE(new_epoch(folder_, identity_, options_, "drill").has_value());
  const Epoch epoch = read_head(folder_)->epoch;
  // As if the power had gone between the two renames.
  std::filesystem::rename(folder_, folder_.string() + ".new-epoch");
  auto ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->head().epoch, epoch);
  ledger.reset();
  // And when somebody took the ledger away, but not the sealed one.
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(opening(), Errc::corrupt);
}

TEST_F(LedgerDamage, AMissingEntryIsFound) {
  for (const std::uint64_t gone : {std::uint64_t{0}, std::uint64_t{17}, head_.sequence.get()}) {
    Bytes kept;
    change("entries", [&](const lmdb::WriteTxn& txn, lmdb::Table table) {
      const Bytes key = key_of(head_.epoch, gone);
      const auto value = *table.get(txn, key);
      kept.assign(value->begin(), value->end());
      ASSERT_TRUE(table.erase(txn, key).has_value());
    });
    EXPECT_EQ(verify().damaged, SequenceNo{gone}) << verify().what;
    change("entries", [&](const lmdb::WriteTxn& txn, lmdb::Table table) {
      ASSERT_TRUE(table.put(txn, key_of(head_.epoch, gone), kept).has_value());
    });
  }
  EXPECT_FALSE(verify().damaged.has_value());
}

TEST_F(LedgerDamage, AnExtraEntryIsFound) {
  const std::uint64_t next = head_.sequence.get() + 1;
  change("entries", [&](const lmdb::WriteTxn& txn, lmdb::Table table) {
    const auto value = *table.get(txn, key_of(head_.epoch, 3));
    const Bytes copy(value->begin(), value->end());
    ASSERT_TRUE(table.put(txn, key_of(head_.epoch, next), copy).has_value());
  });
  EXPECT_EQ(verify().damaged, SequenceNo{next});
  EXPECT_FALSE(verify().before_checkpoint);
  EXPECT_EQ(opening(), Errc::corrupt);
}

TEST_F(LedgerDamage, TablesThatDoNotFitTheEntriesAreFound) {
  const auto expect_damage = [&](const char* table, Bytes key, Bytes value) {
    std::optional<Bytes> before;
    change(table, [&](const lmdb::WriteTxn& txn, lmdb::Table t) {
      if (const auto old = *t.get(txn, key)) before.emplace(old->begin(), old->end());
      ASSERT_TRUE((before == value ? t.erase(txn, key) : t.put(txn, key, value)).has_value());
    });
    EXPECT_TRUE(verify().damaged.has_value()) << table;
    change(table, [&](const lmdb::WriteTxn& txn, lmdb::Table t) {
      ASSERT_TRUE((before ? t.put(txn, key, *before) : t.erase(txn, key)).has_value());
    });
    EXPECT_FALSE(verify().damaged.has_value()) << table;
  };
  Bytes extra(16, 0x11);
  append_be(extra, 4, 8);
  expect_damage("unconfirmed", extra, {});
  Bytes real;
  {
    auto ledger = open();
    const auto open_ones = ledger->unconfirmed(sample_card(99));
    append(real, sample_card(99).get());
    append_be(real, open_ones->front().sequence.get(), 8);
  }
  expect_damage("unconfirmed", real, {});  // the row of the unconfirmed intent is erased
  expect_damage("recent", Bytes(16, 0x22), Bytes(16, 0));

  change("meta", [&](const lmdb::WriteTxn& txn, lmdb::Table t) {
    const auto value = *t.get(txn, as_bytes("state"));
    Bytes state(value->begin(), value->end());
    state.back() = static_cast<Byte>(state.back() ^ 1U);  // totals
    ASSERT_TRUE(t.put(txn, as_bytes("state"), state).has_value());
  });
  EXPECT_TRUE(verify().damaged.has_value());
  EXPECT_EQ(opening(), Errc::corrupt);
}

/// Bits of the file itself: nodes, pages, free pages. Nothing crashes, and what is called whole is
/// the ledger as it was, or an older state of it (an old root made newest: only somebody who knew
/// the head can see that, and the clearing house does).
TEST_F(LedgerDamage, FlippedBitsOfTheFileNeverPassAsOtherEntries) {
  std::vector<Hash256> hashes;
  ASSERT_TRUE(read_ledger(folder_, {}, [&](const StoredEntry& stored) {
    hashes.push_back(stored.hash);
    return true;
  }));
  const auto file = posix::read_file(folder_ / "data.mdb", 64U << 20U);
  ASSERT_TRUE(file.has_value());
  std::mt19937 random{7};  // NOLINT: the same every time
  int found = 0;
  for (int round = 0; round < 250; ++round) {
    Bytes bytes = *file;
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<Byte>(bytes[at] ^ (1U << (random() % 8)));
    ASSERT_TRUE(posix::write_file_durably(folder_ / "data.mdb", bytes).has_value());
    const auto report = verify_ledger(folder_);
    if (!report || report->damaged) {
      ++found;
      continue;
    }
    ASSERT_TRUE(read_ledger(folder_, {}, [&](const StoredEntry& stored) {
      EXPECT_LT(stored.sequence.get(), hashes.size());
      EXPECT_EQ(stored.hash, hashes.at(stored.sequence.get()));
      return true;
    })) << at;
  }
  EXPECT_GT(found, 0);
}

}  // namespace
}  // namespace tidegate::edge
