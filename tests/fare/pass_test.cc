// SPDX-License-Identifier: Apache-2.0
// Passes: rides that are used up, days that end, and interchanges within one ride of a pass.
#include "fare/engine/card_calendar.h"
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;
using testing_books::day;
using testing_books::refused_because;

std::string pass(std::string_view counts, int product = 5, std::string_view name = "p") {
  return "[[pass]]\nname = \"" + std::string{name} + "\"\nproduct = " + std::to_string(product) +
         "\nnetworks = [\"m\"]\ncounts = \"" + std::string{counts} + "\"\n";
}

Cardholder with_pass(const std::string& rules, std::uint16_t left, std::uint8_t product = 5) {
  Cardholder p{between_book(rules)};
  p.medium.issuer = {};  // a pass is on the card, whoever issued it
  p.medium.state = CardState{.pass_product = product, .pass_left = left};
  return p;
}

TEST(Pass, each_ride_uses_one_until_none_is_left) {
  Cardholder p = with_pass(pass("rides"), 2);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 0);
  EXPECT_EQ(p.reductions(), "pass/p -300");
  EXPECT_EQ(p.medium.state->pass_left, 1);
  EXPECT_EQ(p.bus("2026-11-02T08:20:00"), 200) << "not in its networks";
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T09:00:00", "2026-11-02T09:10:00"), 0);
  EXPECT_EQ(p.medium.state->pass_left, 0);
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T10:00:00", "2026-11-02T10:10:00"), 600);
  EXPECT_EQ(p.medium.state->pass_product, 0);
}

TEST(Pass, another_product_covers_nothing) {
  Cardholder p = with_pass(pass("rides"), 2, 6);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 300);
  EXPECT_EQ(p.medium.state->pass_left, 2);
}

TEST(Pass, days_end_with_the_service_day_of_the_last_one) {
  const auto last = static_cast<std::uint16_t>(card_day(day("2028-02-29")) % 4'096);
  Cardholder p = with_pass(pass("days"), last);
  EXPECT_EQ(p.metro("a", "b", "2028-02-29T08:00:00", "2028-02-29T08:10:00"), 0);
  EXPECT_EQ(p.metro("a", "b", "2028-03-01T01:59:59", "2028-03-01T02:30:00"), 0)
      << "begun on the last day";
  EXPECT_EQ(p.metro("a", "b", "2028-03-01T02:00:00", "2028-03-01T02:30:00"), 300);
  EXPECT_EQ(p.medium.state->pass_left, last);
}

TEST(Pass, days_go_on_beyond_what_twelve_bits_count) {
  // Day 4,096 is 2031-03-20.
  Cardholder p = with_pass(pass("days"), 5);
  EXPECT_EQ(p.metro("a", "b", "2031-03-25T08:00:00", "2031-03-25T08:10:00"), 0);
  EXPECT_EQ(p.metro("a", "b", "2031-03-26T08:00:00", "2031-03-26T08:10:00"), 300);
}

TEST(Pass, an_interchange_is_one_ride_of_it) {
  const std::string walk =
      "[[interchange]]\nname = \"w\"\nnetwork = \"m\"\nminutes = 30\npairs = [\"b/c\"]\n"
      "issuers = [\"any\"]\n";
  Cardholder p = with_pass(pass("rides") + walk, 1);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 0);
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 0);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T09:00:00", "2026-11-02T09:10:00"), 300);
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T09:20:00", "2026-11-02T09:40:00"), 300)
      << "the pass was used up before this fare began";
}

TEST(Pass, an_interchange_whose_first_part_cost_nothing_uses_one_too) {
  const std::string walk =
      "[[interchange]]\nname = \"w\"\nnetwork = \"m\"\nminutes = 30\npairs = [\"b/c\"]\n"
      "issuers = [\"any\"]\n";
  BookModel model =
      decode_book(testing_books::compile_between(pass("rides") + walk).value()).value();
  Network& metro = *std::ranges::find(model.networks, "m", &Network::id);
  std::get<MatrixTariff>(metro.versions[0].tariff).cells[1] = 0;  // a to b
  Cardholder p = with_pass(pass("rides") + walk, 2);
  p.book = Book::load(encode_book(model)).value();
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 0);
  EXPECT_EQ(p.medium.state->pass_left, 2);
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 0);
  EXPECT_EQ(p.medium.state->pass_left, 1);
}

TEST(Pass, covered_rides_are_no_spending) {
  Cardholder p = with_pass(pass("rides") +
                               "[[cap]]\nname = \"c\"\nnetworks = [\"m\"]\nperiod = \"day\"\n"
                               "fen = 300\nissuers = [\"any\"]\n",
                           1);
  p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.medium.state->day_spent, Fen{0});
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T09:00:00", "2026-11-02T09:10:00"), 300);
}

TEST(Pass, companions_pay) {
  Cardholder p{
      between_book("[[pass]]\nname = \"p\"\nproduct = 1\nnetworks = [\"bus\"]\n"
                   "counts = \"rides\"\n")};
  p.medium.state = CardState{.pass_product = 1, .pass_left = 9};
  EXPECT_EQ(p.tap(TapKind::board, "bus", "l1", "2026-11-02T08:00:00", 3).total(), Fen{400});
  EXPECT_EQ(p.medium.state->pass_left, 8);
}

TEST(Pass, a_free_ride_uses_none) {
  Cardholder p = with_pass(pass("rides"), 2);
  p.tap(TapKind::entry, "m", "a", "2026-11-02T08:00:00");
  const TapContext here{.network = NetworkId{"m"}, .stop = StopCode{"b"}};
  const Tap out{.kind = TapKind::exit,
                .at = testing_books::at("2026-11-02T08:30:00+08:00"),
                .modes = {Modes::kTrainFailure}};
  EXPECT_EQ(price(*p.book, p.medium, here, out).state_after.pass_left, 2);
}

TEST(Pass, a_product_counts_one_way) {
  EXPECT_EQ(refused_because(pass("rides") + pass("days", 5, "q")),
            "pass p: counts rides or days, pass q of the same product the other way");
}

}  // namespace
}  // namespace tidegate::fare
