// SPDX-License-Identifier: Apache-2.0
// What is carried and who rides along: bicycles, children, companions, a second person on one card;
// a ferry that is paid on one bank.
#include <gtest/gtest.h>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

/// Shanghai's ferry: 2 yuan a person, 2.80 with a bicycle, 4 with a motorcycle (2022-03-01). The
/// bank where it is paid is made up.
Files ferry(const std::string& rest = "charge_at = [\"west\"]\n") {
  return {{"book.toml", std::string{kBookHead} + network("ferry", 1, "2900", "ferry") +
                            "[network.tariff]\nkind = \"flat\"\nfen = 200\n" + rest +
                            "classes = [\n{ items = [\"bicycle\"], kind = \"flat\", fen = 280 },\n"
                            "{ items = [\"motorcycle\"], kind = \"flat\", fen = 400 },\n]\n"},
          {"stops.csv",
           std::string{kStopsHead} + stop_row("ferry", "east", 1) + stop_row("ferry", "west", 2)}};
}
std::string boards(const Book& book, const Place& place, const Who& who = {}) {
  Medium medium = who.medium();
  return told(board(book, medium, place, "2026-11-02 08:00:00"));
}

TEST(Items, have_prices_of_their_own) {
  const auto book = book_of(ferry());
  EXPECT_EQ(boards(*book, {"ferry", "west"}), "200 ferry/flat");
  EXPECT_EQ(boards(*book, {"ferry", "west", ItemClass::bicycle}), "280 ferry/flat/all/bicycle");
  EXPECT_EQ(boards(*book, {"ferry", "west", ItemClass::motorcycle}),
            "400 ferry/flat/all/motorcycle");
  EXPECT_EQ(boards(*book, {"ferry", "west", ItemClass::bicycle, 3}), "840 ferry/flat/all/bicycle");
}

TEST(Items, that_no_class_names_are_not_carried) {
  const auto book = testing_books::load(testing_books::classed_model());
  EXPECT_EQ(boards(*book, {"f", "p"}), "200 f/flat");
  EXPECT_EQ(boards(*book, {"f", "p", ItemClass::bicycle}), "refused no_fare");
  EXPECT_EQ(told(ride(*book, {}, {"m", "a", ItemClass::bicycle}, "2026-11-02 08:00:00", {"m", "b"},
                      "2026-11-02 08:30:00")
                     .in),
            "refused no_fare");
}

TEST(OneDirection, is_free_from_the_other_bank) {
  const auto book = book_of(ferry());
  EXPECT_EQ(boards(*book, {"ferry", "east"}), "0 ferry/charged-elsewhere");
  EXPECT_EQ(boards(*book, {"ferry", "east", ItemClass::motorcycle}), "0 ferry/charged-elsewhere");
  EXPECT_EQ(boards(*book_of(ferry("")), {"ferry", "east"}), "200 ferry/flat");
  EXPECT_EQ(error_of(ferry("charge_at = [\"north\"]\n")),
            "book.toml:17: charge_at: \"north\" is not a stop of this network in stops.csv");
}

/// Shanghai's buses: two children free with each adult (2022-02-17). Companions are made up.
Files bus(const std::string& rest) {
  return {
      {"book.toml",
       std::string{kBookHead} +
           "[[rider]]\nnumber = 33\nname = \"escort\"\nname_zh = \"陪\"\nname_en = \"Escort\"\n" +
           network("bus", 1, "2900", "bus") +
           "[network.tariff]\nkind = \"flat\"\nfen = 200\nclasses = [\n"
           "{ riders = [\"child\", \"escort\"], percent = 50, rounding = \"up\" },\n"
           "{ riders = [\"disabled\"], kind = \"flat\", fen = 0 },\n]\n" +
           rest},
      {"stops.csv", std::string{kStopsHead} + stop_row("bus", "a", 1) + stop_row("bus", "b", 2)}};
}
constexpr std::string_view kCompanions =
    "[network.tariff.companions]\nfree_children = 2\nmax_companions = 1\ncompanion = \"escort\"\n";

TEST(Companions, so_many_children_ride_free_with_each_adult) {
  const auto book = book_of(bus(std::string{kCompanions}));
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .children = 2}),
            "200 bus/flat=200 + bus/free-child=0");
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .children = 3}),
            "300 bus/flat=200 + bus/flat/child+escort=100 + bus/free-child=0");
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .count = 2, .children = 4}),
            "400 bus/flat=400 + bus/free-child=0");
}

TEST(Companions, pay_as_the_rider_that_the_book_names) {
  const auto book = book_of(bus(std::string{kCompanions}));
  const Who disabled{.rider = RiderCategory::disabled};
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .companions = 1}, disabled),
            "100 bus/flat/disabled=0 + bus/flat/child+escort=100");
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .companions = 2}, disabled),
            "refused no_fare");
}

TEST(Companions, are_kept_in_golden_journeys) {
  Files some = bus(std::string{kCompanions});
  some["golden.jsonl"] =
      R"({"id":"g","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"bus","stop":"a",)"
      R"("kind":"board","children":3,"companions":1,"fen":400}]})";
  const auto payload = compile(some);
  ASSERT_TRUE(payload) << payload.error().message();
  const TapContext context = decode_book(*payload)->golden[0].taps[0].context;
  EXPECT_EQ(context.children, 3);
  EXPECT_EQ(context.companions, 1);
  some["golden.jsonl"].replace(some["golden.jsonl"].find("400"), 3, "300");
  EXPECT_EQ(error_of(some),
            "golden.jsonl:1: golden journey g, tap 1: computed 400 fen, expected 300 fen");
}

TEST(Companions, without_a_rule_have_no_fare) {
  const auto book = book_of(bus(""));
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .children = 1}), "refused no_fare");
  EXPECT_EQ(boards(*book, {.network = "bus", .stop = "a", .companions = 1}), "refused no_fare");
  EXPECT_EQ(
      error_of(bus("[network.tariff.companions]\nchild = \"kid\"\n")),
      "book.toml:27: child: \"kid\" is neither a built-in rider nor a [[rider]] of this book");
}

constexpr std::string_view kRepeat =
    "[network.tariff.repeat]\ncard_kinds = [1]\nmax = 3\nwithin_seconds = 60\ngap_seconds = 2\n";

class Repeat : public ::testing::Test {
 protected:
  [[nodiscard]] std::string tap(const std::string& at, const std::string& stop = "a") {
    return told(board(*book, medium, {"bus", stop}, "2026-11-02 08:" + at));
  }
  std::shared_ptr<const Book> book = book_of(bus(std::string{kRepeat}));
  Medium medium = Who{.card_kind = 1}.medium();
  const std::string first = "200 bus/flat", other = "200 bus/flat=200 + bus/another-person=0";
};

TEST_F(Repeat, pays_for_another_person_up_to_so_many) {
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("00:02"), other) << "the gap is over";
  EXPECT_EQ(tap("00:05"), other);
  EXPECT_EQ(tap("00:08"), "refused already_paid") << "three are in";
}

TEST_F(Repeat, a_free_rider_carries_nobody_free) {
  medium.rider = RiderCategory::disabled;
  EXPECT_EQ(tap("00:00"), "0 bus/flat/disabled");
  EXPECT_EQ(tap("00:05"), other);
  book = book_of(bus(std::string{kCompanions} + std::string{kRepeat}));
  medium.history.clear();
  EXPECT_EQ(tap("10:00"), "0 bus/flat/disabled");
  EXPECT_EQ(tap("10:05"), "100 bus/flat/child+escort=100 + bus/another-person=0")
      << "as the companion that the book names";
}

TEST_F(Repeat, the_card_keeps_what_it_remembers_of_its_holder) {
  EXPECT_EQ(tap("00:00"), first);
  CardState holders = *medium.state;
  EXPECT_EQ(tap("00:05"), other);
  ++holders.serial;
  EXPECT_EQ(medium.state, holders);
}

TEST_F(Repeat, too_soon_is_the_same_tap_again) {
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("00:01"), "refused already_paid");
  EXPECT_EQ(tap("00:02"), other);
}

TEST_F(Repeat, later_it_is_another_ride) {
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("00:59"), other);
  EXPECT_EQ(tap("01:01"), other) << "the first window is over, the second is not";
}

TEST_F(Repeat, the_second_a_window_ends) {
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("01:00"), first);
}

TEST_F(Repeat, at_another_stop_it_is_another_ride) {
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("00:30", "b"), first);
}

TEST_F(Repeat, a_card_of_another_kind_pays_for_its_holder_alone) {
  medium.card_kind = 3;
  EXPECT_EQ(tap("00:00"), first);
  EXPECT_EQ(tap("00:30"), "refused already_paid");
  EXPECT_EQ(tap("01:00"), first);
}

TEST_F(Repeat, a_clock_that_went_back_repeats_nothing) {
  EXPECT_EQ(tap("00:30"), first);
  EXPECT_EQ(tap("00:00"), first);
}

TEST_F(Repeat, belongs_to_one_price) {
  Files staged = bus(std::string{kRepeat});
  std::string& text = staged["book.toml"];
  text.replace(text.find("kind = \"flat\"\nfen = 200"), 23, "kind = \"matrix\"\ncsv = \"od.csv\"");
  staged["od.csv"] = "from,to,fen\na,b,100\n";
  EXPECT_EQ(error_of(staged), "book.toml:26: repeat: belongs to a flat tariff");
  EXPECT_EQ(error_of(bus("[network.tariff.repeat]\nmax = 10\nwithin_seconds = 60\n")),
            "book.toml:27: max: a whole number from 1 to 9 was expected");
}

}  // namespace
}  // namespace tidegate::fare
