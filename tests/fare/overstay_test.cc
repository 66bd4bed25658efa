// SPDX-License-Identifier: Apache-2.0
// Time limits: the second they end, what an overstay costs, and what is forgiven.
#include <gtest/gtest.h>

#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::interval;
using testing_books::limited;
using testing_books::network;
using testing_books::Passenger;
using testing_books::policy_model;
using testing_books::told;

constexpr std::string_view kEntered = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kLimit = "2026-11-02T11:00:00+08:00";
constexpr std::string_view kBeyond = "2026-11-02T11:00:01+08:00";

std::string ride(const BookModel& model, std::string_view left,
                 RiderCategory rider = RiderCategory::adult, const std::string& from = "a",
                 const std::string& to = "b") {
  Passenger who{model};
  who.medium.rider = rider;
  EXPECT_TRUE(who.entry(from, kEntered).accepted());
  return told(who.exit(to, left));
}

TEST(Overstay, the_last_second_of_the_limit_is_inside) {
  const BookModel model = limited(Overstay::exit_maximum);
  EXPECT_EQ(ride(model, kLimit), "300 m/od");
  EXPECT_EQ(ride(model, "2026-11-02T11:00:00.999+08:00"), "300 m/od")
      << "a card keeps whole seconds";
  EXPECT_EQ(ride(model, kBeyond), "300 m/od + 300 m/overstay") << "s to b is 600";
}

TEST(Overstay, midnight_and_the_turn_of_the_service_day_change_nothing) {
  const auto late = [](std::string_view left) {
    Passenger who{limited(Overstay::exit_maximum)};
    static_cast<void>(who.entry("a", "2026-11-30T23:30:00+08:00"));
    return told(who.exit("b", left));
  };
  EXPECT_EQ(late("2026-12-01T02:30:00+08:00"), "300 m/od");
  EXPECT_EQ(late("2026-12-01T02:30:01+08:00"), "300 m/od + 300 m/overstay");
}

TEST(Overstay, what_it_costs_is_the_networks_choice) {
  EXPECT_EQ(ride(limited(Overstay::none), kBeyond), "300 m/od");
  EXPECT_EQ(ride(limited(Overstay::network_maximum), kBeyond), "300 m/od + 600 m/overstay");
  EXPECT_EQ(ride(limited(Overstay::minimum_fare), kBeyond), "300 m/od + 200 m/overstay");
  EXPECT_EQ(ride(limited(Overstay::added, Fen{50}), kBeyond), "300 m/od + 50 m/overstay");
}

TEST(Overstay, too_far_and_too_long_together_cost_one_maximum) {
  EXPECT_EQ(ride(limited(Overstay::exit_maximum), kBeyond, RiderCategory::adult, "s", "c"),
            "700 m/od + 0 m/overstay");
  EXPECT_EQ(ride(limited(Overstay::network_maximum), kBeyond, RiderCategory::adult, "s", "c"),
            "700 m/od + 200 m/overstay");
  EXPECT_EQ(ride(limited(Overstay::added, Fen{800}), kBeyond, RiderCategory::adult, "s", "c"),
            "700 m/od + 200 m/overstay")
      << "never more than the highest single fare";
}

TEST(Overstay, the_highest_fare_at_the_exit_is_that_of_the_passengers_class) {
  EXPECT_EQ(ride(limited(Overstay::exit_maximum), kBeyond, RiderCategory::senior),
            "150 m/half/senior + 150 m/overstay");
}

TEST(Overstay, the_limit_may_grow_with_the_full_fare) {
  BookModel model = limited(Overstay::exit_maximum);
  network(model, "m").policy.limits = {{Fen{300}, 60}, {Fen{500}, 90}, {Fen{}, 180}};
  EXPECT_EQ(ride(model, "2026-11-02T09:00:00+08:00"), "300 m/od");
  EXPECT_EQ(ride(model, "2026-11-02T09:00:01+08:00"), "300 m/od + 300 m/overstay");
  constexpr auto kAdult = RiderCategory::adult;
  EXPECT_EQ(ride(model, "2026-11-02T09:30:00+08:00", kAdult, "b", "c"), "400 m/od");
  EXPECT_EQ(ride(model, "2026-11-02T09:30:01+08:00", kAdult, "b", "c"),
            "400 m/od + 300 m/overstay");
  EXPECT_EQ(ride(model, kLimit, kAdult, "b", "s"), "600 m/od");
  EXPECT_EQ(ride(model, "2026-11-02T09:30:00+08:00", RiderCategory::senior, "b", "c"),
            "200 m/half/senior")
      << "whoever pays half has as long";
}

TEST(Overstay, the_entry_tells_the_most_that_its_exit_can_cost) {
  Passenger who{limited(Overstay::network_maximum)};
  EXPECT_EQ(who.entry("a", kEntered).max_fare, Fen{900});
}

TEST(Overstay, time_is_not_judged_in_time_free_mode_or_by_a_clock_that_may_be_wrong) {
  Passenger who{limited(Overstay::exit_maximum)};
  static_cast<void>(who.entry("a", kEntered));
  EXPECT_EQ(told(who.exit("b", kBeyond, Modes::kTimeFree)), "300 m/od + 0 mode/time-free");
  static_cast<void>(who.entry("a", kEntered));
  EXPECT_EQ(
      told(who.take({.kind = TapKind::exit, .at = at(kBeyond), .clock_trusted = false}, "m", "b")),
      "300 m/od + 0 mode/time-free");
}

TEST(Overstay, a_clock_fault_at_the_station_of_entry_is_forgiven) {
  const auto left = [](const ModeInterval& known) {
    Passenger who{limited(Overstay::exit_maximum)};
    static_cast<void>(who.entry("a", kEntered));
    return told(who.exit("b", "2026-11-02T12:00:00+08:00", 0, {known}));
  };
  const auto fault = [](std::string_view network, std::string_view stop, std::string_view from,
                        std::string_view until) {
    return interval(network, stop, Modes::kTimeFree, from, until);
  };
  constexpr std::string_view kSeven = "2026-11-02T07:00:00+08:00";
  constexpr std::string_view kTen = "2026-11-02T10:00:00+08:00";
  EXPECT_EQ(left(fault("m", "a", kSeven, kTen)), "300 m/od + 0 mode/time-free/a");
  EXPECT_EQ(left(fault("m", "", kSeven, kTen)), "300 m/od + 0 mode/time-free/m");
  const std::string overstay = "300 m/od + 300 m/overstay";
  EXPECT_EQ(left(fault("m", "c", kSeven, kTen)), overstay) << "another station's clock";
  EXPECT_EQ(left(fault("z", "a", kSeven, kTen)), overstay) << "another network's";
  EXPECT_EQ(left(fault("m", "a", "2026-11-02T05:00:00+08:00", kEntered)), overstay)
      << "it was over when the passenger came in";
  EXPECT_EQ(left(interval("m", "a", Modes::kDateFree, kSeven, kTen)), overstay);
}

TEST(Overstay, an_entry_in_the_future_is_no_overstay) {
  Passenger who{limited(Overstay::exit_maximum)};
  static_cast<void>(who.entry("a", "2026-11-02T13:00:00+08:00"));
  EXPECT_EQ(told(who.exit("b", kBeyond)), "300 m/od");
}

TEST(Overstay, days_inside_cost_one_maximum) {
  EXPECT_EQ(ride(limited(Overstay::exit_maximum), "2026-12-24T08:00:00+08:00"),
            "300 m/od + 300 m/overstay");
}

TEST(SameStation, is_the_tariffs_own_by_default) {
  EXPECT_EQ(ride(policy_model(), "2026-11-02T08:05:00+08:00", RiderCategory::adult, "a", "a"),
            "0 m/od");
  EXPECT_EQ(ride(policy_model(), "2026-11-02T08:05:00+08:00", RiderCategory::adult, "c", "c"),
            "no_fare");
}

TEST(SameStation, free_for_some_minutes_then_by_its_rule) {
  BookModel model = limited(Overstay::exit_maximum);
  JourneyPolicy& policy = network(model, "m").policy;
  policy.same_station_free_minutes = 20;
  const auto out = [&](std::string_view left) {
    return ride(model, left, RiderCategory::adult, "c", "c");
  };
  constexpr std::string_view kFree = "2026-11-02T08:20:00+08:00";
  constexpr std::string_view kPaid = "2026-11-02T08:20:01+08:00";
  EXPECT_EQ(out(kFree), "0 m/same-station-free");
  EXPECT_EQ(out(kPaid), "no_fare") << "the tariff has none for it";
  policy.same_station = SameStation::minimum_fare;
  EXPECT_EQ(out(kFree), "0 m/same-station-free");
  EXPECT_EQ(out(kPaid), "200 m/same-station");
  policy.same_station = SameStation::fixed;
  policy.same_station_fen = Fen{350};
  EXPECT_EQ(out(kPaid), "350 m/same-station");
  EXPECT_EQ(out(kBeyond), "350 m/same-station + 350 m/overstay") << "s to c is 700";
  policy.same_station = SameStation::refused;
  policy.same_station_fen = {};
  EXPECT_EQ(out(kPaid), "same_station");
  EXPECT_EQ(out(kBeyond), "700 m/overstay") << "nobody is trapped by having stayed too long";
}

TEST(SameStation, a_wrong_clock_costs_nobody_anything) {
  BookModel model = limited(Overstay::none);
  network(model, "m").policy.same_station = SameStation::minimum_fare;
  network(model, "m").policy.same_station_free_minutes = 20;
  Passenger who{model};
  static_cast<void>(who.entry("a", kEntered));
  EXPECT_EQ(
      told(who.take({.kind = TapKind::exit, .at = at(kLimit), .clock_trusted = false}, "m", "a")),
      "0 m/same-station-free");
}

}  // namespace
}  // namespace tidegate::fare
