// SPDX-License-Identifier: Apache-2.0
// Two charges on one tap: a journey that nobody closed is collected before today's. Each is a debit
// of its own, and a tear anywhere between the two repeats neither.
#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::Tear;
using gate_fixture::TestBox;
using End = TapReport::End;

constexpr Fen kMissed{500}, kToday{200};

/// A flat fare of today, and before it what an open journey left unpaid.
fare::Decision flat_with_missed_alighting(const fare::Book&, const fare::Medium& medium,
                                          const fare::TapContext&, const fare::Tap&) {
  fare::Decision decision;
  if (medium.state) decision.state_after = *medium.state;
  ++decision.state_after.serial;  // as every price does: what is written is never what was there
  if (medium.open_bus) decision.charges.push_back({kMissed, {{"missed", kMissed}}});
  decision.charges.push_back({kToday, {{"flat", kToday}}});
  return decision;
}

sim::CardImageData bus_card_image(unsigned number) {
  sim::CardImageData image = card_image(number);
  image.ef1a_2702 = nfc::encode_bus_record({});
  return image;
}

class TwoChargesTest : public testing::Test {
 protected:
  TwoChargesTest() { box_.config.kind = fare::BoxKind::vehicle; }

  /// On board with an alighting still to come.
  std::unique_ptr<sim::TUnionCard> on_board(unsigned number) {
    auto owned = std::make_unique<sim::TUnionCard>(bus_card_image(number), sim::CardHabits{});
    sim::TUnionCard& card = *owned;
    box_.services.price = [](const fare::Book&, const fare::Medium&, const fare::TapContext&,
                             const fare::Tap&) {
      fare::Decision decision;
      decision.charges.push_back({Fen{}, {}});
      decision.max_fare = kMissed;
      decision.opens_journey = true;
      return decision;
    };
    EXPECT_EQ(box_.tap(card, AisleDirection::entry).end, End::opened);
    EXPECT_TRUE(nfc::decode_bus_record(card.image().ef1a_2702.value()).value().on_board());
    box_.services.price = flat_with_missed_alighting;
    box_.clock.advance(std::chrono::hours{1});
    return owned;
  }
  TestBox box_;
};

TEST_F(TwoChargesTest, AreTwoDebitsWithAnIntentAndAnOutcomeEach) {
  const auto owned = on_board(1);
  sim::TUnionCard& card = *owned;
  const TapReport report = box_.tap(card, AisleDirection::entry);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, kMissed + kToday);
  EXPECT_EQ(Fen{card.image().balance}, Fen{5000} - kMissed - kToday);
  const auto intents = box_.all<Intent>();
  ASSERT_EQ(intents.size(), 3U);
  EXPECT_EQ(intents[1].purpose, Purpose::missed_alighting);
  EXPECT_EQ(intents[1].amount, kMissed);
  EXPECT_EQ(intents[2].purpose, Purpose::fare);
  EXPECT_EQ(intents[2].charge_index, 1);
  EXPECT_LT(intents[1].card_time, intents[2].card_time);
  EXPECT_EQ(box_.ledger->totals().debited_fen, kMissed + kToday);
  EXPECT_EQ(box_.front.opened.size(), 2U);  // boarding and this one, not one a charge
}

TEST_F(TwoChargesTest, TornAnywhereTakeEachOnce) {
  unsigned number = 1;
  std::int64_t purses = 0;
  for (const bool after : {false, true}) {
    for (const bool comes_back : {false, true}) {
      bool reached = true;
      for (unsigned exchange = 1; reached; ++exchange) {
        const auto owned = on_board(number++);
        sim::TUnionCard& card = *owned;
        CardInField field{card, Tear{exchange, after, comes_back}};
        TapReport report = box_.tap(field, AisleDirection::entry);
        reached = field.exchanges >= exchange;
        for (int i = 0; i < 3 && report.end != End::opened; ++i)
          report = box_.tap(card, AisleDirection::entry);
        EXPECT_EQ(report.end, End::opened) << exchange << ": " << report.detail;
        EXPECT_EQ(Fen{card.image().balance}, Fen{5000} - kMissed - kToday) << exchange;
        purses += 5000 - card.image().balance;
      }
    }
  }
  EXPECT_GT(number, 50U);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{purses});
  EXPECT_EQ(box_.ledger->totals().unknown, 0U);
  EXPECT_EQ(box_.front.opened.size(), 2 * (number - 1));
}

}  // namespace
}  // namespace tidegate::edge
