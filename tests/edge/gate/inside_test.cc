// SPDX-License-Identifier: Apache-2.0
// What changes while a passenger is inside: the card's validity, the fare book. And who rides free.
#include <gtest/gtest.h>

#include "edge/gate/check.h"
#include "nfc/purse/records.h"
#include "simulators/card/card_types.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using gate_fixture::kFare;
using gate_fixture::one_stop_model;
using gate_fixture::TestBox;
using End = TapReport::End;

TEST(Inside, a_card_that_expires_pays_and_goes_out_and_comes_in_no_more) {
  TestBox box;
  sim::TUnionCard card{sim::make_card({.valid_to = "20261102"}), {}};
  box.clock.advance(std::chrono::hours{15});  // 23:00 of its last day
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  box.clock.advance(std::chrono::hours{2});
  const std::uint32_t before = card.image().balance;
  const TapReport out = box.tap(card, AisleDirection::exit);
  EXPECT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{kFare});
  EXPECT_EQ(card.image().balance, before - kFare);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, RefusalCode::expired);
}

TEST(Inside, only_what_the_card_itself_refuses_keeps_an_exit_closed) {
  nfc::CardImage image;
  image.info.enabled = false;
  image.info.valid_to = parse_date("2020-01-01").value();
  image.kind.interoperable = false;
  image.kind.city = 0x3050;
  const auto at_exit = [&] {
    const auto problem =
        check(image, {.kind = fare::TapKind::exit, .now = {2026, 11, 2, 8, 0, 0}, .city = 0x2900});
    return problem ? std::optional{problem->code} : std::nullopt;
  };
  EXPECT_EQ(at_exit(), std::nullopt);
  image.rail.lock = 1;
  EXPECT_EQ(at_exit(), RefusalCode::record_locked) << "it cannot be written";
  image.blocked = true;
  EXPECT_EQ(at_exit(), RefusalCode::application_blocked) << "it cannot be debited";
}

TEST(Inside, a_dearer_book_takes_no_more_than_the_entry_told) {
  TestBox box;
  sim::TUnionCard card{gate_fixture::card_image(1), {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  fare::BookModel dearer = one_stop_model(8);
  dearer.networks[0].versions[0].tariff = fare::MatrixTariff{{500}};
  box.book.book = fare::Book::load(fare::encode_book(dearer)).value();
  const TapReport out = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{kFare});
  const Intent intent = box.all<Intent>().back();
  EXPECT_EQ(intent.medium.open->told, Fen{kFare});
  EXPECT_EQ(intent.decision.charges[0].trace[1].rule.view(), "m/told-at-entry");
  EXPECT_EQ(fare::price(*box.book.book, intent.medium, intent.context, intent.tap),
            intent.decision);
}

TEST(Inside, what_another_operator_wrote_as_a_maximum_is_not_believed) {
  TestBox box;
  sim::CardImageData image = gate_fixture::card_image(1);
  sim::OpenEntry entry;
  entry.acquirer = gate_fixture::kAcquirer;
  entry.line = 0x18;
  entry.station = {0, 0, 0, 0, 0, 0x18, 0, 0x21};
  entry.max_fare = 190;
  entry.at = to_local(box.clock.now() - std::chrono::minutes{20});
  sim::open_entry(image, entry);
  sim::TUnionCard card{image, {}};
  const TapReport out = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{kFare});
}

TEST(Inside, who_rides_free_on_a_staged_bus_boards_and_alights_as_others_do) {
  TestBox box;
  box.config.kind = fare::BoxKind::vehicle;
  fare::BookModel model = one_stop_model(7);
  model.networks[0].versions[0].tariff = fare::MatrixTariff{{0}};
  box.book.book = fare::Book::load(fare::encode_book(model)).value();
  const auto card = sim::make_card_of_type("bus");
  const TapReport in = box.tap(*card, AisleDirection::both);
  ASSERT_EQ(in.end, End::opened) << in.detail;
  EXPECT_TRUE(nfc::decode_bus_record(card->image().ef1a_2702.value())->on_board());
  const TapReport out = box.tap(*card, AisleDirection::both);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.kind, fare::TapKind::alight);
  EXPECT_EQ(out.fare, Fen{0});
  EXPECT_FALSE(nfc::decode_bus_record(card->image().ef1a_2702.value())->on_board());
}

}  // namespace
}  // namespace tidegate::edge
