// SPDX-License-Identifier: Apache-2.0
// The contract of `tidegate fare price`: field names in and out, and messages about bad lines.
#include "fare/authoring/journey_json.h"

#include <gtest/gtest.h>

#include "fare/authoring/compile.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

std::shared_ptr<const Book> demo() {
  auto payload = compile_book(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo");
  EXPECT_TRUE(payload) << payload.error().message();
  return Book::load(*std::move(payload)).value();
}

std::string priced(std::string_view line) {
  const auto journey = parse_journey(line, JourneyUse::price);
  return journey ? price_journey(*demo(), *journey).text() : "error: " + journey.error().message();
}

TEST(PriceJson, metro_journey) {
  EXPECT_EQ(
      priced(
          R"({"id":"j1","rider":"adult","medium":"t-union","issuer":"02002900","state":{},)"
          R"("taps":[{"at":"2026-11-02T08:00:00+08:00","network":"shanghai-metro","stop":"0111",)"
          R"("kind":"entry"},{"at":"2026-11-02T08:31:00+08:00","network":"shanghai-metro",)"
          R"("stop":"0245","kind":"exit"}]})"),
      R"({"id":"j1","total_fen":500,"taps":[{"fen":0,"decision":"accept","trace":[]},)"
      R"({"fen":500,"decision":"accept","trace":[{"rule":"shanghai-metro/od","fen":500}]}],)"
      R"("state":{"serial":2,"month":82,"month_spent":500,"day":2497,"day_spent":500,)"
      R"("day_zones":0,)"
      R"("leg_end":3596191,"transfers":0,"transfer_group":0,"leg_network":1,"origin_stop":0,)"
      R"("origin_paid":0,"pass_product":0,"pass_left":0}})");
}

TEST(PriceJson, refused_tap_has_a_reason_and_costs_nothing) {
  EXPECT_EQ(priced(R"({"id":"j2","taps":[{"at":"2026-11-02T08:00:00Z","network":"shanghai-metro",)"
                   R"("stop":"0245","kind":"exit"}]})"),
            R"({"id":"j2","total_fen":0,"taps":[{"fen":0,"decision":"refuse",)"
            R"("reason":"not_entered","trace":[]}],"state":{}})");
}

TEST(PriceJson, every_field_of_the_contract_is_taken) {
  const auto journey = parse_journey(
      R"({"id":"j3","rider":"senior","medium":"qr","issuer":"03473320","card_kind":3,)"
      R"("balance_fen":1234,"entitlements":["senior"],)"
      R"("history":[{"at":"2026-11-02T07:00:00+08:00",)"
      R"("type":6,"industry":2,"city":"2900","acquirer":"12002900FFFFFFFF","line":"0018",)"
      R"("station":"0021","fen":200}],"state":{"serial":4,"month":82,"month_spent":7000},)"
      R"("taps":[{"at":"2026-11-02T08:00:00.250+08:00","network":"n","stop":"s","kind":"board",)"
      R"("route":"71","direction":"up","vehicle":"v","trip":"t","operator":"o","item":"bicycle",)"
      R"("count":2,"mode":"fare-free+closed","driver":"d","clock_trusted":false}]})",
      JourneyUse::price);
  ASSERT_TRUE(journey) << journey.error().message();
  const Medium& m = journey->medium;
  EXPECT_EQ(m.rider, RiderCategory::senior);
  EXPECT_EQ(m.kind, MediumKind::qr);
  EXPECT_EQ(to_hex(m.issuer), "03473320");
  EXPECT_EQ(m.card_kind, 3);
  EXPECT_EQ(m.balance, Fen{1234});
  EXPECT_EQ(m.state, (CardState{.serial = 4, .month = 82, .month_spent = Fen{7000}}));
  ASSERT_EQ(m.history.size(), 1U);
  EXPECT_EQ(m.history[0].amount, Fen{200});
  EXPECT_EQ(to_hex(m.history[0].where.station), "0000000000180021");
  const GoldenTap& tap = journey->taps.at(0);
  EXPECT_EQ(tap.context.route, "71");
  EXPECT_EQ(tap.context.direction, "up");
  EXPECT_EQ(tap.context.vehicle, "v");
  EXPECT_EQ(tap.context.trip, "t");
  EXPECT_EQ(tap.context.driver, "d");
  EXPECT_EQ(tap.context.operator_id, "o");
  EXPECT_EQ(tap.context.item, ItemClass::bicycle);
  EXPECT_EQ(tap.context.count, 2);
  EXPECT_EQ(tap.context.box_kind, BoxKind::vehicle);
  EXPECT_EQ(tap.tap.modes.bits, Modes::kFareFree | Modes::kClosed);
  EXPECT_EQ(mode_names(tap.tap.modes), "fare-free+closed");
  EXPECT_FALSE(tap.tap.clock_trusted);
}

TEST(PriceJson, defaults) {
  const auto journey =
      parse_journey(R"({"id":"j","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"n",)"
                    R"("stop":"s","kind":"entry"}]})",
                    JourneyUse::price);
  ASSERT_TRUE(journey);
  EXPECT_EQ(journey->medium.rider, RiderCategory::adult);
  EXPECT_EQ(journey->medium.balance, kPlentyOfBalance);
  EXPECT_FALSE(journey->medium.state);
  EXPECT_TRUE(journey->taps[0].tap.clock_trusted);
  EXPECT_EQ(journey->taps[0].context.count, 1);
  EXPECT_EQ(journey->taps[0].context.item, ItemClass::person);
}

TEST(PriceJson, a_balance_can_be_too_small) {
  EXPECT_NE(priced(R"({"id":"j","balance_fen":100,"taps":[{"at":"2026-11-02T08:00:00+08:00",)"
                   R"("network":"shanghai-metro","stop":"0111","kind":"entry"}]})")
                .find("insufficient_balance"),
            std::string::npos);
}

TEST(PriceJson, bad_lines_are_told_apart) {
  const auto tap = [](std::string_view change) {
    return R"({"id":"j","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"n","stop":"s",)" +
           std::string{change} + "}]}";
  };
  EXPECT_EQ(priced("{"), "error: column 2: a key in quotes was expected");
  EXPECT_EQ(priced("[]"), "error: an object was expected");
  EXPECT_EQ(priced(R"({"taps":[]})"), "error: id: field is missing");
  EXPECT_EQ(priced(R"({"id":"j"})"), "error: taps: field is missing");
  EXPECT_EQ(priced(R"({"id":"j","taps":[]})"), "error: taps: an array of 1 to 10000 was expected");
  EXPECT_EQ(priced(R"({"id":"j","taps":[],"x":1})"), "error: x: field is not known");
  EXPECT_EQ(priced(tap(R"("kind":"leave")")),
            "error: taps[0].kind: entry, exit, board or alight was expected, not \"leave\"");
  EXPECT_EQ(priced(tap(R"("kind":"exit","fen":3)")), "error: taps[0].fen: field is not known");
  EXPECT_EQ(priced(tap(R"("kind":"exit","count":-1)")),
            "error: taps[0].count: a whole number from 0 to 65535 was expected");
  EXPECT_EQ(priced(tap(R"("kind":"exit","clock_trusted":"no")")),
            "error: taps[0].clock_trusted: true or false was expected");
  EXPECT_EQ(priced(tap(R"("kind":"exit","mode":"party")")),
            "error: taps[0].mode: \"party\" is not a mode");
  EXPECT_EQ(priced(R"({"id":"j","state":{"month":4096},"taps":[{}]})"),
            "error: state: a value is larger than its field on the card");
  EXPECT_EQ(priced(R"({"id":"j","issuer":"2900","taps":[{}]})"),
            "error: issuer: 8 hex digits were expected");
}

}  // namespace
}  // namespace tidegate::fare
