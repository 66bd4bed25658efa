// SPDX-License-Identifier: Apache-2.0
// Fares inside a part of a network, and surcharges.
#include <gtest/gtest.h>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

/// a – b – c on line 5, d beyond.
Files files(const std::string& classes) {
  return {{"book.toml", std::string{kBookHead} + network("m", 1, "2900") +
                            "[network.tariff]\nkind = \"matrix\"\ncsv = \"od.csv\"\n"
                            "symmetric = true\nclasses = [\n" +
                            classes + "]\n"},
          {"stops.csv", std::string{kStopsHead} + stop_row("m", "a", 1) + stop_row("m", "b", 2) +
                            stop_row("m", "c", 3) + stop_row("m", "d", 4)},
          {"od.csv", "from,to,fen\na,b,300\na,c,400\nb,c,300\na,d,500\nb,d,400\nc,d,50\n"},
          {"line5.csv", "stop\na\nb\nc\n"}};
}
std::string pays(const Files& some, const std::string& from, const std::string& to,
                 const Who& who = {}) {
  const auto book = book_of(some);
  return ride(*book, who, {"m", from}, "2026-11-02 08:00:00", {"m", to}, "2026-11-02 08:30:00")
      .text();
}

/// Shanghai's line 5 was 1 yuan below the table for rides inside it.
TEST(Overlay, inside_a_line) {
  const Files some = files("{ name = \"line-5\", between = \"line5.csv\", add_fen = -100 },\n");
  EXPECT_EQ(pays(some, "a", "c"), "300 m/od/line-5");
  EXPECT_EQ(pays(some, "c", "a"), "300 m/od/line-5");
  EXPECT_EQ(pays(some, "a", "d"), "500 m/od") << "an end outside";
  EXPECT_EQ(pays(some, "d", "c"), "50 m/od");
}

TEST(Overlay, a_flat_fare_inside_a_section) {
  const Files some = files("{ between = [\"b\", \"c\"], kind = \"flat\", fen = 0 },\n");
  EXPECT_EQ(pays(some, "b", "c"), "0 m/flat/all/between");
  EXPECT_EQ(pays(some, "a", "c"), "400 m/od");
}

TEST(Overlay, the_first_class_with_a_fare_is_taken) {
  const Files some = files(
      "{ name = \"inner\", between = [\"a\", \"b\"], kind = \"flat\", fen = 100 },\n"
      "{ name = \"line\", between = [\"a\", \"b\", \"c\"], kind = \"flat\", fen = 200 },\n");
  EXPECT_EQ(pays(some, "a", "b"), "100 m/flat/inner");
  EXPECT_EQ(pays(some, "b", "c"), "200 m/flat/line");
  EXPECT_EQ(pays(some, "c", "d"), "50 m/od");
}

TEST(Surcharge, is_added_and_never_takes_below_nothing) {
  EXPECT_EQ(
      pays(files("{ media = [\"qr\"], add_fen = 50 },\n"), "a", "d", {.kind = MediumKind::qr}),
      "550 m/od/all/qr");
  EXPECT_EQ(pays(files("{ name = \"less\", add_fen = -100 },\n"), "c", "d"), "0 m/od/less");
}

TEST(Overlay, errors_name_place_and_expectation) {
  EXPECT_EQ(error_of(files("{ between = [\"a\", \"x\"], kind = \"flat\", fen = 0 },\n")),
            "book.toml:19: between: \"x\" is not a stop of this network in stops.csv");
  EXPECT_EQ(error_of(files("{ between = [\"a\"], kind = \"flat\", fen = 0 },\n")),
            "book.toml:19: between: two stops or more were expected");
  Files some = files("{ between = \"line5.csv\", kind = \"flat\", fen = 0 },\n");
  some["line5.csv"] = "stop\na\nq\n";
  EXPECT_EQ(error_of(some),
            "line5.csv:3: column stop: \"q\" is not a stop of this network in stops.csv");
  EXPECT_EQ(error_of(files("{ add_fen = 100, csv = \"od.csv\" },\n")),
            "book.toml:19: csv: does not belong to a surcharge");
}

}  // namespace
}  // namespace tidegate::fare
