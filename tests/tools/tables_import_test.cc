// SPDX-License-Identifier: Apache-2.0
// CSV tables of issuers and places: the forms that are taken, and the reasons why others are not.
#include "tools/tables_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

class TablesImport : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/tidegate-tables-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path file(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
    return folder_ / name;
  }
  std::string places_error(const std::string& text) {
    const auto model = import_places({file("p.csv", text)}, notes_);
    return model ? "taken" : model.error().message();
  }
  std::string issuers_error(const std::string& text) {
    const auto model = import_issuers({file("i.csv", text)}, notes_);
    return model ? "taken" : model.error().message();
  }
  fs::path folder_;
  ImportNotes notes_;
};

const std::string kWild = "City,Code,Type,Line,Station\n";

TEST_F(TablesImport, PlacesAsTheyAreFoundInTheWild) {
  const auto model = import_places(
      {file("a.csv", "\xEF\xBB\xBF" + kWild +
                         "9910,0018,地铁,18号线,\r\n9910,00180021,地铁,18号线,航头\r\n"),
       file("b.csv", "# a comment\n" + kWild +
                         "9940,4131000000ab,BOM,2,\"良,渚\"\n\n"
                         "9910,00180021,地铁,18号线,航头\n")},
      notes_);
  ASSERT_TRUE(model.has_value()) << model.error().message();
  ASSERT_EQ(model->places.size(), 3U);
  EXPECT_EQ(notes_.repeated, 1U);
  EXPECT_EQ(model->places[1].station_zh, "航头");
  EXPECT_EQ(model->places[1].mode, nfc::PlaceMode::metro);
  EXPECT_EQ(model->places[2].code, "4131000000AB");
  EXPECT_EQ(model->places[2].station_zh, "良,渚");
}

TEST_F(TablesImport, PlacesInOurOwnFormMayNameStops) {
  const auto model = import_places(
      {file("a.csv",
            "city,code,mode,type,line_zh,line_en,station_zh,station_en,network,stop\n"
            "9910,00180021,metro,地铁,18号线,Line 18,航头,Hangtou,first-metro,1821\n"),
       file("c.csv", "city,name_zh,name_en\n9910,甲市,First City\n")},
      notes_);
  ASSERT_TRUE(model.has_value()) << model.error().message();
  ASSERT_EQ(model->places.size(), 1U);
  EXPECT_EQ(model->places[0].stop, "1821");
  EXPECT_EQ(model->places[0].line_en, "Line 18");
  ASSERT_EQ(model->cities.size(), 1U);
  EXPECT_EQ(model->cities[0].code, 0x9910);
}

TEST_F(TablesImport, ABusLineMayHaveTheCodeOfAMetroStation) {
  EXPECT_EQ(places_error(kWild + "9920,0116,地铁,1号线,文化宫\n9920,0116,公交,116路,\n"), "taken");
}

TEST_F(TablesImport, EveryReasonNamesFileLineAndColumn) {
  const std::string error = places_error(kWild +
                                         "9910,00180021,地铁,18号线\n"     // ragged
                                         "99,00180022,地铁,18号线,x\n"     // city
                                         "9910,xyz,地铁,18号线,x\n"        // code
                                         "9910,001800210,地铁,18号线,x\n"  // length
                                         "9910,413100000002,地铁,18号线,\n"
                                         "9910,0019,,19号线,\n"
                                         "9910,0020,地铁,20号线,\n"
                                         "9910,0020,地铁,二十号线,\n");
  EXPECT_NE(error.find("p.csv:2: 4 cells, the header has 5"), std::string::npos) << error;
  EXPECT_NE(error.find("p.csv:3: column 1 (City): 4 digits"), std::string::npos) << error;
  EXPECT_NE(error.find("p.csv:4: column 2 (Code): 1 to 8 hex digits"), std::string::npos);
  EXPECT_NE(error.find("p.csv:5: column 2 (Code)"), std::string::npos);
  EXPECT_NE(error.find("p.csv:6: column 2 (Code): a terminal number without a station"),
            std::string::npos);
  EXPECT_NE(error.find("p.csv:7: column 3 (Type): is missing"), std::string::npos);
  EXPECT_NE(error.find("p.csv:9: column 2 (Code): already at p.csv:8 with another content"),
            std::string::npos)
      << error;
}

TEST_F(TablesImport, TenReasonsAreEnough) {
  std::string text = kWild;
  for (int i = 0; i < 50; ++i) text += "x,0001,地铁,1,\n";
  const std::string error = places_error(text);
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 9) << error;
  EXPECT_NE(error.find("p.csv:11:"), std::string::npos);
}

TEST_F(TablesImport, AWebPageIsNoTable) {
  const std::string error =
      places_error("<!DOCTYPE html>\n<html><body>404, not found</body></html>\n");
  EXPECT_NE(error.find("p.csv:1: not a table of places"), std::string::npos) << error;
  EXPECT_NE(issuers_error("<html>\n").find("i.csv:1: not a table of issuers"), std::string::npos);
  EXPECT_NE(places_error("").find("empty"), std::string::npos);
  EXPECT_NE(places_error(kWild + std::string("9910,0\x01", 7) + ",a,b,c\n").find("control"),
            std::string::npos);
  EXPECT_NE(places_error(kWild + "9910,\"0018,地铁,18号线,\n").find("quote"), std::string::npos);
}

TEST_F(TablesImport, IssuersAsTheyAreFoundInTheWild) {
  const auto model = import_issuers({file("a.csv",
                                          "IIN,Issuer,Name\n"
                                          "31990100,04449910,甲市通\n"
                                          "31990101,04449910,\n"
                                          "3199010077,,甲市学生卡\n"
                                          "31999999,,\n")},
                                    notes_);
  ASSERT_TRUE(model.has_value()) << model.error().message();
  ASSERT_EQ(model->issuers.size(), 2U);
  EXPECT_EQ(to_hex(model->issuers[0].issuer), "04449910");
  ASSERT_EQ(model->brands.size(), 1U);
  EXPECT_EQ(model->brands[0].prefix, "3199010077");
  EXPECT_EQ(notes_.nameless, 1U);
}

TEST_F(TablesImport, OurOwnTablesSayTheRest) {
  const std::string key(128, 'a');
  const auto model =
      import_issuers({file("a.csv",
                           "iin,issuer,city,name_zh,name_en,renewable,test\n"
                           "31990100,04449910,9910,甲市通,First City Pass,yes,no\n"
                           "31990900,09990000,,,,,yes\n"),
                      file("b.csv", "issuer,kind,rider\n*,0B,staff\n*,0C,255\n04449910,02,child\n"),
                      file("c.csv", "test_number\n319901009\n"),
                      file("d.csv", "code_issuer,platform\n04449910,00000001\n"),
                      file("e.csv", "ca_index,public_key\n01," + key + "\n")},
                     notes_);
  ASSERT_TRUE(model.has_value()) << model.error().message();
  EXPECT_TRUE(model->issuers[0].renewable);
  EXPECT_EQ(model->issuers[0].city, 0x9910);
  EXPECT_TRUE(model->issuers[1].test);
  ASSERT_EQ(model->kinds.size(), 3U);
  EXPECT_EQ(model->kinds[1].rider, fare::RiderCategory{255}) << "a fare book's own";
  EXPECT_EQ(model->kinds[2].rider, fare::RiderCategory::child);
  EXPECT_EQ(model->test_numbers.size() + model->code_issuers.size() + model->code_keys.size(), 3U);
}

TEST_F(TablesImport, BadIssuersAreNamed) {
  const std::string own = "iin,issuer,city,name_zh,name_en,renewable,test\n";
  EXPECT_NE(issuers_error(own + "3199010,04449910,9910,a,b,no,no\n").find("column 1 (iin)"),
            std::string::npos);
  EXPECT_NE(issuers_error(own + "31990100,04449910,99,a,b,no,no\n").find("column 3 (city)"),
            std::string::npos);
  EXPECT_NE(issuers_error(own + "31990100,04449910,9910,a,b,maybe,no\n").find("(renewable)"),
            std::string::npos);
  EXPECT_NE(issuers_error("issuer,kind,rider\n*,1,adult\n").find("(kind)"), std::string::npos);
  for (const std::string rider : {"king", "31", "256", "32x", "-1", ""})
    EXPECT_NE(issuers_error("issuer,kind,rider\n*,01," + rider + "\n").find("(rider)"),
              std::string::npos);
  EXPECT_NE(issuers_error("ca_index,public_key\n01,00\n").find("128 hex"), std::string::npos);
  EXPECT_NE(issuers_error("IIN,Issuer,Name\n31990100,04449910,a\n31990100,04449920,a\n")
                .find("i.csv:3: column 1 (IIN): already at i.csv:2"),
            std::string::npos);
}

TEST_F(TablesImport, AFileThatIsNotThereIsNamed) {
  const auto model = import_places({folder_ / "none.csv"}, notes_);
  ASSERT_FALSE(model.has_value());
  EXPECT_NE(model.error().message().find("none.csv"), std::string::npos);
}

constexpr crypto::Key16 kListKey{1, 2, 3};

TEST_F(TablesImport, StoppedCardsBecomeHandlesWithAReason) {
  const auto rows = import_denylist(
      {file("a.csv", "number,reason\n3104770000000000426,lost\n3104770000000000427,\n"),
       file("b.csv", "number\n3104770000000000428\n3104770000000000427\n")},
      kListKey, notes_);
  ASSERT_TRUE(rows.has_value()) << rows.error().message();
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ(notes_.repeated, 1U);
  const auto list = nfc::Denylist::make({.number = 1}, *rows).value();
  const auto reason = [&](std::string_view number) {
    return list->find(nfc::list_handle(kListKey, card_number_from_text(number).value()));
  };
  EXPECT_EQ(reason("3104770000000000426"), nfc::DenyReason::lost);
  EXPECT_EQ(reason("3104770000000000428"), nfc::DenyReason::other);
  EXPECT_EQ(reason("3104770000000000429"), std::nullopt);
}

TEST_F(TablesImport, MessagesAboutCardsNameALineAndNoNumber) {
  const auto error = [&](const std::string& text) {
    const auto rows = import_denylist({file("d.csv", text)}, kListKey, notes_);
    return rows ? "taken" : rows.error().message();
  };
  EXPECT_EQ(error("number,reason\n3104770000000000426,lost\n3104770000000000426,debt\n"),
            "d.csv:3: this card is already at d.csv:2 with another reason");
  EXPECT_EQ(error("number,reason\n310477000000000042,lost\n3104770000000000426,gone\n"),
            "d.csv:2: column 1 (number): 19 digits were expected\n"
            "d.csv:3: column 2 (reason): lost, fraud, debt, withdrawn, other or nothing was "
            "expected");
  EXPECT_EQ(error("card,why\n"), "d.csv:1: its header is not number,reason or number");
}

}  // namespace
}  // namespace tidegate::tools
