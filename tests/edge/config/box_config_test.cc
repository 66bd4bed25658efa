// SPDX-License-Identifier: Apache-2.0
// box.toml and the key files: what is read, and how each mistake is told.
#include "edge/config/box_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace tidegate::edge {
namespace {

using testing::HasSubstr;

constexpr const char* kGood = R"([box]
id = "b-1"
kind = "station"
realm = "test"
network = "metro"
stop = "0111"
[paths]
state = "state"
run = "run"
keys = "/keys"
[fares]
book = "fares.book"
trusted_keys = ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"]
[[aisle]]
number = 1
direction = "entry"
device = "pn532_uart:/dev/ttyUSB0"
sam = "sam.toml"
[[aisle]]
number = 2
direction = "both"
device = "x"
sam = "sam2.toml"
)";

class BoxConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name, std::ios::binary} << text;
    return folder_ / name;
  }
  Result<BoxConfig> load(const std::string& text) {
    return load_box_config(write("box.toml", text));
  }
  static std::string replaced(std::string_view what, const std::string& by) {
    std::string text = kGood;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  }
  void expect_error(const std::string& text, const std::string& where) {
    auto config = load(text);
    ASSERT_FALSE(config.has_value()) << where;
    EXPECT_EQ(config.error().code(), Errc::invalid);
    EXPECT_THAT(config.error().message(), HasSubstr("box.toml:" + where));
  }

  std::filesystem::path folder_;
};

TEST_F(BoxConfigTest, ReadsEveryKey) {
  auto config = load(std::string{kGood} +
                     "[tap]\napdu_timeout_ms = 250\ncommit_timeout_ms = 900\n[ledger]\n"
                     "map_mib = 64\n[station]\n"
                     "terminals = [\"413100000002\", \"413100000001\"]\n");
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->id.get(), "b-1");
  EXPECT_EQ(config->kind, fare::BoxKind::station);
  EXPECT_EQ(config->realm, Realm::test);
  EXPECT_EQ(config->network.get(), "metro");
  EXPECT_EQ(config->stop.get(), "0111");
  EXPECT_EQ(config->state_dir, folder_ / "state");
  EXPECT_EQ(config->keys_dir, "/keys");
  EXPECT_EQ(config->book, folder_ / "fares.book");
  ASSERT_EQ(config->book_keys.size(), 1U);
  EXPECT_EQ(config->book_keys[0][0], 0xd7);
  EXPECT_EQ(config->apdu_timeout.count(), 250);
  EXPECT_EQ(config->commit_timeout.count(), 900);
  EXPECT_EQ(config->ledger_map_bytes, 64UL << 20U);
  const TerminalNo first{{0x41, 0x31, 0, 0, 0, 1}}, second{{0x41, 0x31, 0, 0, 0, 2}};
  EXPECT_EQ(config->station_terminals, (std::vector{first, second}));
  ASSERT_EQ(config->aisles.size(), 2U);
  EXPECT_EQ(config->aisles[1].number.get(), 2);
  EXPECT_EQ(config->aisles[1].direction, AisleDirection::both);
  EXPECT_EQ(config->aisles[0].sam, folder_ / "sam.toml");
  EXPECT_FALSE(all_zero(config->hash));
}

TEST_F(BoxConfigTest, OptionalSectionsHaveDefaults) {
  auto config = load(kGood);
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->apdu_timeout.count(), 500);
  EXPECT_EQ(config->ledger_map_bytes, 1UL << 30U);
  EXPECT_TRUE(config->station_terminals.empty());
}

TEST_F(BoxConfigTest, CardsAndCodesAreSet) {
  const std::string key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  auto text =
      replaced("sam = \"sam.toml\"", "sam = \"pcsc:Virtual PCD 00 00\"\nscanner = \"/dev/s\"");
  text += "[lists]\nissuers = \"i\"\ntrusted_keys = [\"" + key + "\"]\n";
  text += "places = \"p\"\nplaces_keys = [\"" + key + "\"]\n";
  text += "denylist = \"d\"\ndenylist_keys = [\"" + key + "\"]\ndenylist_change_percent = 5\n";
  text += "[tap]\nflat_purchase = \"plain\"\noverdraft = \"exit\"\njourney_p1 = \"zero\"\n";
  text += "[codes]\njourneys = \"clearing\"\n";
  const auto config = load(text);
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->aisles[0].sam_reader, "Virtual PCD 00 00");
  EXPECT_TRUE(config->aisles[0].sam.empty());
  EXPECT_EQ(config->aisles[0].scanner, "/dev/s");
  EXPECT_EQ(config->aisles[1].sam, folder_ / "sam2.toml");
  EXPECT_EQ(config->lists.issuers, folder_ / "i");
  EXPECT_EQ(config->lists.places, folder_ / "p");
  EXPECT_EQ(config->lists.trusted.size(), 1U);
  EXPECT_EQ(config->lists.places_trusted.size(), 1U);
  EXPECT_EQ(config->lists.denylist.file, folder_ / "d");
  EXPECT_EQ(config->lists.denylist.trusted.size(), 1U);
  EXPECT_EQ(config->lists.denylist_change, 5U);
  EXPECT_EQ(config->flat_purchase, FlatPurchase::plain);
  EXPECT_EQ(config->overdraft, Overdraft::exit);
  EXPECT_EQ(config->journey_p1, JourneyP1::zero);
  EXPECT_EQ(config->code_journeys, CodeJourneys::clearing);
}

TEST_F(BoxConfigTest, ALiveBoxMustKnowItsIssuers) {
  expect_error(replaced("\"test\"", "\"live\""), "1: lists: expected a section [lists]");
}

TEST_F(BoxConfigTest, UnknownKeysAreNamedWithTheirLine) {
  expect_error(replaced("kind = ", "colour = \"red\"\nkind = "), "3: box.colour: expected one of");
  expect_error(replaced("[fares]", "[faires]"), "11: faires: expected one of");
  expect_error(replaced("sam = \"sam.toml\"", "sam = \"s\"\nlamp = 1"), "19: aisle.lamp:");
}

TEST_F(BoxConfigTest, BadValuesAreNamedWithTheirLine) {
  expect_error(replaced("\"station\"", "\"airport\""), "3: box.kind: expected station, vehicle");
  expect_error(replaced("\"test\"", "\"prod\""), "4: box.realm: expected test or live");
  expect_error(replaced("\"b-1\"", "\"b 1\""), "2: box.id: expected at most 64 letters");
  expect_error(replaced("\"0111\"", "111"), "6: box.stop: expected a text");
  expect_error(replaced("number = 1", "number = 33"), "15: aisle.number: expected a whole number");
  expect_error(replaced("number = 1", "number = 1.0"), "15: aisle.number: expected a whole number");
  expect_error(replaced("\"entry\"", "\"in\""), "16: aisle.direction: expected entry, exit");
  expect_error(replaced("d75a98", "d75a"), "13: fares.trusted_keys: expected a list");
  expect_error(std::string{kGood} + "[tap]\napdu_timeout_ms = 5\n", "25: tap.apdu_timeout_ms:");
  expect_error(std::string{kGood} + "[station]\nterminals = [\"41310000000A\"]\n",
               "25: station.terminals: expected a list of SAM terminal numbers");
  expect_error(std::string{kGood} + "[tap]\noverdraft = \"always\"\n",
               "25: tap.overdraft: expected never or exit");
  expect_error(replaced("\"sam.toml\"", "\"pcsc:\""), "18: aisle.sam: expected the name");
  expect_error(std::string{kGood} + "[ledger]\nack = \"ledger.ack\"\n",
               "24: ledger.ack_keys: expected a list of at least one");
  expect_error(std::string{kGood} + "[station]\n", "24: station.terminals: expected a list");
}

TEST_F(BoxConfigTest, MissingKeysAreNamed) {
  expect_error(replaced("stop = \"0111\"\n", ""), "1: box.stop: expected a text");
  expect_error(replaced("device = \"x\"\n", ""), "19: aisle.device: expected a text");
}

TEST_F(BoxConfigTest, AisleNumbersAreUnique) {
  expect_error(replaced("number = 2", "number = 1"), "20: aisle.number: expected a number that");
}

TEST_F(BoxConfigTest, ABoxHasAtMost32Aisles) {
  std::string text = kGood;
  for (int i = 3; i <= 33; ++i) {
    text += "[[aisle]]\nnumber = " + std::to_string(i % 33) +
            "\ndirection = \"exit\"\ndevice = \"d\"\nsam = \"s\"\n";
  }
  auto config = load(text);
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(config.error().message(), HasSubstr("1 to 32 sections"));
}

TEST_F(BoxConfigTest, BrokenTomlNamesTheLine) {
  expect_error("[box]\nid = \n", "2: not TOML");
}

TEST_F(BoxConfigTest, AMissingFileIsNotFound) {
  auto config = load_box_config(folder_ / "none.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().code(), Errc::not_found);
}

TEST_F(BoxConfigTest, TheShippedExampleLoads) {
  auto config =
      load_box_config(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "systemd/box.toml.example");
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->aisles.size(), 2U);
  EXPECT_EQ(config->ledger_dir(), "/var/lib/tidegate/ledger");
  EXPECT_EQ(config->acks.file, "/var/lib/tidegate/inbound/ledger.ack");
  EXPECT_EQ(config->acks.trusted.size(), 1U);
}

TEST_F(BoxConfigTest, KeysAreReadFromTheirFiles) {
  write("box.key", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n");
  write("handle.key", std::string(64, 'a'));
  write("clearing.pub", "7 " + std::string(64, '1') + "\n");
  auto keys = load_box_keys(folder_);
  ASSERT_TRUE(keys.has_value()) << keys.error().message();
  EXPECT_EQ(to_hex(keys->box.public_key).substr(0, 8), "D75A9801");
  EXPECT_EQ(keys->handle[31], 0xaa);
  EXPECT_EQ(keys->clearing_number, 7U);
  EXPECT_EQ(keys->clearing[0], 0x11);
  EXPECT_FALSE(keys->list.has_value());
  write("list.key", std::string(32, 'c') + "\n");
  keys = load_box_keys(folder_);
  ASSERT_TRUE(keys.has_value()) << keys.error().message();
  EXPECT_EQ((*keys->list)[15], 0xcc);
  write("list.key", "cc");
  keys = load_box_keys(folder_);
  ASSERT_FALSE(keys.has_value());
  EXPECT_THAT(keys.error().message(), HasSubstr("list.key:1: expected 32 hex digits"));
}

TEST_F(BoxConfigTest, ABadKeyFileIsNamedWithoutItsContent) {
  write("box.key", std::string(64, 'a'));
  write("handle.key", std::string(62, 'b'));
  write("clearing.pub", "7 " + std::string(64, '1'));
  auto keys = load_box_keys(folder_);
  ASSERT_FALSE(keys.has_value());
  EXPECT_EQ(keys.error().code(), Errc::invalid);
  EXPECT_THAT(keys.error().message(), HasSubstr("handle.key"));
  EXPECT_THAT(keys.error().message(), testing::Not(HasSubstr("bbbb")));
}

}  // namespace
}  // namespace tidegate::edge
