// SPDX-License-Identifier: Apache-2.0
// Transfers: windows, effects, chains, lines, and whose card it is.
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;
using testing_books::compile_between;
using testing_books::refused_because;

std::string rule(std::string_view from, std::string_view to, std::string_view rest,
                 std::string_view name = "t", int number = 1) {
  std::string out = "[[transfer]]\nname = \"";
  out.append(name).append("\"\nnumber = ").append(std::to_string(number));
  out.append("\nfrom = [").append(from).append("]\nto = [").append(to).append("]\n");
  return out.append(rest).append("\n");
}

/// Shanghai: 1 yuan off the metro within two hours of the bus.
std::string bus_to_metro() {
  return rule("\"bus\"", "\"m\"",
              "window_minutes = 120\nmeasured = \"end-to-begin\"\neffect = \"amount-off\"\n"
              "fen = 100\nmax_transfers = 1",
              "bus-metro");
}

TEST(Transfer, a_metro_ride_after_the_bus_is_one_yuan_less) {
  Cardholder p{between_book(bus_to_metro())};
  EXPECT_EQ(p.bus("2026-11-02T08:00:00"), 200);
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T11:00:00"), 300);
  EXPECT_EQ(p.last.charges.front().trace[0].rule.view(), "m/od");
  EXPECT_EQ(p.reductions(), "transfer/bus-metro -100");
}

TEST(Transfer, the_last_second_of_the_window_counts) {
  for (const auto& [entry, fen] : {std::pair{"2026-11-02T10:00:30", 300},
                                   {"2026-11-02T10:00:31", 400},
                                   {"2026-11-02T10:00:59", 400}}) {
    Cardholder p{between_book(bus_to_metro())};
    p.bus("2026-11-02T08:00:30");
    EXPECT_EQ(p.metro("a", "c", entry, "2026-11-02T11:00:00"), fen) << entry;
  }
}

TEST(Transfer, without_the_trip_record_the_state_grants_the_rest_of_the_minute) {
  for (const auto& [entry, fen] :
       {std::pair{"2026-11-02T10:00:59", 300}, {"2026-11-02T10:01:00", 400}}) {
    Cardholder p{between_book(bus_to_metro())};
    p.bus("2026-11-02T08:00:30");
    p.medium.history.clear();
    EXPECT_EQ(p.metro("a", "c", entry, "2026-11-02T11:00:00"), fen) << entry;
  }
}

TEST(Transfer, a_window_across_midnight_and_the_turn_of_the_service_day_is_one_window) {
  Cardholder p{between_book(bus_to_metro())};
  p.bus("2026-12-31T23:50:00");
  EXPECT_EQ(p.metro("a", "c", "2027-01-01T01:50:00", "2027-01-01T02:20:00"), 300);
}

TEST(Transfer, is_not_given_twice_on_one_ride_nor_to_the_next) {
  Cardholder p{between_book(bus_to_metro())};
  p.bus("2026-11-02T08:00:00");
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 300);
  EXPECT_EQ(p.metro("c", "a", "2026-11-02T08:45:00", "2026-11-02T09:00:00"), 400)
      << "the ride before is a metro ride";
}

TEST(Transfer, a_card_of_another_city_pays_the_full_fare) {
  Cardholder p{between_book(bus_to_metro())};
  p.medium.issuer = {0x02, 0x00, 0x30, 0x50};
  p.bus("2026-11-02T08:00:00");
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 400);
  for (const char* issuers : {"issuers = [\"3050\", \"2900\"]", "issuers = [\"any\"]"}) {
    Cardholder q{between_book(bus_to_metro() + issuers)};
    q.medium.issuer = {0x02, 0x00, 0x30, 0x50};
    q.bus("2026-11-02T08:00:00");
    EXPECT_EQ(q.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 300) << issuers;
  }
}

TEST(Transfer, riders_media_and_dates_bound_a_rule) {
  const auto ride = [](std::string_view bounds, auto change) {
    Cardholder p{between_book(bus_to_metro() + std::string{bounds})};
    change(p.medium);
    p.bus("2026-11-02T08:00:00");
    return p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00");
  };
  const auto as_is = [](Medium&) {};
  EXPECT_EQ(ride("riders = [\"student\"]", as_is), 400);
  EXPECT_EQ(ride("riders = [\"student\"]", [](Medium& m) { m.rider = RiderCategory::student; }),
            300);
  EXPECT_EQ(ride("media = [\"t-union\"]", [](Medium& m) { m.kind = MediumKind::qr; }), 400);
  EXPECT_EQ(ride("effective_from = 2026-11-03", as_is), 400);
  EXPECT_EQ(ride("effective_from = 2026-11-02\nuntil = 2026-11-02", as_is), 300);
  EXPECT_EQ(ride("until = 2026-11-01", as_is), 400);
}

TEST(Transfer, a_code_carries_neither_state_nor_trips) {
  Cardholder p{between_book(bus_to_metro())};
  p.medium.kind = MediumKind::qr;
  p.bus("2026-11-02T08:00:00");
  EXPECT_FALSE(p.medium.state);
  EXPECT_TRUE(p.medium.history.empty());
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 400);
  EXPECT_EQ(p.medium.balance, Fen{500'000 - 600});
}

TEST(Transfer, an_amount_off_never_makes_a_ride_cheaper_than_free) {
  Cardholder p{between_book(rule("\"m\"", "\"bus\"",
                                 "window_minutes = 30\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"amount-off\"\nfen = 900"))};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.bus("2026-11-02T08:20:00"), 0);
  EXPECT_EQ(p.reductions(), "transfer/t -200");
}

TEST(Transfer, a_percentage_is_rounded_as_the_rule_says) {
  Cardholder p{between_book(rule("\"bus\"", "\"m\"",
                                 "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"percent-off\"\npercent = 33\nrounding = \"up\"\n"
                                 "unit_fen = 10"))};
  p.bus("2026-11-02T08:00:00");
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:20:00", "2026-11-02T08:30:00"), 210);  // 201 up
}

TEST(Transfer, up_to_the_difference_pays_only_what_is_dearer_than_the_dearest_leg) {
  Cardholder p{between_book(rule("\"bus\", \"m\", \"night\"", "\"bus\", \"m\", \"night\"",
                                 "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"up-to-difference\""))};
  EXPECT_EQ(p.bus("2026-11-02T08:00:00"), 200);
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 200);
  EXPECT_EQ(p.bus("2026-11-02T09:00:00"), 0) << "400 are covered";
  EXPECT_EQ(p.bus("2026-11-02T09:30:00", "n", "night"), 100);
  EXPECT_EQ(p.bus("2026-11-02T10:30:01", "n", "night"), 500) << "a new chain";
}

TEST(Transfer, a_chain_ends_after_its_number_of_transfers) {
  Cardholder p{between_book(rule("\"bus\"", "\"bus\"",
                                 "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"free\"\nmax_transfers = 2"))};
  const std::array<std::int64_t, 5> expected{200, 0, 0, 200, 0};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(p.bus("2026-11-02T08:" + std::to_string(10 + 10 * i) + ":00"), expected[i]) << i;
}

TEST(Transfer, a_window_from_the_first_leg_is_not_begun_anew) {
  const auto chain = [](std::string_view from) {
    Cardholder p{between_book(rule("\"bus\"", "\"bus\"",
                                   "window_minutes = 60\nmeasured = \"begin-to-begin\"\n"
                                   "effect = \"free\"\nwindow_from = \"" +
                                       std::string{from} + "\""))};
    p.bus("2026-11-02T08:00:00");
    EXPECT_EQ(p.bus("2026-11-02T08:40:00"), 0);
    return p.bus("2026-11-02T09:20:00");
  };
  EXPECT_EQ(chain("first-leg"), 200);
  EXPECT_EQ(chain("last-leg"), 0);
}

TEST(Transfer, begin_to_begin_measures_from_the_entry_of_the_ride_before) {
  const auto bus_at = [](std::string_view when) {
    Cardholder p{between_book(rule("\"m\"", "\"bus\"",
                                   "window_minutes = 60\nmeasured = \"begin-to-begin\"\n"
                                   "effect = \"free\""))};
    p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:50:00");
    return p.bus(when);
  };
  EXPECT_EQ(bus_at("2026-11-02T09:00:00"), 0);
  EXPECT_EQ(bus_at("2026-11-02T09:01:00"), 200);
}

TEST(Transfer, end_to_end_asks_when_the_ride_is_over) {
  const auto out_at = [](std::string_view when) {
    Cardholder p{between_book(rule("\"bus\"", "\"m\"",
                                   "window_minutes = 60\nmeasured = \"end-to-end\"\n"
                                   "effect = \"free\""))};
    p.bus("2026-11-02T08:00:00");
    return p.metro("a", "b", "2026-11-02T08:30:00", when);
  };
  EXPECT_EQ(out_at("2026-11-02T09:00:59"), 0);
  EXPECT_EQ(out_at("2026-11-02T09:01:00"), 300);
}

TEST(Transfer, between_rides_of_one_line_is_excluded_where_the_rule_says) {
  const auto second = [](std::string_view stop, bool with_record) {
    Cardholder p{between_book(rule("\"bus\"", "\"bus\"",
                                   "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                   "effect = \"free\"\nsame_line = false"))};
    p.bus("2026-11-02T08:00:00", "l1");
    if (!with_record) p.medium.history.clear();
    return p.bus("2026-11-02T08:30:00", std::string{stop});
  };
  EXPECT_EQ(second("l1", true), 200);
  EXPECT_EQ(second("l2", true), 0);
  EXPECT_EQ(second("l2", false), 200) << "the line of the ride before is not known";
}

/// A bus by sections writes its own record at boarding, without our state: its alighting judges.
TEST(Transfer, a_bus_by_sections_is_judged_when_alighting_as_of_its_boarding) {
  const std::string rules = rule("\"m\"", "\"z\"",
                                 "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"amount-off\"\nfen = 100\nmax_transfers = 1\n"
                                 "issuers = [\"any\"]");
  for (const auto& [boarded, fen] :
       {std::pair{"2026-11-02T09:10:59", 400}, {"2026-11-02T09:11:00", 500}}) {
    Cardholder p{between_book(rules)};
    p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
    const auto before = p.medium.state;
    const Decision in = p.tap(TapKind::board, "z", "s", boarded);
    EXPECT_EQ(in.state_after.transfers, 0);
    p.medium.state = before;
    EXPECT_EQ(p.tap(TapKind::alight, "z", "t", "2026-11-02T10:00:00").total(), Fen{fen});
  }
}

TEST(Transfer, what_a_ride_before_left_is_none_of_a_bus_by_sections) {
  Cardholder p{between_book(rule("\"bus\"", "\"m\", \"z\"",
                                 "window_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"free\"") +
                            "[[interchange]]\nname = \"w\"\nnetwork = \"m\"\nminutes = 30\n"
                            "pairs = [\"b/c\"]\n")};
  p.bus("2026-11-02T07:50:00");
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 0);
  EXPECT_EQ(p.medium.state->transfer_group, 1);
  EXPECT_NE(p.medium.state->origin_stop, 0);
  p.tap(TapKind::board, "z", "s", "2026-11-02T08:20:00");
  EXPECT_EQ(p.tap(TapKind::alight, "z", "t", "2026-11-02T08:40:00").total(), Fen{500});
}

TEST(Transfer, companions_on_the_same_card_pay_their_fare) {
  Cardholder p{between_book(rule("\"m\"", "\"bus\"",
                                 "window_minutes = 30\nmeasured = \"end-to-begin\"\n"
                                 "effect = \"free\""))};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.tap(TapKind::board, "bus", "l1", "2026-11-02T08:20:00", 3).total(), Fen{400});
}

TEST(Transfer, a_lost_state_loses_the_transfer_but_not_the_trip_record) {
  Cardholder p{between_book(bus_to_metro())};
  p.bus("2026-11-02T08:00:00");
  p.medium.state.reset();
  p.medium.history.clear();  // another city's machine wrote a trip of its own
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 400);
  p.bus("2026-11-02T09:00:00");
  p.medium.state.reset();
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T09:30:00", "2026-11-02T09:40:00"), 300);
}

TEST(Transfer, the_gate_needs_only_the_fare_that_is_left) {
  Cardholder p{between_book(bus_to_metro())};
  p.bus("2026-11-02T08:00:00");
  p.medium.balance = Fen{300};
  EXPECT_EQ(p.metro("a", "c", "2026-11-02T08:30:00", "2026-11-02T08:40:00"), 300);
}

TEST(Transfer, rules_that_need_more_than_the_state_holds_are_refused_by_name) {
  const auto with = [](std::string_view rest) {
    return "window_minutes = 60\neffect = \"free\"\n" + std::string{rest};
  };
  const std::string first =
      rule("\"bus\"", "\"m\"", with("measured = \"end-to-begin\""), "first", 1);
  EXPECT_EQ(refused_because(first + rule("\"night\"", "\"m\"", with("measured = \"end-to-begin\""),
                                         "second", 1)),
            "transfer first: has the number of transfer second into the same network");
  EXPECT_EQ(refused_because(first + rule("\"bus\"", "\"night\"",
                                         with("measured = \"begin-to-begin\""), "second", 2)),
            "transfer first: measures from the begin or end of a ride, transfer second the other "
            "way: the card state has room for one time");
  EXPECT_EQ(
      refused_because(rule("\"bus\"", "\"bus\"",
                           with("measured = \"end-to-begin\"\nwindow_from = \"first-leg\""), "one",
                           2) +
                      first),
      "transfer one: measures from the first leg, transfer first from the last one: the card state "
      "has room for one time");
}

/// A bus where one boards and alights: industry 2 with the fares of metro z.
std::string refused_on_staged_bus(std::string_view rules) {
  BookModel model = decode_book(compile_between(rules).value()).value();
  testing_books::named(model, "z").industry = 2;
  const auto ok = check_book(model);
  return ok ? "" : ok.error().message();
}

TEST(StagedBus, what_has_to_be_counted_there_is_refused_by_name) {
  constexpr std::string_view kWhy =
      "in z, where one boards and alights at a fare that depends on the way: record 2702 has no "
      "room for the card state";
  const std::string rest = "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"free\"\n";
  for (const auto& [from, to] : {std::pair{"\"z\"", "\"m\""}, {"\"m\"", "\"z\""}}) {
    EXPECT_EQ(refused_on_staged_bus(rule(from, to, rest + "max_transfers = 1")),
              "transfer t: counts transfers " + std::string{kWhy});
    EXPECT_EQ(refused_on_staged_bus(rule(from, to, rest)), "") << "of any number";
  }
  const std::string nets = "networks = [\"m\", \"z\"]\n";
  EXPECT_EQ(refused_on_staged_bus("[[cap]]\nname = \"c\"\nperiod = \"day\"\nfen = 9\n" + nets),
            "cap c: counts spending " + std::string{kWhy});
  EXPECT_EQ(refused_on_staged_bus("[[cumulative]]\nname = \"c\"\nstarts = \"reaches\"\n"
                                  "tiers = [{ fen = 9, percent_off = 1 }]\n" +
                                  nets),
            "cumulative c: counts spending " + std::string{kWhy});
  EXPECT_EQ(
      refused_on_staged_bus("[[pass]]\nname = \"p\"\nproduct = 1\ncounts = \"rides\"\n" + nets),
      "pass p: counts rides " + std::string{kWhy});
  EXPECT_EQ(
      refused_on_staged_bus("[[pass]]\nname = \"p\"\nproduct = 1\ncounts = \"days\"\n" + nets), "");
}

TEST(StagedBus, leaves_the_state_that_is_on_the_card) {
  Cardholder p{between_book(bus_to_metro())};
  p.bus("2026-11-02T08:00:00");
  const auto before = p.medium.state;
  EXPECT_EQ(p.tap(TapKind::board, "z", "s", "2026-11-02T08:10:00").state_after, before);
  EXPECT_EQ(p.medium.state, before);
  EXPECT_EQ(p.tap(TapKind::alight, "z", "t", "2026-11-02T08:30:00").state_after, before);
  EXPECT_EQ(p.medium.state, before);
  Cardholder none{between_book(bus_to_metro())};
  none.tap(TapKind::board, "z", "s", "2026-11-02T08:10:00");
  none.tap(TapKind::alight, "z", "t", "2026-11-02T08:30:00");
  EXPECT_FALSE(none.medium.state);
}

TEST(Transfer, end_to_end_measures_from_the_trip_record_where_the_state_is_older) {
  const auto rules =
      rule("\"bus\"", "\"m\"", "window_minutes = 60\nmeasured = \"end-to-end\"\neffect = \"free\"");
  Cardholder p{between_book(rules)};
  p.bus("2026-11-02T06:00:00");
  const auto old = p.medium.state;
  p.bus("2026-11-02T08:00:00");
  p.medium.state = old;  // the second bus was another operator's, who writes no state of ours
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:30:00", "2026-11-02T08:59:00"), 0);
}

TEST(Transfer, many_networks_are_named_by_how_their_ids_begin) {
  const auto model = decode_book(
      compile_between(rule("\"n*\", \"b*\"", "\"*\"",
                           "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"free\""))
          .value());
  EXPECT_EQ(model->between.transfers[0].from, (NetworkSet{0, 2}));
  EXPECT_EQ(model->between.transfers[0].to, (NetworkSet{0, 1, 2, 3}));
  EXPECT_EQ(model->between.transfers[0].scope.issuers,
            (std::vector<std::uint16_t>{0x2900, 0x3050}));
}

TEST(Transfer, errors_in_the_source_name_line_and_what_was_expected) {
  const std::string good = bus_to_metro();
  const auto edit = [&good](std::string_view from, std::string_view to) {
    std::string out = good;
    out.replace(out.find(from), from.size(), to);
    const std::string error = refused_because(out);
    EXPECT_TRUE(error.starts_with("book.toml:")) << error;
    return error.substr(error.find(": ") + 2);
  };
  EXPECT_EQ(edit("end-to-begin", "middle"),
            "measured: one of end-to-begin, begin-to-begin, end-to-end was expected");
  EXPECT_EQ(edit("\"bus\"", "\"tram\""),
            "from: \"tram\" is not a network of this book, or was named before");
  EXPECT_EQ(edit("number = 1", "number = 16"), "number: a whole number from 1 to 15 was expected");
  EXPECT_EQ(edit("fen = 100", "fen = 100\nlater = 1"), "later: key is not known");
  EXPECT_EQ(edit("fen = 100", "fen = 100\npercent = 1"), "percent: belongs to effect percent-off");
  EXPECT_EQ(edit("fen = 100", "fen = 100\nissuers = [\"Shanghai\"]"),
            "issuers: cities such as 2900, or any, were expected");
}

}  // namespace
}  // namespace tidegate::fare
