// SPDX-License-Identifier: Apache-2.0
// Cumulative discounts and caps: what counts, when it begins anew, what has room on the card.
#include "fare/engine/card_calendar.h"
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;
using testing_books::day;
using testing_books::refused_because;

/// Shanghai: 10 % off once 70 yuan were spent in the calendar month.
std::string seventy_yuan(std::string_view starts) {
  return "[[cumulative]]\nname = \"70-yuan\"\nnetworks = [\"m\"]\nstarts = \"" +
         std::string{starts} +
         "\"\ntiers = [{ fen = 7000, percent_off = 10 }]\nrounding = \"half-up\"\n";
}

std::string cap(std::string_view period, std::string_view fen,
                std::string_view networks = "\"m\", \"bus\"", std::string_view name = "c",
                std::string_view more = "") {
  std::string out = "[[cap]]\nname = \"";
  out.append(name).append("\"\nperiod = \"").append(period).append("\"\nnetworks = [");
  out.append(networks).append("]\n");
  if (!fen.empty()) out.append("fen = ").append(fen).append("\n");
  return out.append(more).append("\n");
}

/// `rides` rides of 500 on as many days of November; what the last of them cost.
std::int64_t rides_of_500(Cardholder& p, int rides, int from_day = 1) {
  std::int64_t fen = 0;
  for (int i = 0; i < rides; ++i) {
    const int on = from_day + i;
    const std::string date = "2026-11-" + std::string{on < 10 ? "0" : ""} + std::to_string(on);
    fen = p.metro("b", "d", date + "T08:00:00", date + "T08:30:00");
  }
  return fen;
}

TEST(Cumulative, exactly_seventy_yuan_is_reached_but_not_exceeded) {
  Cardholder reaches{between_book(seventy_yuan("reaches"))};
  EXPECT_EQ(rides_of_500(reaches, 14), 500);
  EXPECT_EQ(reaches.medium.state->month_spent, Fen{7'000});
  EXPECT_EQ(rides_of_500(reaches, 1, 15), 450);
  EXPECT_EQ(reaches.reductions(), "cumulative/70-yuan -50");
  Cardholder exceeds{between_book(seventy_yuan("exceeds"))};
  EXPECT_EQ(rides_of_500(exceeds, 15), 500) << "14 rides are 70.00 yuan";
  EXPECT_EQ(rides_of_500(exceeds, 1, 16), 450);
}

TEST(Cumulative, the_ride_that_crosses_the_line_is_not_reduced) {
  Cardholder p{between_book(seventy_yuan("reaches"))};
  p.medium.state = CardState{.month = card_month(day("2026-11-02")), .month_spent = Fen{6'999}};
  EXPECT_EQ(rides_of_500(p, 1, 2), 500);
  EXPECT_EQ(rides_of_500(p, 1, 3), 450);
}

TEST(Cumulative, begins_anew_with_the_service_day_of_another_month) {
  const auto first_of_next = [](std::string_view date, std::string_view in, std::string_view out) {
    Cardholder p{between_book(seventy_yuan("reaches"))};
    p.medium.state = CardState{.month = card_month(day(date)), .month_spent = Fen{7'000}};
    return p.metro("b", "d", in, out);
  };
  // The month of a leap year's February ends on the 29th, and its last service day at 02:00.
  EXPECT_EQ(first_of_next("2028-02-01", "2028-02-29T23:00:00", "2028-02-29T23:59:59"), 450);
  EXPECT_EQ(first_of_next("2028-02-01", "2028-03-01T01:00:00", "2028-03-01T01:59:59"), 450);
  EXPECT_EQ(first_of_next("2028-02-01", "2028-03-01T01:00:00", "2028-03-01T02:00:00"), 500);
  EXPECT_EQ(first_of_next("2026-12-01", "2027-01-01T02:00:00", "2027-01-01T02:30:00"), 500);
}

TEST(Cumulative, a_clock_that_is_not_trusted_begins_no_month) {
  Cardholder p{between_book(seventy_yuan("reaches"))};
  p.medium.state = CardState{.month = card_month(day("2026-11-01")), .month_spent = Fen{7'000}};
  p.trusted = false;
  EXPECT_EQ(p.metro("b", "d", "2020-01-01T08:00:00", "2020-01-01T08:30:00"), 450);
  EXPECT_EQ(p.medium.state->month_spent, Fen{7'450});
}

TEST(Cumulative, only_its_networks_count) {
  Cardholder p{between_book(seventy_yuan("reaches"))};
  for (int i = 0; i < 9; ++i) p.bus("2026-11-02T0" + std::to_string(i) + ":30:00", "n", "night");
  EXPECT_EQ(p.medium.state->month_spent, Fen{0});
  EXPECT_EQ(rides_of_500(p, 14, 3), 500);
  EXPECT_EQ(p.bus("2026-11-20T08:00:00", "n", "night"), 500) << "no discount beside it";
  EXPECT_EQ(p.medium.state->month_spent, Fen{7'000});
  EXPECT_EQ(rides_of_500(p, 1, 21), 450);
}

TEST(Cumulative, tiers_follow_each_other_and_fen_are_rounded) {
  Cardholder p{
      between_book("[[cumulative]]\nname = \"t\"\nnetworks = [\"m\"]\nstarts = \"exceeds\"\n"
                   "tiers = [{ fen = 1000, percent_off = 25 }, { fen = 0, percent_off = 15 }]\n"
                   "rounding = \"up\"\nunit_fen = 10\n")};
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 300);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T09:00:00", "2026-11-02T09:10:00"), 260);  // 255 up
  p.medium.state->month_spent = Fen{1'001};
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T10:00:00", "2026-11-02T10:10:00"), 230);  // 225 up
}

TEST(Cap, a_day_costs_no_more_and_its_last_ride_the_rest) {
  Cardholder p{between_book(cap("day", "1000"))};
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:30:00"), 600);
  EXPECT_EQ(p.bus("2026-11-02T09:00:00"), 200);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T10:00:00", "2026-11-02T10:30:00"), 200);
  EXPECT_EQ(p.reductions(), "cap/c -100");
  EXPECT_EQ(p.bus("2026-11-02T11:00:00"), 0);
  EXPECT_EQ(p.bus("2026-11-02T12:00:00", "n", "night"), 500) << "rides beside the cap";
  EXPECT_EQ(p.medium.state->day_spent, Fen{1'000});
  EXPECT_EQ(p.bus("2026-11-03T01:59:59"), 0) << "still the same service day";
  EXPECT_EQ(p.bus("2026-11-03T02:00:00"), 200);
}

TEST(Cap, a_ride_counts_to_the_service_day_on_which_it_is_paid) {
  Cardholder p{between_book(cap("day", "700"))};
  p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:30:00");
  EXPECT_EQ(p.metro("a", "b", "2026-11-03T01:50:00", "2026-11-03T02:00:00"), 300);
  EXPECT_EQ(p.medium.state->day_spent, Fen{300});
}

TEST(Cap, a_week_is_from_monday_to_sunday) {
  Cardholder p{between_book(cap("week", "1000"))};
  // 2026-11-02 is a Monday.
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:30:00"), 600);
  EXPECT_EQ(p.medium.state->weeks, 1);
  EXPECT_EQ(p.metro("a", "d", "2026-11-08T08:00:00", "2026-11-08T08:30:00"), 400);
  EXPECT_EQ(p.bus("2026-11-09T01:59:59"), 0);
  EXPECT_EQ(p.bus("2026-11-09T02:00:00"), 200);
}

TEST(Cap, a_month_may_have_a_day_within) {
  Cardholder p{between_book(cap("day", "700") + cap("month", "1000", "\"m\", \"bus\"", "month"))};
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:30:00"), 600);
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T09:00:00", "2026-11-02T09:30:00"), 100);
  EXPECT_EQ(p.metro("a", "d", "2026-11-30T08:00:00", "2026-11-30T08:30:00"), 300);
  EXPECT_EQ(p.reductions(), "cap/month -300");
  EXPECT_EQ(p.metro("a", "d", "2026-12-01T08:00:00", "2026-12-01T08:30:00"), 600);
}

TEST(Cap, goes_by_the_zones_of_the_day) {
  Cardholder p{between_book(cap("day", "", "\"m\"", "z",
                                "zones = \"zones.csv\"\nby_zones = [{ zones = \"1+2\", fen = 500 },"
                                " { zones = \"1+2+3+4\", fen = 1000 }]"))};
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 300);
  EXPECT_EQ(p.medium.state->day_zones, 0b11);
  EXPECT_EQ(p.metro("b", "a", "2026-11-02T09:00:00", "2026-11-02T09:10:00"), 200);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T10:00:00", "2026-11-02T10:10:00"), 0);
  // To zone 4 through zone 3: the wider cap counts for the whole day.
  EXPECT_EQ(p.metro("b", "d", "2026-11-02T11:00:00", "2026-11-02T11:10:00"), 500);
  EXPECT_EQ(p.medium.state->day_zones, 0b1111);
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T12:00:00", "2026-11-02T12:10:00"), 0);
  EXPECT_EQ(p.metro("a", "b", "2026-11-03T12:00:00", "2026-11-03T12:10:00"), 300);
  EXPECT_EQ(p.medium.state->day_zones, 0b11);
}

TEST(Cap, companions_are_beside_it) {
  Cardholder p{between_book(cap("day", "300"))};
  EXPECT_EQ(p.tap(TapKind::board, "bus", "l1", "2026-11-02T08:00:00", 3).total(), Fen{600});
  EXPECT_EQ(p.medium.state->day_spent, Fen{200});
  EXPECT_EQ(p.tap(TapKind::board, "bus", "l1", "2026-11-02T09:00:00", 3).total(), Fen{500});
}

TEST(Cap, comes_after_the_other_rules) {
  Cardholder p{between_book(cap("day", "1000", "\"m\"") +
                            "[[cumulative]]\nname = \"all\"\nnetworks = [\"m\"]\n"
                            "starts = \"reaches\"\ntiers = [{ fen = 0, percent_off = 10 }]\n" +
                            "[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"m\"]\nto = [\"m\"]\n"
                            "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                            "effect = \"amount-off\"\nfen = 100\n")};
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T08:00:00", "2026-11-02T08:30:00"), 540);
  EXPECT_EQ(p.metro("d", "a", "2026-11-02T09:00:00", "2026-11-02T09:30:00"), 450);
  EXPECT_EQ(p.metro("a", "d", "2026-11-02T10:00:00", "2026-11-02T10:30:00"), 10);
  EXPECT_EQ(p.reductions(), "transfer/t -100, cumulative/all -50, cap/c -440");
}

TEST(Account, cities_with_accounts_of_their_own_take_the_card_in_turns) {
  const std::string rules = seventy_yuan("reaches") + cap("week", "700", "\"z\"", "z",
                                                          "account = 1\n"
                                                          "issuers = [\"any\"]");
  Cardholder p{between_book(rules)};
  rides_of_500(p, 14);
  EXPECT_EQ(p.bus("2026-11-15T07:00:00"), 200) << "no account: the sums stay";
  EXPECT_EQ(rides_of_500(p, 1, 15), 450);
  EXPECT_EQ(p.metro("s", "t", "2026-11-16T08:00:00", "2026-11-16T08:30:00", "z"), 500);
  EXPECT_EQ(p.medium.state->account, 1);
  EXPECT_EQ(p.metro("t", "s", "2026-11-16T09:00:00", "2026-11-16T09:30:00", "z"), 200);
  EXPECT_EQ(rides_of_500(p, 1, 17), 500) << "the sum of the first city is gone";
  EXPECT_EQ(p.medium.state->month_spent, Fen{500});
}

TEST(Account, rules_that_need_more_than_the_state_holds_are_refused_by_name) {
  EXPECT_EQ(refused_because(cap("week", "1000", "\"m\"", "w") + cap("month", "9", "\"m\"", "m")),
            "cap m: counts a month, cap w the other: the card state has room for one of them");
  EXPECT_EQ(refused_because(seventy_yuan("reaches") + cap("week", "9", "\"m\"", "w")),
            "cap w: counts a week, cumulative 70-yuan the other: the card state has room for one "
            "of them");
  EXPECT_EQ(refused_because(seventy_yuan("reaches") + cap("month", "9", "\"m\", \"bus\"")),
            "cap c: counts other networks than cumulative 70-yuan: the card state has room for one "
            "sum of them");
  EXPECT_EQ(refused_because(cap("day", "9", "\"m\"", "x") + cap("day", "9", "\"bus\"", "y")),
            "cap y: counts other networks than cap x: the card state has room for one sum of them");
  EXPECT_EQ(
      refused_because(cap("day", "9", "\"m\"", "x") + cap("day", "9", "\"m\"", "y", "account = 2")),
      "cap y: counts a network in another account than cap x: the card state has room for "
      "one");
  EXPECT_EQ(refused_because(cap("week", "", "\"m\"", "z",
                                "zones = \"zones.csv\"\nby_zones = [{ zones = \"1\", fen = 5 }]")),
            "cap z: goes by zones of a week or month: the card state has room for a day's");
  EXPECT_EQ(refused_because(cap("day", "65536")),
            "cap c: is above 65535 fen: the card state has room for no more in a day");
  EXPECT_EQ(refused_because(cap("day", "9", "\"m\"", "x") +
                            cap("day", "9", "\"m\"", "y", "riders = [\"student\"]")),
            "compiled");
}

TEST(Account, its_networks_have_one_service_day) {
  BookModel model = decode_book(testing_books::compile_between(cap("day", "9")).value()).value();
  ASSERT_TRUE(check_book(model));
  testing_books::named(model, "m").rollover_minutes = 180;
  const auto refused = check_book(model);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "cap c: counts m in the account of bus, whose service day turns at another time: the "
            "card state has room for one day");
  // Sums of the month and of the day are of one card, too.
  model = decode_book(
              testing_books::compile_between(cap("day", "9", "\"bus\"") + seventy_yuan("reaches"))
                  .value())
              .value();
  testing_books::named(model, "m").rollover_minutes = 0;
  EXPECT_FALSE(check_book(model));
  testing_books::named(model, "bus").rollover_minutes = 0;
  EXPECT_TRUE(check_book(model));
}

TEST(Cap, errors_in_the_source_name_line_and_what_was_expected) {
  const auto told = [](const std::string& rules) {
    const std::string error = refused_because(rules);
    EXPECT_TRUE(error.starts_with("book.toml:")) << error;
    return error.substr(error.find(": ") + 2);
  };
  EXPECT_EQ(told(cap("day", "")), "fen: either fen or by_zones was expected");
  EXPECT_EQ(told(cap("day", "5", "\"m\"", "c", "zones = \"zones.csv\"")),
            "zones: zones and by_zones go together");
  EXPECT_EQ(told(cap("day", "", "\"m\"", "c",
                     "zones = \"zones.csv\"\nby_zones = [{ zones = \"1-3\", fen = 5 }]")),
            "zones: zones from 1 to 8 such as 1+2 were expected");
  EXPECT_EQ(told(cap("year", "5")), "period: one of day, week, month was expected");
  EXPECT_TRUE(
      refused_because(cap("day", "", "\"bus\"", "c",
                          "zones = \"zones.csv\"\nby_zones = [{ zones = \"1\", fen = 5 }]"))
          .starts_with("zones.csv:2: column network: a network of this cap was expected\n"));
}

}  // namespace
}  // namespace tidegate::fare
