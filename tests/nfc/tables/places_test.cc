// SPDX-License-Identifier: Apache-2.0
// How the codes of a trip find their place in cities of every habit, and that nothing is guessed.
#include "tests/nfc/tables/sample_tables.h"

namespace tidegate::nfc {
namespace {

std::shared_ptr<const Places> sample() {
  return Places::make(sample_places()).value();
}

PlaceQuery query(std::uint16_t city, Byte industry, std::string_view codes,
                 std::string_view terminal = "0000000000000000") {
  const auto bytes = array_from_hex<4>(codes).value();
  return {city,
          industry,
          {bytes[0], bytes[1]},
          {bytes[2], bytes[3]},
          array_from_hex<8>(terminal).value()};
}

std::string station(const PlaceFound& found) {
  return found.station == nullptr ? "unmapped" : found.station->station_zh;
}
std::string line(const PlaceFound& found) {
  return found.line == nullptr ? "unmapped" : found.line->line_zh;
}

TEST(Places, EachCityHasItsOwnLengthOfCode) {
  const auto table = sample();
  EXPECT_EQ(station(table->find(query(0x9910, 1, "00180021"))), "航头");
  EXPECT_EQ(station(table->find(query(0x9920, 1, "01160116"))), "文化宫");
  EXPECT_EQ(station(table->find(query(0x9930, 1, "03001F03"))), "东风");
  EXPECT_EQ(station(table->find(query(0x9910, 2, "26010226"))), "望园");
}

TEST(Places, AStationThatIsMissingLeavesTheLineAndNoGuess) {
  const auto table = sample();
  const auto found = table->find(query(0x9910, 1, "00180022"));
  EXPECT_EQ(station(found), "unmapped");
  EXPECT_EQ(line(found), "18号线");
  EXPECT_EQ(line(table->find(query(0x9910, 1, "00190021"))), "unmapped");
  EXPECT_EQ(line(table->find(query(0x9999, 1, "00180021"))), "unmapped") << "another city";
}

TEST(Places, ABusIsNeverAMetroStation) {
  const auto table = sample();
  const auto found = table->find(query(0x9920, 2, "01160116"));
  EXPECT_EQ(station(found), "unmapped");
  EXPECT_EQ(line(found), "116路");
  EXPECT_EQ(station(table->find(query(0x9910, 2, "00180021"))), "unmapped");
  EXPECT_EQ(line(table->find(query(0x9910, 2, "00180021"))), "unmapped");
  EXPECT_EQ(station(table->find(query(0x9910, 0xFF, "00180021"))), "unmapped");
}

TEST(Places, ATrainIsNoMetroStationButMayBeWrittenAsMetro) {
  PlacesModel model = sample_places();
  model.places.push_back(place(0x9920, "1131", PlaceMode::intercity, "城际", "余姚"));
  const auto table = Places::make(std::move(model)).value();
  EXPECT_EQ(station(table->find(query(0x9920, 0x0A, "11311A05"))), "余姚");
  EXPECT_EQ(station(table->find(query(0x9920, 0x01, "11311131"))), "余姚");
  EXPECT_EQ(station(table->find(query(0x9920, 0x0A, "01160116"))), "unmapped");
  EXPECT_EQ(line(table->find(query(0x9920, 0x0A, "01160116"))), "unmapped");
}

TEST(Places, ATerminalNumberNamesTheStationWhereCodesDoNot) {
  const auto table = sample();
  const auto right = table->find(query(0x9940, 1, "00020033", "0000413100000002"));
  EXPECT_EQ(station(right), "良渚");
  EXPECT_TRUE(right.by_terminal);
  EXPECT_EQ(line(right), "2");
  EXPECT_EQ(station(table->find(query(0x9940, 1, "00000000", "4131000000020000"))), "良渚");
  EXPECT_EQ(station(table->find(query(0x9940, 2, "00000000", "4131000000020000"))), "unmapped")
      << "a bus with a number in the metro's range";
  EXPECT_EQ(station(table->find(query(0x9940, 1, "00000000", "3100413100000002"))), "unmapped");
  EXPECT_FALSE(table->find(query(0x9910, 1, "00180021", "0000413100000002")).by_terminal);
  const TerminalNo number{array_from_hex<6>("413100000002").value()};
  ASSERT_NE(table->terminal(0x9940, number), nullptr);
  EXPECT_EQ(table->terminal(0x9910, number), nullptr);
}

TEST(Places, AStationMayBeAStopOfTheFareBooks) {
  const auto table = sample();
  const auto found = table->find(query(0x9910, 1, "00180021"));
  ASSERT_NE(found.station, nullptr);
  EXPECT_EQ(found.station->network, "first-metro");
  EXPECT_EQ(found.station->stop, "1821");
  EXPECT_EQ(table->find(query(0x9920, 1, "01160116")).station->stop, "");
}

TEST(Places, CitiesHaveNames) {
  const auto table = sample();
  ASSERT_NE(table->city(0x9910), nullptr);
  EXPECT_EQ(table->city(0x9910)->name_en, "First City");
  EXPECT_EQ(table->city(0x9911), nullptr);
  EXPECT_EQ(table->number(), 9U);
}

TEST(Places, WhatSourcesCallAThingIsItsMode) {
  EXPECT_EQ(place_mode_of_type("地铁"), PlaceMode::metro);
  EXPECT_EQ(place_mode_of_type("有轨电车"), PlaceMode::tram);
  EXPECT_EQ(place_mode_of_type("BOM"), PlaceMode::service_desk);
  EXPECT_EQ(place_mode_of_type("自助充值"), PlaceMode::other);
  for (int i = 0; i <= static_cast<int>(PlaceMode::service_desk); ++i)
    EXPECT_EQ(place_mode_from_name(name_of(static_cast<PlaceMode>(i))), static_cast<PlaceMode>(i));
  EXPECT_TRUE(same_rides(PlaceMode::tram, PlaceMode::bus));
  EXPECT_TRUE(same_rides(PlaceMode::tram, PlaceMode::metro));
  EXPECT_FALSE(same_rides(PlaceMode::metro, PlaceMode::bus));
}

TEST(Places, WhatBreaksARuleIsRefused) {
  const auto refused = [](auto&& change) {
    PlacesModel model = sample_places();
    change(model);
    const auto table = Places::make(std::move(model));
    return table ? std::string{"taken"} : table.error().message();
  };
  using M = PlacesModel;
  EXPECT_NE(refused([](M& m) { m.places.push_back(m.places[0]); }).find("twice"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) {
              m.places.push_back(place(0x9920, "0116", PlaceMode::tram, "T1", "x"));
            }).find("twice"),
            std::string::npos)
      << "a tram may be written as rail and as bus";
  EXPECT_NE(refused([](M& m) { m.places[0].code = "123456789"; }).find("digits"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[0].code = "00ab"; }).find("digits"), std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[0].city = 0x99AF; }).find("city"), std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[0].mode = PlaceMode{77}; }).find("mode"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[0].stop.clear(); }).find("network"), std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[9].station_zh.clear(); }).find("terminal"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.places[0].line_zh = "\xC3\x28"; }).find("text"),
            std::string::npos);
  EXPECT_NE(refused([](M& m) { m.cities.push_back(m.cities[0]); }).find("twice"),
            std::string::npos);
}

}  // namespace
}  // namespace tidegate::nfc
