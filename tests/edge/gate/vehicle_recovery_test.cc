// SPDX-License-Identifier: Apache-2.0
// Debits that were torn on a vehicle: a flat boarding leaves no journey on the card, and a ride by
// bus is not a journey by rail.
#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::TestBox;
using End = TapReport::End;

/// A card that leaves at 8054, `after` it acted or before.
class TornAtDebit final : public FieldCard {
 public:
  TornAtDebit(sim::Card& card, bool after) : card_{card}, after_{after} { card_.power_off(); }
  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds) override {
    if (gone_) return fail(Errc::gone, "no card");
    if (command[1] != 0x54) return card_.transceive(command);
    if (after_) static_cast<void>(card_.transceive(command));
    card_.power_off();
    gone_ = true;
    return fail(Errc::gone, "torn");
  }
  Status reselect() override { return fail(Errc::gone, "no card"); }

 private:
  sim::Card& card_;
  bool after_;
  bool gone_ = false;
};

class VehicleRecoveryTest : public testing::Test {
 protected:
  explicit VehicleRecoveryTest(bool flat = true) { prepare(box_, flat); }

  static void prepare(TestBox& box, bool flat) {
    box.config.kind = fare::BoxKind::vehicle;
    if (!flat) return;
    fare::BookModel model = gate_fixture::one_stop_model(8);
    model.networks[0].versions[0].tariff = fare::FlatTariff{Fen{200}};
    Bytes bytes = fare::encode_book(model);
    box.book.hash = crypto::sha256({bytes});
    box.book.book = fare::Book::load(std::move(bytes)).value();
  }
  static TapReport torn(TestBox& box, sim::Card& card, bool after) {
    box.clock.advance(std::chrono::seconds{2});
    TornAtDebit field{card, after};
    const AisleConfig aisle{.number = AisleNo{3}, .direction = AisleDirection::both};
    TapPipeline pipeline{box.services, aisle, *box.sam, box.front};
    return pipeline.run(field);
  }
  TestBox box_;
};

/// Both intents stand at one counter and planned the same bytes within one minute.
TEST_F(VehicleRecoveryTest, OfTwoIntentsWithOneRecordOneWasDebited) {
  for (const auto how : {FlatPurchase::capp, FlatPurchase::plain}) {
    box_.config.flat_purchase = how;
    sim::TUnionCard card{card_image(1), {}};
    const Fen before = box_.ledger->totals().debited_fen;
    EXPECT_NE(torn(box_, card, false).end, End::opened);
    EXPECT_NE(torn(box_, card, true).end, End::opened);
    const TapReport report = box_.tap(card, AisleDirection::both);
    EXPECT_EQ(report.end, End::opened) << report.detail;
    EXPECT_TRUE(report.recovered);
    EXPECT_EQ(card.image().balance, 4800U);
    EXPECT_EQ(box_.ledger->totals().debited_fen - before, Fen{200});
  }
  EXPECT_EQ(box_.ledger->totals().unknown, 0U);
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
}

TEST_F(VehicleRecoveryTest, AFlatBoardingStandsOnlyUntilTheCardBuysElsewhere) {
  TestBox elsewhere{nullptr, "413100000077"};
  prepare(elsewhere, true);
  for (const auto how : {FlatPurchase::capp, FlatPurchase::plain}) {
    box_.config.flat_purchase = elsewhere.config.flat_purchase = how;
    sim::TUnionCard card{card_image(how == FlatPurchase::capp ? 2 : 3), {}};
    EXPECT_NE(torn(box_, card, true).end, End::opened);
    ASSERT_EQ(elsewhere.tap(card, AisleDirection::entry).end, End::opened);
    box_.clock.advance(std::chrono::hours{26});
    const TapReport report = box_.tap(card, AisleDirection::entry);
    ASSERT_EQ(report.end, End::opened) << report.detail;
    EXPECT_EQ(report.fare, Fen{200}) << "a ride of its own";
    EXPECT_EQ(card.image().balance, 4400U);
  }
}

class StagedRecoveryTest : public VehicleRecoveryTest {
 protected:
  StagedRecoveryTest() : VehicleRecoveryTest{false} {}
};

/// The boarding and its proof were both torn; the ride then ended at another box.
TEST_F(StagedRecoveryTest, AProofStandsByTheRecordOfItsOwnRide) {
  TestBox elsewhere{nullptr, "413100000077"};
  prepare(elsewhere, false);
  sim::CardImageData image = card_image(4);
  image.ef1a_2702 = nfc::encode_bus_record({});
  sim::TUnionCard card{image, {}};
  EXPECT_NE(torn(box_, card, true).end, End::opened);
  EXPECT_NE(torn(box_, card, true).end, End::opened) << "the proof";
  const TapReport out = elsewhere.tap(card, AisleDirection::both);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.kind, fare::TapKind::alight);
  box_.clock.advance(std::chrono::hours{26});
  const TapReport again = box_.tap(card, AisleDirection::both);
  ASSERT_EQ(again.end, End::opened) << again.detail;
  EXPECT_EQ(again.kind, fare::TapKind::board);
  EXPECT_FALSE(again.recovered);
  EXPECT_TRUE(nfc::decode_bus_record(card.image().ef1a_2702.value())->on_board());
}

TEST_F(VehicleRecoveryTest, ALockedRailRecordDoesNotKeepAnybodyOffAFlatBus) {
  sim::CardImageData image = card_image(5);
  image.ef1a_2701[5] = 1;
  sim::TUnionCard card{image, {}};
  const TapReport report = box_.tap(card, AisleDirection::entry);
  EXPECT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(card.image().balance, 4800U);
}

TEST_F(StagedRecoveryTest, ALockedBusRecordIsTold) {
  sim::CardImageData image = card_image(6);
  image.ef1a_2702 = nfc::encode_bus_record({});
  image.ef1a_2702->at(5) = 1;
  sim::TUnionCard card{image, {}};
  EXPECT_EQ(box_.tap(card, AisleDirection::entry).refusal, fare::RefusalCode::record_locked);
  EXPECT_TRUE(box_.all<Intent>().empty());
}

}  // namespace
}  // namespace tidegate::edge
