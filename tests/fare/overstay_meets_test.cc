// SPDX-License-Identifier: Apache-2.0
// An overstay where other rules hold: the ride is paid as any other, the penalty beside it by each
// person. What an entry tells, and that an exit holds to it.
#include <gtest/gtest.h>

#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::network;
using testing_books::Passenger;
using testing_books::policy_model;
using testing_books::told;

constexpr std::string_view kEntered = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kInTime = "2026-11-02T08:30:00+08:00";
constexpr std::string_view kBeyond = "2026-11-02T11:00:01+08:00";

/// Where children and companions may come along.
BookModel with_party(Overstay overstay, Fen added = {}) {
  BookModel model = testing_books::limited(overstay, added);
  network(model, "m").versions[0].companions = CompanionRule{.free_children = 1,
                                                             .child = RiderCategory::senior,
                                                             .max_companions = 2,
                                                             .companion = RiderCategory::senior};
  return model;
}

std::uint16_t index_of(BookModel& model, std::string_view id) {
  return static_cast<std::uint16_t>(&network(model, id) - model.networks.data());
}

TEST(OverstayMeets, a_pass_frees_the_fare_and_not_the_penalty) {
  BookModel model = with_party(Overstay::exit_maximum);
  model.between.passes = {{.name = "rides", .product = 5, .networks = {index_of(model, "m")}}};
  Passenger who{model};
  who.medium.state = CardState{.pass_product = 5, .pass_left = 3};
  static_cast<void>(who.entry("a", kEntered));
  who.medium.balance = Fen{300};
  EXPECT_EQ(told(who.exit("b", kBeyond)), "300 m/od + -300 pass/rides + 300 m/overstay")
      << "s to b is 600";
  EXPECT_EQ(who.medium.state->pass_left, 2);
  EXPECT_EQ(who.medium.balance, Fen{0});
}

TEST(OverstayMeets, a_cap_lowers_the_fare_and_counts_no_penalty) {
  BookModel model = with_party(Overstay::added, Fen{50});
  model.between.caps = {
      {.name = "day", .networks = {index_of(model, "m")}, .period = Period::day, .fen = Fen{500}}};
  Passenger who{model};
  static_cast<void>(who.entry("a", kEntered));
  EXPECT_EQ(told(who.exit("b", kBeyond)), "300 m/od + 50 m/overstay");
  EXPECT_EQ(who.medium.state->day_spent, Fen{300}) << "a penalty is no ride";
  static_cast<void>(who.entry("a", "2026-11-02T12:00:00+08:00"));
  EXPECT_EQ(told(who.exit("b", "2026-11-02T18:00:00+08:00")),
            "300 m/od + -100 cap/day + 50 m/overstay");
}

std::string party_leaves(const BookModel& model, std::uint16_t children, std::uint16_t companions,
                         std::uint16_t count = 1) {
  Passenger who{model};
  const TapContext in{.network = NetworkId{"m"},
                      .stop = StopCode{"a"},
                      .count = count,
                      .children = children,
                      .companions = companions};
  TapContext out = in;
  out.stop = StopCode{"b"};
  const Tap entry{.kind = TapKind::entry, .at = at(kEntered)};
  const Decision entered = price(*who.book, who.medium, in, entry);
  carry_on(*who.book, who.medium, in, entry, entered);
  const Decision left =
      price(*who.book, who.medium, out, {.kind = TapKind::exit, .at = at(kBeyond)});
  EXPECT_LE(left.total(), entered.max_fare);
  return told(left);
}

TEST(OverstayMeets, each_person_pays_the_penalty_of_his_own_class) {
  const BookModel most = with_party(Overstay::exit_maximum);
  EXPECT_EQ(party_leaves(most, 0, 1), "300 m/od + 150 m/half/senior + 450 m/overstay")
      << "up to 600 and 300: the dearest rides that end at b";
  EXPECT_EQ(party_leaves(most, 2, 0),
            "300 m/od + 150 m/half/senior + 0 m/free-child + 450 m/overstay")
      << "a child that rides free has no ticket that could run out";
  EXPECT_EQ(party_leaves(with_party(Overstay::added, Fen{50}), 2, 2),
            "300 m/od + 150 m/half/senior + 300 m/half/senior + 0 m/free-child + 200 m/overstay");
  EXPECT_EQ(party_leaves(with_party(Overstay::added, Fen{50}), 0, 0, 3),
            "900 m/od + 150 m/overstay");
}

TEST(OverstayMeets, leaving_where_one_entered_is_paid_by_every_person) {
  BookModel model = with_party(Overstay::none);
  network(model, "m").policy.limits.clear();
  network(model, "m").policy.same_station = SameStation::minimum_fare;
  Passenger who{model};
  static_cast<void>(who.entry("a", kEntered));
  const TapContext out{
      .network = NetworkId{"m"}, .stop = StopCode{"a"}, .children = 2, .companions = 1};
  EXPECT_EQ(told(price(*who.book, who.medium, out, {.kind = TapKind::exit, .at = at(kInTime)})),
            "600 m/same-station")
      << "the holder, the second child, the companion";
}

// What the entry tells.

Fen told_to(const BookModel& model, RiderCategory rider) {
  Passenger who{model};
  who.medium.rider = rider;
  return who.entry("a", kEntered).max_fare;
}

TEST(ToldAtEntry, is_the_most_of_the_passengers_own_class) {
  const BookModel exit_maximum = with_party(Overstay::exit_maximum);
  EXPECT_EQ(told_to(exit_maximum, RiderCategory::adult), Fen{700}) << "s to c";
  EXPECT_EQ(told_to(exit_maximum, RiderCategory::senior), Fen{350});
  const BookModel added = with_party(Overstay::added, Fen{50});
  EXPECT_EQ(told_to(added, RiderCategory::adult), Fen{550}) << "a to c, and 50";
  EXPECT_EQ(told_to(added, RiderCategory::senior), Fen{300});
  EXPECT_EQ(told_to(with_party(Overstay::minimum_fare), RiderCategory::senior), Fen{450});
  EXPECT_EQ(told_to(with_party(Overstay::network_maximum), RiderCategory::senior), Fen{900})
      << "that is the same for everybody";
}

TEST(ToldAtEntry, a_class_with_gaps_may_cost_what_stands_behind_it) {
  BookModel model = with_party(Overstay::exit_maximum);
  auto& senior = std::get<MatrixTariff>(network(model, "m").versions[0].classes[0].tariff);
  senior.cells[11] = senior.cells[14] = MatrixTariff::kNoFare;  // c and s: the full 700
  EXPECT_EQ(told_to(model, RiderCategory::senior), Fen{700});
}

/// Enters with one book, leaves with another.
std::string across(const BookModel& now, const BookModel& then, std::uint16_t count = 1) {
  Passenger who{now};
  static_cast<void>(who.entry("a", kEntered));
  who.book = testing_books::load(then);
  const TapContext out{.network = NetworkId{"m"}, .stop = StopCode{"b"}, .count = count};
  return told(price(*who.book, who.medium, out, {.kind = TapKind::exit, .at = at(kInTime)}));
}

TEST(ToldAtEntry, the_exit_holds_to_it_with_a_newer_book) {
  BookModel dearer = policy_model();
  for (std::uint32_t& cell : std::get<MatrixTariff>(network(dearer, "m").versions[0].tariff).cells)
    if (cell != MatrixTariff::kNoFare) cell += 250;
  EXPECT_EQ(across(policy_model(), dearer), "550 m/od + -50 m/told-at-entry") << "500 was told";
  EXPECT_EQ(across(dearer, policy_model()), "300 m/od");
  EXPECT_EQ(across(policy_model(), dearer, 2), "1100 m/od")
      << "what was told to a party, nobody knows any more";
}

TEST(ToldAtEntry, the_exit_holds_to_it_with_another_list_of_the_entitled) {
  Passenger who{policy_model()};
  who.medium.entitlements = {RiderCategory::senior};
  EXPECT_EQ(who.entry("a", kEntered).max_fare, Fen{250});
  who.medium.entitlements = {};
  EXPECT_EQ(told(who.exit("b", kInTime)), "300 m/od + -50 m/told-at-entry");
  EXPECT_EQ(who.medium.state->month_spent, Fen{250}) << "what was paid";
}

TEST(ToldAtEntry, the_exit_holds_to_it_with_a_penalty_that_came_since) {
  const BookModel stricter = with_party(Overstay::network_maximum);
  Passenger who{policy_model()};
  static_cast<void>(who.entry("a", kEntered));
  who.book = testing_books::load(stricter);
  EXPECT_EQ(told(who.exit("b", kBeyond)), "300 m/od + 600 m/overstay + -400 m/told-at-entry");
}

}  // namespace
}  // namespace tidegate::fare
