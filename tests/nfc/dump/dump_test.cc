// SPDX-License-Identifier: Apache-2.0
// What invented exchanges say: purses of several habits, other applications, broken records.
#include <random>

#include "nfc/dump/dump.h"
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

using Pair = std::pair<std::string, std::string>;

DumpReport report_of(const std::vector<Pair>& pairs) {
  std::vector<Exchange> exchanges;
  for (const auto& [command, response] : pairs) exchanges.push_back({hex(command), hex(response)});
  return decode_dump(exchanges);
}

const Pair kSelected{kSelect, kFci + "9000"};

TEST(Dump, TheFciSaysWhoseCardItIs) {
  const auto report = report_of({kSelected});
  ASSERT_TRUE(report.issuer && report.number && report.valid_from && report.valid_to);
  EXPECT_EQ(to_hex(*report.issuer), "02002900");
  EXPECT_EQ(report.number->reveal(), "3104770000000000426");
  EXPECT_EQ(report.valid_from->text(), "2020-01-01");
  EXPECT_EQ(report.valid_to->text(), "2040-12-31");
  EXPECT_TRUE(report.enabled.value_or(false));
  EXPECT_FALSE(report.balance || report.kind || report.has_log || report.has_trips);
}

TEST(Dump, AnyOrderOfTheFcisObjectsIsUnderstood) {
  const std::string info = "9F0C1E" + std::string{kEf15};
  for (const std::string& inner : {"500450555253" + ("870101" + info), "9F080102DF000102" + info,
                                   "9F12024142" + info + "FFFF", info}) {
    const std::string a5 = "A5" + to_hex(Bytes{static_cast<Byte>(inner.size() / 2)}) + inner;
    const std::string body = "8408A000000632010105" + a5;
    const auto report = report_of(
        {{kSelect, "6F" + to_hex(Bytes{static_cast<Byte>(body.size() / 2)}) + body + "9000"}});
    EXPECT_TRUE(report.number.has_value()) << inner;
  }
}

TEST(Dump, TheRealBalanceIsPreferredAndOtherwiseComputed) {
  const auto balance = [](std::vector<Pair> more) {
    more.insert(more.begin(), kSelected);
    const auto out = report_of(more).balance;
    return out ? out->count() : -1;
  };
  EXPECT_EQ(balance({{"805C030204", "000001F49000"}, {"805C000204", "000005149000"}}), 500);
  EXPECT_EQ(balance({{"805C000204", "000003209000"}, {"805C010204", "000003209000"}}), 0);
  EXPECT_EQ(balance({{"805C000204", "000003209000"},
                     {"805C010204", "000003209000"},
                     {"805C020204", "000000649000"}}),
            100)
      << "what is used of the overdraft counts";
  EXPECT_EQ(balance({{"805C000204", "000003209000"}}), -1) << "the limit is not known";
  EXPECT_EQ(balance({{"805C000204", "000003209000"}, {"805C010204", "000003219000"}}), -1);
  EXPECT_EQ(balance({{"805C030204", "010000009000"}}), -1) << "above the largest purse";
  EXPECT_EQ(balance({{"805C030204", "6985"}}), -1);
  EXPECT_EQ(balance({{"805003020B01000000004131000000020F", "0000138800000000640100112233449000"},
                     {"805C000204", "000013889000"}}),
            4900)
      << "8050 tells the limit too";
}

TEST(Dump, RecordsAreReadByShortIdentifierAndNewestFirst) {
  const std::string one = "00020000000000019009413100000002202601050830009000";
  const std::string two = "00010000000000000002413100000001202601040830009000";
  auto report =
      report_of({kSelected, {"00B202C417", two}, {"00B201C417", one}, {"00B203C417", "6A83"}});
  ASSERT_EQ(report.transactions.size(), 2U);
  EXPECT_EQ(report.transactions[0].seq, 2);
  EXPECT_EQ(report.transactions[0].amount, Fen{400});
  EXPECT_EQ(report.transactions[1].type, 2);
  EXPECT_TRUE(report.has_log);
  EXPECT_FALSE(report.has_trips);
  // All records at once, and by a selected file.
  report = report_of({kSelected, {"00B201C500", one.substr(0, 46) + two}});
  EXPECT_EQ(report.transactions.size(), 2U);
  report = report_of({kSelected, {"00A4000002001800", "9000"}, {"00B2010417", one}});
  EXPECT_EQ(report.transactions.size(), 1U);
}

TEST(Dump, EmptyAndAbsentRecordsAreNoTransactions) {
  const auto report = report_of(
      {kSelected, {"00B201C417", kZeroes.substr(0, 46) + "9000"}, {"00B201F430", "6A83"}});
  EXPECT_TRUE(report.has_log && report.has_trips);
  EXPECT_TRUE(report.transactions.empty() && report.trips.empty());
}

TEST(Dump, LongAnswersComeInPieces) {
  const std::string trip = trip_hex(entry_trip());
  const auto report = report_of({kSelected,
                                 {"00B201F400", "6C30"},
                                 {"00B201F430", trip.substr(0, 40) + "611C"},
                                 {"00C000001C", trip.substr(40) + "9000"}});
  ASSERT_EQ(report.trips.size(), 1U);
  EXPECT_EQ(report.trips[0].city, 0x2900);
}

TEST(Dump, ABinaryFileIsPutTogetherFromItsParts) {
  const std::string info{kEf15};
  const auto report = report_of({{"00B095000A", info.substr(0, 20) + "9000"},
                                 {"00B0950A14", info.substr(20) + "9000"},
                                 {"00B097000B", std::string{kEf17} + "9000"}});
  ASSERT_TRUE(report.number.has_value()) << "a dump may begin after the selection";
  EXPECT_EQ(report.number->masked(), "3104***********0426");
  EXPECT_EQ(report.kind, 0x01);
  EXPECT_EQ(report.home_city, 0x2900);
  EXPECT_EQ(report.interoperable, true);
}

TEST(Dump, ATripWithABrokenTimeOrAmountKeepsTheRest) {
  std::string bytes = trip_hex(entry_trip());
  bytes.replace(50, 14, "00000000000000");
  bytes.replace(34, 8, "01502A31");
  const auto report = report_of({kSelected, {"00B201F430", bytes + "9000"}});
  ASSERT_EQ(report.trips.size(), 1U);
  EXPECT_FALSE(report.trips[0].at.has_value());
  EXPECT_FALSE(report.trips[0].amount.has_value());
  EXPECT_EQ(report.trips[0].balance, Fen{5000});
}

TEST(Dump, ADebitPutsItsRecordsOnTheCard) {
  const std::string older = trip_hex(entry_trip());
  TripRecord exit = entry_trip();
  exit.type = 4;
  std::vector<Pair> pairs{
      kSelected,
      {"00B201F430", older + "9000"},
      {"805003020B01000000004131000000020F", "0000138800000000000100112233449000"},
      {"80DC01D080" + rail_hex(entered_rail()), "9000"},
      {"80DC00F030" + trip_hex(exit), "9000"}};
  EXPECT_EQ(report_of(pairs).trips.size(), 1U) << "staged is not written";
  pairs.push_back({"805401000F00000100202601050800000000000008", "E9708419294135DF9000"});
  const auto report = report_of(pairs);
  ASSERT_EQ(report.trips.size(), 2U);
  EXPECT_EQ(report.trips[0].type, 4);
  EXPECT_EQ(report.trips[1].type, 3);
  ASSERT_EQ(report.journeys.size(), 1U);
  EXPECT_EQ(report.journeys[0].status, 1);
}

TEST(Dump, JourneysByRailAndBusHaveTheirEnds) {
  std::string bus(256, '0');
  bus.replace(0, 12, "27027D010100");
  bus.replace(28, 2, "02");
  bus.replace(30, 20,
              "9910"
              "1144991000000000");  // boarding: city, acquirer
  bus.replace(50, 10,
              "0001"
              "0029"
              "10");                        // operator, line, stop
  bus.replace(60, 16, "3030303332383435");  // vehicle
  bus.replace(76, 30,
              "0000001009007597"
              "20191129132545");
  bus.replace(106, 10,
              "0000012C"
              "AB");
  bus.replace(192, 8, "00000064");
  const auto report = report_of({kSelected,
                                 {"00B201D480", rail_hex(entered_rail()) + "9000"},
                                 {"00B202D480", bus + "9000"},
                                 {"00B203D480", "6A83"}});
  ASSERT_EQ(report.journeys.size(), 2U);
  const DumpJourney& rail = report.journeys[0];
  EXPECT_EQ(rail.record, 0x2701);
  ASSERT_TRUE(rail.entry.has_value());
  EXPECT_FALSE(rail.exit.has_value());
  EXPECT_EQ(to_hex(rail.entry->station), "0000000000180021");
  const DumpJourney& ride = report.journeys[1];
  EXPECT_EQ(ride.record, 0x2702);
  EXPECT_EQ(ride.maximum_fare, Fen{300});
  EXPECT_TRUE(ride.up);
  ASSERT_TRUE(ride.entry.has_value());
  EXPECT_EQ(ride.entry->vehicle, "00032845");
  EXPECT_EQ(to_hex(ride.entry->line), "0029");
  EXPECT_EQ(to_hex(ride.entry->terminal), "0000001009007597");
}

TEST(Dump, ApplicationsAreNamedAndTheirFilesKeptApart) {
  const std::string ppse =
      "6F3A840E325041592E5359532E4444463031A528BF0C2561114F08A00000063201010550"
      "024550870102"
      "61104F08A000000333010102"
      "500155870101"
      "9000";
  const auto report = report_of({{"00A404000E325041592E5359532E444446303100", ppse},
                                 {"00A4040008A00000063201010500", "6A82"},
                                 {"00A4040009A0000000038698070100", "9000"},
                                 {"00B0950000", std::string{kEf15} + "9000"},
                                 {"805C030204", "000001F49000"}});
  ASSERT_EQ(report.applications.size(), 3U);
  EXPECT_EQ(report.applications[0].name, "t-union-purse");
  EXPECT_FALSE(report.applications[0].selected);
  EXPECT_EQ(report.applications[1].name, "bank");
  EXPECT_EQ(report.applications[2].name, "city-union");
  EXPECT_TRUE(report.applications[2].selected);
  EXPECT_EQ(report.balance, Fen{500});
  EXPECT_FALSE(report.issuer || report.number) << "EF 15 of another layout";
}

TEST(Dump, ABlockedPurseIsSaidToBe) {
  EXPECT_TRUE(report_of({{kSelect, kFci + "6283"}}).blocked);
  EXPECT_FALSE(report_of({kSelected}).blocked);
}

TEST(Dump, OtherApplicationsHaveNames) {
  const auto name = [](const std::string& identifier) {
    const auto size = to_hex(Bytes{static_cast<Byte>(identifier.size() / 2)});
    const auto report = report_of({{"00A40400" + size + identifier + "00", "9000"}});
    return report.applications.empty() ? std::string{} : report.applications[0].name;
  };
  EXPECT_EQ(name("A000000632010105215053555A484F55"), "t-union-purse") << "a longer name";
  EXPECT_EQ(name("A000000632010107"), "t-union-purse-sm");
  EXPECT_EQ(name("A000000632010106"), "t-union-cash");
  EXPECT_EQ(name("A000000632101004"), "t-union-purse-revised");
  EXPECT_EQ(name("7378312E73682EC9E7BBE1B1A3D5CF"), "social-security");
  EXPECT_EQ(name("535558494E2E4444463031"), "suzhou");
  EXPECT_EQ(name("0102030405"), "unknown");
}

TEST(Dump, NoiseNeverCrashes) {
  std::mt19937 random{20261102};  // NOLINT: the same every time
  const std::vector<Byte> first{0x00, 0x80}, second{0xA4, 0xB0, 0xB2, 0x5C, 0x50, 0xDC, 0x54, 0xC0};
  for (int round = 0; round < 300; ++round) {
    std::vector<Exchange> exchanges{{hex(kSelect), hex(kFci + "9000")}};
    for (int i = 0; i < 30; ++i) {
      Bytes command(4 + random() % 150), response(random() % 150);
      for (Byte& b : command) b = static_cast<Byte>(random());
      for (Byte& b : response) b = static_cast<Byte>(random());
      command[0] = first[random() % first.size()];
      command[1] = second[random() % second.size()];
      if (response.size() >= 2 && random() % 4 != 0) {
        response[response.size() - 2] = 0x90;
        response.back() = 0x00;
      }
      exchanges.push_back({command, response});
    }
    const auto report = decode_dump(exchanges);
    EXPECT_LE(report.trips.size(), 255U);
  }
}

}  // namespace
}  // namespace tidegate::nfc
