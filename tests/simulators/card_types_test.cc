// SPDX-License-Identifier: Apache-2.0
// Every type of simulated card, spoken to in raw commands: what it answers is what makes it that
// type. And what all types share: their images survive the disk, and a purse is a purse.
#include "simulators/card/card_types.h"

#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/simulators/card_fixture.h"

namespace tidegate::sim {
namespace {

using namespace card_fixture;

const std::string kSelectPpse = "00A404000E325041592E5359532E444446303100";

std::string select(std::string_view name) {
  return "00A40400" + be_hex(name.size() / 2, 1) + std::string{name} + "00";
}
std::string letters(std::string_view text) {
  return to_hex(as_bytes(text));
}
std::string sw(const std::string& answer) {
  return answer.size() < 4 ? "" : answer.substr(answer.size() - 4);
}

/// A card of a type, with a terminal that knows its keys.
CardAtTerminal card_of(std::string_view type, const CardSpec& spec = {}) {
  auto image = card_image_of_type(type, spec);
  EXPECT_TRUE(image.has_value()) << type;
  return CardAtTerminal{image.value_or(CardImageData{}), {}};
}

TEST(CardTypes, AreNamedOnceAndDescribedInASentence) {
  std::set<std::string> seen;
  for (const std::string& name : card_type_names()) {
    EXPECT_TRUE(seen.insert(name).second) << name << " is there twice";
    EXPECT_TRUE(card_type_description(name).ends_with('.')) << name;
    EXPECT_NE(make_card_of_type(name), nullptr) << name;
  }
  EXPECT_GT(seen.size(), 60U);
  EXPECT_EQ(card_type_names().front(), "k1");
  EXPECT_EQ(card_type_description("no-such-card"), "");
  EXPECT_EQ(make_card_of_type("no-such-card"), nullptr);
}

TEST(CardTypes, TheFirstIsTheCardThatAlwaysWas) {
  EXPECT_EQ(card_image_of_type("k1", {.balance = 700}), make_card({.balance = 700}));
}

TEST(CardTypes, SurviveTheDisk) {
  std::string folder = testing::TempDir() + "card-types-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::filesystem::path file = std::filesystem::path{folder} / "card.json";
  for (const std::string& name : card_type_names()) {
    const CardImageData image = card_image_of_type(name).value();
    ASSERT_TRUE(save_card_image(file, image).has_value()) << name;
    const auto loaded = load_card_image(file);
    ASSERT_TRUE(loaded.has_value()) << name << ": " << loaded.error().message();
    EXPECT_EQ(*loaded, image) << name;
  }
  std::filesystem::remove_all(folder);
}

/// A composite debit with an orderly terminal, which fits its P1 to the card.
std::string composite_debit(CardAtTerminal& at, const std::string& p1) {
  at.select();
  if (const std::string init = at.initialize(3, 100); sw(init) != "9000") return init;
  if (p1 != "none") {
    const std::string cached = at.send("80DC" + p1 + "D080" + rail_record(1, 0));
    if (cached != "9000") return cached;
  }
  if (const std::string cached = at.stage_trip(); cached != "9000") return cached;
  return at.debit();
}

/// The debit took place and the card's answer is the one an honest card gives.
bool debits(CardAtTerminal& at, const std::string& p1) {
  const std::string answer = composite_debit(at, p1);
  return answer == at.right_debit_answer();
}

TEST(CardTypes, APurseThatOnlyLooksOddDebitsLikeAnyOther) {
  for (const std::string type : {"k1",
                                 "k1-dual",
                                 "k1-dual-algorithm",
                                 "long-aid-16",
                                 "long-aid-15",
                                 "no-ppse",
                                 "fci-labels",
                                 "fci-long-version",
                                 "fci-padding",
                                 "fci-no-info",
                                 "bus",
                                 "foreign-journey",
                                 "acquirer-ascii",
                                 "acquirer-zero",
                                 "acquirer-full",
                                 "terminal-left",
                                 "trip-type-09",
                                 "trip-types-15-16",
                                 "impossible-time",
                                 "balance-before",
                                 "county-city",
                                 "short-ef17",
                                 "valid-2099",
                                 "test-card",
                                 "student",
                                 "senior",
                                 "military",
                                 "shanghai",
                                 "log-counter-before",
                                 "zero-records",
                                 "balance-parts",
                                 "balance-flag",
                                 "state-6901",
                                 "journey-p1-record",
                                 "social-security-purse"}) {
    CardAtTerminal at = card_of(type);
    EXPECT_TRUE(debits(at, "01")) << type;
    EXPECT_EQ(at.card.image().balance, 4900U) << type;
  }
}

TEST(CardTypes, ASecondPurseBesideItIsNotTouched) {
  CardAtTerminal at = card_of("k1-dual");
  EXPECT_EQ(at.send(kSelectPpse),
            "6F49840E325041592E5359532E4444463031A537BF0C34"
            "61194F08A000000632010106500A4D4F545F545F43415348870101"
            "61174F08A00000063201010550084D4F545F545F4550870102"
            "9000");
  EXPECT_EQ(sw(at.send(select("A000000632010106"))), "9000");
  EXPECT_EQ(at.send("805C030204"), "6985") << "electronic cash is no purse";
  EXPECT_EQ(at.send("00B0950000"), "6A82");
  EXPECT_EQ(at.initialize(1, 100), "6985");
  EXPECT_EQ(at.send("80A80000028300"), "6D00");
  at.select();
  EXPECT_EQ(at.send("805C030204"), be_hex(5000, 4) + "9000");
}

TEST(CardTypes, ElectronicCashAloneHasNoPurse) {
  for (const auto& [type, aid] : {std::pair{"k3", "A000000632010106"},
                                  {"k4", "A000000632010108"},
                                  {"k5", "A000000632101002"}}) {
    CardAtTerminal at = card_of(type);
    EXPECT_EQ(at.send(kSelectPurse), "6A82") << type;
    EXPECT_NE(at.send(kSelectPpse).find("4F08" + std::string{aid}), std::string::npos) << type;
    const std::string fci = at.send(select(aid));
    EXPECT_EQ(sw(fci), "9000") << type;
    EXPECT_NE(fci.find("500A" + letters("MOT_T_CASH")), std::string::npos) << type;
    EXPECT_EQ(at.initialize(3, 0), "6985") << type;
  }
}

TEST(CardTypes, NationalAlgorithmsAreAnnouncedAndAcceptNoMac) {
  for (const auto& [type, aid] : {std::pair{"k2", "A000000632010107"},
                                  {"k6", "A000000632101004"},
                                  {"k1-sm4", "A000000632010105"}}) {
    CardAtTerminal at = card_of(type);
    EXPECT_EQ(sw(at.send(select(aid))), "9000") << type;
    const std::string init = at.initialize(3, 100);
    ASSERT_EQ(sw(init), "9000") << type;
    EXPECT_EQ(init.substr(20, 2), "04") << type << ": the algorithm byte";
    at.stage_trip();
    EXPECT_EQ(at.debit(), "9302") << type;
    EXPECT_EQ(at.card.image().balance, 5000U) << type;
  }
}

TEST(CardTypes, TheRevisedPurseHasAnotherEf15AndAnotherPlainDebit) {
  CardAtTerminal at = card_of("k6");
  at.send(select("A000000632101004"));
  EXPECT_EQ(at.send("00B095001E"),
            "02002900FFFFFFFF0201"
            "3104770000000000"
            "0010"
            "2020010120401231"
            "0000"
            "9000");
  at.initialize(1, 100);
  EXPECT_EQ(at.debit(), "6A86") << "P1 01 is the composite debit";
  at.initialize(1, 100);
  std::string command = at.debit_command();
  command.replace(4, 2, "02");
  EXPECT_EQ(at.send(command), "9302") << "right, but for the MAC";
}

TEST(CardTypes, ADualAlgorithmCardSwitchesOnlyWhenItIsTold) {
  CardAtTerminal at = card_of("k1-dual-algorithm");
  at.select();
  EXPECT_EQ(at.send("80CD000001"), "009000");
  EXPECT_EQ(at.initialize(3, 0).substr(20, 2), "00");
  EXPECT_EQ(at.send("80CD0103"), "9000");
  EXPECT_EQ(at.send("80CD000001"), "049000");
  CardAtTerminal plain = card_of("k1");
  plain.select();
  EXPECT_EQ(plain.send("80CD000001"), "6D00");
}

TEST(CardTypes, LongNamesAnswerToTheirBeginning) {
  for (const auto& [type, aid] : {std::pair{"long-aid-16", "A00000063201010510009156000014A1"},
                                  {"long-aid-15", "A000000632010105215053555A484F"}}) {
    CardAtTerminal at = card_of(type);
    const std::string named = "84" + be_hex(std::string_view{aid}.size() / 2, 1) + aid;
    EXPECT_NE(at.send(kSelectPurse).find(named), std::string::npos) << type;
    EXPECT_NE(at.send(kSelectPpse).find(aid), std::string::npos) << type;
  }
  EXPECT_EQ(card_of("no-ppse").send(kSelectPpse), "6A82");
}

TEST(CardTypes, TheFciHasTheTagsOfItsType) {
  const std::string info = to_hex(make_card({}).ef15);
  EXPECT_NE(card_of("fci-labels")
                .send(kSelectPurse)
                .find("50084D4F545F545F45508701019F08020200"
                      "DF0001029F12084D4F545F545F4550"
                      "9F0C1E" +
                      info),
            std::string::npos);
  EXPECT_NE(card_of("fci-long-version").send(kSelectPurse).find("A5269F080202009F0C1E" + info),
            std::string::npos);
  EXPECT_NE(card_of("fci-padding").send(kSelectPurse).find(info + "0000000000009000"),
            std::string::npos);
  CardAtTerminal bare = card_of("fci-no-info");
  EXPECT_EQ(bare.send(kSelectPurse), "6F108408A000000632010105A5049F0801029000");
  EXPECT_EQ(bare.send("00B095001E"), info + "9000");
}

TEST(CardTypes, OtherCardsAnswerToTheirOwnNameOnly) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"city-union", "A00000000386980701"},
      {"bank", "A000000333010101"},
      {"bank", "A000000333010102"},
      {"bank", "A000000333010103"},
      {"bank", letters("1PAY.SYS.DDF01")},
      {"bank-debit", "A000000333010101"},
      {"social-security", "7378312E73682EC9E7BBE1B1A3D5CF"},
      {"suzhou", letters("SUXIN.DDF01")},
      {"suzhou-prepaid", letters("SZPK_ZYY")},
      {"shenzhen", letters("PAY.SZT")},
      {"hangzhou", letters("1PAY.SYS.DDF01")},
      {"lingnan", letters("PAY.APPY")},
      {"lingnan", letters("PAY.TICL")},
      {"wuhan", letters("AP1.WHCTC")},
      {"beijing", "91560000144D4F542E424D4143303031"},
      {"tianjin", "D156000015B9ABB9B2D3A6D3C3"},
      {"macau", "B0C4C3C5CDA8C7AEB0FC"},
  };
  for (const auto& [type, name] : table) {
    CardAtTerminal at = card_of(type);
    EXPECT_EQ(at.send(kSelectPurse), "6A82") << type;
    const std::string fci = at.send(select(name));
    EXPECT_EQ(sw(fci), "9000") << type;
    EXPECT_NE(fci.find("84" + be_hex(name.size() / 2, 1) + name), std::string::npos) << type;
    EXPECT_EQ(at.initialize(3, 0), "6985") << type << " was ready to be debited";
    EXPECT_EQ(at.send(kSelectPurse), "6A82") << type;
    EXPECT_EQ(card_of("unknown").send(select(name)), "6A82") << type;
  }
  CardAtTerminal unknown = card_of("unknown");
  EXPECT_EQ(unknown.send(kSelectPpse), "6A82");
  EXPECT_EQ(unknown.send("00A4000002100100"), "6A86");
  EXPECT_EQ(unknown.card.ats().size(), 17U);
}

TEST(CardTypes, OldCardsAreFoundByFileTooAndShowTheirBalance) {
  CardAtTerminal by_id = card_of("city-union-by-id");
  EXPECT_EQ(by_id.send(select("A00000000386980701")), "6A82");
  EXPECT_EQ(sw(by_id.send("00A40000023F0100")), "9000");
  EXPECT_EQ(by_id.send("805C000204"), be_hex(5000, 4) + "9000");
  EXPECT_EQ(by_id.send("00B0950004"), "000031009000") << "Hangzhou, in the codes of City Union";
  EXPECT_EQ(sw(card_of("city-union").send("00A4000002100100")), "9000");
  EXPECT_EQ(sw(card_of("city-union").send("00A40000023F0000")), "9000");
  EXPECT_EQ(sw(card_of("beijing").send("00A4000002100100")), "9000");
  EXPECT_EQ(card_of("k1").send("00A4000002001500"), "6A86") << "a T-Union purse knows no file ids";
}

TEST(CardTypes, ASocialSecurityCardMayHaveATransportPurse) {
  CardAtTerminal at = card_of("social-security-purse");
  EXPECT_EQ(sw(at.send(select("7378312E73682EC9E7BBE1B1A3D5CF"))), "9000");
  EXPECT_EQ(sw(at.send("00B0850000")), "9000") << "it would give away what is personal";
  at.select();
  EXPECT_EQ(at.send("00B0850000"), "6A82");
  EXPECT_EQ(at.send("805C030204"), be_hex(5000, 4) + "9000");
}

TEST(CardTypes, AJourneyRecordIsFoundByTheIdInTheData) {
  const std::string bus = "2702" + rail_record(1, 7).substr(4);
  for (const std::string p1 : {"00", "02"}) {
    CardAtTerminal at = card_of("bus");
    EXPECT_EQ(at.send((at.select(), "00B202D480")).substr(0, 6), "27027D");
    at.initialize(3, 100);
    std::string command = "80DC";
    command += p1;
    command += "D080";
    command += bus;
    EXPECT_EQ(at.send(command), "9000") << p1;
    const std::string answer = at.debit();
    EXPECT_EQ(answer, at.right_debit_answer());
    EXPECT_EQ(at.send("00B202D480"), bus + "9000");
    EXPECT_EQ(at.card.image().ef1a_2701, make_card({}).ef1a_2701) << "the other one stays";
  }
  CardAtTerminal both = card_of("bus");
  both.select();
  both.initialize(3, 100);
  EXPECT_EQ(both.send("80DC01D080" + bus), "6A83") << "P1 and id disagree";
  CardAtTerminal rail = card_of("k1");
  rail.select();
  EXPECT_EQ(rail.send("00B202D480"), "6A83");
  rail.initialize(3, 100);
  EXPECT_EQ(rail.send("80DC02D080" + bus), "6A83") << "never made on this card";
}

TEST(CardTypes, WithoutARailRecordATripAloneIsEnough) {
  for (const std::string type : {"no-rail-record", "bus-only"}) {
    CardAtTerminal at = card_of(type);
    EXPECT_EQ(at.send((at.select(), "00B201D480")), "6A83") << type;
    EXPECT_EQ(composite_debit(at, "01"), "6A83") << type;
    EXPECT_TRUE(debits(at, "none")) << type;
  }
}

TEST(CardTypes, P1OfAJourneyRecordIsAMatterOfTheCard) {
  CardAtTerminal zero = card_of("journey-p1-zero");
  EXPECT_EQ(composite_debit(zero, "01"), "6A86");
  EXPECT_TRUE(debits(zero, "00"));
  CardAtTerminal record = card_of("journey-p1-record");
  EXPECT_EQ(composite_debit(record, "00"), "6A86");
  EXPECT_TRUE(debits(record, "01"));
}

TEST(CardTypes, LengthsAreALooseOrAStrictMatter) {
  CardAtTerminal at = card_of("exact-le");
  const std::string answer = at.send(kSelectPurse);
  ASSERT_EQ(answer.substr(0, 2), "6C");
  EXPECT_EQ(at.send("00B0950000"), "6A82") << "nothing is selected yet";
  const std::string strict = kSelectPurse.substr(0, kSelectPurse.size() - 2) + answer.substr(2);
  EXPECT_EQ(sw(at.send(strict)), "9000");
  EXPECT_EQ(at.send("00B0950000"), "6C1E");
  EXPECT_EQ(at.send("00B097000B"), "6C3C");
  EXPECT_EQ(at.send("00B201D400"), "6C80");
  EXPECT_EQ(sw(at.send("00B201D480")), "9000");
  CardAtTerminal brief = card_of("short-ef17");
  brief.select();
  EXPECT_EQ(brief.send("00B097003C"), "6C0B");
  EXPECT_EQ(sw(brief.send("00B097000B")), "9000");
}

TEST(CardTypes, BalancesThatAreNotWhatTheySeem) {
  CardAtTerminal overdrawn = card_of("overdrawn");
  overdrawn.select();
  EXPECT_EQ(overdrawn.send("805C000204"), be_hex(800, 4) + "9000");
  EXPECT_EQ(overdrawn.send("805C030204"), be_hex(0, 4) + "9000");
  EXPECT_EQ(overdrawn.initialize(1, 400).substr(0, 8), be_hex(800, 4));
  CardAtTerminal parts = card_of("balance-parts");
  parts.select();
  EXPECT_EQ(parts.send("805C030204"), "6A86");
  EXPECT_EQ(parts.send("805C000204"), be_hex(5000, 4) + "9000");
  CardAtTerminal flag = card_of("balance-flag");
  flag.select();
  EXPECT_EQ(flag.send("805C030204"), be_hex(0x80000000U + 5000U, 4) + "9000");
  CardAtTerminal shanghai = card_of("shanghai");
  composite_debit(shanghai, "01");
  EXPECT_EQ(shanghai.send("00B201C417").substr(4, 6), be_hex(4900, 3)) << "the balance after";
}

TEST(CardTypes, TripsThatAreNotAsTheStandardSays) {
  const auto trip = [](std::string_view type, unsigned number = 1) {
    CardAtTerminal at = card_of(type);
    at.select();
    return at.send("00B2" + be_hex(number, 1) + "F430");
  };
  EXPECT_EQ(trip("acquirer-ascii").substr(68, 16), "3032303032393030");
  EXPECT_EQ(trip("acquirer-zero").substr(68, 16), "0000000000000000");
  EXPECT_EQ(trip("acquirer-full").substr(68, 16), "FFFFFFFFFFFFFFFF");
  EXPECT_EQ(trip("terminal-left").substr(2, 16), "4131000077770000");
  EXPECT_EQ(trip("trip-type-09").substr(0, 2) + trip("trip-type-09").substr(18, 2), "0902");
  EXPECT_EQ(trip("trip-types-15-16").substr(0, 2), "16");
  EXPECT_EQ(trip("trip-types-15-16", 2).substr(0, 2), "15");
  EXPECT_EQ(trip("impossible-time").substr(50, 14), "20250631256199");
  EXPECT_EQ(trip("balance-before").substr(42, 8), be_hex(5400, 4));
  EXPECT_EQ(trip("county-city").substr(64, 4), "3052");
  CardAtTerminal zeros = card_of("zero-records");
  zeros.select();
  EXPECT_EQ(zeros.send("00B201F430"), std::string(96, '0') + "9000");
}

TEST(CardTypes, IdentitiesAndDatesAreThoseOfTheirType) {
  const auto ef15 = [](std::string_view type) {
    return to_hex(card_image_of_type(type).value().ef15);
  };
  const auto ef17 = [](std::string_view type) {
    return to_hex(card_image_of_type(type).value().ef17).substr(0, 22);
  };
  EXPECT_EQ(ef15("not-enabled").substr(16, 4), "0200");
  EXPECT_EQ(ef15("not-yet-valid").substr(40, 16), "2098010120991231");
  EXPECT_EQ(ef15("expired").substr(40, 16), "2010010120201231");
  EXPECT_EQ(ef15("valid-2099").substr(48, 8), "20991231");
  EXPECT_EQ(ef15("issuer-mismatch").substr(0, 40), "02002900FFFFFFFF020103104830000000000426");
  EXPECT_EQ(ef15("test-card").substr(0, 40), "09981001FFFFFFFF020103105228000000000426");
  EXPECT_EQ(ef17("test-card"), "0000015610001001000104");
  EXPECT_EQ(ef17("local-only"), "0000015629002900000001");
  EXPECT_EQ(ef17("student").substr(20), "02");
  EXPECT_EQ(ef17("senior").substr(20), "03");
  EXPECT_EQ(ef17("military").substr(20), "05");
}

TEST(CardTypes, CardsThatSayNo) {
  EXPECT_EQ(card_of("locked-for-ever").send(kSelectPurse), "9303");
  EXPECT_EQ(sw(card_of("blocked").send(kSelectPurse)), "6283");
  CardAtTerminal locked = card_of("record-locked");
  EXPECT_EQ(composite_debit(locked, "01"), "9407");
  CardAtTerminal counter = card_of("counter-at-end");
  EXPECT_EQ(composite_debit(counter, "01"), "9402");
  CardAtTerminal key = card_of("key-index");
  EXPECT_EQ(composite_debit(key, "01"), "9403");
  CardAtTerminal state = card_of("state-6901");
  state.select();
  EXPECT_EQ(state.stage_trip(), "6901");
  CardAtTerminal foreign = card_of("foreign-journey");
  foreign.select();
  EXPECT_EQ(foreign.send("00B201D480").substr(28, 6), "014610") << "still inside, elsewhere";
  CardAtTerminal logs = card_of("log-counter-before");
  composite_debit(logs, "01");
  EXPECT_EQ(logs.send("00B201C417").substr(0, 4), "0000");
}

}  // namespace
}  // namespace tidegate::sim
