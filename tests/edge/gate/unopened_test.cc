// SPDX-License-Identifier: Apache-2.0
// A debit that the gate recorded and then died before it opened: the next run lets its passenger
// through without a second charge, once, and nobody else.
#include "edge/gate/unopened.h"

#include <gtest/gtest.h>

#include "edge/gate/tap.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::kFare;
using gate_fixture::TestBox;
using End = TapReport::End;

/// What the box knows after a restart: everything so far is an earlier run's.
void begin_new_run(TestBox& box) {
  box.services.first_of_run = SequenceNo{box.ledger->head().sequence.get() + 1};
}

void note_passage(TestBox& box, SequenceNo outcome, bool passed) {
  const Entry entry{entry_head(box.clock, AisleNo{1}, {}), Passage{outcome, passed}};
  const auto ticket = box.committer.submit(entry, Commit::urgent);
  const auto landed =
      box.committer.wait(ticket, std::chrono::steady_clock::now() + std::chrono::minutes{1});
  ASSERT_TRUE(landed) << landed.error().message();
}

TEST(UnopenedTest, WhoPaidInTheRunThatDiedLeavesWithoutPayingAgain) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
  begin_new_run(box);
  const TapReport report = box.tap(card, AisleDirection::exit);
  EXPECT_EQ(report.end, End::opened) << report.detail;
  EXPECT_TRUE(report.recovered);
  EXPECT_EQ(card.image().balance, 5000U - kFare);
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{kFare});
  // This run has opened for it: once is enough.
  EXPECT_EQ(box.tap(card, AisleDirection::exit).refusal, fare::RefusalCode::not_entered);
}

TEST(UnopenedTest, WhoEnteredInTheRunThatDiedGetsIn) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  begin_new_run(box);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(card.image().balance, 5000U);
}

TEST(UnopenedTest, TheRunThatOpenedDoesNotOpenAgain) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

/// In the same run the controller must have said that nobody went through.
TEST(UnopenedTest, WhoWasTooSlowForTheBarrierGetsThroughForNothing) {
  for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit}) {
    TestBox box;
    sim::TUnionCard card{card_image(1), {}};
    TapReport report = box.tap(card, AisleDirection::entry);
    if (direction == AisleDirection::exit) report = box.tap(card, direction);
    ASSERT_EQ(report.end, End::opened) << report.detail;
    const std::uint32_t balance = card.image().balance;
    box.memory.passages.note(report.outcome, false);
    const TapReport again = box.tap(card, direction);
    ASSERT_EQ(again.end, End::opened) << again.detail;
    EXPECT_TRUE(again.recovered);
    EXPECT_EQ(card.image().balance, balance);
    // The second time the passenger did go.
    box.memory.passages.note(again.outcome, true);
    EXPECT_EQ(box.tap(card, direction).end, End::refused);
    EXPECT_EQ(box.ledger->totals().debited_fen, Fen{5000 - card.image().balance});
  }
}

TEST(UnopenedTest, WhoWasTooSlowHasThreeMinutes) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport report = box.tap(card, AisleDirection::entry);
  box.memory.passages.note(report.outcome, false);
  box.clock.advance(std::chrono::minutes{4});
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

TEST(UnopenedTest, AKnownPassageEndsIt) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport entered = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(entered.end, End::opened);
  note_passage(box, entered.outcome, true);
  begin_new_run(box);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

TEST(UnopenedTest, ABarrierThatNobodyWentThroughDoesNotEndIt) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  const TapReport entered = box.tap(card, AisleDirection::entry);
  ASSERT_EQ(entered.end, End::opened);
  note_passage(box, entered.outcome, false);
  begin_new_run(box);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
}

TEST(UnopenedTest, AfterThreeMinutesItIsOver) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  begin_new_run(box);
  box.clock.advance(std::chrono::minutes{4});
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

TEST(UnopenedTest, TheOtherWayIsAnOrdinaryTap) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  begin_new_run(box);
  const TapReport report = box.tap(card, AisleDirection::exit);
  EXPECT_EQ(report.end, End::opened);
  EXPECT_FALSE(report.recovered);
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_EQ(card.image().balance, 5000U - kFare);
}

TEST(UnopenedTest, ACopyWithoutTheKeysDoesNotGetThrough) {
  TestBox box;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  begin_new_run(box);
  sim::CardImageData copy = card.image();
  copy.purchase_key = {};
  sim::TUnionCard fake{copy, {}};
  const std::size_t opened = box.front.opened.size();
  EXPECT_NE(box.tap(fake, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.front.opened.size(), opened);
}

}  // namespace
}  // namespace tidegate::edge
