// SPDX-License-Identifier: Apache-2.0
// Card images on disk: what is saved is what is loaded, and anything else is refused with a name.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/simulators/card_fixture.h"

namespace tidegate::sim {
namespace {

using namespace card_fixture;

class CardImage : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "card-image-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "card.json"; }
  std::string text() const {
    std::ifstream in{file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  /// Loads the saved image with one piece of its text replaced.
  Result<CardImageData> load_with(const std::string& from, const std::string& to) {
    EXPECT_TRUE(save_card_image(file(), make_card({})).has_value());
    std::string content = text();
    const auto at = content.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) content.replace(at, from.size(), to);
    std::ofstream{file()} << content;
    return load_card_image(file());
  }

  std::filesystem::path folder_;
};

TEST_F(CardImage, ANewCardComesBackEqual) {
  const CardImageData image = make_card({.overdraft_limit = 800, .uid = {1, 2, 3, 4, 5, 6, 7}});
  ASSERT_TRUE(save_card_image(file(), image).has_value());
  const auto loaded = load_card_image(file());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
  EXPECT_EQ(*loaded, image);
}

TEST_F(CardImage, AnOrdinaryCardHasNoFieldOfTheOptionalOnes) {
  ASSERT_TRUE(save_card_image(file(), make_card({})).has_value());
  const std::string written = text();
  EXPECT_TRUE(written.ends_with("\"proofs\": []\n}\n"))
      << "images of before have these fields only";
}

TEST_F(CardImage, AUsedCardComesBackEqualAndGoesOn) {
  CardAtTerminal at;
  at.select();
  for (int i = 0; i < 3; ++i) {
    at.initialize(3, 100);
    at.stage_rail();
    at.stage_trip();
    at.debit();
    at.initialize(1, 50);
    at.debit();
  }
  at.initialize(0, 1000);
  at.send(at.credit_command());
  ASSERT_EQ(at.card.image().proofs.size(), 3U);
  ASSERT_TRUE(save_card_image(file(), at.card.image()).has_value());
  const auto loaded = load_card_image(file());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
  EXPECT_EQ(*loaded, at.card.image());

  CardAtTerminal again{*loaded, {}};
  again.select();
  EXPECT_EQ(again.send("805A000602000608").substr(16), "9000");
  EXPECT_EQ(again.initialize(1, 0).substr(8, 4), "0006");
}

TEST_F(CardImage, HoldsKeysSoOnlyItsOwnerReadsIt) {
  ASSERT_TRUE(save_card_image(file(), make_card({})).has_value());
  const auto mode = std::filesystem::status(file()).permissions();
  EXPECT_EQ(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
            std::filesystem::perms::none);
}

TEST_F(CardImage, StrictAboutEveryField) {
  const std::vector<std::array<const char*, 3>> table{
      {"\"format\": \"tidegate-card-1\"", "\"format\": \"other\"", "format"},
      {"\"balance\": 5000", "\"balance\": 16777216", "balance"},
      {"\"balance\": 5000", "\"balance\": -1", "value was expected"},
      {"\"balance\": 5000", "\"balance\": 50.5", "whole number"},
      {"\"balance\": 5000", "\"balance\": \"5000\"", "balance"},
      {"\"balance\": 5000", "\"balance\": 99999999999999999999", "value was expected"},
      {"\"balance\": 5000", "\"balances\": 5000", "balance"},
      {"\"balance\": 5000", "\"balance\": 5000, \"extra\": 1", "unknown"},
      {"\"balance\": 5000", "\"balance\": 5000, \"balance\": 1", "twice"},
      {"\"overdraft_used\": 0", "\"overdraft_used\": 1", "overdraft_used"},
      {"\"blocked\": false", "\"blocked\": 0", "blocked"},
      {"\"counter\": 0", "\"counter\": 65536", "counter"},
      {"\"ef18\": []", "\"ef18\": [\"00\"]", "ef18"},
      {"\"ef1e\": []", "\"ef1e\": [7]", "ef1e"},
      {"\"proofs\": []", "\"proofs\": [{\"type\": 9}]", "proofs"},
      {"\"proofs\": []",
       "\"proofs\": [{\"type\": 9, \"counter\": 1, \"mac\": \"00000000\", \"tac\": \"00000000\"},"
       "{\"type\": 9, \"counter\": 2, \"mac\": \"00000000\", \"tac\": \"00000000\"}]",
       "two of one type"},
      {"\"ef15\": \"02", "\"ef15\": \"0Z", "ef15"},
      {"\"ef15\": \"02", "\"ef15\": \"", "ef15"},
      {"\"uid\": \"", "\"uid\": \"00", "uid"},
      {"\"proofs\": []", "\"proofs\": [], \"kernel\": \"K3\"", "kernel"},
      {"\"proofs\": []", "\"proofs\": [], \"habits\": [\"sings\"]", "unknown habit"},
      {"\"proofs\": []", "\"proofs\": [], \"fci\": {\"label\": true}", "fci"},
      {"\"proofs\": []", "\"proofs\": [], \"ef1a_2702\": \"00\"", "ef1a_2702"},
      {"\"proofs\": []", "\"proofs\": [], \"ppse\": [{\"aid\": \"00\"}]", "ppse"},
      {"\"proofs\": []", "\"proofs\": [], \"applications\": [7]", "applications"},
      {"\"proofs\": []", "\"proofs\": [], \"purse\": 1", "purse"},
      {"{\n", "[\n", ""},
      {"\n}\n", "\n}\nx", "behind the end"},
      {"\n}\n", "\n", ""},
  };
  for (const auto& [from, to, names] : table) {
    const auto loaded = load_with(from, to);
    ASSERT_FALSE(loaded.has_value()) << to;
    EXPECT_EQ(loaded.error().code(), Errc::invalid) << to;
    EXPECT_NE(loaded.error().message().find(names), std::string::npos) << loaded.error().message();
  }
}

TEST_F(CardImage, DeepNestingIsRefused) {
  std::ofstream{file()} << std::string(60000, '[');
  EXPECT_FALSE(load_card_image(file()).has_value());
}

TEST_F(CardImage, AMissingFileIsNotFound) {
  const auto loaded = load_card_image(file());
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), Errc::not_found);
}

TEST_F(CardImage, RootKeysComeFromAKeyFile) {
  std::ofstream{file()} << "terminal = \"413100000002\"\nkey_index = 1\n"
                           "purchase_key = \"000102030405060708090A0B0C0D0E0F\"\n"
                           "tac_key = \"101112131415161718191A1B1C1D1E1F\"\n";
  const auto keys = load_root_keys(file());
  ASSERT_TRUE(keys.has_value()) << keys.error().message();
  EXPECT_EQ(keys->purchase[15], 0x0F);
  EXPECT_EQ(keys->tac[0], 0x10);
  EXPECT_EQ(keys->load, RootKeys{}.load);
  std::ofstream{file()} << "purchase_key = \"00\"\ntac_key = \"00\"\n";
  EXPECT_FALSE(load_root_keys(file()).has_value());
  std::ofstream{file()} << "purchase_key = \n";
  EXPECT_FALSE(load_root_keys(file()).has_value());
}

}  // namespace
}  // namespace tidegate::sim
