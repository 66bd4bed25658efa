// SPDX-License-Identifier: Apache-2.0
// Who gets a concession: cards of the city, of cities that the region treats alike, of others; and
// passengers on a list of the entitled.
#include <gtest/gtest.h>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

constexpr RiderCategory kPensioner{40};
constexpr std::string_view kRider =
    "[[rider]]\nnumber = 40\nname = \"pensioner\"\nname_zh = \"老人\"\nname_en = \"Pensioner\"\n";

Files files(const std::string& classes, const std::string& region = "") {
  return {{"book.toml", std::string{kBookHead} + region + std::string{kRider} +
                            network("m", 1, "2900") +
                            "tariff = { kind = \"matrix\", csv = \"od.csv\", symmetric = true, "
                            "classes = [" +
                            classes + "] }\n"},
          {"stops.csv", std::string{kStopsHead} + stop_row("m", "a", 1) + stop_row("m", "b", 2)},
          {"od.csv", "from,to,fen\na,b,400\n"}};
}
const std::string kHalf =
    "{ riders = [\"pensioner\"], percent = 50, rounding = \"half-up\", unit_fen = 10 }";

std::string pays(const Files& some, const Who& who) {
  const auto book = book_of(some);
  return ride(*book, who, {"m", "a"}, "2026-11-02 08:00:00", {"m", "b"}, "2026-11-02 08:30:00")
      .text();
}

const Who kShanghai{.rider = kPensioner, .issuer = "02002900"};
const Who kSuzhou{.rider = kPensioner, .issuer = "11423050"};
const Who kHangzhou{.rider = kPensioner, .issuer = "02003310"};

TEST(IssuingCity, without_a_region_a_concession_is_for_every_card) {
  EXPECT_EQ(pays(files(kHalf), kShanghai), "200 m/od/pensioner");
  EXPECT_EQ(pays(files(kHalf), kSuzhou), "200 m/od/pensioner");
  EXPECT_EQ(encode_book(decode_book(compile(files(kHalf)).value()).value()).size(),
            compile(files(kHalf)).value().size());
}

TEST(IssuingCity, with_a_region_cards_of_other_cities_pay_the_full_local_fare) {
  const Files some = files(kHalf, "[region]\n");
  EXPECT_EQ(pays(some, kShanghai), "200 m/od/pensioner");
  EXPECT_EQ(pays(some, kSuzhou), "400 m/od");
}

TEST(IssuingCity, a_region_treats_cities_alike_that_it_names) {
  const Files some = files(kHalf, "[region]\ntreat_as_local = [\"3050\"]\n");
  EXPECT_EQ(pays(some, kShanghai), "200 m/od/pensioner");
  EXPECT_EQ(pays(some, kSuzhou), "200 m/od/pensioner");
  EXPECT_EQ(pays(some, kHangzhou), "400 m/od");
}

TEST(IssuingCity, a_card_that_names_no_issuer_is_local) {
  EXPECT_EQ(pays(files(kHalf, "[region]\n"), {.rider = kPensioner, .issuer = "00000000"}),
            "200 m/od/pensioner");
}

TEST(IssuingCity, a_class_says_otherwise_itself) {
  const auto with = [](const std::string& issuers, const std::string& rest) {
    return files("{ issuers = " + issuers + ", " + rest + " }", "[region]\n");
  };
  const std::string half = "riders = [\"pensioner\"], percent = 50, rounding = \"down\"";
  EXPECT_EQ(pays(with("\"any\"", half), kSuzhou), "200 m/od/pensioner/any");
  EXPECT_EQ(pays(with("[\"3050\", \"3310\"]", half), kSuzhou), "200 m/od/pensioner/issuers");
  EXPECT_EQ(pays(with("[\"3050\", \"3310\"]", half), kShanghai), "400 m/od");
  const std::string five_off = "percent = 95, rounding = \"down\"";
  EXPECT_EQ(pays(with("\"local\"", five_off), {}), "380 m/od/all/local");
  EXPECT_EQ(pays(with("\"local\"", five_off), {.issuer = "11423050"}), "400 m/od");
  EXPECT_EQ(pays(with("\"foreign\"", "add_fen = 100"), {.issuer = "11423050"}),
            "500 m/od/all/foreign");
  EXPECT_EQ(pays(with("\"foreign\"", "add_fen = 100"), {}), "400 m/od");
}

TEST(IssuingCity, a_discount_by_medium_is_no_concession) {
  const Files some = files("{ media = [\"qr\"], percent = 90, rounding = \"down\" }", "[region]\n");
  EXPECT_EQ(pays(some, {.issuer = "11423050", .kind = MediumKind::qr}), "360 m/od/all/qr");
}

TEST(Entitlements, make_a_card_of_anywhere_a_rider_at_home) {
  const Files some = files(kHalf, "[region]\n");
  const Who listed{.issuer = "11423050", .entitlements = {RiderCategory::student, kPensioner}};
  EXPECT_EQ(pays(some, listed), "200 m/od/pensioner");
  const Who other{.issuer = "11423050", .entitlements = {RiderCategory::student}};
  EXPECT_EQ(pays(some, other), "400 m/od");
}

TEST(Entitlements, are_read_in_journeys_and_kept_in_golden_ones) {
  Files some = files(kHalf, "[region]\n");
  some["golden.jsonl"] =
      R"({"id":"g","issuer":"11423050","entitlements":["pensioner"],"taps":[)"
      R"({"at":"2026-11-02T08:00:00+08:00","network":"m","stop":"a","kind":"entry"},)"
      R"({"at":"2026-11-02T08:30:00+08:00","network":"m","stop":"b","kind":"exit","fen":200}]})";
  const auto payload = compile(some);
  ASSERT_TRUE(payload) << payload.error().message();
  const auto model = decode_book(*payload).value();
  ASSERT_EQ(model.golden[0].medium.entitlements.size(), 1U);
  EXPECT_EQ(model.golden[0].medium.entitlements[0], kPensioner);
  some["golden.jsonl"] = R"({"id":"g","entitlements":["nobody"],"taps":[{}]})";
  EXPECT_EQ(
      error_of(some),
      "golden.jsonl:1: entitlements[0]: \"nobody\" is neither a built-in rider nor a [[rider]] "
      "of this book");
}

TEST(IssuingCity, errors_name_place_and_expectation) {
  EXPECT_EQ(
      error_of(files(kHalf, "[region]\ntreat_as_local = [\"29\"]\n")),
      "book.toml:6: treat_as_local: a city of 4 digits such as 2900 was expected, not \"29\"");
  EXPECT_EQ(error_of(files("{ issuers = \"near\", kind = \"flat\", fen = 1 }")),
            "book.toml:19: issuers: local, foreign, any or an array of cities was expected");
  EXPECT_EQ(error_of(files("{ percent = 50, add_fen = 1 }")),
            "book.toml:19: percent: one of percent, add_fen and kind was expected");
}

}  // namespace
}  // namespace tidegate::fare
