// SPDX-License-Identifier: Apache-2.0
// Rebates: what the clearing house gives back when a card came without its state.
#include "fare/engine/rebate.h"

#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;

/// A passenger whose taps are recorded.
struct Recorded : Cardholder {
  using Cardholder::Cardholder;
  Fen take(TapKind kind, const std::string& network, const std::string& stop,
           const std::string& when) {
    Medium before = medium;
    const Decision decision = tap(kind, network, stop, when);
    taps.push_back({before,
                    {.network = NetworkId{network}, .stop = StopCode{stop}},
                    {.kind = kind, .at = testing_books::at(when + "+08:00")},
                    decision});
    return decision.total();
  }
  Fen ride_on(int day, const std::string& from = "b", const std::string& to = "d") {
    const std::string date = "2026-11-" + std::string{day < 10 ? "0" : ""} + std::to_string(day);
    take(TapKind::entry, "m", from, date + "T08:00:00");
    return take(TapKind::exit, "m", to, date + "T08:30:00");
  }
  [[nodiscard]] std::vector<Fen> given_back() const {
    std::vector<Fen> out;
    for (const Rebate& one : rebates(*book, taps)) out.push_back(one.fen());
    return out;
  }
  std::vector<RecordedTap> taps;
};

constexpr std::string_view kSeventyYuan =
    "[[cumulative]]\nname = \"70\"\nnetworks = [\"m\"]\nstarts = \"exceeds\"\n"
    "tiers = [{ fen = 7000, percent_off = 10 }]\n";

Fen sum(const std::vector<Fen>& all) {
  Fen out;
  for (const Fen one : all) out += one;
  return out;
}

TEST(Rebate, nothing_while_the_state_survives) {
  Recorded p{between_book(kSeventyYuan)};
  for (int day = 1; day <= 15; ++day) EXPECT_EQ(p.ride_on(day), Fen{500});
  // Our own gates of a city without such rules leave the sums alone.
  p.take(TapKind::entry, "z", "s", "2026-11-16T07:00:00");
  p.take(TapKind::exit, "z", "t", "2026-11-16T07:30:00");
  EXPECT_EQ(p.ride_on(16), Fen{450});
  EXPECT_EQ(p.given_back(), std::vector<Fen>(34));
}

TEST(Rebate, the_sixteenth_ride_after_another_city_wrote_the_record) {
  Recorded p{between_book(kSeventyYuan)};
  for (int day = 1; day <= 15; ++day) EXPECT_EQ(p.ride_on(day), Fen{500});
  p.medium.state.reset();
  EXPECT_EQ(p.ride_on(16), Fen{500});
  std::vector<Fen> expected(32);
  expected.back() = Fen{50};
  EXPECT_EQ(p.given_back(), expected);
  // And all that follow, until the card's own sum is there again.
  EXPECT_EQ(p.ride_on(17), Fen{500});
  expected.resize(34);
  expected.back() = Fen{50};
  EXPECT_EQ(p.given_back(), expected);
}

TEST(Rebate, a_loss_between_entry_and_exit) {
  Recorded p{
      between_book("[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
                   "window_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"free\"\n")};
  p.take(TapKind::board, "bus", "l1", "2026-11-02T08:00:00");
  p.take(TapKind::entry, "m", "a", "2026-11-02T08:10:00");
  p.medium.state.reset();
  EXPECT_EQ(p.take(TapKind::exit, "m", "b", "2026-11-02T08:30:00"), Fen{300});
  EXPECT_EQ(p.given_back(), (std::vector<Fen>{Fen{}, Fen{}, Fen{300}}));
}

TEST(Rebate, a_pass_that_was_lost_and_one_that_was_sold) {
  Recorded p{
      between_book("[[pass]]\nname = \"p\"\nproduct = 3\nnetworks = [\"m\"]\n"
                   "counts = \"rides\"\n")};
  p.medium.state = CardState{.pass_product = 3, .pass_left = 9};
  EXPECT_EQ(p.ride_on(1), Fen{0});
  p.medium.state.reset();
  EXPECT_EQ(p.ride_on(2), Fen{500});
  EXPECT_EQ(sum(p.given_back()), Fen{500});
  p.medium.state->pass_product = 3;
  p.medium.state->pass_left = 1;
  EXPECT_EQ(p.ride_on(3), Fen{0});
  EXPECT_EQ(p.ride_on(4), Fen{500}) << "the pass that was sold had one ride";
  EXPECT_EQ(sum(p.given_back()), Fen{500});
}

TEST(Rebate, no_taps_no_rebates) {
  EXPECT_TRUE(rebates(*between_book(kSeventyYuan), {}).empty());
}

}  // namespace
}  // namespace tidegate::fare
