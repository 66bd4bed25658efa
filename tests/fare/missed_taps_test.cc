// SPDX-License-Identifier: Apache-2.0
// Exits without an entry and journeys that were left open: who collects them, for how much, and
// when the next tap makes the missing one certain.
#include <gtest/gtest.h>

#include <functional>

#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::network;
using testing_books::Passenger;
using testing_books::policy_model;
using testing_books::told;

constexpr std::string_view kEight = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kNine = "2026-11-02T09:00:00+08:00";
constexpr std::string_view kTen = "2026-11-02T10:00:00+08:00";

BookModel with(const std::string& id, const std::function<void(JourneyPolicy&)>& change) {
  BookModel model = policy_model();
  change(network(model, id).policy);
  return model;
}

// Exit without an entry.

std::string exit_only(const BookModel& model, const std::string& stop, std::uint16_t modes = 0) {
  Passenger who{model};
  return told(who.exit(stop, kEight, modes));
}

TEST(NoEntry, is_the_staffs_by_default) {
  EXPECT_EQ(exit_only(policy_model(), "b"), "not_entered");
  EXPECT_EQ(exit_only(policy_model(), "b", Modes::kFareFree), "not_entered");
}

TEST(NoEntry, costs_what_the_network_says) {
  EXPECT_EQ(exit_only(with("m", [](auto& p) { p.no_entry = Unseen::station_maximum; }), "b"),
            "600 m/no-entry");
  EXPECT_EQ(exit_only(with("m",
                           [](auto& p) {
                             p.no_entry = Unseen::network_maximum;
                             p.maximum = Fen{900};
                           }),
                      "b"),
            "900 m/no-entry");
  const BookModel fixed = with("m", [](auto& p) {
    p.no_entry = Unseen::fixed;
    p.no_entry_fen = Fen{350};
    p.maximum = Fen{900};
  });
  EXPECT_EQ(exit_only(fixed, "b"), "350 m/no-entry");
  EXPECT_EQ(exit_only(fixed, "b", Modes::kFareFree), "0 mode/fare-free");
  EXPECT_EQ(exit_only(fixed, "b", Modes::kTrainFailure), "0 mode/train-failure");
  EXPECT_EQ(exit_only(fixed, "b", Modes::kOrderFree), "0 mode/order-free");
}

TEST(NoEntry, is_the_class_of_now_and_needs_the_money) {
  Passenger who{with("m", [](auto& p) { p.no_entry = Unseen::station_maximum; })};
  who.medium.rider = RiderCategory::senior;
  EXPECT_EQ(told(who.exit("b", kEight)), "300 m/no-entry");
  who.medium.balance = Fen{299};
  EXPECT_EQ(told(who.exit("b", kNine)), "insufficient_balance");
}

TEST(NoEntry, ends_the_chain_of_transfers) {
  BookModel model = with("m", [](auto& p) {
    p.no_entry = Unseen::fixed;
    p.no_entry_fen = Fen{350};
    p.maximum = Fen{900};
  });
  const auto metro = static_cast<std::uint16_t>(&network(model, "m") - model.networks.data());
  model.between.transfers = {{.name = "again",
                              .number = 3,
                              .from = {metro},
                              .to = {metro},
                              .window_minutes = 240,
                              .effect = TransferRule::Effect::amount_off,
                              .value = 100,
                              .max_transfers = 2}};
  Passenger who{model};
  static_cast<void>(who.entry("a", kEight));
  static_cast<void>(who.exit("b", kEight));
  static_cast<void>(who.entry("a", kNine));
  ASSERT_EQ(told(who.exit("b", kNine)), "300 m/od + -100 transfer/again");
  ASSERT_EQ(who.medium.state->transfer_group, 3);
  EXPECT_EQ(told(who.exit("b", kTen)), "350 m/no-entry");
  EXPECT_EQ(who.medium.state->transfers, 0);
  EXPECT_EQ(who.medium.state->transfer_group, 0);
}

TEST(NoEntry, a_code_never_shows_one) {
  Passenger who{with("m", [](auto& p) { p.no_entry = Unseen::station_maximum; })};
  who.medium.kind = MediumKind::qr;
  EXPECT_EQ(told(who.exit("b", kEight)), "not_entered");
}

TEST(NoEntry, a_flat_ride_has_no_alighting_to_charge) {
  Passenger who{with("f", [](auto& p) { p.no_entry = Unseen::station_maximum; })};
  EXPECT_EQ(told(who.tap(TapKind::alight, "f", "p", kEight)), "not_entered");
}

TEST(NoEntry, alighting_is_free_where_boarding_was_the_ride_until_today) {
  BookModel model = with("k", [](auto& p) { p.no_entry = Unseen::station_maximum; });
  auto& versions = network(model, "k").versions;
  versions.push_back(versions[0]);
  versions[0].tariff = FlatTariff{Fen{200}};
  versions[1].effective_from = testing_books::day("2026-11-02");
  const auto alights = [&](std::string_view boarded, std::string_view left) {
    Passenger who{model};
    EXPECT_TRUE(who.tap(TapKind::board, "k", "k1", boarded).accepted());
    return told(who.tap(TapKind::alight, "k", "k3", left));
  };
  EXPECT_EQ(alights("2026-11-02T01:59:00+08:00", "2026-11-02T02:10:00+08:00"), "0 k/flat");
  EXPECT_EQ(alights("2026-11-02T02:00:00+08:00", "2026-11-02T02:10:00+08:00"), "250 k/zones");
  EXPECT_EQ(alights("2026-11-02T01:59:00+08:00", "2026-11-03T01:59:59+08:00"), "0 k/flat");
  EXPECT_EQ(alights("2026-11-02T01:59:00+08:00", "2026-11-03T02:00:00+08:00"), "250 k/no-entry")
      << "no such ride takes more than a day";
  network(model, "k").policy.limits = {{Fen{}, 90}};
  EXPECT_EQ(alights("2026-11-02T01:59:00+08:00", "2026-11-02T03:29:59+08:00"), "0 k/flat");
  EXPECT_EQ(alights("2026-11-02T01:59:00+08:00", "2026-11-02T03:30:00+08:00"), "250 k/no-entry");
}

// Entry while a journey is open.

TEST(NoExit, is_the_staffs_by_default) {
  Passenger who{policy_model()};
  static_cast<void>(who.entry("a", kEight));
  EXPECT_EQ(told(who.entry("b", kNine)), "already_entered");
}

TEST(NoExit, is_collected_before_todays_ride) {
  Passenger who{with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; })};
  static_cast<void>(who.entry("a", kEight));
  EXPECT_EQ(told(who.entry("b", kNine)), "500 m/no-exit, 0") << "a to c is 500";
  EXPECT_EQ(who.medium.balance, Fen{9'500});
  EXPECT_EQ(who.medium.open->at, at(kNine)) << "the journey of today is open";
  ASSERT_EQ(who.medium.history.size(), 3U);
  EXPECT_EQ(who.medium.history[1].type, 8) << "a fare made up";
  EXPECT_EQ(who.medium.history[1].amount, Fen{500});
  EXPECT_EQ(who.medium.history[0].amount, Fen{0});
  EXPECT_EQ(who.medium.state->month_spent, Fen{500});
  EXPECT_EQ(who.medium.state->leg_end, 0U) << "nobody changes from a ride that nobody saw end";
  EXPECT_EQ(told(who.exit("c", kTen)), "400 m/od");
  EXPECT_EQ(who.medium.balance, Fen{9'100});
}

TEST(NoExit, a_second_look_at_the_same_gate_is_no_second_journey) {
  BookModel model = policy_model();
  JourneyPolicy& policy = network(model, "m").policy;
  policy.no_exit = Unseen::station_maximum;
  policy.maximum = Fen{900};
  Passenger p{model};
  p.tap(TapKind::entry, "m", "a", "2026-11-02T08:00:00+08:00");
  EXPECT_EQ(p.tap(TapKind::entry, "m", "a", "2026-11-02T08:01:00+08:00").refusal,
            RefusalCode::already_entered);
  EXPECT_TRUE(p.tap(TapKind::entry, "m", "a", "2026-11-02T08:01:01+08:00").accepted());
}

TEST(NoExit, costs_what_the_network_says) {
  const auto collected = [](const std::function<void(JourneyPolicy&)>& change,
                            RiderCategory rider = RiderCategory::adult) {
    Passenger who{with("m", change)};
    who.medium.rider = rider;
    static_cast<void>(who.entry("a", kEight));
    return told(who.entry("b", kNine));
  };
  EXPECT_EQ(collected([](auto& p) {
              p.no_exit = Unseen::network_maximum;
              p.maximum = Fen{900};
            }),
            "900 m/no-exit, 0");
  EXPECT_EQ(collected([](auto& p) {
              p.no_exit = Unseen::fixed;
              p.no_exit_fen = Fen{250};
              p.maximum = Fen{900};
            }),
            "250 m/no-exit, 0");
  EXPECT_EQ(collected([](auto& p) { p.no_exit = Unseen::station_maximum; }, RiderCategory::senior),
            "250 m/no-exit, 0");
}

TEST(NoExit, needs_the_money_for_both) {
  BookModel model = with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; });
  network(model, "m").minimum_balance = Fen{200};
  Passenger who{model};
  static_cast<void>(who.entry("a", kEight));
  who.medium.balance = Fen{699};
  EXPECT_EQ(told(who.entry("b", kNine)), "insufficient_balance");
  who.medium.balance = Fen{700};
  EXPECT_EQ(told(who.entry("b", kNine)), "500 m/no-exit, 0");
}

TEST(NoExit, order_free_mode_asks_for_nothing) {
  Passenger who{with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; })};
  static_cast<void>(who.entry("a", kEight));
  EXPECT_EQ(told(who.tap(TapKind::entry, "m", "b", kNine, Modes::kOrderFree)), "0");
}

TEST(NoExit, fare_free_mode_takes_nothing) {
  Passenger who{with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; })};
  static_cast<void>(who.entry("a", kEight));
  EXPECT_EQ(told(who.tap(TapKind::entry, "m", "b", kNine, Modes::kFareFree)), "0 mode/fare-free");
}

TEST(NoExit, is_priced_by_the_tariff_of_its_own_day) {
  BookModel model = with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; });
  network(model, "m")
      .versions.push_back(
          {testing_books::day("2026-12-01"), MatrixTariff{std::vector<std::uint32_t>(16, 850)}});
  Passenger who{model};
  static_cast<void>(who.entry("a", "2026-12-01T01:59:59+08:00"));
  EXPECT_EQ(told(who.entry("b", "2026-12-01T08:00:00+08:00")), "500 m/no-exit, 0");
  static_cast<void>(who.exit("b", "2026-12-01T08:10:00+08:00"));
  static_cast<void>(who.entry("a", "2026-12-01T08:20:00+08:00"));
  EXPECT_EQ(told(who.entry("b", "2026-12-01T09:00:00+08:00")), "850 m/no-exit, 0");
}

TEST(NoExit, an_entry_that_the_book_does_not_know_costs_only_what_needs_no_station) {
  BookModel model = with("m", [](auto& p) { p.no_exit = Unseen::station_maximum; });
  const auto unknown = [](Passenger& who) {
    static_cast<void>(who.entry("a", kEight));
    who.medium.open->where.station[7] = 0x55;
    return told(who.entry("b", kNine));
  };
  Passenger first{model};
  EXPECT_EQ(unknown(first), "already_entered");
  network(model, "m").policy.no_exit = Unseen::network_maximum;
  network(model, "m").policy.maximum = Fen{900};
  Passenger second{model};
  EXPECT_EQ(unknown(second), "900 m/no-exit, 0");
}

// Journeys left open elsewhere.

TEST(OpenElsewhere, a_gate_refuses_or_overwrites) {
  const auto both = [](OpenElsewhere rule) {
    Passenger who{with("m", [&](auto& p) { p.open_elsewhere = rule; })};
    static_cast<void>(who.tap(TapKind::entry, "z", "y", kEight));
    const std::string known = told(who.entry("a", kNine));
    who.medium.open = OpenJourney{.where = {.city = 0x1000}, .at = at(kEight)};
    return known + " / " + told(who.entry("a", kNine));
  };
  EXPECT_EQ(both(OpenElsewhere::refused), "already_entered / already_entered");
  EXPECT_EQ(both(OpenElsewhere::overwritten), "0 m/open-elsewhere / 0 m/open-elsewhere");
}

TEST(OpenElsewhere, a_bus_leaves_another_citys_boarding_alone) {
  Passenger who{with("k", [](auto& p) { p.no_exit = Unseen::station_maximum; })};
  static_cast<void>(who.tap(TapKind::board, "w", "w1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kEight)), "200 f/flat");
  EXPECT_TRUE(who.medium.open_bus) << "a flat boarding does not touch it";
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k1", kNine)), "0 k/open-elsewhere");
  EXPECT_EQ(told(who.tap(TapKind::alight, "k", "k2", kTen)), "100 k/zones");
}

TEST(MissedAlighting, is_refused_by_default_but_a_flat_boarding_never_is) {
  Passenger who{policy_model()};
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k2", kNine)), "already_entered");
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kNine)), "200 f/flat");
}

TEST(MissedAlighting, is_collected_to_the_terminus_at_the_next_boarding) {
  Passenger who{with("k", [](auto& p) { p.no_exit = Unseen::station_maximum; })};
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k2", kNine)), "250 k/no-exit, 0");
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k1", kTen)), "100 k/no-exit, 0")
      << "from k2 only k3 lies ahead";
  EXPECT_EQ(told(who.tap(TapKind::alight, "k", "k2", kTen)), "100 k/zones");
}

TEST(MissedAlighting, any_bus_of_the_city_may_collect_it_and_a_flat_one_closes_it) {
  const auto change = [](auto& p) {
    p.no_exit = Unseen::station_maximum;
    p.collected_in = CollectedIn::city;
  };
  Passenger who{with("k", change)};
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kNine)), "250 k/no-exit, 200 f/flat");
  EXPECT_EQ(who.medium.state->month_spent, Fen{450});
  EXPECT_FALSE(who.medium.open_bus);
  EXPECT_EQ(who.medium.balance, Fen{9'550});
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kTen));
  EXPECT_EQ(told(who.tap(TapKind::board, "w", "w1", kTen)), "0 w/open-elsewhere")
      << "not in another city";
}

TEST(MissedAlighting, needs_the_money_for_both) {
  Passenger who{with("k", [](auto& p) {
    p.no_exit = Unseen::station_maximum;
    p.collected_in = CollectedIn::city;
  })};
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kEight));
  who.medium.balance = Fen{449};
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kNine)), "insufficient_balance");
  who.medium.balance = Fen{450};
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kNine)), "250 k/no-exit, 200 f/flat");
}

TEST(MissedAlighting, rail_and_bus_keep_their_journeys_apart) {
  const auto everywhere = [](auto& p) {
    p.no_exit = Unseen::station_maximum;
    p.collected_in = CollectedIn::city;
  };
  BookModel model = with("k", everywhere);
  everywhere(network(model, "m").policy);
  Passenger who{model};
  static_cast<void>(who.entry("a", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k1", kEight)), "0");
  EXPECT_EQ(told(who.exit("b", kNine)), "300 m/od") << "the entry is still on the card";
  EXPECT_EQ(told(who.entry("a", kNine)), "0") << "a gate does not read what a bus has open";
  EXPECT_EQ(told(who.tap(TapKind::board, "f", "p", kNine)), "250 k/no-exit, 200 f/flat");
  EXPECT_EQ(told(who.entry("b", kTen)), "500 m/no-exit, 0") << "nor a bus what a gate has";
}

// When the missing tap is certain.

TEST(Certain, where_every_ride_that_it_could_have_been_costs_the_same) {
  const BookModel model = with("w", [](auto& p) { p.complete_certain = true; });
  Passenger who{model};
  static_cast<void>(who.tap(TapKind::board, "w", "w1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "w", "w1", kNine)), "200 w/completed, 0");
  EXPECT_EQ(told(who.tap(TapKind::alight, "w", "w2", kNine)), "200 w/od");
  EXPECT_EQ(told(who.tap(TapKind::alight, "w", "w2", kTen)), "200 w/completed");
}

TEST(Certain, is_not_done_where_two_fares_are_possible) {
  Passenger who{with("k", [](auto& p) { p.complete_certain = true; })};
  static_cast<void>(who.tap(TapKind::board, "k", "k1", kEight));
  EXPECT_EQ(told(who.tap(TapKind::board, "k", "k1", kNine)), "already_entered");
}

TEST(Certain, where_the_book_says_that_there_is_no_other_way) {
  // Whoever comes in at y has left the metro at b.
  BookModel model = with("m", [](auto& p) { p.completions = {{5, 1, 2, 15}}; });
  network(model, "m").policy.collected_in = CollectedIn::city;
  network(model, "z").city = 0x2900;
  network(model, "z").acquirer[1] = 0x77;
  const auto next = [&](std::string_view when, bool trusted = true) {
    Passenger who{model};
    static_cast<void>(who.entry("a", kEight));
    return told(
        who.take({.kind = TapKind::entry, .at = at(when), .clock_trusted = trusted}, "z", "y"));
  };
  EXPECT_EQ(next("2026-11-02T08:15:00+08:00"), "300 m/od + 0 m/completed, 0");
  EXPECT_EQ(next("2026-11-02T08:15:01+08:00"), "already_entered");
  EXPECT_EQ(next("2026-11-02T08:15:00+08:00", false), "already_entered");
}

}  // namespace
}  // namespace tidegate::fare
