// SPDX-License-Identifier: Apache-2.0
// Rides by code where the fare depends on the way: what a box charges, what it leaves to the
// clearing house, and that nobody is kept inside.
#include "tests/edge/gate/code_fixture.h"
#include "tests/edge/gate/faulty_ledger.h"

namespace tidegate::edge::gate_fixture {
namespace {

using fare::RefusalCode;
using gate_protocol::Direction;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class CodeRides : public CodeFixture {
 protected:
  /// What is in the ledger already is an earlier run's.
  static void begin_new_run(TestBox& box) {
    box.services.first_of_run = SequenceNo{box.ledger->head().sequence.get() + 1};
  }
  static SequenceNo write(TestBox& box, EntryBody body) {
    const auto ticket = box.committer.submit(
        {entry_head(box.clock, AisleNo{1}, {}), std::move(body)}, Commit::must_land);
    const auto landed =
        box.committer.wait(ticket, std::chrono::steady_clock::now() + std::chrono::minutes{1});
    EXPECT_TRUE(landed.has_value());
    return landed ? *landed : SequenceNo{};
  }
  static void expect_opened(const TapReport& report, fare::TapKind kind, Fen fare) {
    EXPECT_EQ(report.end, TapReport::End::opened) << report.detail;
    EXPECT_EQ(fare::name_of(report.kind), fare::name_of(kind));
    EXPECT_EQ(report.fare, fare);
  }
  static void expect_last(const TestBox& box, Settlement settlement, SequenceNo entry) {
    const auto charges = box.all<AccountCharge>();
    ASSERT_FALSE(charges.empty());
    EXPECT_EQ(name_of(charges.back().settlement), name_of(settlement));
    EXPECT_EQ(charges.back().entry, entry);
  }
  /// The fare depends on the way.
  static void by_way(TestBox& box, fare::BoxKind kind = fare::BoxKind::station) {
    box.config.code_journeys = CodeJourneys::clearing;
    box.config.kind = kind;
  }
};

TEST_F(CodeRides, WhereTheFareDependsOnTheWayACardIsNeeded) {
  TestBox box;
  expect_refused(show(box, fresh(box)), RefusalCode::code_needs_card);
  expect_refused(show(box, fresh(box), AisleDirection::exit), RefusalCode::code_needs_card);
  EXPECT_TRUE(box.front.opened.empty());
  EXPECT_TRUE(box.all<AccountCharge>().empty());
}

TEST_F(CodeRides, AStationNeverPricesARideByItsOwnEntry) {
  TestBox box;
  by_way(box);
  const TapReport in = show(box, fresh(box));
  expect_opened(in, fare::TapKind::entry, Fen{});
  expect_last(box, Settlement::entered, SequenceNo{});
  // Out and in again at another station meanwhile: nothing of it is known here.
  box.clock.advance(hours{3});
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, in.outcome);
  EXPECT_FALSE(box.all<AccountCharge>().back().medium->open.has_value());
  // The next exit has no entry at this box at all.
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, SequenceNo{});
  EXPECT_EQ(box.front.opened, (std::vector{Direction::entry, Direction::exit, Direction::exit}));
  EXPECT_EQ(box.ledger->totals().account_fen, Fen{});
}

TEST_F(CodeRides, AnOldEntryIsNoHint) {
  TestBox box;
  by_way(box);
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  box.clock.advance(kCodeRideKept + minutes{1});
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, SequenceNo{});
}

TEST_F(CodeRides, AVehiclePricesItsRides) {
  TestBox box;
  by_way(box, fare::BoxKind::vehicle);
  const TapReport in = show(box, fresh(box), AisleDirection::both);
  expect_opened(in, fare::TapKind::board, Fen{});
  expect_opened(show(box, fresh(box), AisleDirection::both), fare::TapKind::alight, Fen{kFare});
  expect_last(box, Settlement::charged, in.outcome);
}

TEST_F(CodeRides, AVehicleDoesNotPriceAnOldRide) {
  TestBox box;
  by_way(box, fare::BoxKind::vehicle);
  ASSERT_EQ(show(box, fresh(box), AisleDirection::entry).end, TapReport::End::opened);
  box.clock.advance(hours{30});
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::alight, Fen{});
  expect_last(box, Settlement::clearing, SequenceNo{});
}

TEST_F(CodeRides, WithoutTheOrderOfTapsAnExitIsStillForTheClearingHouse) {
  TestBox box;
  by_way(box);
  box.modes.set(fare::Modes::kOrderFree, true);
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, SequenceNo{});
}

TEST_F(CodeRides, AFlatFareThatWasPaidOwesNothingAtTheExit) {
  TestBox box;
  box.book = flat_book();
  box.modes.set(fare::Modes::kOrderFree, true);
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::charged, SequenceNo{});
}

TEST_F(CodeRides, AnAisleForBothWaysEndsARideThatIsOpen) {
  TestBox box;
  box.config.code_journeys = CodeJourneys::clearing;
  EXPECT_EQ(show(box, fresh(box), AisleDirection::both).kind, fare::TapKind::entry);
  EXPECT_EQ(show(box, fresh(box), AisleDirection::both).kind, fare::TapKind::exit);
  EXPECT_EQ(show(box, fresh(box), AisleDirection::both).kind, fare::TapKind::entry);
}

TEST_F(CodeRides, AtAnAisleForBothWaysWhoMayNotComeInMayLeave) {
  TestBox box;
  by_way(box);
  box.modes.set(fare::Modes::kClosed, true);
  expect_opened(show(box, fresh(box), AisleDirection::both), fare::TapKind::exit, Fen{});
  box.modes.set(fare::Modes::kClosed, false);
  recipe_.cap_fen = kFare - 1;
  expect_opened(show(box, fresh(box), AisleDirection::both), fare::TapKind::exit, Fen{});
  recipe_.cap_fen = 2000;
  codes_.listed.clear();
  const Bytes code = fresh(box);
  expect_opened(show(box, code, AisleDirection::both), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, SequenceNo{});
  EXPECT_EQ(box.front.opened, (std::vector(3, Direction::exit)));
  // What is wrong with the code itself refuses both ways.
  EXPECT_EQ(show(box, code, AisleDirection::both).end, TapReport::End::refused);
  keys_ = sim::code_keys(2);
  EXPECT_EQ(show(box, fresh(box), AisleDirection::both).end, TapReport::End::refused);
}

TEST_F(CodeRides, WithoutClearingWhoMayNotComeInIsNotLetOut) {
  TestBox box;
  expect_refused(show(box, fresh(box), AisleDirection::both), RefusalCode::code_needs_card);
}

TEST_F(CodeRides, WhoIsInsideGetsOutWhateverTheCapOfTheSecondCode) {
  TestBox box;
  box.config.code_journeys = CodeJourneys::clearing;
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  recipe_.cap_fen = 1;
  const TapReport out = show(box, fresh(box), AisleDirection::exit);
  EXPECT_EQ(out.end, TapReport::End::opened);
  EXPECT_EQ(out.fare, Fen{});
  EXPECT_EQ(box.all<AccountCharge>().back().settlement, Settlement::clearing);
}

TEST_F(CodeRides, WhoPaidInTheRunThatDiedComesInWithoutPayingAgain) {
  TestBox box;
  box.book = flat_book();
  const TapReport paid = show(box, fresh(box));
  expect_opened(paid, fare::TapKind::board, Fen{200});
  begin_new_run(box);
  expect_opened(show(box, fresh(box)), fare::TapKind::board, Fen{});
  expect_last(box, Settlement::resumed, paid.outcome);
  EXPECT_EQ(box.front.opened, (std::vector{Direction::entry, Direction::entry}));
  // This run has opened for it: once is enough.
  expect_opened(show(box, fresh(box)), fare::TapKind::board, Fen{200});
}

TEST_F(CodeRides, WhoWentThroughInTheRunThatDiedPaysForTheNextRide) {
  TestBox box;
  box.book = flat_book();
  const TapReport paid = show(box, fresh(box));
  write(box, Passage{paid.outcome, true});
  begin_new_run(box);
  expect_opened(show(box, fresh(box)), fare::TapKind::board, Fen{200});
  EXPECT_EQ(box.ledger->totals().account_fen, Fen{400});
}

TEST_F(CodeRides, WhoWasTooSlowForTheBarrierComesInWithoutPayingAgain) {
  TestBox box;
  box.book = flat_book();
  const TapReport paid = show(box, fresh(box));
  box.memory.passages.note(paid.outcome, false);
  const TapReport again = show(box, fresh(box));
  expect_opened(again, fare::TapKind::board, Fen{});
  expect_last(box, Settlement::resumed, paid.outcome);
  box.memory.passages.note(again.outcome, false);
  const TapReport third = show(box, fresh(box));
  expect_opened(third, fare::TapKind::board, Fen{});
  expect_last(box, Settlement::resumed, paid.outcome);
  box.memory.passages.note(third.outcome, true);
  expect_opened(show(box, fresh(box)), fare::TapKind::board, Fen{200});
}

TEST_F(CodeRides, AfterThreeMinutesAChargeIsNotResumed) {
  TestBox box;
  box.book = flat_book();
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  begin_new_run(box);
  box.clock.advance(minutes{3});
  expect_opened(show(box, fresh(box)), fare::TapKind::board, Fen{200});
}

TEST_F(CodeRides, WhatIsResumedOpensTheWayItWasFor) {
  TestBox box;
  by_way(box, fare::BoxKind::vehicle);
  const TapReport in = show(box, fresh(box), AisleDirection::both);
  begin_new_run(box);
  expect_opened(show(box, fresh(box), AisleDirection::both), fare::TapKind::board, Fen{});
  expect_last(box, Settlement::resumed, in.outcome);
  box.clock.advance(minutes{10});
  const TapReport out = show(box, fresh(box), AisleDirection::both);
  expect_opened(out, fare::TapKind::alight, Fen{kFare});
  begin_new_run(box);
  expect_opened(show(box, fresh(box), AisleDirection::both), fare::TapKind::alight, Fen{});
  expect_last(box, Settlement::resumed, out.outcome);
  EXPECT_EQ(box.ledger->totals().account_fen, Fen{kFare});
}

TEST_F(CodeRides, AnExitDoesNotOpenForAnUnopenedEntry) {
  TestBox box;
  by_way(box);
  const TapReport in = show(box, fresh(box));
  begin_new_run(box);
  expect_opened(show(box, fresh(box), AisleDirection::exit), fare::TapKind::exit, Fen{});
  expect_last(box, Settlement::clearing, in.outcome);
}

TEST_F(CodeRides, AForgedCodeResumesNothing) {
  TestBox box;
  box.book = flat_book();
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  begin_new_run(box);
  keys_ = sim::code_keys(2);
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::refused);
}

TEST_F(CodeRides, ACodeThatAFastClockForgotIsNotTakenAgainToComeIn) {
  TestBox box;
  box.book = flat_book();
  const Bytes code = fresh(box);
  ASSERT_EQ(show(box, code).end, TapReport::End::opened);
  box.clock.advance(minutes{7});
  for (int i = 0; i < 2; ++i) write(box, Maintenance{"test", "sweeps"});
  box.clock.advance(-minutes{7});
  expect_refused(show(box, code), RefusalCode::code_used);
  EXPECT_EQ(show(box, code, AisleDirection::exit).end, TapReport::End::opened)
      << "nobody is kept inside for the clock's mistake";
  box.clock.advance(minutes{4});
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::opened) << "a fresh one";
}

TEST_F(CodeRides, AChargeThatLandedThoughItSeemedToFailIsVoided) {
  TempFolder folder;
  FaultyLedger ledger{open_test_ledger(folder.path / "l")};
  TestBox box{&ledger};
  box.book = flat_book();
  const Services services{box.config, box.clock, ledger,     box.committer, box.sealer,
                          box.book,   box.modes, box.memory, box.lists};
  const AisleConfig aisle{.number = AisleNo{1}};
  ledger.lie_once();
  expect_refused(present_code(services, aisle, trust_, box.front, fresh(box)),
                 RefusalCode::ledger_unavailable);
  const auto voided = [&] {
    settle_doubts(services, trust_.notes);
    SequenceNo charge, gone;
    EXPECT_TRUE(ledger.read(SequenceNo{0}, [&](const StoredEntry& stored) {
      if (std::holds_alternative<AccountCharge>(stored.entry.body)) charge = stored.sequence;
      if (const auto* body = std::get_if<Void>(&stored.entry.body)) gone = body->charge;
      return true;
    }));
    return charge != SequenceNo{} && gone == charge;
  };
  bool done = false;
  for (int tries = 0; tries < 2000 && !done; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    done = voided();
  }
  EXPECT_TRUE(done);
}

TEST_F(CodeRides, AFloodOfForgedCodesIsOneRefusalInTenSecondsAtAnAisle) {
  TestBox box;
  box.book = flat_book();
  const sim::CodeKeys forger = sim::code_keys(2), genuine = keys_;
  keys_ = forger;
  const Bytes code = fresh(box);
  const auto exit = AisleDirection::exit;
  for (int i = 0; i < 5; ++i) expect_refused(show(box, code), RefusalCode::code_certificate_forged);
  EXPECT_EQ(box.front.shown.size(), 5U) << "each is answered";
  expect_refused(show(box, code, exit), RefusalCode::code_certificate_forged);
  box.clock.pass(seconds{11});
  expect_refused(show(box, as_bytes("https://example.org/")), RefusalCode::not_transport_code);
  keys_ = genuine;
  const Bytes used = fresh(box);
  ASSERT_EQ(show(box, used).end, TapReport::End::opened);
  for (int i = 0; i < 2; ++i) expect_refused(show(box, used), RefusalCode::code_used);
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);  // takes the refusals along
  const auto refusals = box.all<Refusal>();
  ASSERT_EQ(refusals.size(), 5U) << "two of the first aisle, one of the second, two of a used code";
  EXPECT_EQ(refusals[2].code, RefusalCode::not_transport_code);
  EXPECT_NE(refusals[2].detail.find(": 4"), std::string::npos) << refusals[2].detail;
}

}  // namespace
}  // namespace tidegate::edge::gate_fixture
