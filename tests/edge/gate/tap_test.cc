// SPDX-License-Identifier: Apache-2.0
// The tap pipeline with real ledger and SAM and a simulated card: what is charged, what is written,
// when the barrier opens.
#include "edge/gate/tap.h"

#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "simulators/card/hostile.h"
#include "tests/card_on_the_line.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::kFare;
using gate_fixture::Tear;
using gate_fixture::TestBox;
using gate_protocol::Direction;
using gate_protocol::Screen;
using End = TapReport::End;

nfc::RailRecord rail_of(const sim::TUnionCard& card) {
  return nfc::decode_rail_record(card.image().ef1a_2701).value();
}

TEST(TapTest, EntryOpensWithoutCharge) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport report = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{});
  EXPECT_EQ(report.balance, Fen{5000});
  EXPECT_EQ(box.front.opened, std::vector{Direction::entry});
  EXPECT_EQ(box.front.shown.back().screen, Screen::accepted);
  EXPECT_EQ(rail_of(card).status, nfc::RailStatus::entered);
  EXPECT_EQ(rail_of(card).max_fare, Fen{kFare});
  ASSERT_EQ(box.all<Intent>().size(), 1U);
  const auto outcomes = box.all<Outcome>();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].result, OutcomeResult::debited);
  EXPECT_EQ(outcomes[0].evidence, OutcomeEvidence::mac2);
  EXPECT_EQ(outcomes[0].counter.get(), 1);
  EXPECT_FALSE(all_zero(outcomes[0].tac));
  EXPECT_EQ(box.entries().back().sequence, report.outcome);
}

TEST(TapTest, TellsWhatItWaitedFor) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport report = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  // SELECT, 17, 2701, balance, 8050, 80DC twice, 8054. No trip: the book does not look
  // at them.
  EXPECT_EQ(report.waits.commands, 8U);
  EXPECT_LE(report.waits.flush, report.waits.commit);
}

TEST(TapTest, ExitChargesTheFare) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  const TapReport report = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_EQ(report.balance, Fen{5000 - kFare});
  EXPECT_EQ(card.image().balance, 5000U - kFare);
  EXPECT_EQ(box.front.opened.back(), Direction::exit);
  EXPECT_EQ(rail_of(card).status, nfc::RailStatus::exited);
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{kFare});
  const auto trip = nfc::decode_trip_record(card.image().ef1e.front()).value().value();
  EXPECT_EQ(trip.type, 0x04);
  EXPECT_EQ(trip.amount, Fen{kFare});
}

TEST(TapTest, AnAisleForBothGoesByTheCard) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  EXPECT_EQ(box.tap(card, AisleDirection::both).kind, fare::TapKind::entry);
  EXPECT_EQ(box.tap(card, AisleDirection::both).kind, fare::TapKind::exit);
  EXPECT_EQ(box.tap(card, AisleDirection::both).kind, fare::TapKind::entry);
  EXPECT_EQ(box.front.opened.size(), 3U);
}

TEST(TapTest, RefusalsLeaveTheBarrierClosedAndAnEntry) {
  TestBox box;
  sim::TUnionCard poor{card_image(1, 100), {}};
  EXPECT_EQ(box.tap(poor, AisleDirection::entry).refusal, fare::RefusalCode::insufficient_balance);
  sim::TUnionCard card{card_image(2), {}};
  EXPECT_EQ(box.tap(card, AisleDirection::exit).refusal, fare::RefusalCode::not_entered);
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
  EXPECT_EQ(box.front.opened.size(), 1U);
  EXPECT_EQ(box.front.shown.back().screen, Screen::refused);
  EXPECT_EQ(box.front.shown.back().refusal, 500);
  // Refusals ride along: a later commit brings them.
  ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
  const auto refusals = box.all<Refusal>();
  ASSERT_EQ(refusals.size(), 3U);
  EXPECT_EQ(refusals[0].code, fare::RefusalCode::insufficient_balance);
  EXPECT_TRUE(refusals[0].card.has_value());
  EXPECT_TRUE(refusals[0].sealed.has_value());
}

TEST(TapTest, ABalanceBelowTheFareIsRefusedAtExit) {
  TestBox box;
  sim::TUnionCard card{card_image(1, 250), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  const TapReport report = box.tap(card, AisleDirection::exit);
  EXPECT_EQ(report.refusal, fare::RefusalCode::insufficient_balance);
  EXPECT_EQ(report.balance, Fen{250});
  EXPECT_EQ(card.image().balance, 250U);
}

TEST(TapTest, TheIntentHoldsWhatWasPricedAndWritten) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
  const Intent intent = box.all<Intent>().back();
  EXPECT_EQ(intent.amount, Fen{kFare});
  EXPECT_EQ(intent.balance_before, Fen{5000});
  EXPECT_EQ(intent.purpose, Purpose::fare);
  EXPECT_EQ(intent.book_hash, box.book.hash);
  EXPECT_EQ(fare::price(*box.book.book, intent.medium, intent.context, intent.tap),
            intent.decision);
  EXPECT_TRUE(std::ranges::equal(intent.journey_record, card.image().ef1a_2701));
  EXPECT_TRUE(std::ranges::equal(intent.trip_record, card.image().ef1e.front()));
}

/// One passenger who is torn once (or twice) and taps until the barrier opens.
struct Passenger {
  TestBox& box;
  sim::TUnionCard card;
  AisleDirection direction;
  bool reached = true;  ///< the torn exchange exists

  TapReport first(Tear tear) {
    CardInField field{card, tear};
    TapReport report = box.tap(field, direction);
    reached = field.exchanges >= tear.exchange;
    return report;
  }
  void expect_settled_once(const TapReport& last, std::uint32_t paid, const std::string& what) {
    EXPECT_EQ(last.end, End::opened) << what << ": " << last.detail;
    EXPECT_EQ(card.image().balance, 5000 - paid) << what;
    EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U) << what;
    EXPECT_EQ(rail_of(card).inside(), direction == AisleDirection::entry) << what;
  }
};

class TornTap : public testing::TestWithParam<std::tuple<AisleDirection, bool, bool, bool>> {};

/// Torn at every exchange, then back until the barrier opens: charged exactly once.
TEST_P(TornTap, ChargesExactlyOnce) {
  const auto [direction, after_card, comes_back, logs_before] = GetParam();
  TestBox box;
  unsigned number = 1;
  std::int64_t purses = 0;
  bool reached = true;
  for (unsigned exchange = 1; reached; ++exchange) {
    Passenger who{box, {card_image(number++), {.log_counter_before = logs_before}}, direction};
    std::uint32_t paid = 0;
    if (direction == AisleDirection::exit) {
      ASSERT_EQ(box.tap(who.card, AisleDirection::entry).end, End::opened);
      paid = kFare;
    }
    const std::string what = "exchange " + std::to_string(exchange);
    TapReport report = who.first({exchange, after_card, comes_back});
    reached = who.reached;
    for (int i = 0; i < 3 && report.end != End::opened; ++i) report = box.tap(who.card, direction);
    who.expect_settled_once(report, paid, what);
    purses += 5000 - who.card.image().balance;
  }
  EXPECT_GT(number, 9U);  // eight commands, and one that never comes
  EXPECT_EQ(box.front.opened.size(), (number - 1) * (direction == AisleDirection::exit ? 2U : 1U));
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{purses});
  EXPECT_EQ(box.ledger->totals().unknown, 0U);
  EXPECT_EQ(box.ledger->totals().suspect, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, TornTap,
                         testing::Combine(testing::Values(AisleDirection::entry,
                                                          AisleDirection::exit),
                                          testing::Bool(), testing::Bool(), testing::Bool()));

/// Torn at the debit, and the recovery torn at every exchange too.
TEST(TapTest, ATornRecoveryChargesExactlyOnce) {
  TestBox box;
  unsigned number = 1;
  std::int64_t purses = 0;
  unsigned debit = 0;
  {
    sim::TUnionCard card{card_image(number++), {}};
    ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
    CardInField field{card};
    ASSERT_EQ(box.tap(field, AisleDirection::exit).end, End::opened);
    debit = field.exchanges;
    purses += kFare;
  }
  for (const bool first_after : {false, true}) {
    for (const bool second_after : {false, true}) {
      bool reached = true;
      for (unsigned exchange = 1; reached; ++exchange) {
        Passenger who{box, {card_image(number++), {}}, AisleDirection::exit};
        ASSERT_EQ(box.tap(who.card, AisleDirection::entry).end, End::opened);
        TapReport report = who.first({debit, first_after, false});
        EXPECT_EQ(report.end, End::try_again);
        report = who.first({exchange, second_after, false});
        reached = who.reached;
        for (int i = 0; i < 3 && report.end != End::opened; ++i)
          report = box.tap(who.card, AisleDirection::exit);
        who.expect_settled_once(report, kFare, "exchange " + std::to_string(exchange));
        purses += 5000 - who.card.image().balance;
      }
    }
  }
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{purses});
  EXPECT_EQ(box.ledger->totals().unknown, 0U);
}

TEST(TapTest, ADebitSeenAtAnAisleOfTheOtherDirectionIsConfirmedAndTheTapGoesOn) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  CardInField whole{card};
  ASSERT_EQ(box.tap(whole, AisleDirection::entry).end, End::opened);
  ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
  // The entry is torn after the card acted; the passenger then taps at an exit: inside, so out.
  EXPECT_EQ(box.tap(card, AisleDirection::entry, {whole.exchanges, true, false}).end,
            End::try_again);
  const TapReport report = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_FALSE(report.recovered);
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{5000 - card.image().balance});
}

TEST(TapTest, ARecoveredTapShowsTheFareThatWasPaid) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  CardInField probe{card};
  sim::TUnionCard twin{card.image(), {}};
  CardInField whole{twin};
  TestBox other;
  ASSERT_EQ(other.tap(whole, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::exit, {whole.exchanges, true, false}).end,
            End::try_again);
  EXPECT_EQ(box.front.shown.back().screen, Screen::try_again);
  const TapReport report = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_TRUE(report.recovered);
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_EQ(report.balance, Fen{5000 - kFare});
  const auto outcomes = box.all<Outcome>();
  ASSERT_EQ(outcomes.size(), 3U);  // entry, exit, proof
  EXPECT_EQ(outcomes[1].evidence, OutcomeEvidence::card_log);
  EXPECT_EQ(outcomes[1].amount, Fen{kFare});
  EXPECT_FALSE(all_zero(outcomes[1].tac));
  EXPECT_EQ(box.entries().back().sequence, report.outcome);
  EXPECT_EQ(box.all<Intent>().back().purpose, Purpose::proof);
}

TEST(TapTest, HostileCardsNeverOpenTheBarrierWithoutARightDebit) {
  TestBox box;
  unsigned number = 1;
  for (const std::string& name : sim::hostile_names()) {
    const sim::HostileMoney money = sim::hostile_money(name);
    for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit}) {
      auto image = card_image(number++);
      if (direction == AisleDirection::exit) {
        sim::TUnionCard honest{image, {}};
        ASSERT_EQ(box.tap(honest, AisleDirection::entry).end, End::opened);
        image = honest.image();
      }
      const std::size_t opened = box.front.opened.size();
      const Fen ledger_before = box.ledger->totals().debited_fen;
      const auto card = sim::make_hostile(name, image);
      ASSERT_NE(card, nullptr) << name;
      // Again and again: a lie may only work once there is something to recover.
      for (int i = 0; i < 3; ++i) static_cast<void>(box.tap(*card, direction));
      const Fen taken{image.balance - sim::hostile_image(*card).balance};
      const Fen recorded = box.ledger->totals().debited_fen - ledger_before;
      const auto debits =
          static_cast<std::uint16_t>(sim::hostile_image(*card).counter - image.counter);
      // Each open barrier stands for a debit that the purse really made.
      EXPECT_LE(box.front.opened.size() - opened, debits) << name;
      EXPECT_LE(recorded, taken) << name;
      if (money == sim::HostileMoney::never_9000) {
        EXPECT_EQ(box.front.opened.size(), opened) << name;
        EXPECT_EQ(recorded, Fen{}) << name;
      }
      if (money == sim::HostileMoney::honest) {
        EXPECT_EQ(taken, recorded) << name;
      }
    }
  }
}

/// Somebody between card and reader: keeps the debit from the card and forges log and record.
class ForgingRelay final : public CardOnTheLine {
 public:
  explicit ForgingRelay(sim::TUnionCard& card) : CardOnTheLine{card}, card_{card} {}
  Bytes transceive(ByteView command) override {
    const Byte instruction = command.size() > 3 ? command[1] : Byte{0};
    if (instruction == 0x50) init_.assign(command.begin(), command.end());
    if (instruction == 0xDC && command[3] == 0xD0) rail_.assign(command.begin() + 5, command.end());
    if (instruction == 0x54 && log_.empty()) {
      append_be(log_, card_.image().counter + 1U, 2);
      log_.resize(5);
      append(log_, ByteView{init_}.subspan(6, 4));
      log_.push_back(0x09);
      append(log_, ByteView{init_}.subspan(10, 6));
      append(log_, command.subspan(9, 7));
      claimed_ = rail_;
      return {};
    }
    if (instruction == 0xB2 && !log_.empty() && command[3] == 0xC4 && command[2] == 1)
      return answered(log_);
    if (instruction == 0xB2 && !log_.empty() && command[3] == 0xD4) return answered(claimed_);
    return card_.transceive(command);
  }

 private:
  static Bytes answered(Bytes data) {
    append_be(data, 0x9000, 2);
    return data;
  }
  sim::TUnionCard& card_;
  Bytes init_, rail_, claimed_, log_;
};

TEST(TapTest, AForgedLogAndRecordDoNotOpenTheBarrier) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  ForgingRelay relay{card};
  const TapReport report = box.tap(relay, AisleDirection::exit);
  EXPECT_EQ(report.refusal, fare::RefusalCode::purse_mismatch) << report.detail;
  EXPECT_EQ(box.front.opened.size(), 1U);
  EXPECT_EQ(card.image().balance, 5000U);
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{});
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 1U);  // nothing it says settles anything
  // Without the forger the passenger pays as everybody does.
  ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(card.image().balance, 5000U - kFare);
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{kFare});
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box.ledger->totals().not_debited, 1U);
  EXPECT_EQ(box.ledger->totals().unknown, 0U);
}

/// The gate ended between an outcome and its barrier; the next run does not know that it opened.
TEST(TapTest, ADebitOfAnEarlierRunThatNobodyPassedOnOpens) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
  box.services.first_of_run = SequenceNo{box.ledger->head().sequence.get() + 1};
  const TapReport again = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(again.end, End::opened) << again.detail;
  EXPECT_TRUE(again.recovered);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

TEST(TapTest, ADebitOfAnEarlierRunThatSomebodyPassedOnDoesNotOpenAgain) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport in = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(in.end, End::opened);
  const auto passage = box.committer.submit(
      {entry_head(box.clock, AisleNo{1}, {}), Passage{in.outcome, true}}, Commit::urgent);
  ASSERT_TRUE(
      box.committer.wait(passage, std::chrono::steady_clock::now() + std::chrono::seconds{30}));
  box.services.first_of_run = SequenceNo{box.ledger->head().sequence.get() + 1};
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

}  // namespace
}  // namespace tidegate::edge
