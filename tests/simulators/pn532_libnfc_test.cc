// SPDX-License-Identifier: Apache-2.0
// The programs of the distribution, built on unmodified libnfc, find cards on the simulated reader.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulators/pn532_host.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr const char* kUid = "08  5a  3c  91";
constexpr const char* kAts = "78  80  70  02  54  55  4e  49  4f  4e  00";

bool installed(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

class Pn532Libnfc : public Pn532 {
 protected:
  /// A program of the distribution with our reader as its only device; its output is read here.
  std::FILE* run(const std::string& command) const {
    const std::string line =
        "LIBNFC_AUTO_SCAN=false LIBNFC_DEVICE=pn532_uart:" + options_.link.string() +
        " timeout 60 " + command + " 2>&1";
    return ::popen(line.c_str(), "r");
  }
  static std::string read_until(std::FILE* from, const std::string& words) {
    std::string out;
    for (int c = std::fgetc(from); c != EOF; c = std::fgetc(from)) {
      out.push_back(static_cast<char>(c));
      if (!words.empty() && out.ends_with(words)) break;
    }
    return out;
  }
};

TEST_F(Pn532Libnfc, NfcListShowsUidAndAts) {
  if (!installed("nfc-list")) GTEST_SKIP() << "nfc-list is missing: install libnfc-bin";
  start();
  EchoCard second{"04112233445566"};
  reader_->put(card_, std::nullopt);
  reader_->put(second, std::nullopt);
  std::FILE* tool = run("nfc-list -v");
  ASSERT_NE(tool, nullptr);
  const std::string output = read_until(tool, "");
  EXPECT_EQ(::pclose(tool), 0) << output;
  EXPECT_NE(output.find(kUid), std::string::npos) << output;
  EXPECT_NE(output.find("04  11  22  33  44  55  66"), std::string::npos) << output;
  EXPECT_NE(output.find(kAts), std::string::npos) << output;
  EXPECT_NE(output.find("2 ISO14443A passive target(s) found"), std::string::npos) << output;
  reader_->take(second);
}

TEST_F(Pn532Libnfc, NfcPollSeesTheCardComeAndGo) {
  if (!installed("nfc-poll")) GTEST_SKIP() << "nfc-poll is missing: install libnfc-examples";
  start();
  reader_->put(card_, std::nullopt);
  std::FILE* tool = run("nfc-poll -v");
  ASSERT_NE(tool, nullptr);
  std::string output = read_until(tool, "removing...");
  EXPECT_NE(output.find(kUid), std::string::npos) << output;
  EXPECT_NE(output.find(kAts), std::string::npos) << output;
  reader_->take(card_);
  output = read_until(tool, "");
  EXPECT_EQ(::pclose(tool), 0) << output;
  EXPECT_NE(output.find("done."), std::string::npos) << output;
}

TEST_F(Pn532Libnfc, NfcListGivesUpOnASilentReader) {
  if (!installed("nfc-list")) GTEST_SKIP() << "nfc-list is missing: install libnfc-bin";
  options_.faults = {"silent-at-open"};
  start();
  std::FILE* tool = run("nfc-list");
  ASSERT_NE(tool, nullptr);
  const std::string output = read_until(tool, "");
  ::pclose(tool);
  EXPECT_NE(output.find("Unable to open NFC device"), std::string::npos) << output;
}

}  // namespace
}  // namespace tidegate::sim::pn532
