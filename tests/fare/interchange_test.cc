// SPDX-License-Identifier: Apache-2.0
// Interchanges out of the station: one continuous fare, and what the card carries for it.
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;
using testing_books::refused_because;

/// From b to c on foot within half an hour; c also to itself.
constexpr std::string_view kWalk =
    "[[interchange]]\nname = \"walk\"\nnetwork = \"m\"\nminutes = 30\npairs = [\"c/b\", \"c/c\"]\n";

TEST(Interchange, the_second_exit_pays_what_is_left_of_one_fare) {
  Cardholder p{between_book(kWalk)};
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 300);
  EXPECT_EQ(p.medium.state->origin_stop, 11);
  EXPECT_EQ(p.medium.state->origin_paid, Fen{300});
  // a to d is 600, and c to d alone 400.
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 300);
  EXPECT_EQ(p.reductions(), "interchange/walk -100");
  EXPECT_EQ(p.medium.state->origin_stop, 0) << "nobody walks on from d";
}

TEST(Interchange, the_last_second_of_its_minutes_counts) {
  for (const auto& [entry, fen] :
       {std::pair{"2026-11-02T08:40:05", 300}, {"2026-11-02T08:40:06", 400}}) {
    Cardholder p{between_book(kWalk)};
    p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:05");
    EXPECT_EQ(p.metro("c", "d", entry, "2026-11-02T09:40:00"), fen) << entry;
  }
}

TEST(Interchange, it_goes_on_as_often_as_there_is_a_pair) {
  Cardholder p{between_book(kWalk)};
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 300);
  EXPECT_EQ(p.metro("c", "c", "2026-11-02T08:20:00", "2026-11-02T08:25:00"), 100);
  EXPECT_EQ(p.medium.state->origin_stop, 11);
  EXPECT_EQ(p.medium.state->origin_paid, Fen{400});
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:30:00", "2026-11-02T08:50:00"), 200);
}

TEST(Interchange, never_costs_more_than_two_rides_nor_less_than_nothing) {
  Cardholder p{between_book(kWalk)};
  EXPECT_EQ(p.metro("d", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 500);
  // Back to where it began: 100 for d to d are covered.
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 0);
  EXPECT_EQ(p.metro("b", "b", "2026-11-02T10:00:00", "2026-11-02T10:10:00"), 100);
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T10:20:00", "2026-11-02T10:40:00"), 400)
      << "b to d is 500: as much as two rides";
}

TEST(Interchange, other_stops_and_other_ways_are_new_rides) {
  Cardholder p{between_book(kWalk)};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.metro("d", "c", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 400) << "not listed";
  EXPECT_EQ(p.medium.state->origin_stop, 14);
  p.bus("2026-11-02T08:45:00");
  EXPECT_EQ(p.metro("b", "a", "2026-11-02T08:50:00", "2026-11-02T09:10:00"), 300)
      << "a bus between";
}

TEST(Interchange, an_entry_that_is_none_ends_the_fare) {
  Cardholder p{between_book(kWalk)};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  p.tap(TapKind::entry, "m", "c", "2026-11-02T09:00:00");
  EXPECT_EQ(p.medium.state->apart, 1);
  Cardholder rides = p;
  EXPECT_EQ(rides.tap(TapKind::exit, "m", "d", "2026-11-02T09:10:00").total(), Fen{400});
  EXPECT_EQ(rides.medium.state->origin_stop, 0);
  EXPECT_EQ(rides.medium.state->apart, 0);
  p.bus("2026-11-02T09:20:00");  // its exit was not seen
  EXPECT_EQ(p.medium.state->origin_stop, 0);
  EXPECT_EQ(p.medium.state->origin_paid, Fen{0});
}

TEST(Interchange, needs_the_state_and_the_newest_trip_record) {
  for (const bool state : {true, false}) {
    Cardholder p{between_book(kWalk)};
    p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
    if (state)
      p.medium.state.reset();
    else
      p.medium.history.clear();
    EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 400);
  }
}

TEST(Interchange, a_state_lost_inside_loses_the_rest_of_the_fare) {
  Cardholder p{between_book(kWalk)};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  p.tap(TapKind::entry, "m", "c", "2026-11-02T08:20:00");
  p.medium.state.reset();
  EXPECT_EQ(p.tap(TapKind::exit, "m", "d", "2026-11-02T08:40:00").total(), Fen{400});
}

TEST(Interchange, only_cards_of_the_city_unless_the_rule_says_more) {
  Cardholder p{between_book(kWalk)};
  p.medium.issuer = {0x01, 0x00, 0x99, 0x90};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 400);
}

TEST(Interchange, who_names_no_issuer_is_at_home) {
  Cardholder p{between_book(kWalk)};
  p.medium.issuer = {};
  p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00");
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 300);
}

TEST(Interchange, the_transfer_of_its_first_part_is_not_given_again_and_not_taken_back) {
  const std::string transfer =
      "[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"bus\", \"m\"]\nto = [\"m\"]\n"
      "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"amount-off\"\nfen = 100\n";
  Cardholder p{between_book(std::string{kWalk} + transfer)};
  p.bus("2026-11-02T07:50:00");
  EXPECT_EQ(p.metro("a", "b", "2026-11-02T08:00:00", "2026-11-02T08:10:00"), 200);
  EXPECT_EQ(p.metro("c", "d", "2026-11-02T08:20:00", "2026-11-02T08:40:00"), 300)
      << "together 500: the fare of a to d less one transfer";
}

TEST(Interchange, its_times_and_the_transfers_of_a_chain_have_room_on_the_card) {
  const auto chain = [](int transfers, int links) {
    return refused_because(
        std::string{kWalk} + "max_links = " + std::to_string(links) +
        "\n[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
        "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"free\"\nmax_transfers = " +
        std::to_string(transfers) + "\n");
  };
  EXPECT_EQ(chain(3, 3), "compiled");
  EXPECT_EQ(chain(4, 3),
            "interchange walk: goes on 3 times, and transfer t into the same network counts 4: the "
            "card state has no room for both");
  EXPECT_EQ(chain(4, 2), "compiled");
  EXPECT_EQ(chain(0, 7), "compiled") << "without a limit: none or some";
  EXPECT_NE(chain(0, 8), "compiled");
  EXPECT_EQ(chain(7, 1), "compiled");
  EXPECT_NE(chain(8, 1), "compiled");
}

TEST(Interchange, how_often_comes_back_from_its_bytes) {
  const auto payload = testing_books::compile_between(std::string{kWalk} + "max_links = 7\n");
  EXPECT_EQ(decode_book(*payload)->between.interchanges[0].max_links, 7);
  EXPECT_EQ(testing_books::compile_between(std::string{kWalk} + "max_links = 3\n").value(),
            testing_books::compile_between(kWalk).value());
}

TEST(Interchange, errors_in_the_source_say_what_was_expected) {
  const auto told = [](std::string_view from, std::string_view to) {
    std::string rules{kWalk};
    rules.replace(rules.find(from), from.size(), to);
    const std::string error = refused_because(rules);
    return error.substr(error.find(": ") + 2);
  };
  EXPECT_EQ(told("c/b", "c/x"),
            "pairs: two stops of m such as 0111/0245 were expected, not \"c/x\"");
  EXPECT_EQ(told("\"m\"", "\"x\""), "network: \"x\" is not a network of this book");
  EXPECT_EQ(told("minutes = 30", "minutes = 0"),
            "minutes: a whole number from 1 to 1440 was expected");
  EXPECT_EQ(told("minutes = 30", "minutes = 30\nmax_links = 16"),
            "max_links: a whole number from 1 to 15 was expected");
}

}  // namespace
}  // namespace tidegate::fare
