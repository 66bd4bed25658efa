// SPDX-License-Identifier: Apache-2.0
// What happens to a card between the tear and its return: days and trips, other machines' debits
// and loads, a counter that wraps or ends, a clone of it.
#include <gtest/gtest.h>

#include "nfc/purse/records.h"
#include "tests/edge/gate/gate_fixture.h"
#include "tests/torn/foreign.h"

namespace tidegate::edge::torn {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::kFare;
using gate_fixture::Tear;
using gate_fixture::TestBox;
using End = TapReport::End;

constexpr unsigned kDebitApdu = 8;  // SELECT, 17, 2701, balance, 8050, 80DC, 80DC, 8054
constexpr std::string_view kOtherTerminal = "413100000003";

/// Torn at 8054: the intent is left open.
void tear(TestBox& box, sim::TUnionCard& card, AisleDirection direction, bool card_acts) {
  const auto open = box.ledger->unconfirmed_count().value();
  const TapReport report = box.tap(card, direction, Tear{kDebitApdu, card_acts, false});
  ASSERT_EQ(report.end, End::try_again) << report.detail;
  ASSERT_EQ(box.ledger->unconfirmed_count().value(), open + 1);
}

void enter_and_tear_exit(TestBox& box, sim::TUnionCard& card, bool card_acts) {
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  tear(box, card, AisleDirection::exit, card_acts);
}

/// The outcome of the fare intent at `index`, counted from the entry `from` on.
std::optional<Outcome> outcome_of_fare(const TestBox& box, std::size_t index,
                                       SequenceNo from = {}) {
  std::vector<SequenceNo> fares;
  std::optional<Outcome> out;
  const auto read = box.ledger->read(from, [&](const StoredEntry& stored) {
    const auto* intent = std::get_if<Intent>(&stored.entry.body);
    const auto* outcome = std::get_if<Outcome>(&stored.entry.body);
    if (intent != nullptr && intent->purpose == Purpose::fare) fares.push_back(stored.sequence);
    if (outcome != nullptr && index < fares.size() && outcome->intent == fares[index])
      out = *outcome;
    return true;
  });
  EXPECT_TRUE(read.has_value());
  return out;
}

void set_same_time(TestBox& box, const TestBox& as) {
  box.clock.advance(as.clock.now() - box.clock.now());
}

TEST(CardsBetween, AClonedCardIsChargedOnItsOwnCountersAndTheLedgerShowsBoth) {
  TestBox box;
  sim::TUnionCard one{card_image(1), {}}, two{card_image(1), {}};
  for (const AisleDirection direction : {AisleDirection::entry, AisleDirection::exit})
    for (sim::TUnionCard* card : {&one, &two})
      ASSERT_EQ(box.tap(*card, direction).end, End::opened);
  EXPECT_EQ(one.image().balance, 5000U - kFare);
  EXPECT_EQ(two.image().balance, 5000U - kFare);
  const auto outcomes = box.all<Outcome>();
  ASSERT_EQ(outcomes.size(), 4U);
  for (const std::size_t first : {0U, 2U}) {
    const Outcome &a = outcomes[first], &b = outcomes[first + 1];
    EXPECT_EQ(a.result, OutcomeResult::debited);
    EXPECT_EQ(b.result, OutcomeResult::debited);
    // A purse counts each debit once: one handle with one counter twice can only be two purses.
    EXPECT_EQ(a.card, b.card);
    EXPECT_EQ(a.counter, b.counter);
    EXPECT_NE(a.sam_txn, b.sam_txn);
    EXPECT_NE(a.tac, b.tac);
  }
  EXPECT_EQ(box.ledger->totals().debited_fen, Fen{2 * kFare});
}

TEST(CardsBetween, AnIntentIsSettledDaysAndTripsLater) {
  for (const bool acted : {false, true}) {
    TestBox box, elsewhere{nullptr, std::string{kOtherTerminal}};
    sim::TUnionCard card{card_image(1), {}};
    enter_and_tear_exit(box, card, acted);
    for (unsigned other = 2; other < 5; ++other) {
      sim::TUnionCard stranger{card_image(other), {}};
      ASSERT_EQ(box.tap(stranger, AisleDirection::entry).end, End::opened);
      ASSERT_EQ(box.tap(stranger, AisleDirection::exit).end, End::opened);
    }
    elsewhere.clock.advance(std::chrono::hours{30});
    // Who was not debited is still inside, and goes out at another station.
    if (!acted) {
      ASSERT_EQ(elsewhere.tap(card, AisleDirection::exit).end, End::opened);
    }
    for (int trip = 0; trip < 2; ++trip) {
      ASSERT_EQ(elsewhere.tap(card, AisleDirection::entry).end, End::opened);
      ASSERT_EQ(elsewhere.tap(card, AisleDirection::exit).end, End::opened);
    }
    box.clock.advance(std::chrono::hours{75});
    const TapReport report = box.tap(card, AisleDirection::entry);
    ASSERT_EQ(report.end, End::opened) << report.detail;
    EXPECT_FALSE(report.recovered);
    EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
    const auto settled = outcome_of_fare(box, 1);
    ASSERT_TRUE(settled.has_value());
    EXPECT_EQ(settled->result, acted ? OutcomeResult::debited : OutcomeResult::not_debited);
    EXPECT_TRUE(all_zero(settled->tac)) << "the card has made other debits since";
    EXPECT_EQ(card.image().balance, 5000U - 3 * kFare);
    EXPECT_EQ(box.ledger->totals().debited_fen + elsewhere.ledger->totals().debited_fen,
              Fen{(3 + 3) * kFare});
  }
}

struct Since {
  bool acted = false;  ///< the torn debit took place
  bool logs_before = false;
  unsigned debits = 0, loads = 0;
  [[nodiscard]] std::string text() const {
    return std::to_string(debits) + " debits, " + std::to_string(loads) + " loads" +
           (acted ? ", acted" : "") + (logs_before ? ", logs before" : "");
  }
};

/// Torn at an entry, then elsewhere; what the box makes of it at the card's next sight.
std::optional<Outcome> settled_after(TestBox& box, TestBox& elsewhere, const Since& since,
                                     unsigned number) {
  sim::TUnionCard card{card_image(number), {.log_counter_before = since.logs_before}};
  const SequenceNo from{box.ledger->head().sequence.get() + 1};
  tear(box, card, AisleDirection::entry, since.acted);
  set_same_time(elsewhere, box);
  unsigned left = since.debits;
  // A trip elsewhere takes record 2701 away from what was torn here.
  if (left > 0 && !since.acted && elsewhere.tap(card, AisleDirection::entry).end == End::opened)
    --left;
  if (left > 0 && elsewhere.tap(card, AisleDirection::exit).end == End::opened) --left;
  for (; left > 0; --left) EXPECT_TRUE(foreign_purchase(card, box.clock.now()));
  for (unsigned i = 0; i < since.loads; ++i) EXPECT_TRUE(load(card, Fen{500}, box.clock.now()));
  box.clock.advance(std::chrono::minutes{10});
  for (int i = 0; i < 2 && !outcome_of_fare(box, 0, from); ++i)
    static_cast<void>(box.tap(card, AisleDirection::entry));
  return outcome_of_fare(box, 0, from);
}

/// A debit is never booked as none, and none never as a debit, however much the card did since.
TEST(CardsBetween, AFullLogMakesADebitUnknownButNeverWrong) {
  TestBox box, elsewhere{nullptr, std::string{kOtherTerminal}};
  unsigned number = 1;
  for (const bool acted : {false, true}) {
    for (const bool logs_before : {false, true}) {
      for (const unsigned debits : {0U, 1U, 2U, 8U, 9U, 10U, 11U, 12U}) {
        for (const unsigned loads : {0U, 1U, 9U, 10U}) {
          const Since since{acted, logs_before, debits, loads};
          const auto settled = settled_after(box, elsewhere, since, number++);
          ASSERT_TRUE(settled.has_value()) << since.text();
          EXPECT_NE(settled->result, acted ? OutcomeResult::not_debited : OutcomeResult::debited)
              << since.text();
          if (debits + loads < nfc::kLogRecords) {
            EXPECT_NE(settled->result, OutcomeResult::unknown) << since.text();
          }
        }
      }
    }
  }
}

TEST(CardsBetween, ACounterThatWrapsInTheTornDebitIsRecovered) {
  for (const bool logs_before : {false, true}) {
    for (const bool acted : {false, true}) {
      for (const unsigned foreign : {0U, 1U, 11U}) {
        TestBox box;
        auto image = card_image(1);
        image.counter = 0xFFFE;
        sim::TUnionCard card{image, {.log_counter_before = logs_before, .counter_wraps = true}};
        enter_and_tear_exit(box, card, acted);
        EXPECT_EQ(card.image().counter, acted ? 0 : 0xFFFF);
        for (unsigned i = 0; i < foreign; ++i) ASSERT_TRUE(foreign_purchase(card, box.clock.now()));
        const TapReport report = box.tap(card, AisleDirection::exit);
        ASSERT_EQ(report.end, End::opened) << report.detail;
        EXPECT_EQ(report.recovered, acted);
        EXPECT_EQ(card.image().balance, 5000U - kFare - foreign * kForeignFen);
        EXPECT_EQ(box.ledger->totals().debited_fen, Fen{kFare});
        EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
        const auto settled = outcome_of_fare(box, 1);
        ASSERT_TRUE(settled.has_value());
        if (acted) {
          EXPECT_EQ(settled->counter.get(), 0);
        }
      }
    }
  }
}

/// The last debit a purse can make: it cannot prove itself any more, so nothing opens for it, and
/// the charge stays listed.
TEST(CardsBetween, ADebitThatEndsTheCountersLifeStaysListed) {
  TestBox box;
  auto image = card_image(1);
  image.counter = 0xFFFD;
  sim::TUnionCard card{image, {}};
  enter_and_tear_exit(box, card, true);
  EXPECT_EQ(card.image().counter, 0xFFFF);
  for (int i = 0; i < 2; ++i) {
    const TapReport report = box.tap(card, AisleDirection::exit);
    EXPECT_EQ(report.refusal, fare::RefusalCode::purse_mismatch) << report.detail;
  }
  EXPECT_EQ(card.image().balance, 5000U - kFare);
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 1U);
}

TEST(CardsBetween, LoadsBetweenTearAndReturnChangeNothing) {
  for (const bool acted : {false, true}) {
    for (const unsigned loads : {1U, 2U, 9U, 10U, 11U}) {
      TestBox box;
      sim::TUnionCard card{card_image(1), {}};
      enter_and_tear_exit(box, card, acted);
      for (unsigned i = 0; i < loads; ++i) ASSERT_TRUE(load(card, Fen{1000}, box.clock.now()));
      const TapReport report = box.tap(card, AisleDirection::exit);
      ASSERT_EQ(report.end, End::opened) << report.detail;
      EXPECT_EQ(report.recovered, acted);
      EXPECT_EQ(card.image().balance, 5000U + 1000U * loads - kFare);
      EXPECT_EQ(box.ledger->totals().debited_fen, Fen{kFare});
      EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
    }
  }
}

TEST(CardsBetween, AnEntrySightedAtAnotherBoxIsSettledAtItsOwnBoxLater) {
  TestBox box, other{nullptr, std::string{kOtherTerminal}};
  box.config.station_terminals = {box.sam->terminal(), other.sam->terminal()};
  other.config.station_terminals = box.config.station_terminals;
  sim::TUnionCard card{card_image(1), {}};
  tear(box, card, AisleDirection::entry, true);
  set_same_time(other, box);
  const TapReport sighted = other.tap(card, AisleDirection::entry);
  ASSERT_EQ(sighted.end, End::opened) << sighted.detail;
  ASSERT_EQ(other.all<Sighting>().size(), 1U);
  box.clock.advance(std::chrono::minutes{20});
  const TapReport out = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{kFare});
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
  const auto settled = outcome_of_fare(box, 0);
  ASSERT_TRUE(settled.has_value());
  EXPECT_EQ(settled->result, OutcomeResult::debited);
  EXPECT_EQ(other.all<Sighting>().front().terminal, settled->terminal);
  EXPECT_EQ(other.all<Sighting>().front().counter, settled->counter);
  EXPECT_EQ(card.image().balance, 5000U - kFare);
}

}  // namespace
}  // namespace tidegate::edge::torn
