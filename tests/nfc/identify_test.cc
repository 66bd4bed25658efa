// SPDX-License-Identifier: Apache-2.0
// Reading a card: sound cards of several habits, and cards that lie, each with its reason.
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

void expect_refusal(MapCard card, RefusalCode code, std::string_view what) {
  const auto image = identify(card, {});
  ASSERT_FALSE(image.has_value()) << what;
  EXPECT_EQ(image.error().code, code) << what << ": " << image.error().detail;
  EXPECT_FALSE(image.error().channel_failed) << what;
  EXPECT_EQ(image.error().detail.find("4770000"), std::string::npos) << "card number in a detail";
}

MapCard card_with(const std::string& command, const std::string& answer) {
  MapCard card = sound_card();
  card.answers[command] = answer;
  return card;
}

TEST(Identify, ReadsASoundCard) {
  MapCard card = sound_card();
  const auto image = identify(card, {.trips = 3});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->info.number.reveal(), "3104770000000000426");
  EXPECT_TRUE(image->kind.interoperable);
  EXPECT_EQ(image->rail, entered_rail());
  EXPECT_EQ(image->balance, Fen{5000});
  ASSERT_EQ(image->trips.size(), 1U);
  EXPECT_EQ(image->trips[0], entry_trip());
  EXPECT_FALSE(image->blocked);
  for (const std::string& command : card.sent)
    EXPECT_NE(command.substr(0, 6), "00B095") << "the FCI already had EF 15";
}

TEST(Identify, ReadsEf15WhenTheFciDoesNotHaveIt) {
  MapCard card = card_with(kSelect, "6F0A8408A0000006320101059000");
  card.answers["00B095001E"] = std::string{kEf15} + "9000";
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->info.number.reveal(), "3104770000000000426");
}

TEST(Identify, AsksAgainWithTheLengthOf6Cxx) {
  MapCard card = card_with("00B097000B", "6C3C");
  card.answers["00B097003C"] = std::string{kEf17} + kZeroes.substr(0, 98) + "9000";
  card.answers["00B201D480"] = "6C80";  // insists although the length is right: once, then it must
  const auto image = identify(card, {});
  ASSERT_FALSE(image.has_value());
  card.answers["00B201D480"] = rail_hex(entered_rail()) + "9000";
  const auto again = identify(card, {});
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  EXPECT_EQ(again->kind.city, 0x2900);
}

TEST(Identify, CollectsWhat61xxHasLeft) {
  MapCard card = card_with("00B201D480", "6180");
  card.answers["00C0000080"] = rail_hex(entered_rail()) + "9000";
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->rail, entered_rail());
  card.answers["00C0000080"] = "6180";
  expect_refusal(card, RefusalCode::card_malformed, "61xx without end");
}

TEST(Identify, AbsentAndZeroRecordsAreAnUnusedCard) {
  for (const std::string& unused : {std::string{"6A83"}, kZeroes + "9000"}) {
    MapCard card = card_with("00B201D480", unused);
    card.answers["00B201F430"] = unused == "6A83" ? unused : kZeroes.substr(0, 96) + "9000";
    const auto image = identify(card, {});
    ASSERT_TRUE(image.has_value()) << image.error().detail;
    EXPECT_EQ(image->rail, RailRecord{});
    EXPECT_TRUE(image->trips.empty());
    EXPECT_FALSE(to_medium(*image).open.has_value());
  }
}

TEST(Identify, ComputesTheRealBalanceWhenTheCardKnowsOnlyItsParts) {
  MapCard card = card_with("805C030204", "6A86");
  card.answers["805C000204"] = "000003209000";  // 800 available
  card.answers["805C010204"] = "000003E89000";  // limit 1000
  card.answers["805C020204"] = "000001F49000";  // 500 used
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_EQ(image->balance, Fen{300});
  card.answers["805C020204"] = "000003E99000";
  expect_refusal(card, RefusalCode::card_malformed, "more overdraft used than there is");
  card.answers["805C020204"] = "000000009000";
  expect_refusal(card, RefusalCode::card_malformed, "negative real balance");
  card.answers["805C010204"] = "6A86";
  expect_refusal(card, RefusalCode::card_malformed, "no balance at all");
}

TEST(Identify, SelectSaysWhatKindOfCardItIs) {
  expect_refusal(card_with(kSelect, "6A82"), RefusalCode::not_transport_card, "no such file");
  expect_refusal(card_with(kSelect, "6D00"), RefusalCode::not_transport_card, "no SELECT");
  expect_refusal(card_with(kSelect, "6A81"), RefusalCode::application_blocked, "card locked");
  expect_refusal(card_with(kSelect, "9303"), RefusalCode::application_blocked, "locked for ever");
  expect_refusal(card_with(kSelect, "6F00"), RefusalCode::card_malformed, "no diagnosis");
}

TEST(Identify, ABlockedApplicationIsReadAsFarAsItLetsUsAndNeverDebited) {
  MapCard card = card_with(kSelect, kFci + "6283");
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  EXPECT_TRUE(image->blocked);
  FakeSam sam;
  Purchase purchase{card, sam, *image, {}};
  card.sent.clear();
  const auto begun = purchase.begin(Fen{0}, local(2026, 1, 5, 8, 0, 0));
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().code, RefusalCode::application_blocked);
  EXPECT_TRUE(card.sent.empty());
  card.answers["00B201D480"] = "6985";
  expect_refusal(card, RefusalCode::application_blocked, "blocked, and says no to a read");
  card.answers[kSelect] = "6283";
  expect_refusal(card, RefusalCode::application_blocked, "blocked without a FCI");
}

TEST(Identify, LyingCardsAreMalformed) {
  const auto malformed = [](const std::string& command, const std::string& answer,
                            std::string_view what) {
    expect_refusal(card_with(command, answer), RefusalCode::card_malformed, what);
  };
  const std::string rail = rail_hex(entered_rail());
  malformed(kSelect, "9000", "empty FCI");
  malformed(kSelect, "6FFF8408A0000006320101059000", "TLV length beyond the answer");
  malformed(kSelect, "6F0A8408A0000003330101019000", "another application's FCI");
  malformed(kSelect, "90", "half a status word");
  malformed(kSelect, "", "nothing");
  malformed("00B097000B", std::string{kEf17}.substr(2) + "9000", "short EF 17");
  malformed("00B097000B", "6A82", "no EF 17");
  malformed("00B097000B", kZeroes.substr(0, 22) + "9000", "EF 17 of zeros");
  malformed("00B201D480", rail.substr(0, 254) + "9000", "short record 2701");
  malformed("00B201D480", rail + "009000", "long record 2701");
  malformed("00B201D480", "2702" + rail.substr(4) + "9000", "record 2702 in its place");
  malformed("00B201D480", rail.substr(0, 4) + "FF" + rail.substr(6) + "9000", "length byte");
  malformed("00B201D480", rail + "6281", "data doubtful");
  malformed("00B201D480", rail + "6A83", "record not found, and yet data");
  malformed("00B201D480", "6A82", "no EF 1A");
  malformed("805C030204", "010000009000", "balance above 00FFFFFF");
  malformed("805C030204", "800013889000", "balance with bit 31");
  malformed("805C030204", "0013889000", "balance of three bytes");
  malformed("805C030204", "00000013889000", "balance of five bytes");
  malformed("00B201F430", trip_hex(entry_trip()).substr(2) + "9000", "short trip");
  malformed("00B201F430", std::string(2 * 300, '0') + "9000", "longer than any answer");
}

TEST(Identify, ATripThatIsNoneIsLeftOut) {
  MapCard card = card_with("00B201F430", std::string(96, 'F') + "9000");
  card.answers["00B202F430"] = trip_hex(entry_trip()) + "9000";
  card.answers["00B203F430"] = "6A83";
  const auto image = identify(card, {.trips = 5});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  ASSERT_EQ(image->trips.size(), 1U);
  EXPECT_EQ(image->trips[0], entry_trip());
}

TEST(Identify, ACardThatLeavesIsTornAtEveryCommand) {
  MapCard whole = sound_card();
  ASSERT_TRUE(identify(whole, {}).has_value());
  for (std::size_t n = 0; n < whole.sent.size(); ++n) {
    MapCard card = sound_card();
    card.gone_at = n;
    const auto image = identify(card, {});
    ASSERT_FALSE(image.has_value()) << n;
    EXPECT_EQ(image.error().code, RefusalCode::card_torn);
    EXPECT_TRUE(image.error().channel_failed);
  }
}

TEST(ReadLog, EndsAtTheFirstZeroOrAbsentRecord) {
  MapCard card = sound_card();
  const auto log = read_log(card, {});
  ASSERT_TRUE(log.has_value()) << log.error().detail;
  ASSERT_EQ(log->size(), 2U);
  EXPECT_EQ((*log)[0].counter, 2);
  card.answers["00B202C417"] = "6A83";
  EXPECT_EQ(read_log(card, {})->size(), 1U);
  card.answers["00B202C417"] = "0001009000";
  EXPECT_EQ(read_log(card, {}).error().code, RefusalCode::card_malformed);
}

TEST(ReadLog, ReadsAtMostTenRecords) {
  MapCard card;
  card.answers["00B2*"] = "00020000000000019009413100000002202601050830009000";
  const auto log = read_log(card, {});
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->size(), 10U);
  EXPECT_EQ(card.sent.size(), 10U);
}

TEST(ToMedium, CarriesWhatAPriceMayDependOn) {
  MapCard card = sound_card();
  auto image = identify(card, {});
  ASSERT_TRUE(image.has_value());
  fare::CardState state;
  state.serial = 7;
  state.month_spent = Fen{1234};
  image->rail.operator_bytes = fare::encode_card_state(state);
  const fare::Medium medium = to_medium(*image);
  EXPECT_EQ(to_hex(medium.issuer), "02002900");
  EXPECT_EQ(medium.rider, fare::RiderCategory::adult);
  EXPECT_EQ(medium.balance, Fen{5000});
  ASSERT_TRUE(medium.open.has_value());
  EXPECT_EQ(medium.open->where.city, 0x2900);
  EXPECT_EQ(to_hex(medium.open->where.station), "0000000000180021");
  EXPECT_EQ(medium.open->where.line, 0x18);
  EXPECT_EQ(iso8601(medium.open->at), "2026-01-05T08:00:00+08:00");
  EXPECT_EQ(medium.state, state);
  ASSERT_EQ(medium.history.size(), 1U);
  EXPECT_EQ(medium.history[0].where, medium.open->where);
  EXPECT_EQ(medium.history[0].type, 3);
}

TEST(ToMedium, ForeignOperatorBytesAreNoState) {
  MapCard card = sound_card();
  auto image = identify(card, {});
  ASSERT_TRUE(image.has_value());
  image->rail.operator_bytes.fill(0x55);
  image->rail.status = RailStatus::exited;
  EXPECT_FALSE(to_medium(*image).state.has_value());
  EXPECT_FALSE(to_medium(*image).open.has_value());
}

TEST(ToMedium, KnowsTheRiderByCardKind) {
  MapCard card = sound_card();
  auto image = identify(card, {});
  ASSERT_TRUE(image.has_value());
  const auto rider = [&image](Byte kind) {
    image->kind.card_kind = kind;
    return to_medium(*image).rider;
  };
  EXPECT_EQ(rider(2), fare::RiderCategory::student);
  EXPECT_EQ(rider(3), fare::RiderCategory::senior);
  EXPECT_EQ(rider(4), fare::RiderCategory::test);
  EXPECT_EQ(rider(5), fare::RiderCategory::military);
  EXPECT_EQ(rider(0x77), fare::RiderCategory::adult);
}

}  // namespace
}  // namespace tidegate::nfc
