// SPDX-License-Identifier: Apache-2.0
// Ride codes and the lists of a region: the card account in a code is on the denylist or among the
// entitled as a card of that number is.
#include "tests/edge/gate/code_fixture.h"
#include "tests/edge/gate/lists_fixture.h"

namespace tidegate::edge::gate_fixture {
namespace {

using fare::RefusalCode;
using fare::RiderCategory;
using std::chrono::minutes;

/// A flat fare of 200, a senior's 100.
ActiveBook flat_book_with_seniors() {
  fare::BookModel model = one_stop_model(8);
  model.networks[0].versions = {{.effective_from = parse_date("2026-01-01").value(),
                                 .tariff = fare::FlatTariff{Fen{200}},
                                 .classes = {{.name = "senior",
                                              .riders = {RiderCategory::senior},
                                              .tariff = fare::FlatTariff{Fen{100}}}}}};
  ActiveBook active = one_stop_book();
  active.book = fare::Book::load(fare::encode_book(model)).value();
  return active;
}

class CodeLists : public CodeFixture {
 protected:
  static constexpr const char* kNumber = "03105228000000000426";
  static nfc::ListHandle handle(const std::string& bcd = kNumber) {
    return nfc::list_handle(kListKey, CardNumber{to_array<10>(bcd_bytes(bcd))});
  }
  static nfc::HandleRowsHead head() {
    return {.number = 41, .key_check = nfc::list_key_check(kListKey)};
  }
  static void stop(TestBox& box, const nfc::ListHandle& account = handle()) {
    box.change_lists([&](CardLists& lists) {
      lists.list_key = kListKey;
      lists.denylist = nfc::Denylist::make(head(), {{account, nfc::DenyReason::debt}}).value();
    });
  }
  static void entitle(TestBox& box, const char* until) {
    box.change_lists([&](CardLists& lists) {
      lists.list_key = kListKey;
      lists.entitlements =
          nfc::Entitlements::make(head(),
                                  {{handle(), RiderCategory::senior, parse_date(until).value()}})
              .value();
    });
  }
};

TEST_F(CodeLists, AStoppedAccountIsRefusedAtTheWayInWithTheReason) {
  TestBox box;
  box.book = flat_book();
  stop(box);
  const TapReport report = show(box, fresh(box));
  expect_refused(report, RefusalCode::denylisted);
  EXPECT_EQ(report.detail, "debt, denylist 41");
  EXPECT_TRUE(box.front.opened.empty());
  recipe_.card_account = "03105228000000000427";
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::opened) << "another account";
  const auto refusals = box.all<Refusal>();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].code, RefusalCode::denylisted);
  EXPECT_EQ(refusals[0].card, report.card) << "a genuine code names its account";
}

TEST_F(CodeLists, TheAccountIsFoundHoweverItIsFilledUp) {
  TestBox box;
  box.book = flat_book();
  stop(box);
  recipe_.card_account = "3105228000000000426F";
  expect_refused(show(box, fresh(box)), RefusalCode::denylisted);
}

TEST_F(CodeLists, AnEmptyAccountIsNobodys) {
  TestBox box;
  box.book = flat_book();
  stop(box, handle("00000000000000000000"));
  recipe_.card_account = "00000000000000000000";
  EXPECT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
}

TEST_F(CodeLists, AForgedCodeIsNotLookedUp) {
  TestBox box;
  box.book = flat_book();
  stop(box);
  Bytes code = fresh(box);
  code.back() ^= 1;
  const TapReport report = show(box, code);
  expect_refused(report, RefusalCode::code_user_signature);
  EXPECT_FALSE(report.card.has_value());
}

TEST_F(CodeLists, WhoIsInsideGetsOutAndDoesNotComeInAgain) {
  TestBox box;
  box.config.code_journeys = CodeJourneys::clearing;
  ASSERT_EQ(show(box, fresh(box)).end, TapReport::End::opened);
  stop(box);
  EXPECT_EQ(show(box, fresh(box), AisleDirection::exit).end, TapReport::End::opened);
  expect_refused(show(box, fresh(box)), RefusalCode::denylisted);
  // Where nobody knows which side the holder stands on, getting out comes first.
  const TapReport guessed = show(box, fresh(box), AisleDirection::both);
  EXPECT_EQ(guessed.end, TapReport::End::opened);
  EXPECT_EQ(guessed.kind, fare::TapKind::exit);
}

TEST_F(CodeLists, WhatWasPaidBeforeStillOpens) {
  TestBox box;
  box.book = flat_book();
  const TapReport paid = show(box, fresh(box));
  ASSERT_EQ(paid.end, TapReport::End::opened);
  box.memory.passages.note(paid.outcome, false);
  box.services.first_of_run = paid.outcome;
  stop(box);
  const TapReport again = show(box, fresh(box));
  EXPECT_EQ(again.end, TapReport::End::opened) << again.detail;
  EXPECT_EQ(again.fare, Fen{});
}

TEST_F(CodeLists, AnEntitledAccountPaysTheConcessionAndTheLedgerSaysWhy) {
  TestBox box;
  box.book = flat_book_with_seniors();
  EXPECT_EQ(show(box, fresh(box)).fare, Fen{200});
  entitle(box, "2026-11-02");
  EXPECT_EQ(show(box, fresh(box)).fare, Fen{100});
  const auto charge = box.all<AccountCharge>().back();
  ASSERT_TRUE(charge.medium.has_value());
  ASSERT_EQ(charge.medium->entitlements.size(), 1U);
  EXPECT_EQ(fare::price(*box.book.book, *charge.medium, charge.context, charge.tap),
            charge.decision);
  box.clock.advance(std::chrono::days{1});
  EXPECT_EQ(show(box, fresh(box)).fare, Fen{200}) << "its last day is over";
}

}  // namespace
}  // namespace tidegate::edge::gate_fixture
