// SPDX-License-Identifier: Apache-2.0
// Degraded and emergency modes, and what they forgive afterwards; riding on the issuer's loan.
#include <gtest/gtest.h>

#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::interval;
using testing_books::network;
using testing_books::Passenger;
using testing_books::policy_model;
using testing_books::told;

constexpr std::string_view kEight = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kNine = "2026-11-02T09:00:00+08:00";

const ModeInterval kEmergency = interval("m", "a", Modes::kEmergency, kEight, kNine);

/// Entered at s at 07:55 and left without a tap; in again at b.
std::string again(const BookModel& model, std::string_view when, const ModeHistory& history,
                  std::string_view entered = "2026-11-02T07:55:00+08:00") {
  Passenger who{model};
  static_cast<void>(who.entry("s", entered));
  return told(who.entry("b", when, history));
}

TEST(TrainFailure, lets_out_for_nothing_while_it_lasts) {
  const auto ride = [](const std::string& from, std::string_view left, std::uint16_t modes) {
    Passenger who{policy_model()};
    static_cast<void>(who.entry(from, "2026-11-02T07:55:00+08:00"));
    const std::string out = told(who.exit("a", left, modes));
    EXPECT_FALSE(who.medium.open) << "the record is closed";
    return out;
  };
  constexpr std::string_view kHalfPast = "2026-11-02T08:30:00+08:00";
  EXPECT_EQ(ride("a", kHalfPast, Modes::kTrainFailure), "0 mode/train-failure");
  EXPECT_EQ(ride("s", kHalfPast, Modes::kTrainFailure), "0 mode/train-failure");
  EXPECT_EQ(ride("s", "2026-11-02T09:01:00+08:00", 0), "400 m/od");
}

TEST(TrainFailure, that_is_over_forgives_no_fare) {
  Passenger who{policy_model()};
  static_cast<void>(who.entry("s", "2026-11-02T07:55:00+08:00"));
  EXPECT_EQ(told(who.exit("a", "2026-11-02T09:01:00+08:00", 0,
                          {interval("m", "a", Modes::kTrainFailure, kEight, kNine)})),
            "400 m/od");
}

TEST(Emergency, is_forgiven_for_seven_days_and_not_on_the_eighth) {
  EXPECT_EQ(again(policy_model(), "2026-11-02T09:30:00+08:00", {kEmergency}), "0 mode/emergency/a");
  EXPECT_EQ(again(policy_model(), "2026-11-09T08:00:00+08:00", {kEmergency}), "0 mode/emergency/a");
  EXPECT_EQ(again(policy_model(), "2026-11-10T01:59:59+08:00", {kEmergency}), "0 mode/emergency/a")
      << "the service day turns at two";
  EXPECT_EQ(again(policy_model(), "2026-11-10T02:00:00+08:00", {kEmergency}), "already_entered");
  BookModel model = policy_model();
  network(model, "m").policy.no_exit = Unseen::station_maximum;
  EXPECT_EQ(again(model, "2026-11-09T08:00:00+08:00", {kEmergency}), "0 mode/emergency/a");
  EXPECT_EQ(again(model, "2026-11-10T08:00:00+08:00", {kEmergency}), "700 m/no-exit, 0")
      << "the ordinary rule";
}

TEST(Emergency, a_clock_that_may_be_wrong_counts_no_days) {
  Passenger who{policy_model()};
  static_cast<void>(who.entry("s", "2026-11-02T07:55:00+08:00"));
  const Tap tap{.kind = TapKind::entry,
                .at = testing_books::at("2026-12-24T08:00:00+08:00"),
                .clock_trusted = false,
                .history = {kEmergency}};
  EXPECT_EQ(told(who.take(tap, "m", "b")), "0 mode/emergency/a");
}

TEST(Emergency, counts_over_month_end_and_leap_day) {
  const auto early = [](std::string_view from, std::string_view until) {
    return interval("m", "a", Modes::kEmergency, from, until);
  };
  constexpr std::string_view kEntered = "2028-02-25T07:00:00+08:00";
  const ModeInterval one = early("2028-02-25T08:00:00+08:00", "2028-02-25T09:00:00+08:00");
  EXPECT_EQ(again(policy_model(), "2028-03-03T23:00:00+08:00", {one}, kEntered),
            "0 mode/emergency/a");
  EXPECT_EQ(again(policy_model(), "2028-03-04T08:00:00+08:00", {one}, kEntered), "already_entered");
}

TEST(Emergency, only_of_the_journeys_own_day_network_and_time) {
  constexpr std::string_view kTomorrow = "2026-11-03T08:00:00+08:00";
  const auto other = [&](const ModeInterval& one) {
    return again(policy_model(), kTomorrow, {one});
  };
  EXPECT_EQ(other(interval("m", "", Modes::kEmergency, kEight, kNine)), "0 mode/emergency/m");
  EXPECT_EQ(other(interval("z", "y", Modes::kEmergency, kEight, kNine)), "already_entered");
  EXPECT_EQ(other(interval("m", "a", Modes::kOrderFree, kEight, kNine)), "already_entered");
  EXPECT_EQ(other(interval("m", "a", Modes::kEmergency, "2026-11-02T06:00:00+08:00",
                           "2026-11-02T07:55:00+08:00")),
            "already_entered")
      << "it was over when the passenger came in";
  EXPECT_EQ(other(interval("m", "a", Modes::kEmergency, "2026-11-03T01:59:59+08:00",
                           "2026-11-03T03:00:00+08:00")),
            "0 mode/emergency/a")
      << "the last second of the service day";
  EXPECT_EQ(other(interval("m", "a", Modes::kEmergency, "2026-11-03T02:00:00+08:00",
                           "2026-11-03T03:00:00+08:00")),
            "already_entered");
}

TEST(Emergency, that_goes_on_is_forgiven_too) {
  EXPECT_EQ(again(policy_model(), "2026-11-02T10:00:00+08:00",
                  {interval("m", "a", Modes::kEmergency, kEight, "2099-01-01T00:00:00+08:00")}),
            "0 mode/emergency/a");
}

TEST(Emergency, modes_and_days_are_the_networks_choice) {
  BookModel model = policy_model();
  JourneyPolicy& policy = network(model, "m").policy;
  policy.forgiven_modes = {Modes::kTrainFailure | Modes::kOrderFree};
  policy.forgiven_days = 1;
  constexpr std::string_view kTomorrow = "2026-11-03T08:00:00+08:00";
  EXPECT_EQ(again(model, kTomorrow, {kEmergency}), "already_entered");
  const ModeInterval failure =
      interval("m", "c", Modes::kTrainFailure | Modes::kEmergency, kEight, kNine);
  EXPECT_EQ(again(model, kTomorrow, {kEmergency, failure}), "0 mode/train-failure/c");
  EXPECT_EQ(again(model, "2026-11-04T08:00:00+08:00", {failure}), "already_entered");
  policy.forgiven_days = 0;
  EXPECT_EQ(again(model, kTomorrow, {failure}), "already_entered");
}

TEST(Emergency, the_journey_of_today_goes_on_as_any_other) {
  Passenger who{policy_model()};
  static_cast<void>(who.entry("s", "2026-11-02T07:55:00+08:00"));
  static_cast<void>(who.entry("b", "2026-11-09T08:00:00+08:00", {kEmergency}));
  EXPECT_EQ(who.medium.balance, Fen{10'000});
  EXPECT_EQ(told(who.exit("c", "2026-11-09T08:30:00+08:00")), "400 m/od");
}

TEST(Loan, rides_once_on_it_and_then_not_before_a_top_up) {
  Passenger who{policy_model()};
  static_cast<void>(who.entry("a", kEight));
  who.medium.balance = Fen{100};
  who.medium.overdraft_left = Fen{800};
  EXPECT_EQ(told(who.exit("b", kNine)), "300 m/od");
  EXPECT_EQ(who.medium.balance, Fen{0});
  EXPECT_EQ(who.medium.overdraft_left, Fen{600});
  EXPECT_EQ(who.medium.overdraft_used, Fen{200});
  EXPECT_EQ(told(who.entry("a", kNine)), "insufficient_balance");
  who.medium.balance = Fen{800};
  who.medium.overdraft_used = {};
  who.medium.overdraft_left = Fen{800};
  EXPECT_EQ(told(who.entry("a", kNine)), "0");
}

TEST(Loan, is_not_for_what_an_entry_collects) {
  BookModel model = policy_model();
  network(model, "m").policy.no_exit = Unseen::station_maximum;
  Passenger who{model};
  static_cast<void>(who.entry("a", kEight));
  who.medium.balance = Fen{100};
  who.medium.overdraft_left = Fen{800};
  EXPECT_EQ(told(who.entry("b", kNine)), "insufficient_balance");
}

}  // namespace
}  // namespace tidegate::fare
