// SPDX-License-Identifier: Apache-2.0
// What the issuer list says of issuers, kinds, names and codes, and which lists are refused.
#include "tests/nfc/tables/sample_tables.h"

namespace tidegate::nfc {
namespace {

std::shared_ptr<const IssuerList> sample() {
  return IssuerList::make(sample_issuers()).value();
}

TEST(IssuerList, AListedPairGivesItsRow) {
  const auto list = sample();
  const auto found = list->lookup(bcd4("04449920"), bcd4("31990200"));
  EXPECT_EQ(found.answer, IssuerAnswer::listed);
  ASSERT_NE(found.row, nullptr);
  EXPECT_EQ(found.row->name_en, "Second City Pass");
  EXPECT_EQ(list->number(), 7U);
  EXPECT_EQ(list->name(), "sample");
}

TEST(IssuerList, AnIinOfAnotherIssuerIsNotTheSameAsAnUnknownOne) {
  const auto list = sample();
  const auto answer = [&](std::string_view issuer, std::string_view iin) {
    return list->lookup(bcd4(issuer), bcd4(iin)).answer;
  };
  EXPECT_EQ(answer("04449910", "31990101"), IssuerAnswer::listed) << "a second IIN";
  EXPECT_EQ(answer("04449920", "31990100"), IssuerAnswer::iin_of_other_issuer);
  EXPECT_EQ(answer("04449920", "31999999"), IssuerAnswer::iin_of_other_issuer) << "of nobody";
  EXPECT_EQ(answer("05559999", "31990100"), IssuerAnswer::iin_of_other_issuer);
  EXPECT_EQ(answer("05559999", "31999999"), IssuerAnswer::not_listed);
  EXPECT_EQ(list->lookup(bcd4("05559999"), bcd4("31990100")).row, nullptr);
}

TEST(IssuerList, AnIssuersOwnCardKindsComeBeforeTheCommonOnes) {
  const auto list = sample();
  using enum fare::RiderCategory;
  EXPECT_EQ(list->rider(bcd4("04449910"), 0x02), child);
  EXPECT_EQ(list->rider(bcd4("04449920"), 0x02), student);
  EXPECT_EQ(list->rider(bcd4("04449910"), 0x0B), staff) << "the list's row for all";
  EXPECT_EQ(list->rider(bcd4("04449920"), 0x0B), disabled);
  EXPECT_EQ(list->rider(bcd4("05559999"), 0x01), adult);
  EXPECT_EQ(list->rider(bcd4("05559999"), 0x03), senior);
  EXPECT_EQ(list->rider(bcd4("05559999"), 0x04), test);
  EXPECT_EQ(list->rider(bcd4("05559999"), 0x05), military);
  EXPECT_EQ(list->rider(bcd4("05559999"), 0x77), adult);
}

TEST(IssuerList, TestCardsAreKnownByIssuerNumberAndKind) {
  const auto list = sample();
  const auto is_test = [&](std::string_view issuer, std::string_view number, Byte kind) {
    return list->is_test_card(bcd4(issuer), card_number(number), kind);
  };
  EXPECT_TRUE(is_test("09990000", "3199090000000000001", 0x01));
  EXPECT_TRUE(is_test("04449910", "3199010000000000001", 0x04));
  EXPECT_TRUE(is_test("04449920", "3199020090000000001", 0x01));
  EXPECT_FALSE(is_test("04449920", "3199020080000000001", 0x01));
}

TEST(IssuerList, TheLongestBrandNamesTheCard) {
  const auto list = sample();
  const auto name = [&](std::string_view number) {
    return std::string{list->card_name(bcd4("04449910"), card_number(number)).zh};
  };
  EXPECT_EQ(name("3199010077000000001"), "甲市学生卡");
  EXPECT_EQ(name("3199010078000000001"), "甲市通");
  EXPECT_EQ(list->card_name(bcd4("05559999"), card_number("3999999999999999999")).zh, "");
}

TEST(IssuerList, RenewalIsTheIssuersWord) {
  const auto list = sample();
  EXPECT_TRUE(list->renewable(bcd4("04449920"), bcd4("31990200")));
  EXPECT_FALSE(list->renewable(bcd4("04449910"), bcd4("31990100")));
  EXPECT_FALSE(list->renewable(bcd4("05559999"), bcd4("31999999")));
}

TEST(IssuerList, CodesAreTakenByIssuerAndPlatformTogether) {
  const auto list = sample();
  EXPECT_TRUE(list->code_issuer(bcd4("04449910"), bcd4("00000001")));
  EXPECT_FALSE(list->code_issuer(bcd4("04449910"), bcd4("00000002")));
  ASSERT_EQ(list->rows().code_keys.size(), 1U);
  EXPECT_EQ(list->rows().code_keys[0].public_key[63], 64);
}

TEST(IssuerList, TheIinIsTheFirstEightDigitsOfTheNumber) {
  EXPECT_EQ(iin_of(card_number("3104770040067442802")), bcd4("31047700"));
}

TEST(IssuerList, WhatBreaksARuleIsRefused) {
  const auto refused = [](auto&& change) {
    IssuerListModel model = sample_issuers();
    change(model);
    const auto list = IssuerList::make(std::move(model));
    return list ? std::string{"taken"} : list.error().message();
  };
  using M = IssuerListModel;
  EXPECT_NE(refused([](M& m) { m.name.clear(); }).find("name"), std::string::npos);
  EXPECT_NE(refused([](M& m) { m.number = 0; }).find("number"), std::string::npos);
  EXPECT_NE(refused([](M& m) { m.issuers[0].iin = Bcd4{0x3A}; }).find("decimal"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.issuers.push_back(m.issuers[1]); }).find("twice"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.issuers[0].name_zh = "\x1B[2J"; }).find("name"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.issuers[0].name_en = std::string(201, 'x'); }).find("name"),
            std::string::npos);
  for (const unsigned number : {0U, 9U, 31U})
    EXPECT_NE(refused([number](M& m) {
                m.kinds[0].rider = static_cast<fare::RiderCategory>(number);
              }).find("rider"),
              std::string::npos);
  EXPECT_NE(refused([](M& m) { m.brands[0].prefix = "12a45678"; }).find("digits"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.test_numbers = {"31990200", "31990200"}; }).find("twice"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.code_keys.push_back(m.code_keys[0]); }).find("twice"),
            std::string::npos);
}

}  // namespace
}  // namespace tidegate::nfc
