// SPDX-License-Identifier: Apache-2.0
// The house rules, checked on the tree itself: arrows between folders, licence lines, line and file
// lengths, unfinished marks. And tests of these tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/house/source_tree.h"

namespace tidegate::house {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = TIDEGATE_SOURCE_DIR;

Rules rules_of_the_house() {
  return read_rules(read_text(kRoot / "docs/architecture.md"));
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

TEST(Includes, GoOnlyWhereArchitectureAllows) {
  const auto includes = includes_of(kRoot);
  ASSERT_GT(includes.size(), 100U) << "the tree was not found under " << kRoot;
  EXPECT_EQ(joined(forbidden_arrows(includes, rules_of_the_house())), "");
}

TEST(Includes, AForbiddenArrowIsNoticed) {
  const Rules rules = rules_of_the_house();
  const auto broken = [&rules](const char* file, const char* target, bool quoted) {
    return !forbidden_arrows({Include{file, 1, target, quoted}}, rules).empty();
  };
  EXPECT_TRUE(broken("fare/engine/price.cc", "edge/ledger/ledger.h", true));
  EXPECT_TRUE(broken("edge/gate/tap.cc", "simulators/card/card.h", true));
  EXPECT_TRUE(broken("base/money.cc", "base/openssl/crypto.h", true));
  EXPECT_TRUE(broken("edge/gate/tap.cc", "lmdb.h", false));
  EXPECT_TRUE(broken("edge/reader/main.cc", "nfc/nfc.h", false));
  EXPECT_TRUE(broken("elsewhere/new.cc", "base/money.h", true));
  EXPECT_FALSE(broken("edge/gate/tap.cc", "edge/ledger/ledger.h", true));
  EXPECT_FALSE(broken("nfc/libnfc/pn532_port.cc", "nfc/nfc.h", false));
}

TEST(Includes, AForbiddenArrowInAFileIsFound) {
  const fs::path root = fs::path{testing::TempDir()} / "house_arrow";
  fs::create_directories(root / "fare/engine");
  std::ofstream{root / "fare/engine/bad.cc"} << "// job\n#include \"edge/ledger/ledger.h\"\n";
  const auto found = forbidden_arrows(includes_of(root), rules_of_the_house());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], "fare/engine/bad.cc:2: fare/engine may not include edge/ledger");
  fs::remove_all(root);
}

TEST(Files, BeginWithTheLicenceLine) {
  std::vector<std::string> missing;
  for (const fs::path& file : source_files(kRoot, {".h", ".cc", ".py", ".sh", ".cmake", ".fbs"})) {
    const std::string text = read_text(kRoot / file);
    if (text.substr(0, 200).find("SPDX-License-Identifier: Apache-2.0") == std::string::npos)
      missing.push_back(file.generic_string());
  }
  EXPECT_EQ(joined(missing), "");
}

TEST(Files, KeepToAHundredColumns) {
  std::vector<std::string> wide;
  for (const fs::path& file : source_files(kRoot, {".h", ".cc"})) {
    std::istringstream in{read_text(kRoot / file)};
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      // Characters, not bytes: Chinese texts have three bytes each.
      const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      });
      if (columns > 100) wide.push_back(file.generic_string() + ":" + std::to_string(number));
    }
  }
  EXPECT_EQ(joined(wide), "");
}

TEST(Files, AreShortEnoughToHoldInTheHead) {
  std::vector<std::string> large;
  for (const fs::path& file : source_files(kRoot, {".h", ".cc", ".py"})) {
    const std::string text = read_text(kRoot / file);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const std::ptrdiff_t limit = file.generic_string().starts_with("tests/") ? 600 : 450;
    if (lines > limit) large.push_back(file.generic_string() + ": " + std::to_string(lines));
  }
  EXPECT_EQ(joined(large), "");
}

TEST(Files, CarryNoUnfinishedMarks) {
  // Built from halves, so that this file does not find itself.
  const std::vector<std::string> marks{std::string{"TO"} + "DO", std::string{"FIX"} + "ME",
                                       std::string{"XX"} + "X:"};
  std::vector<std::string> found;
  for (const fs::path& file : source_files(kRoot, {".h", ".cc", ".py", ".sh", ".md", ".fbs"}))
    for (const std::string& mark : marks)
      if (read_text(kRoot / file).find(mark) != std::string::npos)
        found.push_back(file.generic_string() + ": " + mark);
  EXPECT_EQ(joined(found), "");
}

}  // namespace
}  // namespace tidegate::house
