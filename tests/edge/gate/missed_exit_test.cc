// SPDX-License-Identifier: Apache-2.0
// A journey that was left open, collected at the next entry by the engine's own rule: two debits,
// each once, wherever the card is torn away.
#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::kFare;
using gate_fixture::one_stop_model;
using gate_fixture::Tear;
using gate_fixture::TestBox;
using End = TapReport::End;

class MissedExitTest : public testing::Test {
 protected:
  MissedExitTest() {
    fare::BookModel model = one_stop_model(7);
    model.networks[0].policy.no_exit = fare::Unseen::station_maximum;
    box_.book.book = fare::Book::load(fare::encode_book(model)).value();
  }
  /// In the station since an hour.
  std::unique_ptr<sim::TUnionCard> inside(unsigned number) {
    auto card = std::make_unique<sim::TUnionCard>(card_image(number), sim::CardHabits{});
    EXPECT_EQ(box_.tap(*card, AisleDirection::entry).end, End::opened);
    box_.clock.advance(std::chrono::hours{1});
    return card;
  }
  static nfc::RailRecord record(const sim::TUnionCard& card) {
    return nfc::decode_rail_record(card.image().ef1a_2701).value();
  }
  TestBox box_;
};

TEST_F(MissedExitTest, IsADebitOfItsOwnBeforeTheEntry) {
  const auto card = inside(1);
  const TapReport report = box_.tap(*card, AisleDirection::entry);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_EQ(card->image().balance, 5000 - kFare);
  EXPECT_EQ(record(*card).status, nfc::RailStatus::entered);
  const auto intents = box_.all<Intent>();
  ASSERT_EQ(intents.size(), 3U);
  EXPECT_EQ(intents[1].purpose, Purpose::missed_alighting);
  EXPECT_EQ(intents[1].amount, Fen{kFare});
  EXPECT_EQ(intents[1].decision.charges[0].trace[0].rule.view(), "m/no-exit");
  EXPECT_EQ(intents[2].purpose, Purpose::fare);
  EXPECT_EQ(intents[2].amount, Fen{0});
  // The clearing house computes the same from what the intent holds.
  for (const Intent& intent : intents)
    EXPECT_EQ(fare::price(*box_.book.book, intent.medium, intent.context, intent.tap),
              intent.decision);
  EXPECT_EQ(box_.tap(*card, AisleDirection::exit).fare, Fen{kFare});
  EXPECT_EQ(card->image().balance, 5000 - 2 * kFare);
}

TEST_F(MissedExitTest, TornAnywhereIsTakenOnce) {
  unsigned number = 1;
  for (const bool after : {false, true}) {
    bool reached = true;
    for (unsigned exchange = 1; reached; ++exchange) {
      const auto card = inside(number++);
      CardInField field{*card, Tear{exchange, after, false}};
      TapReport report = box_.tap(field, AisleDirection::entry);
      reached = field.exchanges >= exchange;
      for (int i = 0; i < 3 && report.end != End::opened; ++i)
        report = box_.tap(*card, AisleDirection::entry);
      EXPECT_EQ(report.end, End::opened) << exchange << ": " << report.detail;
      EXPECT_EQ(card->image().balance, 5000 - kFare) << exchange;
      EXPECT_EQ(record(*card).status, nfc::RailStatus::entered) << exchange;
    }
  }
  EXPECT_GT(number, 24U);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{kFare * (number - 1)});
}

}  // namespace
}  // namespace tidegate::edge
