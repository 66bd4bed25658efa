// SPDX-License-Identifier: Apache-2.0
// The rules of price(): fares, versions, refusals in their order, modes, card state.
#include <gtest/gtest.h>

#include "fare/engine/book.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::load;
using testing_books::small_model;

constexpr std::string_view kMorning = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kLater = "2026-11-02T08:31:00+08:00";

class Price : public ::testing::Test {
 protected:
  static TapContext where(std::string network, std::string stop) {
    return {.network = NetworkId{std::move(network)}, .stop = StopCode{std::move(stop)}};
  }
  void open_at(const std::string& network, const std::string& stop,
               std::string_view when = kMorning) {
    medium.open =
        OpenJourney{.where = book->stop_on_card(NetworkId{network}, StopCode{stop}).value().code,
                    .at = at(when)};
  }
  [[nodiscard]] Decision tap(TapKind kind, const std::string& network, const std::string& stop,
                             std::string_view when = kLater, std::uint16_t modes = 0) const {
    return price(*book, medium, where(network, stop),
                 {.kind = kind, .at = at(when), .modes = {modes}});
  }

  std::shared_ptr<const Book> book = load(small_model());
  Medium medium{.balance = Fen{5'000}};
};

TEST_F(Price, entry_costs_nothing_and_tells_the_most_it_can_cost) {
  const Decision d = tap(TapKind::entry, "m", "c");
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.charges, decltype(d.charges){Charge{}});
  EXPECT_EQ(d.max_fare, Fen{500});
  EXPECT_EQ(d.state_after, CardState{.serial = 1});
  EXPECT_EQ(tap(TapKind::entry, "m", "a").max_fare, Fen{300}) << "a to c has no fare";
}

TEST_F(Price, exit_costs_the_cell_of_its_direction) {
  open_at("m", "b");
  const Decision d = tap(TapKind::exit, "m", "c");
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.charges, (decltype(d.charges){{Fen{400}, {{"m/od", Fen{400}}}}}));
  open_at("m", "c");
  EXPECT_EQ(tap(TapKind::exit, "m", "a").total(), Fen{500});
}

TEST_F(Price, same_station_exit_costs_the_diagonal_cell) {
  open_at("m", "a");
  const Decision free = tap(TapKind::exit, "m", "a");
  ASSERT_TRUE(free.accepted());
  EXPECT_EQ(free.total(), Fen{0});
  open_at("m", "c");
  EXPECT_EQ(tap(TapKind::exit, "m", "c").total(), Fen{7});
}

TEST_F(Price, another_card_code_of_a_stop_is_the_same_stop) {
  open_at("m", "b");
  write_be(std::span{medium.open->where.station}.subspan(4), 0x00090099);
  EXPECT_EQ(tap(TapKind::exit, "m", "c").total(), Fen{400});
}

TEST_F(Price, the_line_byte_of_an_entry_does_not_matter) {
  open_at("m", "b");
  medium.open->where.line = 0x77;
  EXPECT_EQ(tap(TapKind::exit, "m", "c").total(), Fen{400});
}

TEST_F(Price, the_version_is_that_of_the_service_day_of_entry) {
  // The service day of 1 December begins at 02:00.
  open_at("m", "a", "2026-12-01T01:59:00+08:00");
  EXPECT_EQ(tap(TapKind::exit, "m", "b", "2026-12-01T02:30:00+08:00").total(), Fen{300});
  open_at("m", "a", "2026-12-01T02:00:00+08:00");
  EXPECT_EQ(tap(TapKind::exit, "m", "b", "2026-12-01T02:30:00+08:00").total(), Fen{310});
}

TEST_F(Price, an_entry_before_every_version_is_priced_as_of_now) {
  open_at("m", "a", "2019-05-01T08:00:00+08:00");
  EXPECT_EQ(tap(TapKind::exit, "m", "b").total(), Fen{300});
}

TEST_F(Price, before_the_first_version_there_is_no_fare) {
  EXPECT_EQ(tap(TapKind::entry, "m", "a", "2025-12-31T08:00:00+08:00").refusal,
            RefusalCode::no_fare);
}

TEST_F(Price, flat_network_charges_at_boarding) {
  const Decision d = tap(TapKind::board, "f", "p");
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.charges, (decltype(d.charges){{Fen{200}, {{"f/flat", Fen{200}}}}}));
  EXPECT_EQ(tap(TapKind::alight, "f", "p").refusal, RefusalCode::not_entered);
  open_at("f", "p");
  EXPECT_EQ(tap(TapKind::alight, "f", "p").total(), Fen{0});
}

TEST_F(Price, boarding_charges_for_every_person) {
  TapContext context = where("f", "p");
  context.count = 3;
  EXPECT_EQ(price(*book, medium, context, {.kind = TapKind::board, .at = at(kLater)}).total(),
            Fen{600});
  context.count = 0;
  EXPECT_EQ(price(*book, medium, context, {.kind = TapKind::board, .at = at(kLater)}).refusal,
            RefusalCode::no_fare);
}

TEST_F(Price, a_thing_without_a_fare_is_refused) {
  TapContext context = where("f", "p");
  context.item = ItemClass::bicycle;
  EXPECT_EQ(price(*book, medium, context, {.kind = TapKind::board, .at = at(kLater)}).refusal,
            RefusalCode::no_fare);
}

TEST_F(Price, exit_refuses_a_balance_below_the_fare) {
  open_at("m", "b");
  medium.balance = Fen{399};
  EXPECT_EQ(tap(TapKind::exit, "m", "c").refusal, RefusalCode::insufficient_balance);
  medium.balance = Fen{400};
  EXPECT_TRUE(tap(TapKind::exit, "m", "c").accepted());
}

TEST_F(Price, entry_asks_for_the_minimum_balance) {
  medium.balance = Fen{249};
  EXPECT_EQ(tap(TapKind::entry, "m", "a").refusal, RefusalCode::insufficient_balance);
  medium.balance = Fen{250};
  EXPECT_TRUE(tap(TapKind::entry, "m", "a").accepted());
}

// Everything is wrong at once; each reason goes away in turn and the next one is told.
TEST_F(Price, refusals_of_an_entry_come_in_order) {
  open_at("m", "a");
  medium.balance = Fen{0};
  std::uint16_t modes = Modes::kClosed;
  std::string stop = "nowhere";
  const auto reason = [&] { return tap(TapKind::entry, "m", stop, kLater, modes).refusal; };
  EXPECT_EQ(reason(), RefusalCode::aisle_closed);
  modes = 0;
  EXPECT_EQ(reason(), RefusalCode::already_entered);
  medium.open.reset();
  EXPECT_EQ(reason(), RefusalCode::no_fare);
  stop = "a";
  EXPECT_EQ(reason(), RefusalCode::insufficient_balance);
  medium.balance = Fen{5'000};
  EXPECT_FALSE(reason());
}

TEST_F(Price, refusals_of_an_exit_come_in_order) {
  medium.balance = Fen{0};
  const auto reason = [&] { return tap(TapKind::exit, "m", "c").refusal; };
  EXPECT_EQ(reason(), RefusalCode::not_entered);
  open_at("z", "s");
  EXPECT_EQ(reason(), RefusalCode::entry_elsewhere) << "a network of the book, not this one";
  medium.open->where.station[7] = 0x55;
  EXPECT_EQ(reason(), RefusalCode::entry_elsewhere) << "not known, and not of this network";
  medium.open->where.acquirer[1] = 0x99;
  EXPECT_EQ(reason(), RefusalCode::entry_elsewhere) << "an acquirer that the book does not have";
  open_at("m", "a");
  medium.open->where.station[7] = 0x55;
  EXPECT_EQ(reason(), RefusalCode::unknown_stop);
  open_at("m", "a");
  EXPECT_EQ(reason(), RefusalCode::no_fare) << "a to c has no cell";
  open_at("m", "b");
  EXPECT_EQ(reason(), RefusalCode::insufficient_balance);
  medium.balance = Fen{5'000};
  EXPECT_FALSE(reason());
}

TEST_F(Price, a_closed_station_lets_people_out) {
  open_at("m", "b");
  EXPECT_EQ(tap(TapKind::exit, "m", "c", kLater, Modes::kClosed).total(), Fen{400});
  EXPECT_EQ(tap(TapKind::board, "f", "p", kLater, Modes::kClosed).refusal,
            RefusalCode::aisle_closed);
}

TEST_F(Price, a_refused_tap_has_no_charge) {
  const Decision d = tap(TapKind::exit, "m", "c");
  EXPECT_FALSE(d.accepted());
  EXPECT_TRUE(d.charges.empty());
  EXPECT_EQ(d.total(), Fen{0});
}

TEST_F(Price, train_failure_lets_out_for_nothing_and_says_so) {
  open_at("m", "a");
  medium.balance = Fen{0};
  const Decision d = tap(TapKind::exit, "m", "c", kLater, Modes::kTrainFailure);
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.charges, (decltype(d.charges){{Fen{0}, {{"mode/train-failure", Fen{0}}}}}));
  EXPECT_EQ(tap(TapKind::entry, "m", "a", kLater, Modes::kTrainFailure).refusal,
            RefusalCode::already_entered);
}

TEST_F(Price, fare_free_takes_nothing) {
  open_at("m", "b");
  const Decision d = tap(TapKind::exit, "m", "c", kLater, Modes::kFareFree);
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.charges, (decltype(d.charges){{Fen{0}, {{"mode/fare-free", Fen{0}}}}}));
  EXPECT_EQ(tap(TapKind::board, "f", "p", kLater, Modes::kFareFree).total(), Fen{0});
}

TEST_F(Price, order_free_accepts_either_order) {
  const Decision out = tap(TapKind::exit, "m", "c", kLater, Modes::kOrderFree);
  ASSERT_TRUE(out.accepted());
  EXPECT_EQ(out.charges, (decltype(out.charges){{Fen{0}, {{"mode/order-free", Fen{0}}}}}));
  open_at("m", "a");
  EXPECT_TRUE(tap(TapKind::entry, "m", "b", kLater, Modes::kOrderFree).accepted());
}

TEST_F(Price, a_network_that_the_book_does_not_have) {
  EXPECT_EQ(tap(TapKind::entry, "q", "a").refusal, RefusalCode::no_fare);
  EXPECT_EQ(tap(TapKind::board, "q", "a").refusal, RefusalCode::no_fare);
  open_at("m", "a");
  for (const std::uint16_t modes : std::array<std::uint16_t, 5>{0, 1, 2, 16, 127})
    EXPECT_EQ(tap(TapKind::exit, "q", "a", kLater, modes).refusal, RefusalCode::entry_elsewhere);
  medium.open.reset();
  EXPECT_EQ(tap(TapKind::exit, "q", "a", kLater, Modes::kOrderFree).refusal, RefusalCode::no_fare);
}

TEST_F(Price, spending_is_counted_by_month_and_service_day) {
  open_at("m", "b");
  medium.state = CardState{.serial = 65'535,
                           .month = 82,
                           .month_spent = Fen{1'000},
                           .day = 2'497,
                           .day_spent = Fen{50},
                           .day_zones = 2,
                           .pass_left = 9};
  const CardState same = tap(TapKind::exit, "m", "c").state_after;
  EXPECT_EQ(same.serial, 0);
  EXPECT_EQ(same.month, 82);
  EXPECT_EQ(same.month_spent, Fen{1'400});
  EXPECT_EQ(same.day, 2'497);
  EXPECT_EQ(same.day_spent, Fen{450});
  EXPECT_EQ(same.day_zones, 2);
  EXPECT_EQ(same.leg_end, 3'596'191U);
  EXPECT_EQ(same.leg_network, 1);
  EXPECT_EQ(same.pass_left, 9);
  // 01:59 still belongs to the day before; 02:00 does not.
  EXPECT_EQ(tap(TapKind::exit, "m", "c", "2026-11-03T01:59:00+08:00").state_after.day_spent,
            Fen{450});
  EXPECT_EQ(tap(TapKind::exit, "m", "c", "2026-11-03T02:00:00+08:00").state_after.day_spent,
            Fen{400});
  const CardState next = tap(TapKind::exit, "m", "c", "2026-12-01T08:00:00+08:00").state_after;
  EXPECT_EQ(next.month, 83);
  EXPECT_EQ(next.month_spent, Fen{400});
}

TEST_F(Price, an_untrusted_clock_starts_no_new_month) {
  open_at("m", "b");
  medium.state = CardState{.month = 82, .month_spent = Fen{1'000}, .day = 2'497};
  const Decision d =
      price(*book, medium, where("m", "c"),
            {.kind = TapKind::exit, .at = at("2026-12-05T08:00:00+08:00"), .clock_trusted = false});
  ASSERT_TRUE(d.accepted());
  EXPECT_EQ(d.state_after.month, 82);
  EXPECT_EQ(d.state_after.month_spent, Fen{1'400});
}

TEST_F(Price, the_state_after_is_what_comes_back_from_the_card) {
  open_at("m", "b");
  medium.state = CardState{
      .month = 82, .month_spent = Fen{16'777'215}, .day = 2'497, .day_spent = Fen{65'500}};
  const CardState after = tap(TapKind::exit, "m", "c").state_after;
  EXPECT_EQ(decode_card_state(encode_card_state(after)), after);
  EXPECT_EQ(after.day_spent, Fen{65'535});
}

TEST_F(Price, gives_the_same_answer_twice) {
  open_at("m", "b");
  EXPECT_EQ(tap(TapKind::exit, "m", "c"), tap(TapKind::exit, "m", "c"));
}

TEST_F(Price, carry_on_walks_a_journey) {
  const auto step = [&](TapKind kind, const std::string& network, const std::string& stop) {
    const Tap t{.kind = kind, .at = at(kLater)};
    const Decision d = price(*book, medium, where(network, stop), t);
    carry_on(*book, medium, where(network, stop), t, d);
    return d;
  };
  EXPECT_TRUE(step(TapKind::entry, "m", "b").accepted());
  ASSERT_TRUE(medium.open);
  EXPECT_EQ(medium.open->at, at(kLater));
  EXPECT_EQ(step(TapKind::exit, "m", "c").total(), Fen{400});
  EXPECT_FALSE(medium.open);
  EXPECT_EQ(medium.balance, Fen{4'600});
  EXPECT_EQ(medium.state->serial, 2);
  EXPECT_EQ(medium.history.size(), 2U);
  EXPECT_EQ(medium.history[0].amount, Fen{400});
  EXPECT_FALSE(step(TapKind::exit, "m", "c").accepted());
  EXPECT_EQ(medium.balance, Fen{4'600});
  EXPECT_TRUE(step(TapKind::board, "f", "p").accepted());
  EXPECT_FALSE(medium.open) << "a flat ride is over when it is paid";
  EXPECT_EQ(medium.balance, Fen{4'400});
}

}  // namespace
}  // namespace tidegate::fare
