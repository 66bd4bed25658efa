// SPDX-License-Identifier: Apache-2.0
// A software SAM that nobody asks anything is missed all the same.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "nfc/softsam/softsam.h"

namespace tidegate::nfc {
namespace {

namespace fs = std::filesystem;

TEST(SamAlive, AnIdleSoftwareSamIsMissedWhenItsKeyFileIsTakenAway) {
  std::string name = testing::TempDir() + "aliveXXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path file = fs::path{name} / "sam.toml";
  std::ofstream{file} << "terminal = \"413100000002\"\nkey_index = 1\n"
                         "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
  auto sam = open_softsam(file, Realm::test);
  ASSERT_TRUE(sam) << sam.error().message();
  EXPECT_TRUE((*sam)->alive());
  fs::rename(file, fs::path{name} / "out");
  EXPECT_FALSE((*sam)->alive());
  fs::rename(fs::path{name} / "out", file);
  EXPECT_FALSE((*sam)->alive()) << "what was pulled out must be opened again";
  sam->reset();
  EXPECT_TRUE(open_softsam(file, Realm::test));
  fs::remove_all(name);
}

}  // namespace
}  // namespace tidegate::nfc
