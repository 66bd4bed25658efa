// SPDX-License-Identifier: Apache-2.0
// Every kind of card at an entry aisle in Shanghai: it opens, or it is refused with its reason and
// with texts that tell passenger and staff what to do. The same table is docs/card-kinds.md.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "nfc/tables/issuer_list.h"
#include "simulators/card/card_types.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using gate_fixture::CardInField;
using gate_fixture::TestBox;
using End = TapReport::End;

/// Why a card of that type may not enter; every other type opens.
const std::map<std::string, RefusalCode>& expected_refusals() {
  using enum RefusalCode;
  static const std::map<std::string, RefusalCode> kRefusals{
      // no purse we can debit
      {"k2", unsupported_algorithm},
      {"k1-sm4", unsupported_algorithm},
      {"key-index", unsupported_algorithm},
      {"k3", unsupported_kernel},
      {"k4", unsupported_kernel},
      {"k5", unsupported_kernel},
      {"k6", unsupported_kernel},
      {"city-union", city_union_card},
      {"city-union-by-id", city_union_card},
      {"bank", bank_card},
      {"bank-debit", bank_card},
      {"social-security", social_security_only},
      {"suzhou", local_card},
      {"suzhou-prepaid", local_card},
      {"shenzhen", local_card},
      {"hangzhou", local_card},
      {"lingnan", local_card},
      {"wuhan", local_card},
      {"beijing", local_card},
      {"tianjin", local_card},
      {"macau", local_card},
      {"unknown", not_transport_card},
      // a purse that may not be used, or not here
      {"blocked", application_blocked},
      {"locked-for-ever", application_blocked},
      {"not-enabled", not_enabled},
      {"local-only", not_interoperable},
      {"not-yet-valid", not_yet_valid},
      {"expired", expired_renewable},
      {"issuer-mismatch", issuer_mismatch},
      {"record-locked", record_locked},
      {"foreign-journey", already_entered},
      {"overdrawn", insufficient_balance},
      // a purse that breaks the format
      {"balance-flag", card_malformed},
      {"journey-p1-zero", card_malformed},
      {"no-rail-record", card_malformed},
      {"bus-only", card_malformed},
      {"counter-at-end", purse_mismatch},
  };
  return kRefusals;
}

constexpr nfc::Bcd4 kShanghai{0x02, 0x00, 0x29, 0x00}, kNanjing{0x00, 0x08, 0x30, 0x10},
    kLaboratory{0x09, 0x98, 0x10, 0x01};

std::shared_ptr<const nfc::IssuerList> issuers() {
  nfc::IssuerListModel model;
  model.name = "test";
  model.number = 1;
  model.issuers = {{.issuer = kShanghai, .iin = {0x31, 0x04, 0x77, 0x00}, .renewable = true},
                   {.issuer = kNanjing, .iin = {0x31, 0x04, 0x83, 0x00}},
                   {.issuer = kLaboratory, .iin = {0x31, 0x05, 0x22, 0x80}, .test = true}};
  return nfc::IssuerList::make(std::move(model)).value();
}

sim::CardSpec spec_for(const std::string& type) {
  sim::CardSpec spec;
  if (type == "local-only") {
    spec.issuer = "00083010";
    spec.number = "3104830000000000426";
    spec.city = 0x3010;
  }
  return spec;
}

class CardKindsTest : public testing::TestWithParam<std::string> {
 protected:
  CardKindsTest() {
    box_.change_lists([](CardLists& lists) { lists.issuers = issuers(); });
  }
  TestBox box_;
};

TEST_P(CardKindsTest, OpensOrSaysWhy) {
  const std::string& type = GetParam();
  const auto card = sim::make_card_of_type(type, spec_for(type));
  ASSERT_NE(card, nullptr);
  const std::uint32_t before = card->image().balance;
  const TapReport report = box_.tap(*card, AisleDirection::entry);
  EXPECT_EQ(card->image().balance, before) << "an entry takes nothing";
  const auto& refusals = expected_refusals();
  const auto expected = refusals.find(type);
  if (expected == refusals.end()) {
    EXPECT_EQ(report.end, End::opened) << report.detail;
    EXPECT_EQ(box_.front.opened.size(), 1U);
    return;
  }
  ASSERT_EQ(report.end, End::refused);
  EXPECT_EQ(report.refusal, expected->second) << report.detail;
  EXPECT_TRUE(box_.front.opened.empty());
  ASSERT_EQ(box_.front.shown.size(), 1U);
  const fare::RefusalText& text = fare::refusal_text(expected->second);
  EXPECT_EQ(box_.front.shown[0].zh, text.zh);
  EXPECT_EQ(box_.front.shown[0].en, text.en);
  EXPECT_EQ(box_.front.shown[0].refusal, static_cast<std::uint16_t>(expected->second));
}

INSTANTIATE_TEST_SUITE_P(Types, CardKindsTest, testing::ValuesIn(sim::card_type_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(CardKinds, ThePageSaysTheSame) {
  std::ostringstream page;
  page << R"(<!-- SPDX-License-Identifier: Apache-2.0 -->
# Kinds of card

What a metro gate in Shanghai does with every card that `tidegate-sim card types` can make: a
software SAM with 3DES, an issuer list with Shanghai and Nanjing, direct selection. A test taps each
of them and compares this page; `TIDEGATE_WRITE_DOCS=1` writes it anew. What staff read beside each
reason is in [refusals.md](refusals.md).

| card | what it is | the gate | passenger (中文) | passenger (English) |
|---|---|---|---|---|
)";
  for (const std::string& type : sim::card_type_names()) {
    const auto refusal = expected_refusals().find(type);
    page << "| `" << type << "` | " << sim::card_type_description(type) << " | ";
    if (refusal == expected_refusals().end()) {
      page << "opens | | |\n";
    } else {
      const fare::RefusalText& text = fare::refusal_text(refusal->second);
      page << '`' << text.name << "` | " << text.zh << " | " << text.en << " |\n";
    }
  }
  const auto file = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs/card-kinds.md";
  if (std::getenv("TIDEGATE_WRITE_DOCS") != nullptr) std::ofstream{file} << page.str();
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(text, page.str()) << "docs/card-kinds.md; TIDEGATE_WRITE_DOCS=1 writes it anew";
}

TEST(CardKinds, APurseThatWantsP1ZeroIsDebitedWhereTheSettingSaysSo) {
  TestBox box;
  box.config.journey_p1 = JourneyP1::zero;
  EXPECT_EQ(box.tap(*sim::make_card_of_type("journey-p1-zero"), AisleDirection::entry).end,
            End::opened);
}

TEST(CardKinds, ByPpseTheSameCardsOpen) {
  for (const char* type : {"k1", "k1-dual", "long-aid-16", "no-ppse", "social-security-purse"}) {
    TestBox box;
    box.config.select_by_ppse = true;
    EXPECT_EQ(box.tap(*sim::make_card_of_type(type), AisleDirection::entry).end, End::opened)
        << type;
  }
}

TEST(CardKinds, ATestCardIsOutsideRevenue) {
  TestBox box;
  box.change_lists([](CardLists& lists) { lists.issuers = issuers(); });
  box.config.realm = Realm::live;
  EXPECT_EQ(box.tap(*sim::make_card_of_type("test-card"), AisleDirection::entry).refusal,
            RefusalCode::test_card);
}

TEST(CardKinds, TheListSaysWhichRiderAKindOfCardIs) {
  TestBox box;
  box.change_lists([](CardLists& lists) {
    nfc::IssuerListModel model = issuers()->rows();
    model.kinds = {{.issuer = kShanghai, .kind = 0x03, .rider = fare::RiderCategory::disabled}};
    lists.issuers = nfc::IssuerList::make(std::move(model)).value();
  });
  ASSERT_EQ(box.tap(*sim::make_card_of_type("senior"), AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.all<Intent>().at(0).medium.rider, fare::RiderCategory::disabled);
}

TEST(CardKinds, AForeignEntryIsToldAtTheExitAndNotGuessed) {
  TestBox box;
  const auto card = sim::make_card_of_type("foreign-journey");
  EXPECT_EQ(box.tap(*card, AisleDirection::exit).refusal, RefusalCode::entry_elsewhere);
  EXPECT_TRUE(box.all<Intent>().empty());
}

/// A bus with a flat fare, or a ferry; the book's network "m" becomes flat.
ActiveBook flat_book() {
  fare::BookModel model = gate_fixture::one_stop_model(8);
  model.networks[0].industry = 2;
  model.networks[0].versions[0].tariff = fare::FlatTariff{Fen{200}};
  Bytes bytes = fare::encode_book(model);
  ActiveBook active;
  active.hash = crypto::sha256({bytes});
  active.number = 8;
  active.book = fare::Book::load(std::move(bytes)).value();
  active.here = active.book->stop_on_card(NetworkId{"m"}, StopCode{"a"}).value();
  return active;
}

class FlatBoxTest : public testing::TestWithParam<fare::BoxKind> {
 protected:
  FlatBoxTest() {
    box_.book = flat_book();
    box_.config.kind = GetParam();
    box_.config.vehicle.number = "00032845";
  }
  TestBox box_;
};

TEST_P(FlatBoxTest, ABoardingTakesTheFareAndLeavesATripOnTheCard) {
  for (const char* type : {"k1", "bus-only"}) {
    const auto card = sim::make_card_of_type(type);
    const auto before = card->image();
    ASSERT_EQ(box_.tap(*card, AisleDirection::entry).end, End::opened) << type;
    EXPECT_EQ(card->image().balance, before.balance - 200);
    EXPECT_EQ(card->image().ef1e.at(0)[0], 0x06);
    EXPECT_EQ(card->image().ef1e.at(0)[9], 0x02);
    EXPECT_EQ(card->image().ef1a_2702, before.ef1a_2702) << "no journey that an alighting ends";
  }
  EXPECT_EQ(box_.all<Intent>().at(0).context.vehicle, "00032845");
}

TEST_P(FlatBoxTest, TheThirdPersonOnACardForTwoIsSeen) {
  fare::BookModel model = gate_fixture::one_stop_model(9);
  model.networks[0].versions[0].tariff = fare::FlatTariff{Fen{200}};
  model.networks[0].versions[0].repeat = fare::RepeatRule{.max = 2, .within_seconds = 3'600};
  box_.book.book = fare::Book::load(fare::encode_book(model)).value();
  const auto card = sim::make_card_of_type("k1");
  const auto taps = [&] {
    box_.clock.advance(std::chrono::minutes{5});  // not the same person's second look
    return box_.tap(*card, AisleDirection::entry);
  };
  EXPECT_EQ(taps().end, End::opened);
  EXPECT_EQ(taps().end, End::opened);
  EXPECT_EQ(taps().refusal, RefusalCode::already_paid);
  box_.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(taps().end, End::opened) << "another ride";
}

TEST_P(FlatBoxTest, ThePlainPurchaseLeavesTheCardsOwnLogOnly) {
  box_.config.flat_purchase = FlatPurchase::plain;
  const auto card = sim::make_card_of_type("bus-only");
  const auto before = card->image();
  ASSERT_EQ(box_.tap(*card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(card->image().balance, before.balance - 200);
  EXPECT_EQ(card->image().ef1e, before.ef1e);
  EXPECT_EQ(card->image().ef18.at(0)[9], 0x06);
  const Intent intent = box_.all<Intent>().at(0);
  EXPECT_EQ(intent.type, 0x06);
  EXPECT_TRUE(intent.journey_record.empty());
}

/// Torn at every exchange, before and after the card acted: one charge when it is through.
TEST_P(FlatBoxTest, IsChargedOnceHoweverItIsTorn) {
  unsigned number = 1;
  std::int64_t purses = 0;
  for (const auto how : {FlatPurchase::capp, FlatPurchase::plain}) {
    box_.config.flat_purchase = how;
    for (const bool after : {false, true}) {
      bool reached = true;
      for (unsigned exchange = 1; reached; ++exchange) {
        sim::TUnionCard card{gate_fixture::card_image(number++), sim::CardHabits{}};
        CardInField field{card, {exchange, after, false}};
        TapReport report = box_.tap(field, AisleDirection::entry);
        reached = field.exchanges >= exchange;
        for (int i = 0; i < 3 && report.end != End::opened; ++i)
          report = box_.tap(card, AisleDirection::entry);
        EXPECT_EQ(report.end, End::opened) << exchange << ": " << report.detail;
        EXPECT_EQ(card.image().balance, 4800U) << exchange << (after ? " after" : " before");
        purses += 5000 - card.image().balance;
      }
    }
  }
  EXPECT_EQ(box_.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box_.ledger->totals().debited_fen, Fen{purses});
  EXPECT_EQ(box_.ledger->totals().unknown, 0U);
}

INSTANTIATE_TEST_SUITE_P(Boxes, FlatBoxTest,
                         testing::Values(fare::BoxKind::vehicle, fare::BoxKind::pier),
                         [](const auto& test) { return std::string{fare::name_of(test.param)}; });

TEST(StagedBusTest, BoardingAndAlightingAreRecord2702) {
  TestBox box;
  box.config.kind = fare::BoxKind::vehicle;
  const auto card = sim::make_card_of_type("bus");
  const auto rail = card->image().ef1a_2701;
  const TapReport in = box.tap(*card, AisleDirection::both);
  ASSERT_EQ(in.end, End::opened) << in.detail;
  EXPECT_EQ(in.kind, fare::TapKind::board);
  EXPECT_TRUE(nfc::decode_bus_record(card->image().ef1a_2702.value())->on_board());
  const TapReport out = box.tap(*card, AisleDirection::both);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.kind, fare::TapKind::alight);
  EXPECT_EQ(out.fare, Fen{gate_fixture::kFare});
  EXPECT_EQ(nfc::decode_bus_record(card->image().ef1a_2702.value())->status,
            nfc::BusStatus::alighted);
  EXPECT_EQ(card->image().ef1a_2701, rail) << "the journey by rail is not the bus's";
}

TEST(StagedBusTest, AnAlightingIsChargedOnceHoweverItIsTorn) {
  TestBox box;
  box.config.kind = fare::BoxKind::vehicle;
  unsigned number = 1;
  for (const bool after : {false, true}) {
    bool reached = true;
    for (unsigned exchange = 1; reached; ++exchange) {
      sim::CardImageData image = gate_fixture::card_image(number++);
      image.ef1a_2702 = nfc::encode_bus_record({});
      sim::TUnionCard card{image, {}};
      ASSERT_EQ(box.tap(card, AisleDirection::both).end, End::opened);
      CardInField field{card, {exchange, after, false}};
      TapReport report = box.tap(field, AisleDirection::both);
      reached = field.exchanges >= exchange;
      for (int i = 0; i < 3 && report.end != End::opened; ++i)
        report = box.tap(card, AisleDirection::both);
      EXPECT_EQ(report.end, End::opened) << exchange << ": " << report.detail;
      EXPECT_EQ(report.kind, fare::TapKind::alight);
      EXPECT_EQ(card.image().balance, 5000U - gate_fixture::kFare) << exchange;
      EXPECT_FALSE(nfc::decode_bus_record(card.image().ef1a_2702.value())->on_board());
    }
  }
  EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
  EXPECT_EQ(box.ledger->totals().unknown, 0U);
}

TEST(OverdraftTest, AnExitMaySpendItAndTheNextEntryIsRefused) {
  TestBox box;
  box.config.overdraft = Overdraft::exit;
  sim::CardImageData image = gate_fixture::card_image(1, 200);
  image.overdraft_limit = 800;
  sim::TUnionCard card{image, {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  const TapReport out = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(out.end, End::opened) << out.detail;
  EXPECT_EQ(out.fare, Fen{300});
  EXPECT_EQ(out.balance, Fen{});
  EXPECT_EQ(card.image().balance, 0U);
  EXPECT_EQ(card.image().overdraft_used, 100U);
  EXPECT_EQ(box.tap(card, AisleDirection::entry).refusal, RefusalCode::insufficient_balance);
}

TEST(OverdraftTest, IsNeverTouchedUnlessTheSettingSaysSo) {
  TestBox box;
  sim::CardImageData image = gate_fixture::card_image(1, 200);
  image.overdraft_limit = 800;
  sim::TUnionCard card{image, {}};
  ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
  EXPECT_EQ(box.tap(card, AisleDirection::exit).refusal, RefusalCode::insufficient_balance);
  EXPECT_EQ(card.image().balance, 200U);
}

TEST(PlacesTest, ATableSaysWhichStopATerminalStandsFor) {
  TestBox box;
  nfc::PlacesModel model;
  model.name = "test";
  model.number = 1;
  model.places = {{.city = 0x3310,
                   .code = "413101784816",
                   .mode = nfc::PlaceMode::metro,
                   .type = "地铁",
                   .line_zh = "4",
                   .station_zh = "市民中心",
                   .network = "m",
                   .stop = "a"}};
  sim::CardImageData image = gate_fixture::card_image(1);
  sim::OpenEntry entry;
  entry.city = 0x3310;
  entry.acquirer = {0x11, 0x66, 0x33, 0x10, 0xFF, 0xFF, 0xFF, 0xFF};
  entry.terminal = {0, 0, 0x41, 0x31, 0x01, 0x78, 0x48, 0x16};
  entry.at = to_local(box.clock.now() - std::chrono::minutes{20});
  sim::open_entry(image, entry);
  sim::TUnionCard card{image, {}};
  EXPECT_EQ(box.tap(card, AisleDirection::exit).refusal, RefusalCode::entry_elsewhere);
  box.change_lists(
      [&](CardLists& lists) { lists.places = nfc::Places::make(std::move(model)).value(); });
  const TapReport report = box.tap(card, AisleDirection::exit);
  ASSERT_EQ(report.end, End::opened) << report.detail;
  EXPECT_EQ(report.fare, Fen{gate_fixture::kFare});
  EXPECT_EQ(box.all<Intent>().back().medium.open->mapped_stop, StopCode{"a"});
}

}  // namespace
}  // namespace tidegate::edge
