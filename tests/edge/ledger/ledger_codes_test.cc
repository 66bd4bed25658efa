// SPDX-License-Identifier: Apache-2.0
// Ride codes in the ledger: single use that lasts, rides begun at this box, forgetting.
#include <gtest/gtest.h>

#include "base/lmdb/lmdb.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class LedgerCodes : public LedgerFixture {
 protected:
  static Result<std::vector<SequenceNo>> append(Ledger& ledger, EntryBody body, EntryHead head) {
    const Entry entry{head, std::move(body)};
    return ledger.append({&entry, 1});
  }
  static EntryHead head_at(Timestamp at, bool trusted = true) {
    EntryHead head = sample_head();
    head.at = at;
    head.clock.trusted = trusted;
    return head;
  }
  static CodeMemory memory(const Ledger& ledger, const AccountCharge& charge,
                           Timestamp now = sample_head().at) {
    const auto out =
        ledger.code_memory(CardHandle{to_array<16>(charge.account_handle)}, charge.made, now);
    EXPECT_TRUE(out.has_value());
    return out ? *out : CodeMemory{};
  }
};

TEST_F(LedgerCodes, ACodeIsTakenOnceAlsoAfterARestart) {
  const AccountCharge charge = sample_code_charge();
  auto ledger = open();
  EXPECT_FALSE(memory(*ledger, charge).used);
  ASSERT_TRUE(append(*ledger, charge, head_at(charge.made)).has_value());
  EXPECT_TRUE(memory(*ledger, charge).used);
  for (int run = 0; run < 2; ++run) {
    const auto again = append(*ledger, charge, head_at(charge.made));
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code(), Errc::exists);
    ledger.reset();
    ledger = open();
    EXPECT_TRUE(memory(*ledger, charge).used);
  }
  EXPECT_EQ(ledger->totals().account_charges, 1U);
  EXPECT_EQ(ledger->totals().account_fen, Fen{200});
}

TEST_F(LedgerCodes, TwoOfTheSameCodeInOneAppendAreNone) {
  const Entry entry{sample_head(), sample_code_charge()};
  auto ledger = open();
  const auto done = ledger->append(std::vector<Entry>{entry, entry});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::exists);
  EXPECT_TRUE(ledger->append({&entry, 1}).has_value());
}

TEST_F(LedgerCodes, OtherCodesOfTheSameAccountAndSecondAreOthers) {
  auto ledger = open();
  add(*ledger, sample_code_charge(1));
  add(*ledger, sample_code_charge(2));
  add(*ledger, sample_code_charge(1, 1'793'577'501));
  EXPECT_EQ(ledger->totals().account_charges, 3U);
}

TEST_F(LedgerCodes, ForgetsACodeWhenItIsPastAndSaysSo) {
  const AccountCharge charge = sample_code_charge();
  auto ledger = open();
  ASSERT_TRUE(append(*ledger, charge, head_at(charge.made)).has_value());
  ASSERT_TRUE(
      append(*ledger, Passage{}, head_at(charge.remember_until + hours{9}, false)).has_value());
  EXPECT_TRUE(memory(*ledger, charge).used) << "forgotten by a clock that nobody trusts";
  ASSERT_TRUE(append(*ledger, Passage{}, head_at(charge.remember_until)).has_value());
  EXPECT_TRUE(memory(*ledger, charge).used);
  ASSERT_TRUE(append(*ledger, Passage{}, head_at(charge.remember_until + seconds{1})).has_value());
  EXPECT_FALSE(memory(*ledger, charge).used);
  EXPECT_EQ(memory(*ledger, charge).forgotten, charge.remember_until);
  ledger.reset();
  ledger = open();
  EXPECT_EQ(memory(*ledger, charge).forgotten, charge.remember_until);
}

TEST_F(LedgerCodes, ARideIsEndedOnceByAnotherCodeOfItsAccount) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  entry.amount = Fen{};
  const SequenceNo begun = add(*ledger, entry);
  AccountCharge exit = sample_code_charge(1, 1'793'577'800);
  const auto ride = memory(*ledger, exit).ride;
  ASSERT_TRUE(ride.has_value());
  EXPECT_EQ(ride->entry, begun);
  EXPECT_EQ(ride->at, sample_head().at);
  EXPECT_FALSE(memory(*ledger, sample_code_charge(2)).ride.has_value());
  exit.entry = begun;
  add(*ledger, exit);
  EXPECT_FALSE(memory(*ledger, exit).ride.has_value());
  AccountCharge twice = sample_code_charge(1, 1'793'577'900);
  twice.entry = begun;
  const auto again = append(*ledger, twice, sample_head());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), Errc::exists);
}

TEST_F(LedgerCodes, AVoidChargeNeitherBeginsNorEndsARideAndItsCodeStaysUsed) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  const SequenceNo begun = add(*ledger, entry);
  AccountCharge exit = sample_code_charge(1, 1'793'577'800);
  exit.entry = begun;
  const SequenceNo ended = add(*ledger, exit);
  add(*ledger, Void{.because = "nobody was let through", .charge = ended});
  EXPECT_EQ(ledger->totals().not_debited, 0U);
  const auto back = memory(*ledger, exit);
  EXPECT_TRUE(back.used);
  ASSERT_TRUE(back.ride.has_value());
  EXPECT_EQ(back.ride->entry, begun);
  EXPECT_EQ(back.ride->at, sample_head().at);
  add(*ledger, Void{.because = "nobody was let through", .charge = begun});
  EXPECT_FALSE(memory(*ledger, exit).ride.has_value());
  ledger.reset();
  const auto report = verify_ledger(folder_);
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
}

TEST_F(LedgerCodes, ARideIsForgottenAfterFourHours) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  ASSERT_TRUE(append(*ledger, entry, head_at(entry.made)).has_value());
  ASSERT_TRUE(append(*ledger, Passage{}, head_at(entry.made + hours{4})).has_value());
  EXPECT_TRUE(memory(*ledger, entry, entry.made + hours{4}).ride.has_value());
  ASSERT_TRUE(append(*ledger, Passage{}, head_at(entry.made + hours{5})).has_value());
  EXPECT_FALSE(memory(*ledger, entry, entry.made + hours{4}).ride.has_value()) << "swept";
}

TEST_F(LedgerCodes, ARideThatIsTooOldIsNoneBeforeItIsSwept) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  ASSERT_TRUE(append(*ledger, entry, head_at(entry.made)).has_value());
  EXPECT_TRUE(memory(*ledger, entry, entry.made + hours{4}).ride.has_value());
  EXPECT_FALSE(memory(*ledger, entry, entry.made + hours{4} + seconds{1}).ride.has_value());
  EXPECT_FALSE(memory(*ledger, entry, entry.made - hours{1}).ride.has_value()) << "of the future";
}

TEST_F(LedgerCodes, ALateVoidBringsNoRideBackThatHasEndedOtherwise) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  const SequenceNo begun = add(*ledger, entry);
  AccountCharge exit = sample_code_charge(1, 1'793'577'800);
  exit.entry = begun;
  const SequenceNo ended = add(*ledger, exit);
  AccountCharge again = sample_code_charge(1, 1'793'577'810);
  again.settlement = Settlement::clearing;
  const SequenceNo left = add(*ledger, again);
  add(*ledger, sample_code_charge(2));
  add(*ledger, Void{.because = "nobody was let through", .charge = ended});
  EXPECT_FALSE(memory(*ledger, exit).ride.has_value());
  ASSERT_TRUE(memory(*ledger, exit).last.has_value());
  EXPECT_EQ(memory(*ledger, exit).last->outcome, left);
}

TEST_F(LedgerCodes, TheNewestChargeOfAnAccountIsKeptForThreeMinutesUnlessItIsVoid) {
  auto ledger = open();
  AccountCharge charge = sample_code_charge();
  EXPECT_FALSE(memory(*ledger, charge).last.has_value());
  const SequenceNo first = add(*ledger, charge);
  ASSERT_TRUE(memory(*ledger, charge).last.has_value());
  EXPECT_EQ(memory(*ledger, charge).last->outcome, first);
  EXPECT_EQ(memory(*ledger, charge).last->at, sample_head().at);
  AccountCharge resumed = sample_code_charge(1, 1'793'577'510);
  resumed.settlement = Settlement::resumed;
  resumed.entry = first;
  const SequenceNo second = add(*ledger, resumed);
  EXPECT_EQ(memory(*ledger, charge).last->outcome, second);
  add(*ledger, Void{.because = "nobody was let through", .charge = second});
  EXPECT_FALSE(memory(*ledger, charge).last.has_value());
  add(*ledger, sample_code_charge(2));
  ledger.reset();
  const auto report = verify_ledger(folder_);
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
}

TEST_F(LedgerCodes, WhatIsResumedNeitherBeginsNorEndsARide) {
  auto ledger = open();
  AccountCharge entry = sample_code_charge();
  entry.settlement = Settlement::entered;
  const SequenceNo begun = add(*ledger, entry);
  AccountCharge resumed = sample_code_charge(1, 1'793'577'510);
  resumed.settlement = Settlement::resumed;
  resumed.entry = begun;
  const SequenceNo second = add(*ledger, resumed);
  ASSERT_TRUE(memory(*ledger, entry).ride.has_value());
  EXPECT_EQ(memory(*ledger, entry).ride->entry, begun);
  add(*ledger, Void{.because = "nobody was let through", .charge = second});
  EXPECT_TRUE(memory(*ledger, entry).ride.has_value());
}

/// As the ledgers of before ride codes, pruning and redo records.
TEST_F(LedgerCodes, AnOlderLedgerGetsItsTablesWhenItIsOpened) {
  add_tap(*open(), 1);
  {
    const auto env = lmdb::Environment::open(folder_, {});
    ASSERT_TRUE(env.has_value());
    auto txn = lmdb::WriteTxn::begin(*env);
    ASSERT_TRUE(txn.has_value());
    for (const char* name : {"codes", "rides", "kept", "redo"}) {
      const auto table = lmdb::Table::open(*txn, name);
      ASSERT_TRUE(table.has_value());
      ASSERT_EQ(mdb_drop(txn->raw(), table->raw(), 1), 0);
    }
    ASSERT_TRUE(std::move(*txn).commit().has_value());
  }
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
  const AccountCharge charge = sample_code_charge();
  auto ledger = open();
  EXPECT_FALSE(memory(*ledger, charge).used);
  add(*ledger, charge);
  ledger.reset();
  ledger = open();
  EXPECT_TRUE(memory(*ledger, charge).used);
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerCodes, TheWholeChainVerifiesWithCodesAndRides) {
  auto ledger = open();
  for (int i = 0; i < 20; ++i) {
    AccountCharge charge = sample_code_charge(static_cast<Byte>(i));
    if (i % 2 == 0) charge.settlement = Settlement::entered;
    add(*ledger, charge);
  }
  ledger.reset();
  const auto report = verify_ledger(folder_);
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
}

}  // namespace
}  // namespace tidegate::edge
