// SPDX-License-Identifier: Apache-2.0
// Who pays what and when: order of classes, timeframes to the second, media, riders of a book.
#include <gtest/gtest.h>

#include <random>

#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::classed_model;
using testing_books::load;

constexpr RiderCategory kPensioner{32};
constexpr std::string_view kMondayPeak = "2026-11-02T08:00:00+08:00";
constexpr std::string_view kMondayNoon = "2026-11-02T12:00:00+08:00";

class Classes : public ::testing::Test {
 protected:
  struct Ride {
    Decision in, out;
  };
  [[nodiscard]] Ride ride(RiderCategory rider, std::string_view from, std::string_view to,
                          std::string_view entered,
                          std::string_view left = "2026-11-08T23:00:00+08:00",
                          MediumKind kind = MediumKind::t_union) const {
    Medium medium{.kind = kind, .rider = rider, .balance = Fen{5'000}};
    const TapContext here{.network = NetworkId{"m"}, .stop = StopCode{std::string{from}}};
    const TapContext there{.network = NetworkId{"m"}, .stop = StopCode{std::string{to}}};
    const Tap in{.kind = TapKind::entry, .at = at(entered)};
    Ride done{.in = price(*book, medium, here, in), .out = {}};
    carry_on(*book, medium, here, in, done.in);
    done.out = price(*book, medium, there, {.kind = TapKind::exit, .at = at(left)});
    return done;
  }
  [[nodiscard]] std::string rule(const Ride& ride) const {
    return ride.out.accepted() ? std::string{ride.out.charges[0].trace[0].rule.view()}
                               : std::string{refusal_name(*ride.out.refusal)};
  }
  std::shared_ptr<const Book> book = load(classed_model());
};

TEST_F(Classes, the_first_that_matches_and_has_a_fare_is_taken) {
  const Ride peak = ride(kPensioner, "a", "b", kMondayPeak);
  EXPECT_EQ(peak.out.total(), Fen{150});
  EXPECT_EQ(rule(peak), "m/half/pensioner@peak");
  const Ride no_cell = ride(kPensioner, "b", "c", kMondayPeak);
  EXPECT_EQ(no_cell.out.total(), Fen{0}) << "the first class has no fare for it, the second has";
  EXPECT_EQ(rule(no_cell), "m/flat/pensioner");
  const Ride off_peak = ride(kPensioner, "a", "b", kMondayNoon);
  EXPECT_EQ(rule(off_peak), "m/flat/pensioner");
  const Ride adult = ride(RiderCategory::adult, "a", "b", kMondayPeak);
  EXPECT_EQ(adult.out.total(), Fen{300});
  EXPECT_EQ(rule(adult), "m/od");
  EXPECT_EQ(rule(ride(RiderCategory{255}, "a", "b", kMondayPeak)), "m/od") << "no class of its own";
}

TEST_F(Classes, without_a_fare_in_any_of_them_there_is_none) {
  EXPECT_EQ(rule(ride(RiderCategory::adult, "a", "c", kMondayPeak)), "no_fare");
}

TEST_F(Classes, by_medium) {
  constexpr auto kStudent = RiderCategory::student;
  EXPECT_EQ(rule(ride(kStudent, "a", "b", kMondayPeak)), "m/od");
  const Ride code =
      ride(kStudent, "a", "b", kMondayPeak, "2026-11-02T09:00:00+08:00", MediumKind::qr);
  EXPECT_EQ(code.out.total(), Fen{100});
  EXPECT_EQ(rule(code), "m/flat/student/qr");
}

TEST_F(Classes, the_most_at_entry_is_that_of_the_class) {
  EXPECT_EQ(ride(kPensioner, "a", "b", kMondayPeak).in.max_fare, Fen{150});
  EXPECT_EQ(ride(kPensioner, "b", "a", kMondayPeak).in.max_fare, Fen{140});
  EXPECT_EQ(ride(kPensioner, "a", "b", kMondayNoon).in.max_fare, Fen{0});
  EXPECT_EQ(ride(RiderCategory::adult, "a", "b", kMondayPeak).in.max_fare, Fen{300});
}

TEST_F(Classes, time_is_judged_at_the_tap_that_begins_the_ride) {
  EXPECT_EQ(
      rule(ride(kPensioner, "a", "b", "2026-11-02T08:59:59+08:00", "2026-11-02T09:30:00+08:00")),
      "m/half/pensioner@peak");
  EXPECT_EQ(
      rule(ride(kPensioner, "a", "b", "2026-11-02T06:59:59+08:00", "2026-11-02T07:30:00+08:00")),
      "m/flat/pensioner");
}

TEST_F(Classes, a_window_begins_and_ends_on_the_second) {
  const auto in_peak = [this](std::string_view entered) {
    return rule(ride(kPensioner, "a", "b", entered)) == "m/half/pensioner@peak";
  };
  EXPECT_FALSE(in_peak("2026-11-02T06:59:59.999+08:00"));
  EXPECT_TRUE(in_peak("2026-11-02T07:00:00+08:00"));
  EXPECT_TRUE(in_peak("2026-11-02T08:59:59.999+08:00"));
  EXPECT_FALSE(in_peak("2026-11-02T09:00:00+08:00"));
  EXPECT_TRUE(in_peak("2026-11-06T17:00:00+08:00")) << "Friday evening";
  EXPECT_FALSE(in_peak("2026-11-07T08:00:00+08:00")) << "Saturday";
  EXPECT_TRUE(in_peak("2026-11-01T23:00:00Z")) << "Sunday in Greenwich, Monday 07:00 here";
}

TEST_F(Classes, a_day_of_the_week_turns_at_midnight_not_with_the_service_day) {
  constexpr auto kAdult = RiderCategory::adult;
  EXPECT_EQ(rule(ride(kAdult, "a", "b", "2026-11-07T23:59:59+08:00")), "m/od");
  EXPECT_EQ(rule(ride(kAdult, "a", "b", "2026-11-08T00:00:00+08:00")), "m/flat/all@sunday");
  EXPECT_EQ(rule(ride(kAdult, "a", "b", "2026-11-08T23:59:59+08:00", "2026-11-09T00:10:00+08:00")),
            "m/flat/all@sunday");
  EXPECT_EQ(rule(ride(kAdult, "a", "b", "2026-11-09T00:00:00+08:00", "2026-11-09T00:10:00+08:00")),
            "m/od")
      << "the service day is still Sunday's";
}

TEST_F(Classes, a_flat_boarding_knows_them_too) {
  const Medium medium{.rider = kPensioner, .balance = Fen{500}};
  const TapContext pier{
      .box_kind = BoxKind::pier, .network = NetworkId{"f"}, .stop = StopCode{"p"}, .count = 2};
  const Decision d = price(*book, medium, pier, {.kind = TapKind::board, .at = at(kMondayNoon)});
  EXPECT_EQ(d.charges, (decltype(d.charges){{Fen{100}, {{"f/flat/pensioner", Fen{100}}}}}));
}

TEST_F(Classes, riders_of_the_book_have_names) {
  EXPECT_EQ(book->rider_from_name("pensioner"), kPensioner);
  EXPECT_EQ(book->rider_from_name("senior"), RiderCategory::senior);
  EXPECT_FALSE(book->rider_from_name("nobody"));
  EXPECT_EQ(rider_name(book->riders(), kPensioner), "pensioner");
  EXPECT_EQ(rider_name({}, kPensioner), "rider-32");
}

TEST_F(Classes, traces_sum_to_charges_and_no_ride_exceeds_the_most_told_at_entry) {
  std::mt19937 random{20261127};
  constexpr std::array kStops{"a", "b", "c"};
  constexpr std::array kRiders{RiderCategory::adult, RiderCategory::student, kPensioner,
                               RiderCategory{255}};
  const auto reloaded = Book::load(encode_book(decode_book(encode_book(classed_model())).value()));
  for (int round = 0; round < 2'000; ++round) {
    const Timestamp begun =
        at("2026-11-02T00:00:00+08:00") + std::chrono::seconds{random() % (7 * 86'400)};
    Medium medium{.kind = random() % 2 == 0 ? MediumKind::qr : MediumKind::t_union,
                  .rider = kRiders[random() % kRiders.size()],
                  .balance = Fen{5'000}};
    const TapContext from{.network = NetworkId{"m"}, .stop = StopCode{kStops[random() % 3]}};
    const TapContext to{.network = NetworkId{"m"}, .stop = StopCode{kStops[random() % 3]}};
    const Tap in{.kind = TapKind::entry, .at = begun};
    const Tap out{.kind = TapKind::exit, .at = begun + std::chrono::minutes{20}};
    const Decision entered = price(*book, medium, from, in);
    carry_on(*book, medium, from, in, entered);
    const Decision left = price(*book, medium, to, out);
    EXPECT_LE(left.total(), entered.max_fare);
    EXPECT_GE(left.total(), Fen{0});
    for (const Charge& charge : left.charges) {
      Fen sum;
      for (const TraceStep& step : charge.trace) sum += step.fen;
      EXPECT_EQ(sum, charge.amount);
    }
    EXPECT_EQ(price(**reloaded, medium, to, out), left) << "the same after saving and loading";
  }
}

TEST(MinimumBalance, who_rides_free_needs_no_money_to_come_in) {
  const auto book = load(classed_model());  // metro "m" asks for 2.50 at entry
  const TapContext b{.network = NetworkId{"m"}, .stop = StopCode{"b"}};
  const Tap noon{.kind = TapKind::entry, .at = at("2026-11-03T12:00:00+08:00")};
  Medium medium{.rider = RiderCategory{32}, .balance = Fen{0}};
  EXPECT_TRUE(price(*book, medium, b, noon).accepted());
  medium.rider = RiderCategory::adult;
  medium.balance = Fen{249};
  EXPECT_EQ(price(*book, medium, b, noon).refusal, RefusalCode::insufficient_balance);
}

}  // namespace
}  // namespace tidegate::fare
