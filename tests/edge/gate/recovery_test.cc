// SPDX-License-Identifier: Apache-2.0
// Recovery through the whole pipeline where the card tells little, lies, or is not the card at all.
#include "edge/gate/recovery.h"

#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "tests/card_on_the_line.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::kFare;
using gate_fixture::TestBox;
using End = TapReport::End;

/// A card whose log cannot be read.
class WithoutLog final : public CardOnTheLine {
 public:
  using CardOnTheLine::CardOnTheLine;
  Bytes transceive(ByteView command) override {
    const bool log = command.size() > 3 && command[1] == 0xB2 && command[3] == 0xC4;
    return log ? Bytes{0x69, 0x82} : CardOnTheLine::transceive(command);
  }
};

class RecoveryTest : public testing::Test {
 protected:
  /// The exchange at which an exit moves the money.
  static unsigned debit_exchange() {
    TestBox box;
    sim::TUnionCard card{card_image(1), {}};
    EXPECT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
    CardInField field{card};
    EXPECT_EQ(box.tap(field, AisleDirection::exit).end, End::opened);
    return field.exchanges;
  }
  /// In, and out with the answer of 8054 lost.
  void tear_the_exit(bool debited = true) {
    ASSERT_EQ(box_.tap(card_, AisleDirection::entry).end, End::opened);
    const TapReport torn =
        box_.tap(card_, AisleDirection::exit, {debit_exchange(), debited, false});
    ASSERT_EQ(torn.end, End::try_again) << torn.detail;
    ASSERT_EQ(box_.ledger->unconfirmed_count().value(), 1U);
  }
  void expect_settled(OutcomeResult result, OutcomeEvidence evidence) {
    EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
    for (const Outcome& outcome : box_.all<Outcome>()) {
      if (outcome.amount != Fen{kFare} || outcome.evidence == OutcomeEvidence::mac2) continue;
      EXPECT_EQ(outcome.result, result);
      EXPECT_EQ(outcome.evidence, evidence) << name_of(outcome.evidence);
      return;
    }
    ADD_FAILURE() << "the torn exit has no outcome by other evidence than MAC2";
  }

  TestBox box_;
  sim::TUnionCard card_{card_image(1), {}};
};

TEST_F(RecoveryTest, WhoPaidGetsOutWhenTheLogCannotBeRead) {
  tear_the_exit();
  WithoutLog mute{card_};
  const TapReport report = box_.tap(mute, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  expect_settled(OutcomeResult::debited, OutcomeEvidence::journey_record);
}

TEST_F(RecoveryTest, WhoDidNotPayPaysWhenTheLogCannotBeRead) {
  tear_the_exit(false);
  WithoutLog mute{card_};
  const TapReport report = box_.tap(mute, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  // The counter under MAC2 had not moved: better evidence than any log.
  expect_settled(OutcomeResult::not_debited, OutcomeEvidence::counter);
}

TEST_F(RecoveryTest, ALogRecordWithAnImpossibleTimeHidesNothing) {
  tear_the_exit();
  sim::CardImageData image = card_.image();
  std::array<Byte, 23> strange = image.ef18.front();
  strange[0] = 0xFF;
  strange[18] = 0x99;  // month
  image.ef18.push_back(strange);
  sim::TUnionCard card{image, {}};
  ASSERT_EQ(box_.tap(card, AisleDirection::exit).end, End::opened);
  expect_settled(OutcomeResult::debited, OutcomeEvidence::card_log);
}

/// Anybody can read a card's number and files and show them to the gate.
TEST_F(RecoveryTest, ACopyWithoutKeysSettlesNothing) {
  tear_the_exit();
  for (const bool shows_the_debit : {false, true}) {
    sim::CardImageData image = card_.image();
    if (!shows_the_debit) {
      image = card_image(1);
      image.ef1a_2701 = {};
    }
    image.purchase_key = {};
    sim::TUnionCard copy{image, {}};
    for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit}) {
      const std::size_t opened = box_.front.opened.size();
      EXPECT_NE(box_.tap(copy, direction).end, End::opened);
      EXPECT_EQ(box_.front.opened.size(), opened);
    }
  }
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{});
  ASSERT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  expect_settled(OutcomeResult::debited, OutcomeEvidence::card_log);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{kFare});
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
}

TEST_F(RecoveryTest, ATapThatIsRefusedSettlesToo) {
  tear_the_exit(false);
  box_.modes.set(fare::Modes::kClosed, true);
  const std::size_t opened = box_.front.opened.size();
  EXPECT_EQ(box_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::aisle_closed);
  EXPECT_EQ(box_.front.opened.size(), opened);
  expect_settled(OutcomeResult::not_debited, OutcomeEvidence::card_log);
  // The proof of a refused tap is no reason to open, not even for a run that does not know of it.
  box_.services.first_of_run = SequenceNo{box_.ledger->head().sequence.get() + 1};
  EXPECT_EQ(box_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::aisle_closed);
}

TEST_F(RecoveryTest, WhoPaidIsNotTrappedByATapThatIsRefused) {
  tear_the_exit();
  box_.modes.set(fare::Modes::kClosed, true);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(box_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::aisle_closed);
  const TapReport report = box_.tap(card_, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  expect_settled(OutcomeResult::debited, OutcomeEvidence::card_log);
}

TEST_F(RecoveryTest, AnAisleForBothWaysOpensForWhatWasPaidHoweverLateTheCardComesBack) {
  tear_the_exit();
  box_.clock.advance(std::chrono::minutes{20});
  const TapReport report = box_.tap(card_, AisleDirection::both);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.kind, fare::TapKind::exit);
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
}

/// A line that makes a refusal of an acceptance.
class DenyingLine final : public CardOnTheLine {
 public:
  using CardOnTheLine::CardOnTheLine;
  Bytes transceive(ByteView command) override {
    const Bytes answer = CardOnTheLine::transceive(command);
    return command.size() > 1 && command[1] == 0x54 ? Bytes{0x69, 0x85} : answer;
  }
};

TEST_F(RecoveryTest, ARefusalThatNobodyProvedSettlesNothing) {
  ASSERT_EQ(box_.tap(card_, AisleDirection::entry).end, End::opened);
  DenyingLine line{card_};
  EXPECT_NE(box_.tap(line, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 1U);
  ASSERT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  expect_settled(OutcomeResult::debited, OutcomeEvidence::card_log);
}

TEST_F(RecoveryTest, IntentsThatACopyLeftAreSettledInPortions) {
  ASSERT_EQ(box_.tap(card_, AisleDirection::entry).end, End::opened);
  sim::CardImageData image = card_.image();
  image.purchase_key = {};
  sim::TUnionCard copy{image, {}};
  for (int i = 0; i < 150; ++i) EXPECT_NE(box_.tap(copy, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 150U);
  ASSERT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 150U - 64U);
  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(box_.tap(card_, AisleDirection::entry).end, i == 0 ? End::opened : End::refused);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{kFare});
}

TEST_F(RecoveryTest, ACardThatAnswersJustInTimeForEverIsGivenUp) {
  class Slow final : public FieldCard {
   public:
    explicit Slow(gate_fixture::StillClock& clock) : clock_{clock} {}
    Result<Bytes> transceive(ByteView, std::chrono::milliseconds) override {
      ++asked;
      clock_.pass(std::chrono::milliseconds{490});
      return Bytes{0x61, 0x10};
    }
    Status reselect() override { return {}; }
    unsigned asked = 0;

   private:
    gate_fixture::StillClock& clock_;
  } slow{box_.clock};
  const AisleConfig aisle{.number = AisleNo{1}, .direction = AisleDirection::entry};
  TapPipeline pipeline{box_.services, aisle, *box_.sam, box_.front};
  EXPECT_NE(pipeline.run(slow).end, End::opened);
  EXPECT_LE(slow.asked, 12U);
}

TEST_F(RecoveryTest, ARefusedProofThatIsTornLeavesNothingBehind) {
  tear_the_exit(false);
  box_.modes.set(fare::Modes::kClosed, true);
  for (unsigned exchange = 1; exchange < 30; ++exchange) {
    for (const bool after : {false, true})
      static_cast<void>(box_.tap(card_, AisleDirection::entry, {exchange, after, false}));
  }
  EXPECT_EQ(box_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::aisle_closed);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{});
  // So many proofs drive each other out of the card's log, and nothing else.
  EXPECT_EQ(box_.ledger->totals().unknown_fen, Fen{});
  EXPECT_EQ(box_.front.opened.size(), 1U);
  EXPECT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  EXPECT_EQ(card_.image().balance, 5000U - kFare);
}

TEST_F(RecoveryTest, AClockThatWasSetBackDoesNotGiveTheSameSecondTwice) {
  // Torn before the card acted, then paid, then the clock goes back to the torn second: without a
  // look into the log the next intent would bear the time of a debit that was made.
  tear_the_exit(false);
  ASSERT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  for (int i = 0; i < 5; ++i) {
    box_.clock.advance(std::chrono::seconds{-120});
    ASSERT_EQ(box_.tap(card_, AisleDirection::entry).end, End::opened);
    ASSERT_EQ(box_.tap(card_, AisleDirection::exit).end, End::opened);
  }
  std::set<std::pair<TerminalNo, Bytes>> seconds;
  for (const auto& record : card_.image().ef18)
    EXPECT_TRUE(seconds
                    .insert({TerminalNo{to_array<6>(ByteView{record}.subspan(10, 6))},
                             Bytes{record.begin() + 16, record.end()}})
                    .second);
}

}  // namespace
}  // namespace tidegate::edge
