// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim card` as its users run it: exit codes, the file it makes, and that a card number is
// shown only on request.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "simulators/card/card.h"

namespace tidegate::sim {
namespace {

struct Ran {
  int code = -1;
  std::string out;  ///< stdout and stderr
};

class CardProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kProgram)) GTEST_SKIP() << kProgram << " is not built";
    std::string pattern = testing::TempDir() + "card-program-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string file() const { return (folder_ / "card.json").string(); }

  static Ran run(const std::string& arguments) {
    Ran out;
    const std::string line = std::string{kProgram} + " card " + arguments + " 2>&1";
    std::FILE* pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) return out;
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
      out.out.append(buffer.data(), size);
    const int status = pclose(pipe);
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return out;
  }

  static constexpr const char* kProgram = TIDEGATE_BIN_DIR "/tidegate-sim";
  std::filesystem::path folder_;
};

TEST_F(CardProgram, NewMakesAnImageAndShowMasksItsNumber) {
  const Ran made = run("new -o " + file() + " --balance 700 --pan 3104830300000000017 " +
                       "--issuer 01423050 --city 3050 --province 3000 --kind 3");
  ASSERT_EQ(made.code, 0) << made.out;
  const auto image = load_card_image(file());
  ASSERT_TRUE(image.has_value()) << image.error().message();
  EXPECT_EQ(image->balance, 700U);
  EXPECT_EQ(to_hex(ByteView{image->ef15}.first(20)), "01423050FFFFFFFF020103104830300000000017");
  EXPECT_EQ(to_hex(ByteView{image->ef17}.first(11)), "0000015630003050000103");

  const Ran shown = run("show " + file());
  EXPECT_EQ(shown.code, 0);
  EXPECT_NE(shown.out.find("balance 700 fen"), std::string::npos) << shown.out;
  EXPECT_EQ(shown.out.find("3104830300000000017"), std::string::npos) << shown.out;
  const Ran json = run("show --json " + file());
  EXPECT_NE(json.out.find("\"balance_fen\":700"), std::string::npos) << json.out;
  EXPECT_EQ(json.out.find("3104830300000000017"), std::string::npos);
  EXPECT_EQ(json.out.find(to_hex(image->purchase_key)), std::string::npos);
  EXPECT_NE(run("show --reveal " + file()).out.find("3104830300000000017"), std::string::npos);
}

TEST_F(CardProgram, SaysNoWithOneSentence) {
  ASSERT_EQ(run("new " + file()).code, 0);
  const Ran again = run("new " + file());
  EXPECT_EQ(again.code, 1) << "an existing card is never overwritten by accident";
  EXPECT_NE(again.out.find("is there already"), std::string::npos) << again.out;
  EXPECT_EQ(run("new --force " + file()).code, 0);
  EXPECT_EQ(run("new --force --pan 12 " + file()).code, 1);
  EXPECT_EQ(run("new --force --valid-to 20261301 " + file()).code, 1);
  EXPECT_EQ(run("show " + file() + ".absent").code, 1);
}

TEST_F(CardProgram, MakesEveryTypeItLists) {
  const Ran types = run("types");
  EXPECT_EQ(types.code, 0);
  for (const std::string name : {"k1", "bank", "expired"})
    EXPECT_NE(("\n" + types.out).find("\n" + name + ": "), std::string::npos) << types.out;
  ASSERT_EQ(run("new --type bank " + file()).code, 0);
  EXPECT_FALSE(load_card_image(file()).value().has_purse);
  EXPECT_NE(run("show " + file()).out.find("without a T-Union purse"), std::string::npos);
  ASSERT_EQ(run("new --force --type bus --balance 700 " + file()).code, 0);
  EXPECT_EQ(load_card_image(file()).value().balance, 700U);
  EXPECT_TRUE(load_card_image(file()).value().ef1a_2702.has_value());
  const Ran unknown = run("new --force --type no-such-card " + file());
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.out.find("no-such-card"), std::string::npos) << unknown.out;
}

TEST_F(CardProgram, WrongUsageIsTwoAndHelpIsZero) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run("new").code, 2);
  EXPECT_EQ(run("new --balance -5 " + file()).code, 2);
  const Ran help = run("new --help");
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("Examples:"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::sim
