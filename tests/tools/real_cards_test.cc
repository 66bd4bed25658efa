// SPDX-License-Identifier: Apache-2.0
// Exchanges and records of real cards give what their sources assert, and station names what their
// collectors noted. None of it is part of the repository; the tests are skipped without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/card_json.h"
#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

fs::path data_folder() {
  const char* shared = std::getenv("TIDEGATE_SHARED");
  return (shared != nullptr ? fs::path{shared} : fs::path{TIDEGATE_SOURCE_DIR} / "../shared") /
         "data";
}

class RealCards : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data_folder() / "cards")) GTEST_SKIP() << "no recordings at " << data_folder();
  }
  static std::string text_of(const std::string& name) {
    std::ifstream in{data_folder() / "cards" / name};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  static Json decoded(const std::string& dump, const Tables& tables = {}) {
    const auto exchanges = parse_dump(dump);
    EXPECT_TRUE(exchanges.has_value()) << exchanges.error().message();
    if (!exchanges) return {};
    return Json::parse(report_json(nfc::decode_dump(*exchanges), tables, true));
  }
  static Json exchange(const std::string& command, const std::string& data) {
    return Json::array({command, data + "9000"});
  }
  static Json decoded_one(const std::string& command, const std::string& data,
                          const Tables& tables = {}) {
    return decoded(Json{{"apdu", Json::array({exchange(command, data)})}}.dump(), tables);
  }
};

Tables delta_tables() {
  ImportNotes notes;
  std::vector<fs::path> stations;
  for (const auto& entry : fs::directory_iterator{data_folder() / "tripreader_yrd"}) {
    const std::string name = entry.path().filename();
    if (name.ends_with("-tu.csv") && name != "cardname-tu.csv") stations.push_back(entry.path());
  }
  auto places = import_places(stations, notes);
  EXPECT_TRUE(places.has_value()) << places.error().message();
  auto issuers = import_issuers({data_folder() / "tripreader_yrd/cardname-tu.csv"}, notes);
  EXPECT_TRUE(issuers.has_value()) << issuers.error().message();
  if (!places || !issuers) return {};
  places->name = issuers->name = "wild";
  places->number = issuers->number = 1;
  return {nfc::IssuerList::make(*std::move(issuers)).value(),
          nfc::Places::make(*std::move(places)).value()};
}

TEST_F(RealCards, AShanghaiCardWithNothingOnItDoesNotShowItsOverdraft) {
  const Json report = decoded(text_of("d01_shanghai_2900_real.json"), delta_tables());
  EXPECT_EQ(report["balance_fen"], 0);
  ASSERT_EQ(report["transactions"].size(), 2U);
  EXPECT_EQ(report["transactions"][0]["type"], "topup");
  EXPECT_EQ(report["transactions"][0]["amount_fen"], 0);
  EXPECT_EQ(report["transactions"][0]["terminal"], "200099990040");
  EXPECT_EQ(report["issuer_code"], "02002900");
  EXPECT_EQ(report["issuer_name"], "上海公共交通卡");
  EXPECT_EQ(report["valid_to"], "2040-12-31");
}

TEST_F(RealCards, ANanjingCardHasItsBalanceAndTenTransactions) {
  const Json report = decoded(text_of("d02_nanjing_3010_real_7yuan40.json"), delta_tables());
  EXPECT_EQ(report["balance_fen"], 740);
  ASSERT_EQ(report["transactions"].size(), 10U);
  EXPECT_EQ(report["transactions"][0]["terminal"], "413100629380");
  EXPECT_EQ(report["transactions"][1]["terminal"], "413100629388");
  EXPECT_EQ(report["transactions"][1]["amount_fen"], 160);
  EXPECT_EQ(report["issuer_name"], "南京市民卡");
}

TEST_F(RealCards, TheLaboratorysCardIsIdentifiedByItsDirectoryAndFci) {
  const Json report = decoded(text_of("d07_lab_ep_k1_ppse_and_fci.json"));
  EXPECT_EQ(report["issuer_code"], "03061770");
  EXPECT_EQ(report["pan"], "3105130900000000011");
  EXPECT_EQ(report["valid_from"], "2020-01-11");
  EXPECT_EQ(report["valid_to"], "2040-12-31");
  EXPECT_EQ(report["application"], "t-union-purse");
  EXPECT_TRUE(report["balance_fen"].is_null());
  EXPECT_TRUE(report["transactions"].is_null());
}

/// The source gives the fields of a bus reader's block: put back where the files have them.
TEST_F(RealCards, ABusRideInZiboIsReadFromAllItsFiles) {
  const Json d = Json::parse(text_of("d05_zibo_4530_real_bus.json"))["decoded_here"];
  const auto text = [](const Json& value) { return value.get<std::string>(); };
  const Json& trip = d["e1e"];
  const std::string ef15 = text(d["issuer"]) + "02010" + text(d["pan"]) + text(d["valid_from"]) +
                           text(d["valid_to"]) + "0000";
  const std::string ef17 = text(d["country"]) + text(d["province"]) + text(d["city"]) +
                           text(d["interop"]) + text(d["card_type"]);
  const std::string ef18 =
      "00390000000000003009" + text(d["log"]["terminal"]) + text(d["log"]["datetime"]);
  const std::string ef1e =
      text(trip["type"]) + "0000" + text(d["log"]["terminal"]) + text(trip["industry"]) +
      "00FC0000000000"
      "00000030"
      "000021A6" +
      text(trip["time"]) + text(trip["city"]) + text(trip["acquirer"]) + "000000000001";
  std::string ef1a = "27027D010100" + text(d["a1a"]["serial"]) + "02";
  ef1a.resize(256, '0');
  ef1a.replace(192, 8, "00000030");
  const Json report = decoded(
      Json{{"apdu", Json::array({exchange("00B0950000", ef15), exchange("00B097000B", ef17),
                                 exchange("805C030204", "000021A6"), exchange("00B201C417", ef18),
                                 exchange("00B201F430", ef1e), exchange("00B202D480", ef1a)})}}
          .dump(),
      delta_tables());
  EXPECT_EQ(report["balance_fen"], 8614);
  EXPECT_EQ(report["pan"], "3104930901000068339");
  EXPECT_EQ(report["kind"], "ordinary");
  EXPECT_EQ(report["home_city"], "4530");
  EXPECT_EQ(report["interoperable"], true);
  EXPECT_EQ(report["issuer_name"], "齐达通");
  EXPECT_EQ(report["transactions"][0]["seq"], 57);
  EXPECT_EQ(report["transactions"][0]["amount_fen"], 48);
  const Json& ride = report["trips"][0];
  EXPECT_EQ(ride["type_code"], "09") << "this operator's own use of it";
  EXPECT_EQ(ride["industry"], "bus");
  EXPECT_EQ(ride["line"], "00FC");
  EXPECT_EQ(ride["amount_fen"], 48);
  EXPECT_EQ(ride["balance_fen"], 8614);
  EXPECT_EQ(ride["at"], "2020-11-24T16:59:16+08:00");
  EXPECT_EQ(report["journeys"][0]["status"], "alighted");
}

TEST_F(RealCards, JourneysByRailAndBusHaveTheFieldsOfTheirSource) {
  const Json file = Json::parse(text_of("d12_1A_records_real.json"));
  const auto journey = [&](const char* record, const char* command) {
    return decoded_one(command, file[record]["hex"].get<std::string>())["journeys"][0];
  };
  const Json rail = journey("rec1_metro", "00B201D480");
  EXPECT_EQ(rail["record"], "2701");
  EXPECT_EQ(rail["status"], "exited");
  EXPECT_EQ(rail["entry"]["city"], "5810");
  EXPECT_EQ(rail["entry"]["station"], "0100751309009025");
  EXPECT_EQ(rail["entry"]["at"], "2019-12-07T11:35:00+08:00");
  EXPECT_EQ(rail["entry"]["line"], "1E");
  EXPECT_EQ(rail["exit"]["acquirer"], "1220581000000000");
  EXPECT_EQ(rail["exit"]["terminal"], "0000413101329946");
  EXPECT_EQ(rail["exit"]["at"], "2019-12-07T11:56:35+08:00");
  EXPECT_EQ(rail["exit"]["amount_fen"], 285);
  EXPECT_EQ(rail["maximum_fen"], 190);
  const Json bus = journey("rec2_bus", "00B202D480");
  EXPECT_EQ(bus["record"], "2702");
  EXPECT_EQ(bus["status"], "alighted");
  EXPECT_EQ(bus["direction"], "up");
  EXPECT_EQ(bus["maximum_fen"], 300);
  EXPECT_EQ(bus["entry"]["line"], "0029");
  EXPECT_EQ(bus["entry"]["station"], "10");
  EXPECT_EQ(bus["entry"]["vehicle"], "00032845");
  EXPECT_EQ(bus["exit"]["station"], "0D");
  EXPECT_EQ(bus["exit"]["terminal"], "0000001009007598");
  EXPECT_EQ(bus["exit"]["amount_fen"], 100);
  EXPECT_EQ(bus["exit"]["at"], "2019-11-29T13:30:46+08:00");
}

TEST_F(RealCards, TheGoldenTraceIsAnEntryAndAnExit) {
  const Json trace = Json::parse(text_of("golden_3des_metro.json"))["trace"];
  Json apdu = Json::array();
  for (const Json& step : trace)
    if (step[0] == "card") apdu.push_back(Json::array({step[1], step[2]}));
  const Json report = decoded(Json{{"apdu", apdu}}.dump(), delta_tables());
  EXPECT_EQ(report["balance_fen"], 4600);
  ASSERT_EQ(report["transactions"].size(), 1U);
  EXPECT_EQ(report["transactions"][0]["amount_fen"], 400);
  ASSERT_EQ(report["trips"].size(), 2U);
  EXPECT_EQ(report["trips"][0]["type"], "exit");
  EXPECT_EQ(report["trips"][0]["amount_fen"], 400);
  EXPECT_EQ(report["trips"][0]["balance_fen"], 4600);
  EXPECT_EQ(report["trips"][0]["station_name"], "下沙");
  EXPECT_EQ(report["trips"][1]["type"], "entry");
  EXPECT_EQ(report["trips"][1]["station_name"], "航头");
  EXPECT_EQ(report["journeys"][0]["status"], "exited");
}

/// Cells of one line; no cell of these tables holds a comma or a quote.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == ',')
      out.emplace_back();
    else if (c != '\r')
      out.back().push_back(c);
  }
  return out;
}

/// "YYYYMMDDhhmmss" as the report has it.
std::string iso(const std::string& digits) {
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2) + "T" +
         digits.substr(8, 2) + ":" + digits.substr(10, 2) + ":" + digits.substr(12, 2) + "+08:00";
}

TEST_F(RealCards, EveryRecordedTripIsDecodedAndNamedAsItsCollectorDid) {
  const Tables tables = delta_tables();
  ASSERT_NE(tables.places, nullptr);
  std::ifstream in{data_folder() / "cards/real_1e_records.csv"};
  std::string line;
  std::getline(in, line);
  int rows = 0, named = 0, elsewhere = 0;
  while (std::getline(in, line)) {
    const auto row = cells_of(line);
    ASSERT_GE(row.size(), 18U) << line;
    ++rows;
    const Json report = decoded_one("00B201F430", row[1], tables);
    ASSERT_EQ(report["trips"].size(), 1U) << line;
    const Json& trip = report["trips"][0];
    EXPECT_EQ(trip["type_code"], row[2]) << line;
    EXPECT_EQ(trip["terminal"], row[4]) << line;
    EXPECT_EQ(trip["industry_code"], row[5]) << line;
    EXPECT_EQ(trip["line"], row[7]) << line;
    EXPECT_EQ(trip["station"], row[8]) << line;
    EXPECT_EQ(trip["operator"], row[9]) << line;
    EXPECT_EQ(trip["city"], row[14]) << line;
    EXPECT_EQ(trip["acquirer"], row[15]) << line;
    for (const auto& [key, cell] : {std::pair{"amount_fen", 11}, std::pair{"balance_fen", 12}}) {
      const auto fen = std::stoll(row[static_cast<std::size_t>(cell)]);
      EXPECT_EQ(trip[key], fen <= 0xFFFFFF ? Json(fen) : Json{}) << line;
    }
    if (!trip["at"].is_null()) {
      EXPECT_EQ(trip["at"], iso(row[13])) << line;
    }
    std::string hit = row.size() > 18 ? row[18] : std::string{};
    if (hit.starts_with("terminal ")) hit = hit.substr(9);
    const auto& cities = tables.places->rows().places;
    const bool here = std::ranges::any_of(cities, [&](const nfc::PlaceRow& place) {
      return place.city == std::stoi(row[14], nullptr, 16);
    });
    if (!here || hit.empty()) {
      if (!hit.empty()) ++elsewhere;  // its table is not among these
      // Its collector noted this train without a look at the table, which has it.
      const bool yuyao = row[14] == "3320" && row[5] == "0A" && row[7] == "1131";
      EXPECT_EQ(trip["station_name"], yuyao ? Json("余姚") : Json{}) << line;
      continue;
    }
    ++named;
    EXPECT_EQ(trip["place_type"].get<std::string>() + "/" + trip["line_name"].get<std::string>() +
                  "/" + trip["station_name"].get<std::string>(),
              hit)
        << line;
  }
  EXPECT_GT(rows, 120);
  EXPECT_GE(named, 17);
  RecordProperty("named", named);
  RecordProperty("elsewhere", elsewhere);
}

}  // namespace
}  // namespace tidegate::tools
