// SPDX-License-Identifier: Apache-2.0
// Reading a card for a report: what is asked, what never is, and cards that leave.
#include "nfc/dump/read_card.h"

#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

constexpr std::chrono::milliseconds kTimeout{100};

TEST(ReadCard, APurseIsReadToItsLastTrip) {
  MapCard card = sound_card();
  card.answers["00B095001E"] = std::string{kEf15} + "9000";
  card.answers["805C000204"] = "000013889000";
  const auto exchanges = read_card(card, kTimeout);
  ASSERT_TRUE(exchanges.has_value()) << exchanges.error().message();
  const auto report = decode_dump(*exchanges);
  EXPECT_EQ(report.balance, Fen{5000});
  EXPECT_EQ(report.transactions.size(), 2U);
  EXPECT_EQ(report.trips.size(), 1U);
  EXPECT_EQ(report.journeys.size(), 1U);
  EXPECT_EQ(report.kind, 0x01);
  ASSERT_TRUE(report.number.has_value());
}

TEST(ReadCard, NothingIsWrittenAndTheHoldersFileStaysClosed) {
  MapCard card = sound_card();
  ASSERT_TRUE(read_card(card, kTimeout).has_value());
  for (const std::string& command : card.sent) {
    const auto ins = command.substr(2, 2);
    EXPECT_TRUE(ins == "A4" || ins == "B0" || ins == "B2" || ins == "5C" || ins == "C0") << command;
    EXPECT_FALSE(command.starts_with("00B096")) << "file 16 names the holder";
  }
}

TEST(ReadCard, LengthsThatTheCardNamesAreAskedAgain) {
  MapCard card = sound_card();
  card.answers["00B097000B"] = "6C3C";
  card.answers["00B097003C"] = std::string{kEf17} + kZeroes.substr(0, 98) + "9000";
  const auto exchanges = read_card(card, kTimeout);
  ASSERT_TRUE(exchanges.has_value());
  EXPECT_EQ(decode_dump(*exchanges).kind, 0x01);
}

TEST(ReadCard, ACityUnionCardIsNamedWithItsBalance) {
  MapCard card;
  card.answers["00A4040009A0000000038698070100"] = "9000";
  card.answers["805C030204"] = "000001F49000";
  const auto exchanges = read_card(card, kTimeout);
  ASSERT_TRUE(exchanges.has_value());
  const auto report = decode_dump(*exchanges);
  ASSERT_EQ(report.applications.size(), 1U);
  EXPECT_EQ(report.applications[0].name, "city-union");
  EXPECT_EQ(report.balance, Fen{500});
}

TEST(ReadCard, ACardWithoutAnyPurseIsAReportOfNothing) {
  MapCard card;
  const auto exchanges = read_card(card, kTimeout);
  ASSERT_TRUE(exchanges.has_value());
  EXPECT_TRUE(decode_dump(*exchanges).applications.empty());
}

TEST(ReadCard, ACardThatLeavesIsAnErrorWhereverItLeaves) {
  MapCard whole = sound_card();
  ASSERT_TRUE(read_card(whole, kTimeout).has_value());
  for (std::size_t at = 0; at < whole.sent.size(); ++at) {
    MapCard card = sound_card();
    card.gone_at = at;
    const auto exchanges = read_card(card, kTimeout);
    ASSERT_FALSE(exchanges.has_value()) << at;
    EXPECT_EQ(exchanges.error().code(), Errc::gone);
  }
}

TEST(ReadCard, ACardThatPlaysGamesWithLengthsEnds) {
  MapCard card = sound_card();
  card.answers["805C030204"] = "6C04";
  EXPECT_FALSE(read_card(card, kTimeout).has_value());
}

}  // namespace
}  // namespace tidegate::nfc
