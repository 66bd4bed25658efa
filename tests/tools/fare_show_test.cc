// SPDX-License-Identifier: Apache-2.0
// `tidegate fare show`: who reads a book finds its stops, classes, policies and rules between rides
// there, in Chinese and English.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/fare/books.h"
#include "tools/fare_command.h"

namespace tidegate::tools {
namespace {

constexpr std::string_view kBook = R"([book]
name = "Shown"
number = 1
valid_from = 2027-01-01
[calendar]
holidays = ["2027-02-05/2027-02-07", 2027-05-01]
[[timeframe]]
name = "peak"
spans = ["work 07:00-09:00"]
[[network]]
id = "metro"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "9990"
acquirer = "19999990FFFFFFFF"
industry = "metro"
operator = "0001"
minimum_balance_fen = 200
[network.tariff]
kind = "matrix"
csv = "od.csv"
classes = [{ riders = ["student"], timeframe = "peak", media = ["qr"], add_fen = -50 }]
[network.policy]
maximum_fen = 500
time_limit_minutes = 120
overstay = "exit-maximum"
no_exit = "station-maximum"
[[network]]
id = "bus"
code = 2
name_zh = "公交"
name_en = "Bus"
city = "9990"
acquirer = "19999990FFFFFFFF"
industry = "bus"
operator = "0002"
tariff = { kind = "flat", fen = 150 }
[[transfer]]
name = "metro-bus"
number = 1
from = ["metro"]
to = ["bus"]
window_minutes = 60
measured = "end-to-begin"
effect = "amount-off"
fen = 50
max_transfers = 1
[[cap]]
name = "day"
networks = ["metro", "bus"]
period = "day"
fen = 1000
)";

class FareShow : public testing::Test {
 protected:
  void SetUp() override {
    dir_.write("book.toml", kBook);
    dir_.write("stops.csv",
               "network,code,number,name_zh,name_en,card_line,card_station,line\n"
               "metro,a,1,甲,Alpha,0001,0001,1\nmetro,b,2,乙,Beta,0001,0002,1\n"
               "bus,r1,1,1路,Route 1,0101,0001,0\n");
    dir_.write("od.csv", "from,to,fen\na,b,300\nb,a,300\n");
  }
  std::string show(bool json, const std::string& network = {}, int expected = 0) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    EXPECT_EQ(fare_show(dir_.path(), json, network), expected);
    said_ = testing::internal::GetCapturedStderr();
    return testing::internal::GetCapturedStdout();
  }
  static void has(const std::string& text, std::string_view line) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
  fare::testing_books::TempDir dir_;
  std::string said_;
};

TEST_F(FareShow, TellsStopsClassesPoliciesAndRulesInBothLanguages) {
  const std::string text = show(false);
  for (const char* const line :
       {"book      Shown, number 1, from its source folder\n",
        "calendar  holidays 2027-02-05/2027-02-07, 2027-05-01\n",
        "network   metro  地铁 / Metro, 2 stops\n    a 甲 Alpha; b 乙 Beta\n"
        "  tariff  from 2027-01-01: od, 2 fares, 3.00 to 3.00 yuan\n"
        "    class student@peak/qr: od, 2 fares, 2.50 to 2.50 yuan, for 学生、时段 peak (work "
        "07:00-09:00)、乘车码 / student, in peak (work 07:00-09:00), ride code\n"
        "  entry   进站余额不低于 2.00 元 / a balance of 2.00 yuan to come in\n"
        "  policy  最高单程票价 5.00 元 / highest fare 5.00 yuan\n"
        "  policy  乘车时限:120 分钟 / time limit: 120 minutes\n"
        "  policy  超时:付到本站的最高票价 / longer: the highest fare of a ride that ends there\n",
        "  between 换乘 metro-bus:地铁 → 公交,60 分钟内(自上程结束至本程开始),本程减 0.50 元,"
        "连续至多 1 次;9990 的卡\n"
        "          transfer metro-bus: Metro → Bus within 60 minutes (end to begin): 0.50 yuan "
        "off, "
        "at most 1 in a chain; cards of 9990\n",
        "  between 封顶 day:公交、地铁,每运营日至多 10.00 元;9990 的卡\n"
        "          cap day: Bus, Metro, at most 10.00 yuan a service day; cards of 9990\n"})
    has(text, line);
  const std::string bus = show(false, "bus");
  has(bus, "network   bus  公交 / Bus");
  EXPECT_EQ(bus.find("network   metro"), std::string::npos);
  show(false, "buss", 1);
  has(said_, "--network: \"buss\" is not in the book; did you mean bus?");
}

TEST_F(FareShow, TheSameIsInItsJson) {
  const auto json = nlohmann::json::parse(show(true));
  const auto& metro = json.at("networks").at(1);
  EXPECT_EQ(metro.at("id"), "metro");
  EXPECT_EQ(metro.at("stop_list").at(1).at("name_zh"), "乙");
  EXPECT_EQ(metro.at("policy").at(0).at("en"), "highest fare 5.00 yuan");
  EXPECT_EQ(metro.at("between").size(), 2U);
  EXPECT_EQ(metro.at("tariffs").at(0).at("classes").at(0).at("for_en"),
            "student, in peak (work 07:00-09:00), ride code");
  EXPECT_EQ(json.at("realm"), "none");
}

}  // namespace
}  // namespace tidegate::tools
