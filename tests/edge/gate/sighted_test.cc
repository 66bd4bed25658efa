// SPDX-License-Identifier: Apache-2.0
// A passenger who was torn off at one box of a station and comes to another: nothing but the card
// goes between the two.
#include "edge/gate/sighted.h"

#include <gtest/gtest.h>

#include "edge/gate/recovery.h"
#include "nfc/purse/records.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::kFare;
using gate_fixture::TestBox;
using End = TapReport::End;

const std::string kFirst = "413100000001", kSecond = "413100000002";

TerminalNo terminal(const std::string& digits) {
  return TerminalNo{array_from_hex<6>(digits).value()};
}

class SightedTest : public testing::Test {
 protected:
  SightedTest() {
    for (TestBox* box : {&first_, &second_})
      box->config.station_terminals = {terminal(kFirst), terminal(kSecond)};
    // Both boxes tap in lockstep: each tap moves its own clock.
    second_.clock.advance(std::chrono::seconds{10});
  }
  /// The first box has taken the fare (or let the card in), and nobody saw it.
  void tear_at_the_first(AisleDirection direction) {
    sim::TUnionCard twin{card_.image(), {}};
    CardInField whole{twin};
    TestBox other;
    if (direction == AisleDirection::exit) {
      ASSERT_EQ(first_.tap(card_, AisleDirection::entry).end, End::opened);
      ASSERT_EQ(other.tap(twin, AisleDirection::entry).end, End::opened);
    }
    CardInField field{twin};
    ASSERT_EQ(other.tap(field, direction).end, End::opened);
    const TapReport torn = first_.tap(card_, direction, {field.exchanges, true, false});
    ASSERT_EQ(torn.end, End::try_again) << torn.detail;
  }

  TestBox first_{nullptr, kFirst};
  TestBox second_{nullptr, kSecond};
  sim::TUnionCard card_{card_image(1), {}};
};

TEST_F(SightedTest, OpensAtNoChargeAndWritesWhatTheCardShows) {
  for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit}) {
    SCOPED_TRACE(static_cast<int>(direction));
    card_.power_off();
    tear_at_the_first(direction);
    const std::uint32_t balance = card_.image().balance;
    const TapReport report = second_.tap(card_, direction);
    ASSERT_EQ(report.end, End::opened) << report.detail;
    EXPECT_TRUE(report.recovered);
    EXPECT_EQ(report.fare, Fen{});
    EXPECT_EQ(card_.image().balance, balance);

    const Intent torn = first_.all<Intent>().back();
    const Sighting sighting = second_.all<Sighting>().back();
    EXPECT_EQ(sighting.terminal, terminal(kFirst));
    EXPECT_EQ(sighting.counter.get(), torn.counter.get() + 1);
    EXPECT_TRUE(sighting.opened);
    EXPECT_EQ(sighting.proof.size(), 8U);
    const auto record = nfc::decode_log_record(sighting.log_record).value().value();
    EXPECT_EQ(record.at, bcd_time(torn.card_time));
    EXPECT_EQ(record.amount, torn.amount);
    EXPECT_EQ(second_.ledger->unconfirmed_count().value(), 0U);
    // The barrier opened for a proof that is in the ledger.
    EXPECT_EQ(second_.entries().back().sequence, report.outcome);
    EXPECT_EQ(second_.all<Intent>().back().purpose, Purpose::proof);
    // Back at the first box, some day, its intent is settled with the next debit.
    if (direction == AisleDirection::entry) {
      ASSERT_EQ(first_.tap(card_, AisleDirection::exit).end, End::opened);
      EXPECT_EQ(first_.ledger->unconfirmed_count().value(), 0U);
    }
  }
  const Fen both = first_.ledger->totals().debited_fen + second_.ledger->totals().debited_fen;
  EXPECT_EQ(both + Fen{kFare}, Fen{5000 - card_.image().balance});  // the last exit is unconfirmed
  EXPECT_EQ(first_.ledger->unconfirmed_count().value(), 1U);
}

TEST_F(SightedTest, OpensOnce) {
  tear_at_the_first(AisleDirection::entry);
  const TapReport report = second_.tap(card_, AisleDirection::entry);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(second_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
  // Unless nobody went through.
  second_.memory.passages.note(report.outcome, false);
  EXPECT_EQ(second_.tap(card_, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(second_.all<Sighting>().size(), 1U);
}

TEST_F(SightedTest, ATornProofOpensAtTheNextSight) {
  tear_at_the_first(AisleDirection::exit);
  for (unsigned exchange = 1; exchange < 60; ++exchange) {
    for (const bool after : {false, true}) {
      const TapReport torn = second_.tap(card_, AisleDirection::exit, {exchange, after, false});
      if (torn.end == End::opened) {  // the tear was behind the last exchange
        EXPECT_EQ(card_.image().balance, 5000U - kFare);
        // Whichever proof it was that opened, the first box's debit is told of.
        ASSERT_FALSE(second_.all<Sighting>().empty());
        EXPECT_EQ(second_.all<Sighting>().back().terminal, terminal(kFirst));
        return;
      }
      second_.clock.advance(std::chrono::seconds{-2});
    }
  }
  FAIL() << "never opened";
}

TEST_F(SightedTest, AnOrdinaryTapElsewhereInTime) {
  tear_at_the_first(AisleDirection::exit);
  second_.clock.advance(std::chrono::minutes{4});
  EXPECT_EQ(second_.tap(card_, AisleDirection::exit).refusal, fare::RefusalCode::not_entered);
}

TEST_F(SightedTest, AnOrdinaryTapTheOtherWay) {
  tear_at_the_first(AisleDirection::entry);
  const TapReport report = second_.tap(card_, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{kFare});
  EXPECT_TRUE(second_.all<Sighting>().empty());
}

TEST_F(SightedTest, ATerminalOfAnotherStationOpensNothing) {
  second_.config.station_terminals = {terminal(kSecond)};
  tear_at_the_first(AisleDirection::exit);
  EXPECT_EQ(second_.tap(card_, AisleDirection::exit).refusal, fare::RefusalCode::not_entered);
}

TEST_F(SightedTest, TheBoxThatOpenedDoesNotOpenAgainForItself) {
  ASSERT_EQ(first_.tap(card_, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(first_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::already_entered);
}

TEST_F(SightedTest, ABoxNeverSightsItself) {
  // Paid and gone; three minutes later the row that knows of it may have been swept away.
  ASSERT_EQ(second_.tap(card_, AisleDirection::entry).end, End::opened);
  ASSERT_EQ(second_.tap(card_, AisleDirection::exit).end, End::opened);
  second_.clock.advance(std::chrono::minutes{4});
  for (unsigned i = 2; i < 12; ++i) {
    sim::TUnionCard other{card_image(i), {}};
    ASSERT_EQ(second_.tap(other, AisleDirection::entry).end, End::opened);
  }
  ASSERT_FALSE(second_.ledger
                   ->recent_debit(second_.sealer.handle(
                       CardNumber{to_array<10>(ByteView{card_.image().ef15}.subspan(10, 10))}))
                   .value()
                   .has_value());
  second_.clock.advance(-std::chrono::minutes{4});
  EXPECT_EQ(second_.tap(card_, AisleDirection::exit).refusal, fare::RefusalCode::not_entered);
  EXPECT_TRUE(second_.all<Sighting>().empty());
}

TEST_F(SightedTest, ACopyWithoutKeysDoesNotGetThrough) {
  tear_at_the_first(AisleDirection::exit);
  sim::CardImageData copy = card_.image();
  copy.purchase_key = {};
  sim::TUnionCard fake{copy, {}};
  EXPECT_NE(second_.tap(fake, AisleDirection::exit).end, End::opened);
  EXPECT_TRUE(second_.front.opened.empty());
  EXPECT_TRUE(second_.all<Sighting>().empty());
}

TEST_F(SightedTest, AClosedStationLetsNobodyInButEverybodyOut) {
  second_.modes.set(fare::Modes::kClosed, true);
  tear_at_the_first(AisleDirection::entry);
  EXPECT_EQ(second_.tap(card_, AisleDirection::entry).refusal, fare::RefusalCode::aisle_closed);
}

constexpr TerminalNo kOurs{{0x41, 0x31, 0, 0, 0, 1}};

TEST(SightedDebitTest, GoesByTerminalAndTime) {
  const Timestamp now = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  nfc::RailRecord rail;
  EXPECT_EQ(sighted_debit(rail, std::vector{kOurs}, now), std::nullopt);
  rail.status = nfc::RailStatus::entered;
  rail.entry_terminal = {0, 0, 0x41, 0x31, 0, 0, 0, 1};
  using std::chrono::seconds;
  const auto seen_at = [&](seconds before) {
    rail.entry_at = to_local(now - before);
    return sighted_debit(rail, std::vector{kOurs}, now).has_value();
  };
  EXPECT_TRUE(seen_at(seconds{0}));
  EXPECT_TRUE(seen_at(seconds{180}));
  EXPECT_FALSE(seen_at(seconds{181}));
  EXPECT_TRUE(seen_at(seconds{-120}));  // clocks of two boxes
  EXPECT_FALSE(seen_at(seconds{-121}));
  ASSERT_TRUE(seen_at(seconds{10}));
  rail.entry_terminal[0] = 1;
  EXPECT_FALSE(seen_at(seconds{10}));
  rail.entry_terminal[0] = 0;
  rail.entry_terminal[7] = 2;
  EXPECT_FALSE(seen_at(seconds{10}));
  // The exit's own fields count once it is out.
  rail.status = nfc::RailStatus::exited;
  rail.exit_terminal = {0, 0, 0x41, 0x31, 0, 0, 0, 1};
  rail.exit_at = to_local(now - seconds{20});
  const SightedDebit expected{fare::TapKind::exit, kOurs, *rail.exit_at};
  EXPECT_EQ(sighted_debit(rail, std::vector{kOurs}, now), expected);
  rail.status = nfc::RailStatus::exit_updated;
  EXPECT_EQ(sighted_debit(rail, std::vector{kOurs}, now), std::nullopt);
}

}  // namespace
}  // namespace tidegate::edge
