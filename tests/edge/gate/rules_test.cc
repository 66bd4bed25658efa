// SPDX-License-Identifier: Apache-2.0
// The pure parts of the gate: checks, records and what a run remembers.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "edge/gate/check.h"
#include "edge/gate/journey_records.h"
#include "edge/gate/run_memory.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using fare::Modes;
using fare::RefusalCode;
using fare::TapKind;

LocalTime at(int month, int day, int hour = 8) {
  return {2026,
          static_cast<std::uint8_t>(month),
          static_cast<std::uint8_t>(day),
          static_cast<std::uint8_t>(hour),
          0,
          0};
}

nfc::CardImage good_card() {
  nfc::CardImage image;
  image.info.enabled = true;
  image.info.valid_from = parse_date("2020-01-01").value();
  image.info.valid_to = parse_date("2026-11-02").value();
  image.kind.interoperable = true;
  image.kind.city = 0x2900;
  return image;
}
CheckContext entry_today() {
  return {.kind = TapKind::entry, .now = at(11, 2), .city = 0x2900};
}

std::optional<RefusalCode> reason(const nfc::CardImage& card, const CheckContext& context) {
  const auto problem = check(card, context);
  if (!problem) return std::nullopt;
  return problem->code;
}

TEST(CheckTest, AGoodCardPassesOnItsLastDay) {
  EXPECT_EQ(reason(good_card(), entry_today()), std::nullopt);
}

TEST(CheckTest, TheSmallestNumberIsTold) {
  // Each step takes the cause away that was told; the next one must then come up.
  nfc::CardImage card = good_card();
  card.blocked = true;
  card.info.enabled = false;
  card.kind.interoperable = false;
  card.kind.city = 0x3050;
  card.info.valid_from = parse_date("2026-11-03").value();
  card.info.valid_to = parse_date("2026-11-01").value();
  card.rail.lock = 1;
  CheckContext context = entry_today();
  context.modes.bits = Modes::kClosed;
  EXPECT_EQ(reason(card, context), RefusalCode::aisle_closed);
  context.modes.bits = 0;
  EXPECT_EQ(reason(card, context), RefusalCode::application_blocked);
  card.blocked = false;
  EXPECT_EQ(reason(card, context), RefusalCode::not_enabled);
  card.info.enabled = true;
  EXPECT_EQ(reason(card, context), RefusalCode::not_interoperable);
  card.kind.city = 0x2900;
  EXPECT_EQ(reason(card, context), RefusalCode::not_yet_valid);
  card.info.valid_from = parse_date("2026-11-02").value();
  EXPECT_EQ(reason(card, context), RefusalCode::expired);
  card.info.valid_to = parse_date("2099-12-31").value();
  EXPECT_EQ(reason(card, context), RefusalCode::record_locked);
  card.rail.lock = 0;
  EXPECT_EQ(reason(card, context), std::nullopt);
}

class IssuerCheckTest : public testing::Test {
 protected:
  IssuerCheckTest() {
    nfc::IssuerListModel model;
    model.name = "test";
    model.number = 17;
    model.issuers = {{.issuer = kShanghai, .iin = kShanghaiIin, .city = 0x2900, .renewable = true},
                     {.issuer = kNanjing, .iin = kNanjingIin, .city = 0x3010},
                     {.issuer = kLaboratory, .iin = kLaboratoryIin, .test = true}};
    lists_.issuers = nfc::IssuerList::make(std::move(model)).value();
    context_.lists = &lists_;
  }
  nfc::CardImage card(const nfc::Bcd4& issuer, const std::string& number) {
    nfc::CardImage out = good_card();
    out.info.issuer = {issuer[0], issuer[1], issuer[2], issuer[3], 0xFF, 0xFF, 0xFF, 0xFF};
    out.info.number = CardNumber{to_array<10>(bcd_bytes("0" + number))};
    return out;
  }

  static constexpr nfc::Bcd4 kShanghai{0x02, 0x00, 0x29, 0x00}, kNanjing{0x00, 0x08, 0x30, 0x10},
      kLaboratory{0x09, 0x98, 0x10, 0x01}, kNobody{0x01, 0x99, 0x99, 0x99};
  static constexpr nfc::Bcd4 kShanghaiIin{0x31, 0x04, 0x77, 0x00},
      kNanjingIin{0x31, 0x04, 0x83, 0x00}, kLaboratoryIin{0x31, 0x05, 0x22, 0x80};
  CardLists lists_;
  CheckContext context_ = entry_today();
};

TEST_F(IssuerCheckTest, AListedIssuerWithItsOwnNumbersPasses) {
  EXPECT_EQ(reason(card(kShanghai, "3104770000000000426"), context_), std::nullopt);
}

TEST_F(IssuerCheckTest, AnIssuerThatIsNotListedIsToldWithTheListsNumber) {
  const nfc::CardImage stranger = card(kNobody, "3109999900000000426");
  const auto problem = check(stranger, context_);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->code, RefusalCode::unknown_issuer);
  EXPECT_EQ(problem->detail, "issuer 01999999 is not in list 17");
  context_.kind = TapKind::exit;
  EXPECT_EQ(reason(stranger, context_), std::nullopt) << "nobody is trapped";
}

TEST_F(IssuerCheckTest, ANumberOfAnotherIssuerIsNoCardOfThisOne) {
  EXPECT_EQ(reason(card(kNanjing, "3104770000000000426"), context_), RefusalCode::issuer_mismatch);
}

TEST_F(IssuerCheckTest, ATestCardIsOutsideRevenue) {
  const nfc::CardImage laboratory = card(kLaboratory, "3105228000000000426");
  nfc::CardImage by_kind = card(kShanghai, "3104770000000000426");
  by_kind.kind.card_kind = 0x04;
  EXPECT_EQ(reason(laboratory, context_), std::nullopt) << "test money in the test realm";
  context_.realm = Realm::live;
  EXPECT_EQ(reason(laboratory, context_), RefusalCode::test_card);
  EXPECT_EQ(reason(by_kind, context_), RefusalCode::test_card);
  EXPECT_EQ(reason(card(kShanghai, "3104770000000000426"), context_), std::nullopt);
}

TEST_F(IssuerCheckTest, OneTopUpRenewsWhereTheIssuerSaysSo) {
  nfc::CardImage shanghai = card(kShanghai, "3104770000000000426");
  nfc::CardImage nanjing = card(kNanjing, "3104830000000000426");
  shanghai.info.valid_to = nanjing.info.valid_to = parse_date("2026-11-01").value();
  EXPECT_EQ(reason(shanghai, context_), RefusalCode::expired_renewable);
  EXPECT_EQ(reason(nanjing, context_), RefusalCode::expired);
  context_.lists = nullptr;
  EXPECT_EQ(reason(shanghai, context_), RefusalCode::expired);
}

TEST(CheckTest, NobodyIsTrapped) {
  nfc::CardImage card = good_card();
  card.info.valid_to = parse_date("2021-01-01").value();
  card.kind.interoperable = false;
  card.kind.city = 0x3050;
  CheckContext context = entry_today();
  context.kind = TapKind::exit;
  context.modes.bits = Modes::kClosed;
  EXPECT_EQ(reason(card, context), std::nullopt);
}

TEST(CheckTest, DatesAreNotJudgedWithoutAClockOrInDateFreeMode) {
  nfc::CardImage card = good_card();
  card.info.valid_to = parse_date("2021-01-01").value();
  CheckContext context = entry_today();
  context.clock_trusted = false;
  EXPECT_EQ(reason(card, context), std::nullopt);
  context.clock_trusted = true;
  context.modes.bits = Modes::kDateFree;
  EXPECT_EQ(reason(card, context), std::nullopt);
}

std::filesystem::path shared_folder() {
  if (const char* given = std::getenv("TIDEGATE_SHARED")) return given;
  return std::filesystem::path{TIDEGATE_SOURCE_DIR} / "../shared/data";
}

/// The data of the n-th 80DC command in the trace of composite purchases.
Bytes staged_record(const std::string& text, int n) {
  std::size_t position = 0;
  for (int i = 0; i <= n; ++i) position = text.find("\"80DC", position + 1);
  const std::string hex = text.substr(position + 1, text.find('"', position + 1) - position - 1);
  return Bytes{from_hex(hex.substr(10)).value()};
}

TEST(JourneyRecordsTest, EntryAndExitAreTheKnownBytes) {
  std::filesystem::path file = shared_folder() / "cards/golden_3des_metro.json";
  std::ifstream in{file};
  if (!in) GTEST_SKIP() << file << " is not there";
  const std::string text{std::istreambuf_iterator<char>{in}, {}};

  WritePlace place;
  place.stop = gate_fixture::one_stop_book().here;
  place.terminal = TerminalNo{{0x41, 0x31, 0x00, 0x00, 0x00, 0x02}};
  place.at = {2026, 1, 5, 8, 0, 0};
  fare::Decision in_decision;
  in_decision.state_after.serial = 1;
  nfc::CardImage card;
  card.balance = Fen{0x1388};
  const JourneyRecords entry = tap_records(card, TapKind::entry, in_decision, place, Fen{0});
  place.stop.code.station = {0, 0, 0, 0, 0, 0x18, 0, 0x22};
  place.at = {2026, 1, 5, 8, 30, 0};
  card.rail = *entry.rail;
  const JourneyRecords exit = tap_records(card, TapKind::exit, in_decision, place, Fen{0x190});

  const auto without_operator_bytes = [](ByteView record) { return to_hex(record.first(99)); };
  EXPECT_EQ(without_operator_bytes(nfc::encode_rail_record(*entry.rail)),
            without_operator_bytes(staged_record(text, 0)));
  EXPECT_EQ(to_hex(nfc::encode_trip_record(*entry.trip)), to_hex(staged_record(text, 1)));
  EXPECT_EQ(without_operator_bytes(nfc::encode_rail_record(*exit.rail)),
            without_operator_bytes(staged_record(text, 2)));
  EXPECT_EQ(to_hex(nfc::encode_trip_record(*exit.trip)), to_hex(staged_record(text, 3)));
  EXPECT_EQ(fare::decode_card_state(exit.rail->operator_bytes), in_decision.state_after);
}

TEST(JourneyRecordsTest, AFlatBoardingLeavesATripAndTheJourneyByRailAlone) {
  WritePlace place;
  place.stop = gate_fixture::one_stop_book().here;
  place.at = at(11, 2);
  nfc::CardImage card;
  card.balance = Fen{1000};
  card.rail.status = nfc::RailStatus::entered;
  card.rail.entry_at = at(11, 2, 7);
  fare::Decision decision;
  decision.state_after.serial = 9;
  const JourneyRecords flat = tap_records(card, TapKind::board, decision, place, Fen{200});
  ASSERT_TRUE(flat.rail.has_value());
  EXPECT_TRUE(flat.rail->inside());
  EXPECT_EQ(flat.rail->entry_at, card.rail.entry_at);
  EXPECT_EQ(fare::decode_card_state(flat.rail->operator_bytes), decision.state_after);
  EXPECT_FALSE(flat.bus.has_value());
  ASSERT_TRUE(flat.trip.has_value());
  EXPECT_EQ(flat.trip->type, 0x06);
  EXPECT_EQ(flat.trip->balance, Fen{800});
  card.has_rail = false;
  EXPECT_FALSE(tap_records(card, TapKind::board, decision, place, Fen{200}).rail.has_value());
}

TEST(JourneyRecordsTest, AStagedRideIsRecord2702) {
  WritePlace place;
  place.stop = gate_fixture::one_stop_book().here;
  place.at = at(11, 2);
  place.vehicle = "00032845";
  place.terminal = TerminalNo{{0x41, 0x31, 0, 0, 0, 2}};
  nfc::CardImage card;
  card.balance = Fen{1000};
  fare::Decision decision;
  decision.max_fare = Fen{700};
  decision.opens_journey = true;
  const JourneyRecords in = tap_records(card, TapKind::board, decision, place, Fen{});
  EXPECT_FALSE(in.rail.has_value());
  ASSERT_TRUE(in.bus.has_value());
  EXPECT_TRUE(in.bus->on_board());
  EXPECT_EQ(in.bus->marked_fare, Fen{700});
  EXPECT_EQ(as_text(in.bus->boarding.vehicle), "00032845");
  EXPECT_EQ(in.bus->direction, nfc::BusRecord::kUp);
  EXPECT_EQ(in.trip->type, 0x03);

  card.bus = in.bus;
  place.at = at(11, 2, 9);
  place.down = true;
  const JourneyRecords out = tap_records(card, TapKind::alight, decision, place, Fen{300});
  ASSERT_TRUE(out.bus.has_value());
  EXPECT_EQ(out.bus->status, nfc::BusStatus::alighted);
  EXPECT_EQ(out.bus->boarding, in.bus->boarding);
  EXPECT_EQ(out.bus->alighting.at, place.at);
  EXPECT_EQ(out.bus->fare, Fen{300});
  EXPECT_EQ(out.trip->type, 0x04);
  EXPECT_EQ(out.trip->balance, Fen{700});

  const JourneyRecords missed = missed_alighting_records(card, true, place, Fen{700});
  EXPECT_EQ(missed.bus->status, nfc::BusStatus::alighted);
  EXPECT_EQ(missed.trip->type, 0x08);
}

constexpr TerminalNo kOurs{{0x41, 0x31, 0, 0, 0, 2}};
constexpr TerminalNo kOther{{0x41, 0x31, 0, 0, 0, 9}};

constexpr CardHandle kCard{{1}}, kOtherCard{{2}};

TEST(CardTimesTest, OneTerminalDoesNotGiveACardASecondTwice) {
  CardTimes times;
  const LocalTime eight = at(11, 2);
  for (int i = 0; i < 60; ++i) {
    const auto given = times.give(kOurs, kCard, eight);
    EXPECT_EQ(given.time, later(eight, std::chrono::seconds{i}));
    EXPECT_TRUE(given.new_for_certain);
  }
  EXPECT_EQ(times.give(kOurs, kOtherCard, eight).time, eight) << "its log is another";
  EXPECT_EQ(times.give(kOther, kCard, eight).time, eight);
}

TEST(CardTimesTest, AClockThatWasSetBackIsFollowed) {
  CardTimes times;
  const LocalTime eight = at(11, 2), seven = at(11, 2, 7);
  EXPECT_TRUE(times.give(kOurs, kCard, eight).new_for_certain);
  const auto given = times.give(kOurs, kCard, seven);
  EXPECT_EQ(given.time, seven);
  EXPECT_TRUE(given.new_for_certain) << "all that was ever given is remembered";
}

TEST(CardTimesTest, WhatIsForgottenMayHaveBeenGiven) {
  CardTimes times;
  const LocalTime eight = at(11, 2);
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(times.give(kOurs, kCard, later(eight, std::chrono::seconds{i})).new_for_certain);
  EXPECT_FALSE(times.give(kOurs, kOtherCard, eight).new_for_certain);
  EXPECT_TRUE(
      times.give(kOurs, kOtherCard, later(eight, std::chrono::seconds{999})).new_for_certain);
}

TEST(CardTimesTest, WhatAnEarlierRunMayHaveGivenIsNotNew) {
  const LocalTime eight = at(11, 2), seven = at(11, 2, 7);
  CardTimes times{eight};
  EXPECT_FALSE(times.give(kOurs, kCard, seven).new_for_certain);
  EXPECT_EQ(times.give(kOurs, kCard, seven).time, later(seven, std::chrono::seconds{1}));
  EXPECT_FALSE(times.give(kOther, kCard, eight).new_for_certain);
  EXPECT_TRUE(times.give(kOther, kCard, later(eight, std::chrono::seconds{5})).new_for_certain);
}

TEST(PassagesTest, OnlyWhatAControllerSaidIsKnown) {
  Passages passages;
  passages.note(SequenceNo{7}, true);
  passages.note(SequenceNo{8}, false);
  passages.note(SequenceNo{}, true);
  passages.note(SequenceNo{7}, false);  // said late
  passages.note(SequenceNo{10}, false);
  passages.note(SequenceNo{10}, true);
  EXPECT_EQ(passages.of(SequenceNo{10}), true);
  EXPECT_EQ(passages.of(SequenceNo{7}), true);
  EXPECT_EQ(passages.of(SequenceNo{8}), false);
  EXPECT_EQ(passages.of(SequenceNo{9}), std::nullopt);
  EXPECT_EQ(passages.of(SequenceNo{}), std::nullopt);
}

}  // namespace
}  // namespace tidegate::edge
