// SPDX-License-Identifier: Apache-2.0
// Finding the purse: directly and by PPSE, and what a card without one is told to be.
#include "nfc/purse/applications.h"
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

constexpr std::string_view kPpse = "00A404000E325041592E5359532E444446303100";

std::string wrap(std::string_view tag, const std::string& value) {
  const std::array<Byte, 1> size{static_cast<Byte>(value.size() / 2)};
  return std::string{tag} + to_hex(size) + value;
}
std::string entry(const std::string& aid, int priority) {
  return wrap(
      "61", wrap("4F", aid) + wrap("50", "4D4F545F545F4550") + "87010" + std::to_string(priority));
}
std::string list(const std::string& entries) {
  return wrap("6F",
              wrap("84", "325041592E5359532E4444463031") + wrap("A5", wrap("BF0C", entries))) +
         "9000";
}
std::string select(const std::string& aid) {
  return "00A40400" + wrap("", aid) + "00";
}
std::string fci(const std::string& aid) {
  return wrap("6F",
              wrap("84", aid) + wrap("A5", wrap("9F08", "02") + wrap("9F0C", std::string{kEf15}))) +
         "9000";
}

/// A card that has everything of a purse but the purse K1 itself.
MapCard without_k1() {
  MapCard card = sound_card();
  card.answers.erase(kSelect);
  return card;
}

void expect_refusal(MapCard card, RefusalCode code, std::string_view detail) {
  const auto image = identify(card, {});
  ASSERT_FALSE(image.has_value());
  EXPECT_EQ(image.error().code, code) << image.error().detail;
  EXPECT_EQ(image.error().detail, detail);
}

TEST(Selection, ThePurseMostCardsHaveCostsOneCommand) {
  MapCard card = sound_card();
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->kernel, Kernel::k1);
  EXPECT_EQ(card.sent[0], kSelect);
  EXPECT_EQ(card.sent[1].substr(0, 4), "00B0");
}

TEST(Selection, ByPpseTheCardsOwnListDecides) {
  MapCard card = sound_card();
  card.answers[std::string{kPpse}] =
      list(entry("A000000632010106", 1) + entry("A000000632010105", 2));
  const auto image = identify(card, {.selection = FlowSettings::Selection::ppse});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(card.sent[0], kPpse);
  EXPECT_EQ(card.sent[1], kSelect) << "the e-cash with the first priority is no purse";
}

TEST(Selection, AListWithLongNamesIsFollowedToTheEndOfTheName) {
  const std::string phone = "A000000632010105215053555A484F55";
  MapCard card = without_k1();
  card.answers[std::string{kPpse}] = list(entry(phone, 1));
  card.answers[select(phone)] = fci(phone);
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->info.number.reveal(), "3104770000000000426");
}

TEST(Selection, WithoutPpseTheOtherPurseIsTried) {
  const std::string k2 = "A000000632010107";
  MapCard card = without_k1();
  card.answers[select(k2)] = fci(k2);
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->kernel, Kernel::k2);
}

TEST(Selection, AListThatIsNoneIsNoReasonToRefuse) {
  for (const std::string& broken : {std::string{"9000"}, std::string{"6F05840325041590"} + "9000",
                                    list(""), std::string{"6A81"}}) {
    MapCard card = sound_card();
    card.answers[std::string{kPpse}] = broken;
    EXPECT_TRUE(identify(card, {.selection = FlowSettings::Selection::ppse}).has_value()) << broken;
  }
}

TEST(Selection, KernelsWhoseCryptographyIsNotKnownAreNamed) {
  MapCard card = without_k1();
  card.answers[std::string{kPpse}] = list(entry("A000000632010106", 1));
  expect_refusal(card, RefusalCode::unsupported_kernel, "K3 is all the card lists");
  card = without_k1();
  card.answers[select("A000000632101004")] = fci("A000000632101004");
  expect_refusal(card, RefusalCode::unsupported_kernel, "K6 is all the card has");
}

TEST(Selection, OtherCardsAreNamed) {
  const std::vector<std::tuple<std::string, RefusalCode, std::string>> cases{
      {select("A00000000386980701"), RefusalCode::city_union_card, "city-union"},
      {"00A40000023F01", RefusalCode::city_union_card, "local-purse"},
      {select("A000000333010101"), RefusalCode::bank_card, "bank"},
      {select("7378312E73682EC9E7BBE1B1A3D5CF"), RefusalCode::social_security_only,
       "social-security"},
      {select(to_hex(as_bytes("SSSE"))), RefusalCode::social_security_only, "social-security"},
      {select(to_hex(as_bytes("SUXIN.DDF01"))), RefusalCode::local_card, "suzhou"},
      {select(to_hex(as_bytes("PAY.SZT"))), RefusalCode::local_card, "shenzhen"},
      {select("D156000015B9ABB9B2D3A6D3C3"), RefusalCode::local_card, "tianjin"},
      {select(to_hex(as_bytes("1PAY.SYS.DDF01"))), RefusalCode::local_card, "pse"}};
  for (const auto& [command, code, name] : cases) {
    MapCard card;
    card.answers[command] = "6F009000";
    expect_refusal(card, code, name);
    card.answers[command] = "6283";
    expect_refusal(card, code, name);
  }
  MapCard bank;
  bank.answers[std::string{kPpse}] = list(entry("A000000333010102", 1));
  expect_refusal(bank, RefusalCode::bank_card, "PPSE lists A000000333010102");
  expect_refusal({}, RefusalCode::not_transport_card, "no application that is known");
}

TEST(Selection, ASocialSecurityCardWithAPurseIsATransportCard) {
  MapCard card = sound_card();
  card.answers[select("7378312E73682EC9E7BBE1B1A3D5CF")] = "6F009000";
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value());
  for (const std::string& command : card.sent)
    EXPECT_EQ(command.find("7378312E"), std::string::npos) << "its directory is never touched";
}

TEST(Selection, ACardThatLeavesWhileItIsLookedAtIsTorn) {
  for (std::size_t n = 0; n < 20; ++n) {
    MapCard card;
    card.gone_at = n;
    const auto image = identify(card, {});
    ASSERT_FALSE(image.has_value());
    EXPECT_EQ(image.error().code, RefusalCode::card_torn) << n;
  }
}

TEST(Kernels, AreKnownByTheFirstEightBytes) {
  EXPECT_EQ(kernel_of(hex("A00000063201010510009156000014A1")), Kernel::k1);
  EXPECT_EQ(kernel_of(hex("A000000632101004")), Kernel::k6);
  EXPECT_FALSE(kernel_of(hex("A0000006320101")).has_value());
  EXPECT_FALSE(kernel_of(hex("A000000632010105000000000000000000")).has_value()) << "17 bytes";
  for (const Kernel kernel :
       {Kernel::k1, Kernel::k2, Kernel::k3, Kernel::k4, Kernel::k5, Kernel::k6})
    EXPECT_EQ(kernel_of(aid_of(kernel)), kernel);
}

BusRecord ride() {
  BusRecord out;
  out.status = BusStatus::boarded;
  out.boarding = {.city = 0x2900,
                  .acquirer = hex_array<8>("12002900FFFFFFFF"),
                  .line = {0x00, 0x49},
                  .stop = 0x10,
                  .terminal = hex_array<8>("0000413100000002"),
                  .at = local(2026, 1, 5, 8, 0, 0)};
  out.marked_fare = Fen{300};
  out.direction = BusRecord::kUp;
  out.reserved[25] = 0xF3;
  return out;
}

TEST(BusRecordTest, IsTheSameAfterBytes) {
  const auto bytes = encode_bus_record(ride());
  const auto back = decode_bus_record(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, ride());
  EXPECT_EQ(to_hex(ByteView{bytes}.first(3)), "27027D");
  EXPECT_EQ(bytes[57], 0xAB);
}

TEST(BusRecordTest, WhatIsNoneIsRefused) {
  const auto good = encode_bus_record(ride());
  const auto spoiled = [&good](std::size_t at, Byte value) {
    auto bytes = good;
    bytes.at(at) = value;
    return decode_bus_record(bytes);
  };
  EXPECT_FALSE(spoiled(1, 0x01).has_value()) << "record 2701";
  EXPECT_FALSE(spoiled(2, 0x7E).has_value());
  EXPECT_FALSE(spoiled(14, 0x03).has_value()) << "unknown status";
  EXPECT_FALSE(spoiled(48, 0x13).has_value()) << "on board since the 13th month";
  EXPECT_TRUE(spoiled(91, 0x13).has_value()) << "the old alighting is nobody's concern";
  EXPECT_FALSE(decode_bus_record(ByteView{good}.first(127)).has_value());
}

TEST(BusRecordTest, ABoardingIsTheOpenJourneyOfABus) {
  MapCard card = sound_card();
  card.answers["00B202D480"] = to_hex(encode_bus_record(ride())) + "9000";
  const auto image = identify(card, {.bus = true});
  ASSERT_TRUE(image.has_value());
  const fare::Medium medium = to_medium(*image, {.bus = true});
  ASSERT_TRUE(medium.open_bus.has_value());
  EXPECT_EQ(to_hex(medium.open_bus->where.station), "0000000000490010");
  EXPECT_EQ(medium.open_bus->where.line, 0x49);
  EXPECT_EQ(to_medium(*image).open->where.line, 0x18) << "a gate judges by record 2701";
}

TEST(BusRecordTest, AbsentOrBrokenIsNoJourney) {
  for (const char* answer : {"6A83", "6A82", "27017D009000"}) {
    MapCard card = sound_card();
    card.answers["00B202D480"] = answer;
    const auto image = identify(card, {.bus = true});
    ASSERT_TRUE(image.has_value()) << answer;
    EXPECT_FALSE(image->bus.has_value());
    EXPECT_FALSE(to_medium(*image, {.bus = true}).open_bus.has_value());
  }
}

TEST(Overdraft, IsReadOnlyWhereItMayBeSpent) {
  MapCard card = sound_card();
  card.answers["805C010204"] = "000003209000";
  card.answers["805C020204"] = "000000649000";
  const auto image = identify(card, {.overdraft = true});
  ASSERT_TRUE(image.has_value());
  const fare::Medium medium = to_medium(*image);
  EXPECT_EQ(medium.overdraft_left, Fen{700});
  EXPECT_EQ(medium.overdraft_used, Fen{100});
  EXPECT_EQ(identify(card, {})->overdraft_left, Fen{});
}

TEST(Overdraft, ThatCannotBeReadIsNoneAndHoldsNobody) {
  MapCard card = sound_card();
  auto image = identify(card, {.overdraft = true});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->overdraft_left, Fen{});
  card.answers["805C010204"] = "000000649000";
  card.answers["805C020204"] = "000003209000";  // the issuer lowered the limit
  image = identify(card, {.overdraft = true});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->overdraft_left, Fen{});
  EXPECT_EQ(image->overdraft_used, Fen{800});
}

}  // namespace
}  // namespace tidegate::nfc
