// SPDX-License-Identifier: Apache-2.0
// Dumps as JSON in, reports as JSON out.
#include "tools/card_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tidegate::tools {
namespace {

using Json = nlohmann::json;

Json decoded(const std::string& dump, const Tables& tables = {}, bool reveal = false) {
  const auto exchanges = parse_dump(dump);
  EXPECT_TRUE(exchanges.has_value()) << exchanges.error().message();
  if (!exchanges) return {};
  return Json::parse(report_json(nfc::decode_dump(*exchanges), tables, reveal));
}

const std::string kSelect =
    R"(["00a4040008a00000063201010500","6F318408A000000632010105A5259F0801029F0C1E04449910FFFFFFFF)"
    R"(0201031990100000000004262020010120401231000090 00"])";
const std::string kTrip =
    R"(["00B201F430","0400004131000000020100180021000100000001900000EA602026010508300099101444)"
    R"(9910FFFFFFFF0000000000009000"])";

Tables tables() {
  nfc::IssuerListModel issuers;
  issuers.name = "t";
  issuers.number = 1;
  nfc::IssuerRow row;
  row.issuer = array_from_hex<4>("04449910").value();
  row.iin = array_from_hex<4>("31990100").value();
  row.name_zh = "甲市通";
  issuers.issuers.push_back(row);
  nfc::PlacesModel places;
  places.name = "t";
  places.number = 1;
  places.cities = {{0x9910, "甲市", "First City"}};
  nfc::PlaceRow place;
  place.city = 0x9910;
  place.code = "00180021";
  place.mode = nfc::PlaceMode::metro;
  place.type = "地铁";
  place.line_zh = "18号线";
  place.station_zh = "航头";
  places.places = {place};
  return {nfc::IssuerList::make(issuers).value(), nfc::Places::make(places).value()};
}

TEST(CardJson, AReportHasEveryKeyAndNullForWhatWasNotAsked) {
  const Json report = decoded("{\"apdu\":[" + kSelect + "],\"note\":\"passed over\"}");
  EXPECT_EQ(report["issuer_code"], "04449910");
  EXPECT_EQ(report["pan"], "3199***********0426");
  EXPECT_EQ(report["valid_from"], "2020-01-01");
  EXPECT_EQ(report["valid_to"], "2040-12-31");
  for (const char* key :
       {"issuer_name", "balance_fen", "kind", "transactions", "trips", "journeys"})
    EXPECT_TRUE(report.contains(key) && report[key].is_null()) << key;
  EXPECT_EQ(report["application"], "t-union-purse");
}

TEST(CardJson, TheWholeNumberIsShownOnRequestOnly) {
  const std::string dump = "{\"apdu\":[" + kSelect + "]}";
  EXPECT_EQ(decoded(dump).dump().find("3199010000000000426"), std::string::npos);
  EXPECT_EQ(decoded(dump, {}, true)["pan"], "3199010000000000426");
}

TEST(CardJson, TablesNameIssuerCityLineAndStation) {
  const Json report = decoded("{\"apdu\":[" + kSelect + "," + kTrip + "]}", tables());
  EXPECT_EQ(report["issuer_name"], "甲市通");
  const Json& trip = report["trips"].at(0);
  EXPECT_EQ(trip["type"], "exit");
  EXPECT_EQ(trip["industry"], "metro");
  EXPECT_EQ(trip["city"], "9910");
  EXPECT_EQ(trip["city_name"], "甲市");
  EXPECT_EQ(trip["line"], "0018");
  EXPECT_EQ(trip["line_name"], "18号线");
  EXPECT_EQ(trip["station"], "0021");
  EXPECT_EQ(trip["station_name"], "航头");
  EXPECT_EQ(trip["operator"], "0001");
  EXPECT_EQ(trip["amount_fen"], 400);
  EXPECT_EQ(trip["balance_fen"], 60000);
  EXPECT_EQ(trip["at"], "2026-01-05T08:30:00+08:00");
  EXPECT_EQ(trip["acquirer"], "14449910FFFFFFFF");
}

TEST(CardJson, WithoutTablesCodesStayCodes) {
  const Json report = decoded("{\"apdu\":[" + kSelect + "," + kTrip + "]}");
  EXPECT_TRUE(report["trips"][0]["station_name"].is_null());
  EXPECT_EQ(report["trips"][0]["station"], "0021");
}

TEST(CardJson, TransactionsHaveTypesAndNoSigns) {
  const Json report =
      decoded(R"({"apdu":[["00B201C417","00030000000000019009413100000002202601050830009000"],)"
              R"(["00B202C417","00020000000000271002413100000001202601040830009000"],)"
              R"(["00B203C417","00010000000000000077413100000001000000000000009000"]]})");
  const Json& rows = report["transactions"];
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["type"], "capp");
  EXPECT_EQ(rows[0]["seq"], 3);
  EXPECT_EQ(rows[0]["amount_fen"], 400);
  EXPECT_EQ(rows[0]["terminal"], "413100000002");
  EXPECT_EQ(rows[1]["type"], "topup");
  EXPECT_EQ(rows[1]["amount_fen"], 10000);
  EXPECT_EQ(rows[2]["type"], "77") << "a type nobody named";
  EXPECT_TRUE(rows[2]["at"].is_null());
}

TEST(CardJson, WhatIsNoDumpIsRefusedWithTheExchange) {
  const auto error = [](std::string_view text) {
    const auto exchanges = parse_dump(text);
    return exchanges ? std::string{"taken"} : exchanges.error().message();
  };
  EXPECT_EQ(error("{\"apdu\":[]}"), "taken");
  EXPECT_EQ(error(""), "not JSON");
  EXPECT_EQ(error("{\"apdu\":[[\"00\"}"), "not JSON");
  EXPECT_NE(error("[]").find("\"apdu\""), std::string::npos);
  EXPECT_NE(error("{}").find("\"apdu\""), std::string::npos);
  EXPECT_NE(error(R"({"apdu":{}})").find("\"apdu\""), std::string::npos);
  EXPECT_NE(error(R"({"apdu":[["00B09500","9000"],["00"]]})").find("exchange 2"),
            std::string::npos);
  EXPECT_NE(error(R"({"apdu":[["00B0950X","9000"]]})").find("exchange 1: not a hex"),
            std::string::npos);
  EXPECT_NE(error(R"({"apdu":[["00B09500",9000]]})").find("exchange 1"), std::string::npos);
  EXPECT_NE(error(R"({"apdu":[["00B09500","90"]]})").find("status word"), std::string::npos);
  EXPECT_NE(error(R"({"apdu":[["00B0","9000"]]})").find("4 bytes"), std::string::npos);
  EXPECT_EQ(error(std::string(100'000, '[')), "not JSON");
}

TEST(CardJson, BytesThatAreNoTextStayValidJson) {
  std::string bus(256, '0');
  bus.replace(0, 12, "27027D010100");
  bus.replace(30, 4, "9910");
  bus.replace(60, 16, "FE22C3285C00FFFF");
  const Json report = decoded("{\"apdu\":[[\"00B202D480\",\"" + bus + "9000\"]]}");
  EXPECT_EQ(report["journeys"][0]["kind"], "bus");
  EXPECT_EQ(report["journeys"][0]["entry"]["vehicle"], "?\"?(\\");
}

}  // namespace
}  // namespace tidegate::tools
