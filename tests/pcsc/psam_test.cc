// SPDX-License-Identifier: Apache-2.0
// The simulated SAM by itself: its files, T=0, sessions, and numbers that never repeat.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "simulators/sam/psam.h"

namespace tidegate::sim {
namespace {

constexpr const char* kInit =
    "80700000241122334400000000000009202601050800000100477000000000042602002900FFFFFFFF";

class PsamTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "psamXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    file_ = std::filesystem::path{name} / "txn";
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(file_.parent_path(), ignored);
  }

  [[nodiscard]] std::unique_ptr<Psam> sam() const {
    auto numbers = TxnStore::open(file_, 0x100);
    EXPECT_TRUE(numbers) << numbers.error().message();
    PsamSpec spec;
    for (Byte i = 0; i < 16; ++i) spec.purchase_key[i] = static_cast<Byte>(0x40 + i);
    spec.terminal = {0x41, 0x31, 0x00, 0x00, 0x00, 0x02};
    return std::make_unique<Psam>(spec, std::move(*numbers));
  }
  /// Answers to the commands, one after the other, with blanks between.
  [[nodiscard]] static std::string ask(Psam& sam, const std::vector<std::string>& commands) {
    std::string out;
    for (const std::string& command : commands)
      out += (out.empty() ? "" : " ") + to_hex(sam.transceive(from_hex(command).value()));
    return out;
  }

  std::filesystem::path file_;
};

TEST_F(PsamTest, AnswersTheGoldenTraceInTwoSteps) {
  const auto chip = sam();
  chip->power_on();
  EXPECT_EQ(ask(*chip, {"00A40000028011", kInit, "00C0000000", "00C0000008", "00C0000008",
                        "8072000004294135DF", "8072000004294135DF"}),
            "6106 6108 6C08 00000100C4A717279000 6985 9000 6985");
}

TEST_F(PsamTest, HasItsFilesWhereTheyBelong) {
  const auto chip = sam();
  chip->power_on();
  EXPECT_EQ(ask(*chip, {"00B0960006", "00B0960000", "00B0970001", "00A40000021001"}),
            "4131000000029000 6C06 6A82 6A82");
  EXPECT_EQ(ask(*chip, {kInit}), "6985") << "a purchase in the master file";
  EXPECT_EQ(ask(*chip, {"00A40000028011", "00B0970001", "00B0960006"}), "6106 019000 6A82");
}

TEST_F(PsamTest, ForgetsItsSessionWithAWrongMacAResetAndTheNextOne) {
  const auto chip = sam();
  chip->power_on();
  EXPECT_EQ(ask(*chip, {"00A40000028011", kInit, "807200000400000000", "8072000004294135DF"}),
            "6106 6108 9302 6985");
  EXPECT_EQ(ask(*chip, {kInit}), "6108");
  chip->power_on();
  EXPECT_EQ(ask(*chip, {"00A40000028011", "8072000004294135DF"}), "6106 6985");
  EXPECT_EQ(ask(*chip, {kInit, kInit, "8072000004294135DF"}), "6108 6108 9302")
      << "MAC2 belongs to a session before";
}

TEST_F(PsamTest, NeverGivesANumberTwiceWhereverItEnds) {
  std::uint32_t last = 0;
  for (int life = 0; life < 5; ++life) {
    auto numbers = TxnStore::open(file_, 0x100);
    ASSERT_TRUE(numbers) << numbers.error().message();
    EXPECT_FALSE(TxnStore::open(file_, 0x100)) << "two have the same numbers";
    for (int i = 0; i < 300; ++i) {
      const auto number = numbers->next();
      ASSERT_TRUE(number) << number.error().message();
      ASSERT_GT(*number, last);
      last = *number;
    }
  }
}

TEST_F(PsamTest, RefusesADamagedNumberFile) {
  for (const char* content : {"", "00000120", "00000120FFFF\n", "something else entirely"}) {
    std::ofstream{file_} << content;
    const auto numbers = TxnStore::open(file_, 1);
    ASSERT_FALSE(numbers) << content;
    EXPECT_EQ(numbers.error().code(), Errc::corrupt) << content;
  }
}

}  // namespace
}  // namespace tidegate::sim
