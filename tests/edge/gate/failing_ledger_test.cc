// SPDX-License-Identifier: Apache-2.0
// Taps over a ledger that fails, and over one that is full: nothing is taken that is not recorded.
#include <gtest/gtest.h>

#include "tests/card_on_the_line.h"
#include "tests/edge/gate/faulty_ledger.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::count;
using gate_fixture::FaultyLedger;
using gate_fixture::LogOf;
using gate_fixture::note;
using gate_fixture::open_test_ledger;
using gate_fixture::soon;
using gate_fixture::TempFolder;
using gate_fixture::TestBox;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A box whose committer writes to a ledger that can fail.
struct FailingBox {
  TempFolder folder;
  FaultyLedger ledger{open_test_ledger(folder.path / "faulty")};
  TestBox box{&ledger};
  Services services{box.config, box.clock, ledger,     box.committer, box.sealer,
                    box.book,   box.modes, box.memory, box.lists};
  TapReport tap(sim::Card& card, AisleDirection direction) {
    gate_fixture::CardInField field{card};
    const AisleConfig aisle{.number = AisleNo{1}, .direction = direction};
    return TapPipeline{services, aisle, *box.sam, box.front}.run(field);
  }
};

TEST(FailingLedgerTest, WithoutItsIntentOnDiskNoCardIsDebited) {
  FailingBox gate;
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(gate.tap(card, AisleDirection::entry).end, TapReport::End::opened);
  gate.ledger.set_failing(true);
  const auto before = card.image();
  const TapReport report = gate.tap(card, AisleDirection::exit);
  EXPECT_EQ(report.refusal, fare::RefusalCode::ledger_unavailable);
  EXPECT_EQ(card.image(), before);
  EXPECT_EQ(gate.box.front.opened.size(), 1U);
  EXPECT_FALSE(gate.box.committer.healthy());
  gate.ledger.set_failing(false);
  while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(gate.tap(card, AisleDirection::exit).end, TapReport::End::opened);
}

/// A card that lets the test act just before it is debited.
class BeforeDebit final : public CardOnTheLine {
 public:
  BeforeDebit(sim::Card& card, std::function<void()> act)
      : CardOnTheLine{card}, act_{std::move(act)} {}
  Bytes transceive(ByteView command) override {
    if (command.size() > 1 && command[1] == 0x54) act_();
    return CardOnTheLine::transceive(command);
  }

 private:
  std::function<void()> act_;
};

TEST(FailingLedgerTest, AConfirmedDebitOpensAndItsOutcomeLandsLater) {
  FailingBox gate;
  gate.box.config.commit_timeout = milliseconds{2000};
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(gate.tap(card, AisleDirection::entry).end, TapReport::End::opened);
  BeforeDebit watched{card, [&] { gate.ledger.set_failing(true); }};
  gate.box.config.commit_timeout = milliseconds{50};
  TapReport report;
  for (int i = 0; i < 50 && report.end != TapReport::End::opened; ++i) {
    // The intent's own commit may miss so short a deadline on a loaded machine: then nothing moved.
    gate.ledger.set_failing(false);
    while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
    report = gate.tap(watched, AisleDirection::exit);
  }
  ASSERT_EQ(report.end, TapReport::End::opened) << report.detail;
  EXPECT_EQ(report.outcome, SequenceNo{});
  EXPECT_EQ(gate.ledger.totals().debited_fen, Fen{});
  EXPECT_FALSE(gate.box.committer.healthy());
  gate.ledger.set_failing(false);
  while (!gate.box.committer.healthy()) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(gate.ledger.totals().debited_fen, Fen{gate_fixture::kFare});
  EXPECT_EQ(gate.ledger.unconfirmed_count().value(), 0U);
}

/// A box with the smallest ledger: it is soon full.
struct TinyBox {
  static constexpr std::size_t kMapBytes = 2U << 20U;
  TinyBox() : box{ledger.get()} {}

  static std::unique_ptr<Ledger> open(const std::filesystem::path& folder) {
    auto made = Ledger::open(folder, gate_fixture::identity(),
                             {.map_bytes = kMapBytes, .preallocate = false});
    EXPECT_TRUE(made.has_value()) << made.error().message();
    return std::move(*made);
  }
  TapReport tap(sim::Card& card, AisleDirection direction) {
    gate_fixture::CardInField field{card};
    box.clock.advance(seconds{2});
    const AisleConfig aisle{.number = AisleNo{1}, .direction = direction};
    return TapPipeline{services, aisle, *box.sam, box.front}.run(field);
  }
  /// Leaves room for a few taps.
  void fill(unsigned percent) {
    while (ledger->use()->percent() < percent) {
      const std::vector<Entry> many(8, note(std::string(1000, 'x')));
      ASSERT_TRUE(box.committer.wait(box.committer.submit_together(many, Commit::urgent), soon()));
    }
  }

  TempFolder folder;
  std::unique_ptr<Ledger> ledger = open(folder.path / "tiny");
  TestBox box;
  Services services{box.config, box.clock, *ledger,    box.committer, box.sealer,
                    box.book,   box.modes, box.memory, box.lists};
};

TEST(FullLedgerTest, TapsStopAndEveryDebitIsRecorded) {
  LogOf log;
  TinyBox gate;
  gate.fill(93);
  Fen spent;
  std::vector<std::unique_ptr<sim::TUnionCard>> cards;
  TapReport report;
  for (unsigned i = 1; i < 2000; ++i) {
    cards.push_back(std::make_unique<sim::TUnionCard>(card_image(i), sim::CardHabits{}));
    const std::uint32_t before = cards.back()->image().balance;
    report = gate.tap(*cards.back(), AisleDirection::entry);
    if (report.end == TapReport::End::opened)
      report = gate.tap(*cards.back(), AisleDirection::exit);
    spent += Fen{static_cast<std::int64_t>(before) - cards.back()->image().balance};
    if (report.end != TapReport::End::opened) break;
  }
  EXPECT_EQ(report.refusal, fare::RefusalCode::ledger_unavailable) << report.detail;
  EXPECT_FALSE(gate.box.committer.healthy());
  EXPECT_GT(cards.size(), 2U);
  EXPECT_EQ(gate.ledger->totals().debited_fen, spent);
  EXPECT_EQ(gate.ledger->unconfirmed_count().value(), 0U);
  // The last commit may have freed some pages.
  EXPECT_GE(gate.ledger->use()->percent(), 92U);
  EXPECT_EQ(count(log.take(), "event=ledger_full"), 1U);
}

TEST(FullLedgerTest, TheReserveHoldsAnOutcomeForEveryAisle) {
  TinyBox gate;
  gate.fill(92);
  constexpr int kAisles = 32;
  std::vector<std::pair<SequenceNo, CardHandle>> open;
  for (int i = 0; i < kAisles; ++i) {
    Intent intent;
    intent.card = CardHandle{{static_cast<Byte>(i)}};
    intent.journey_record.resize(128);
    const auto at =
        gate.box.committer.wait(gate.box.committer.submit({{}, intent}, Commit::urgent), soon());
    ASSERT_TRUE(at.has_value()) << at.error().message();
    open.emplace_back(*at, intent.card);
  }
  gate.fill(95);
  ASSERT_FALSE(gate.box.committer.healthy());
  for (const auto& [at, card] : open) {
    Outcome outcome;
    outcome.intent = at;
    outcome.card = card;
    outcome.result = OutcomeResult::debited;
    const auto landed = gate.box.committer.wait(
        gate.box.committer.submit({{}, outcome}, Commit::must_land), soon());
    ASSERT_TRUE(landed.has_value()) << landed.error().message();
  }
  EXPECT_EQ(gate.ledger->unconfirmed_count().value(), 0U);
}

TEST(FullLedgerTest, WhereNotAllFitsTheOutcomeLandsAlone) {
  TinyBox gate;
  gate.fill(95);
  // More than the reserve can hold, and an outcome behind it in the same append.
  std::vector<Entry> many(300, note(std::string(1000, 'x')));
  static_cast<void>(gate.box.committer.submit_together(std::move(many), Commit::ride_along));
  const auto ticket = gate.box.committer.submit(note("must"), Commit::must_land);
  const auto at = gate.box.committer.wait(ticket, soon());
  EXPECT_TRUE(at.has_value()) << at.error().message();
  EXPECT_FALSE(gate.box.committer.healthy());
}

}  // namespace
}  // namespace tidegate::edge
