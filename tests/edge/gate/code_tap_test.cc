// SPDX-License-Identifier: Apache-2.0
// Ride codes at an aisle: what they pay for, single use, what is written.
#include <algorithm>
#include <thread>

#include "tests/edge/gate/code_fixture.h"
#include "tests/edge/gate/faulty_ledger.h"

namespace tidegate::edge::gate_fixture {
namespace {

using fare::RefusalCode;

class CodeTapTest : public CodeFixture {};

TEST_F(CodeTapTest, AFlatFareIsChargedWhenBoarding) {
  TestBox box;
  box.config.kind = fare::BoxKind::vehicle;
  box.book = flat_book();
  const Bytes code = fresh(box);
  const TapReport report = show(box, code);
  ASSERT_EQ(report.end, TapReport::End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{200});
  ASSERT_EQ(box.front.opened.size(), 1U);
  EXPECT_EQ(box.front.shown.back().screen, gate_protocol::Screen::accepted);
  const auto charges = box.all<AccountCharge>();
  ASSERT_EQ(charges.size(), 1U);
  EXPECT_EQ(charges[0].amount, Fen{200});
  EXPECT_EQ(charges[0].settlement, Settlement::charged);
  EXPECT_EQ(charges[0].tap.kind, fare::TapKind::board);
  EXPECT_EQ(charges[0].book_number, 8U);
  ASSERT_TRUE(charges[0].medium.has_value());
  EXPECT_EQ(
      box.services.price(*box.book.book, *charges[0].medium, charges[0].context, charges[0].tap),
      charges[0].decision);
  EXPECT_EQ(box.ledger->totals().account_fen, Fen{200});
}

TEST_F(CodeTapTest, NothingThatNamesAnybodyIsInTheLedgerInPlain) {
  TestBox box;
  box.book = flat_book();
  recipe_.account = "6212345678901234";
  const Bytes code = fresh(box);
  ASSERT_EQ(show(box, code).end, TapReport::End::opened);
  const auto charge = box.all<AccountCharge>().at(0);
  EXPECT_TRUE(std::ranges::equal(charge.code, ByteView{code}.first(120)));
  EXPECT_NE(charge.account_handle, Bytes(16, 0));
  ASSERT_TRUE(charge.sealed.has_value());
  EXPECT_EQ(charge.sealed->ciphertext.size(), code.size() + 16);
}

TEST_F(CodeTapTest, TheClearingHouseOpensTheCode) {
  TestBox box;
  const auto clearing = crypto::make_exchange_key();
  Sealer sealer{BoxId{"b"}, {9}, {1, clearing.public_key}, 1};
  const Bytes code = fresh(box);
  const SealedNumber sealed = sealer.seal_code(code);
  EXPECT_EQ(unseal_code(sealed, BoxId{"b"}, clearing.secret).value(), code);
  EXPECT_FALSE(unseal_code(sealed, BoxId{"c"}, clearing.secret).has_value());
  EXPECT_FALSE(unseal(sealed, BoxId{"b"}, clearing.secret).has_value());
}

TEST_F(CodeTapTest, ASecondPresentationIsRefusedAlsoByTheNextRun) {
  TestBox box;
  box.book = flat_book();
  const Bytes code = fresh(box);
  EXPECT_EQ(show(box, code).end, TapReport::End::opened);
  expect_refused(show(box, code), RefusalCode::code_used);
  RunMemory other_run;  // what a gate remembers without its ledger
  const Services services{box.config, box.clock, *box.ledger, box.committer, box.sealer,
                          box.book,   box.modes, other_run,   box.lists};
  CodeTrust trust;
  const AisleConfig aisle{.number = AisleNo{1}};
  expect_refused(present_code(services, aisle, trust, box.front, code), RefusalCode::code_used);
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::opened) << "a fresh one of the same account";
  EXPECT_EQ(box.all<AccountCharge>().size(), 2U);
}

TEST_F(CodeTapTest, OfTwoAislesAtOnceOneOpens) {
  TestBox box;
  box.book = flat_book();
  for (int round = 0; round < 5; ++round) {
    const Bytes code = fresh(box);
    std::array<TapReport, 2> reports;
    std::array<SeenFront, 2> fronts;
    {
      const auto aisle = [&](std::size_t i) {
        const AisleConfig config{.number = AisleNo{static_cast<std::uint16_t>(i + 1)}};
        reports[i] = present_code(box.services, config, trust_, fronts[i], code);
      };
      std::jthread first{aisle, 0U};
      std::jthread second{aisle, 1U};
    }
    EXPECT_EQ(fronts[0].opened.size() + fronts[1].opened.size(), 1U);
    const TapReport& other = fronts[0].opened.empty() ? reports[0] : reports[1];
    expect_refused(other, RefusalCode::code_used);
  }
  EXPECT_EQ(box.all<AccountCharge>().size(), 5U);
}

TEST_F(CodeTapTest, AFareAboveTheCapIsRefusedAtTheWayIn) {
  TestBox box;
  box.config.code_journeys = CodeJourneys::clearing;
  recipe_.cap_fen = kFare - 1;
  expect_refused(show(box, fresh(box)), RefusalCode::code_over_cap);
  recipe_.cap_fen = kFare;
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  box.book = flat_book();
  recipe_.cap_fen = 199;
  expect_refused(show(box, fresh(box)), RefusalCode::code_over_cap);
}

TEST_F(CodeTapTest, OutOfAFlatNetworkEverybodyGets) {
  TestBox box;
  box.book = flat_book();
  const TapReport out = show(box, fresh(box), AisleDirection::exit);
  EXPECT_EQ(out.end, TapReport::End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{});
}

TEST_F(CodeTapTest, AClosedStationLetsNobodyInAndEverybodyOut) {
  TestBox box;
  box.config.code_journeys = CodeJourneys::clearing;
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  box.modes.set(fare::Modes::kClosed, true);
  expect_refused(show(box, fresh(box)), RefusalCode::aisle_closed);
  EXPECT_EQ(show(box, fresh(box), AisleDirection::exit).end, TapReport::End::opened);
}

TEST_F(CodeTapTest, ARefusalIsInTheLedgerWithItsReasonAndTexts) {
  TestBox box;
  const TapReport report = show(box, as_bytes("https://example.org/"));
  expect_refused(report, RefusalCode::not_transport_code);
  EXPECT_FALSE(report.card.has_value());
  const auto& shown = box.front.shown.back();
  EXPECT_EQ(shown.screen, gate_protocol::Screen::refused);
  EXPECT_EQ(shown.refusal, static_cast<std::uint16_t>(RefusalCode::not_transport_code));
  EXPECT_FALSE(shown.zh.empty());
  EXPECT_FALSE(shown.en.empty());
  box.book = flat_book();
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);  // takes the refusal along
  const auto refusals = box.all<Refusal>();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].code, RefusalCode::not_transport_code);
}

TEST_F(CodeTapTest, AForgedCodeNamesNobody) {
  TestBox box;
  box.book = flat_book();
  keys_ = sim::code_keys(2);
  const TapReport report = show(box, fresh(box));
  expect_refused(report, RefusalCode::code_certificate_forged);
  EXPECT_FALSE(report.card.has_value());
}

TEST_F(CodeTapTest, WhatCannotBeRecordedDoesNotOpen) {
  TempFolder folder;
  FaultyLedger ledger{open_test_ledger(folder.path / "l")};
  TestBox box{&ledger};
  box.book = flat_book();
  ledger.set_failing(true);
  expect_refused(show(box, fresh(box)), RefusalCode::ledger_unavailable);
  EXPECT_TRUE(box.front.opened.empty());
}

TEST_F(CodeTapTest, AChargeThatLandsTooLateIsVoided) {
  TempFolder folder;
  FaultyLedger ledger{open_test_ledger(folder.path / "l")};
  TestBox box{&ledger};
  box.book = flat_book();
  box.config.commit_timeout = std::chrono::milliseconds{1500};
  const Bytes code = fresh(box);
  ledger.hold();
  {
    const std::jthread passenger{
        [&] { expect_refused(show(box, code), RefusalCode::ledger_unavailable); }};
    ledger.wait_until_an_append_waits();
  }
  ledger.let_go();
  std::vector<EntryBody> bodies;
  for (int tries = 0; tries < 2000 && bodies.size() < 2; ++tries) {
    bodies.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_TRUE(ledger.read(SequenceNo{1}, [&](const StoredEntry& stored) {
      if (!std::holds_alternative<Refusal>(stored.entry.body)) bodies.push_back(stored.entry.body);
      return true;
    }));
  }
  ASSERT_GE(bodies.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<AccountCharge>(bodies[0]));
  ASSERT_TRUE(std::holds_alternative<Void>(bodies[1]));
  EXPECT_NE(std::get<Void>(bodies[1]).charge, SequenceNo{});
}

}  // namespace
}  // namespace tidegate::edge::gate_fixture
