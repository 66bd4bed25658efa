// SPDX-License-Identifier: Apache-2.0
// The software SAM: its numbers, its session, and the key files it refuses.
#include "nfc/softsam/softsam.h"

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "nfc/purse/mac.h"
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

constexpr std::string_view kKeys =
    "terminal = \"413100000002\"\nkey_index = 1\n"
    "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";

class SoftSamTest : public testing::Test {
 protected:
  SoftSamTest() : dir_{make_temp_dir()}, file_{dir_ / "sam.toml"} { write(file_, kKeys); }
  ~SoftSamTest() override { std::filesystem::remove_all(dir_); }

  static void write(const std::filesystem::path& path, std::string_view text) {
    std::ofstream{path, std::ios::binary} << text;
  }
  [[nodiscard]] Result<std::unique_ptr<Sam>> open() const {
    return open_softsam(file_, Realm::test);
  }
  [[nodiscard]] std::filesystem::path txn_file() const { return file_.string() + ".txn"; }

  static SamRequest request() {
    SamRequest out;
    out.random = hex_array<4>("11223344");
    out.amount = Fen{400};
    out.at = local(2026, 1, 5, 8, 30, 0);
    out.pan_factor = hex_array<8>("4770000000000426");
    out.issuer_factor = hex_array<8>("02002900FFFFFFFF");
    return out;
  }

  std::filesystem::path dir_;
  std::filesystem::path file_;
};

TEST_F(SoftSamTest, TellsItsTerminalAndKeyIndex) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value()) << sam.error().message();
  EXPECT_EQ(to_hex((*sam)->terminal().get()), "413100000002");
  EXPECT_EQ((*sam)->key_index(), 1);
}

TEST_F(SoftSamTest, NumbersStartAtOneRiseAndNeverComeTwiceOverReopenings) {
  std::set<std::uint32_t> seen;
  std::uint32_t last = 0;
  for (int opening = 0; opening < 4; ++opening) {
    const auto sam = open();
    ASSERT_TRUE(sam.has_value()) << sam.error().message();
    for (int i = 0; i < (opening == 2 ? 600 : 3); ++i) {
      const auto debit = (*sam)->init_for_purchase(request());
      ASSERT_TRUE(debit.has_value());
      if (last == 0) {
        EXPECT_EQ(debit->txn.get(), 1U);
      }
      EXPECT_GT(debit->txn.get(), last);
      last = debit->txn.get();
      EXPECT_TRUE(seen.insert(last).second) << last;
    }
  }
}

TEST_F(SoftSamTest, ANumberIsOnDiskBeforeItIsGiven) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  const auto debit = (*sam)->init_for_purchase(request());
  ASSERT_TRUE(debit.has_value());
  std::ifstream in{txn_file(), std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, {}};
  ASSERT_EQ(content.size(), 6U);
  EXPECT_GT(read_be(as_bytes(content).first(4)), debit->txn.get());
}

TEST_F(SoftSamTest, ANumberThatCannotBeReservedIsNotGiven) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  std::filesystem::remove_all(dir_);  // writing beside the key file fails from here on
  EXPECT_FALSE((*sam)->init_for_purchase(request()).has_value());
}

TEST_F(SoftSamTest, DamagedNumberFileIsAnErrorAndNeverAFreshStart) {
  for (const std::string_view content :
       {std::string_view{}, std::string_view{"\0\0\1\0", 4}, std::string_view{"\0\0\1\0\0\0", 6},
        std::string_view{"\0\0\1\0\0\0\0", 7}}) {
    write(txn_file(), content);
    const auto sam = open();
    ASSERT_FALSE(sam.has_value()) << content.size();
    EXPECT_EQ(sam.error().code(), Errc::corrupt);
  }
}

TEST_F(SoftSamTest, ExhaustedNumbersAreAnError) {
  Bytes content = hex("FFFFFFF0");
  append_be(content, crc16(content), 2);
  write(txn_file(), as_text(content));
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  const auto debit = (*sam)->init_for_purchase(request());
  ASSERT_FALSE(debit.has_value());
  EXPECT_EQ(debit.error().code(), Errc::full);
}

TEST_F(SoftSamTest, RefusesTheLiveRealm) {
  const auto sam = open_softsam(file_, Realm::live);
  ASSERT_FALSE(sam.has_value());
  EXPECT_EQ(sam.error().code(), Errc::refused);
}

TEST_F(SoftSamTest, RefusesASecondUserAlsoThroughASymbolicLink) {
  auto first = open();
  ASSERT_TRUE(first.has_value());
  const auto link = dir_ / "other.toml";
  std::filesystem::create_symlink(file_, link);
  for (const auto& path : {file_, link}) {
    const auto second = open_softsam(path, Realm::test);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), Errc::exists);
  }
  first->reset();
  EXPECT_TRUE(open().has_value());
}

TEST_F(SoftSamTest, RefusesKeyFilesThatAreNotOne) {
  const std::string key = "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
  for (const std::string& text :
       {std::string{}, std::string{"terminal = "},
        "terminal = \"41310000000A\"\nkey_index = 1\n" + key,
        "terminal = \"4131000000\"\nkey_index = 1\n" + key,
        "terminal = \"413100000002\"\nkey_index = 256\n" + key,
        "terminal = \"413100000002\"\nkey_index = -1\n" + key,
        "terminal = \"413100000002\"\n" + key,
        std::string{"terminal = \"413100000002\"\nkey_index = 1\npurchase_key = \"4041\"\n"},
        "terminal = \"413100000002\"\nkey_index = 1\ntac_key = \"00\"\n" + key}) {
    write(file_, text);
    const auto sam = open();
    ASSERT_FALSE(sam.has_value()) << text;
    EXPECT_EQ(sam.error().code(), Errc::invalid);
    EXPECT_EQ(sam.error().message().find("4041424344"), std::string::npos) << "a key in a message";
  }
  std::filesystem::remove(file_);
  EXPECT_EQ(open().error().code(), Errc::not_found);
}

TEST_F(SoftSamTest, CreditWantsAnOpenSessionAndClosesIt) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  const Mac wrong{};
  EXPECT_EQ((*sam)->credit(wrong).error().code(), Errc::invalid);
  ASSERT_TRUE((*sam)->init_for_purchase(request()).has_value());
  EXPECT_FALSE((*sam)->credit(wrong).value());
  EXPECT_EQ((*sam)->credit(wrong).error().code(), Errc::invalid);
}

TEST_F(SoftSamTest, AcceptsTheMac2OfTheLastSessionOnly) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  const auto key = card_key(hex_array<16>("404142434445464748494A4B4C4D4E4F"),
                            request().issuer_factor, request().pan_factor);
  const auto right_for = [&key](const SamDebit& debit) {
    return mac2(session_key(key, request().random, CardCounter{}, debit.txn), Fen{400});
  };
  const auto first = (*sam)->init_for_purchase(request());
  const auto second = (*sam)->init_for_purchase(request());
  ASSERT_TRUE(first && second);
  EXPECT_FALSE((*sam)->credit(right_for(*first)).value());
  const auto third = (*sam)->init_for_purchase(request());
  ASSERT_TRUE(third.has_value());
  EXPECT_TRUE((*sam)->credit(right_for(*third)).value());
}

TEST_F(SoftSamTest, APulledSamAnswersNothingUntilItIsBackAndOpenedAgain) {
  auto sam = open();
  ASSERT_TRUE(sam.has_value());
  ASSERT_TRUE((*sam)->init_for_purchase(request()).has_value());
  const std::filesystem::path out = dir_ / "out";
  std::filesystem::rename(file_, out);
  EXPECT_EQ((*sam)->credit({}).error().code(), Errc::gone);
  EXPECT_EQ((*sam)->init_for_purchase(request()).error().code(), Errc::gone);
  sam->reset();
  EXPECT_FALSE(open().has_value());
  std::filesystem::rename(out, file_);
  const auto again = open();
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_TRUE((*again)->init_for_purchase(request()).has_value());
}

TEST_F(SoftSamTest, ASamThatWasOutForAMomentHasLostItsSession) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  ASSERT_TRUE((*sam)->init_for_purchase(request()).has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds{50});  // file times are coarse
  std::filesystem::rename(file_, dir_ / "out");
  std::filesystem::rename(dir_ / "out", file_);
  EXPECT_EQ((*sam)->credit({}).error().code(), Errc::gone);
}

TEST_F(SoftSamTest, AnotherSamInItsPlaceMustBeOpenedAnew) {
  auto sam = open();
  ASSERT_TRUE(sam.has_value());
  std::filesystem::rename(file_, dir_ / "old");
  write(file_,
        "terminal = \"413100000009\"\nkey_index = 1\n"
        "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n");
  EXPECT_EQ((*sam)->init_for_purchase(request()).error().code(), Errc::gone);
  sam->reset();
  const auto other = open();
  ASSERT_TRUE(other.has_value()) << other.error().message();
  EXPECT_EQ(to_hex((*other)->terminal().get()), "413100000009");
}

TEST_F(SoftSamTest, HasNoKeysForAnotherAlgorithm) {
  const auto sam = open();
  ASSERT_TRUE(sam.has_value());
  ASSERT_TRUE((*sam)->init_for_purchase(request()).has_value());
  auto other = request();
  other.algorithm = 4;
  EXPECT_EQ((*sam)->init_for_purchase(other).error().code(), Errc::unsupported);
  EXPECT_EQ((*sam)->credit({}).error().code(), Errc::invalid) << "the old session is discarded";
}

}  // namespace
}  // namespace tidegate::nfc
