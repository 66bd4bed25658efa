// SPDX-License-Identifier: Apache-2.0
// Random policies and random taps: traces add up, nothing is negative or above the maximum, the
// entry told the most, and a book prices alike after it was saved and loaded.
#include <gtest/gtest.h>

#include <random>

#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::network;
using testing_books::Passenger;
using testing_books::policy_model;

using Random = std::mt19937;

template <class E>
E any(Random& random, E last) {
  return static_cast<E>(random() % (std::to_underlying(last) + 1U));
}

/// A policy that check_book() takes.
JourneyPolicy some_policy(Random& random, Fen maximum) {
  JourneyPolicy out{.overstay = any(random, Overstay::added),
                    .same_station = any(random, SameStation::refused),
                    .same_station_free_minutes = static_cast<std::uint16_t>(random() % 30),
                    .no_entry = any(random, Unseen::fixed),
                    .no_exit = any(random, Unseen::fixed),
                    .collected_in = any(random, CollectedIn::city),
                    .open_elsewhere = any(random, OpenElsewhere::overwritten),
                    .complete_certain = random() % 2 == 0,
                    .maximum = maximum,
                    .minimum = Fen{100},
                    .forgiven_days = static_cast<std::uint8_t>(random() % 9)};
  const auto amount = [&] { return Fen{static_cast<std::int64_t>(random()) % maximum.count()}; };
  if (out.overstay != Overstay::none || random() % 2 == 0)
    out.limits = {{Fen{300}, 30}, {Fen{}, 120}};
  if (out.overstay == Overstay::added) out.overstay_fen = amount();
  if (out.same_station == SameStation::fixed) out.same_station_fen = amount();
  if (out.no_entry == Unseen::fixed) out.no_entry_fen = amount();
  if (out.no_exit == Unseen::fixed) out.no_exit_fen = amount();
  return out;
}

struct Place {
  const char* network;
  const char* stop;
  bool by_bus;
};
constexpr std::array<Place, 12> kPlaces{{{"m", "a", false},
                                         {"m", "b", false},
                                         {"m", "c", false},
                                         {"m", "s", false},
                                         {"k", "k1", true},
                                         {"k", "k2", true},
                                         {"k", "k3", true},
                                         {"f", "p", true},
                                         {"w", "w1", true},
                                         {"w", "w2", true},
                                         {"z", "y", false},
                                         {"z", "z", false}}};
constexpr std::array<std::uint16_t, 8> kModes{
    0, 0, 0, 0, 0, Modes::kTimeFree, Modes::kOrderFree, Modes::kFareFree};

TEST(PolicyProperties, hold_over_random_policies_and_taps) {
  Random random{20261127};
  unsigned first_charges = 0, refusals = 0, charges = 0;
  for (int book = 0; book < 60; ++book) {
    BookModel model = policy_model();
    for (Network& one : model.networks)
      if (random() % 4 != 0) one.policy = some_policy(random, Fen{900});
    // Whoever comes in at b has left at a.
    if (random() % 3 == 0) network(model, "m").policy.completions = {{1, 2, 1, 60}};
    const auto ok = check_book(model);
    ASSERT_TRUE(ok) << ok.error().message();
    Passenger who{model};
    const auto again = testing_books::load(decode_book(encode_book(model)).value());
    Timestamp now = at("2026-11-02T00:00:00+08:00");
    for (int i = 0; i < 400; ++i) {
      now += std::chrono::seconds{random() % (random() % 8 == 0 ? 200'000 : 5'000)};
      if (who.medium.balance < Fen{3'000}) who.medium.balance = Fen{10'000};
      who.medium.rider = random() % 3 == 0 ? RiderCategory::senior : RiderCategory::adult;
      const Place& place = kPlaces[random() % kPlaces.size()];
      const bool in = random() % 2 == 0;
      Tap tap{.kind = place.by_bus ? (in ? TapKind::board : TapKind::alight)
                                   : (in ? TapKind::entry : TapKind::exit),
              .at = now,
              .modes = {kModes[random() % kModes.size()]},
              .clock_trusted = random() % 10 != 0};
      if (random() % 4 == 0)
        tap.history.push_back({place.network,
                               "",
                               {Modes::kEmergency | Modes::kTimeFree},
                               now - std::chrono::hours{random() % 200},
                               now});
      const TapContext where{.network = NetworkId{place.network}, .stop = StopCode{place.stop}};
      const Medium before = who.medium;
      const Decision out = who.take(tap, place.network, place.stop);
      ASSERT_EQ(price(*again, before, where, tap), out);
      if (out.refusal) {
        ++refusals;
        ASSERT_EQ(who.medium, before);
        continue;
      }
      ASSERT_FALSE(out.charges.empty());
      charges += static_cast<unsigned>(out.charges.size());
      first_charges += out.charges.size() > 1 ? 1U : 0U;
      for (const Charge& charge : out.charges) {
        ASSERT_GE(charge.amount, Fen{0});
        ASSERT_LE(charge.amount, Fen{900}) << "the highest single fare";
      }
      ASSERT_EQ(who.medium.balance, before.balance - out.total());
      ASSERT_LE(out.max_fare, Fen{900});
    }
  }
  EXPECT_GT(first_charges, 300U);
  EXPECT_GT(refusals, 3'000U);
  EXPECT_GT(charges, 5'000U);
}

TEST(PolicyProperties, no_exit_costs_more_than_its_entry_told) {
  Random random{7};
  const auto stop = [&] {
    return TapContext{.network = NetworkId{"m"}, .stop = StopCode{kPlaces[random() % 4].stop}};
  };
  for (int policy = 0; policy < 60; ++policy) {
    BookModel model = policy_model();
    network(model, "m").policy = some_policy(random, Fen{900});
    const auto book = testing_books::load(model);
    for (int ride = 0; ride < 50; ++ride) {
      Medium medium{.rider = random() % 2 == 0 ? RiderCategory::senior : RiderCategory::adult,
                    .balance = Fen{5'000}};
      const TapContext from = stop(), to = stop();
      const Tap in{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")};
      const Tap out{.kind = TapKind::exit, .at = in.at + std::chrono::seconds{random() % 10'000}};
      const Decision entered = price(*book, medium, from, in);
      ASSERT_TRUE(entered.accepted());
      carry_on(*book, medium, from, in, entered);
      EXPECT_LE(price(*book, medium, to, out).total(), entered.max_fare);
    }
  }
}

}  // namespace
}  // namespace tidegate::fare
