// SPDX-License-Identifier: Apache-2.0
// `tidegate fare import-gtfs` and `export-gtfs`: what they write, and their exit codes.
#include "tools/fare_gtfs.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/posix/fd.h"
#include "tools/fare_command.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

class FareGtfs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/tidegate-gtfs-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "feed");
    write("stops.txt", "stop_id,stop_name\na,A\nb,B\n");
    write("fare_products.txt", "fare_product_id,amount,currency\np,2.00,CNY\n");
    write("fare_leg_rules.txt", "fare_product_id\np\n");
    import_ = {.feed = folder_ / "feed", .out = folder_ / "tariff"};
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream{folder_ / "feed" / name, std::ios::binary} << text;
  }
  int run(const std::function<int()>& command) {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const int code = command();
    said_ = testing::internal::GetCapturedStdout();
    said_ += testing::internal::GetCapturedStderr();
    return code;
  }
  int import() {
    return run([this] { return fare_import_gtfs(import_); });
  }

  fs::path folder_;
  FareImportGtfs import_;
  std::string said_;
};

TEST_F(FareGtfs, AFeedBecomesASourceFolderThenABookThenAFeed) {
  ASSERT_EQ(import(), 0) << said_;
  EXPECT_TRUE(said_.contains("Everything was expressed.")) << said_;
  const fs::path book = folder_ / "made.book";
  ASSERT_EQ(run([&] { return fare_compile({.dir = import_.out, .out = book, .key = {}}); }), 0)
      << said_;
  ASSERT_EQ(run([&] { return fare_export_gtfs({.book = book, .out = folder_ / "again"}); }), 0)
      << said_;
  EXPECT_TRUE(fs::exists(folder_ / "again" / "not-expressed.txt"));
  import_.feed = folder_ / "again";
  import_.out = folder_ / "tariff-again";
  EXPECT_EQ(import(), 0) << said_;
}

TEST_F(FareGtfs, LossesAreAnswered1UnlessAccepted) {
  write("fare_media.txt", "fare_media_id,fare_media_type\ncash,0\n");
  EXPECT_EQ(import(), 1);
  EXPECT_TRUE(said_.contains("fare_media.txt:2: medium cash")) << said_;
  EXPECT_TRUE(fs::exists(import_.out / "book.toml")) << "written all the same";
  EXPECT_EQ(import(), 1);
  EXPECT_TRUE(said_.contains("is not empty (--replace writes into it)")) << said_;
  import_.replace = import_.accept_losses = true;
  EXPECT_EQ(import(), 0) << said_;
  import_.accept_losses = false;
  import_.media = {"cash=none"};
  EXPECT_EQ(import(), 0) << said_;
}

TEST_F(FareGtfs, AMalformedFeedWritesNothingAndWrongUsageIs2) {
  write("fare_products.txt", "fare_product_id,amount,currency\np,2,00,CNY\n");
  EXPECT_EQ(import(), 1);
  EXPECT_TRUE(said_.contains("fare_products.txt:2: 4 cells, the header has 3")) << said_;
  EXPECT_FALSE(fs::exists(import_.out));
  import_.media = {"cash"};
  EXPECT_EQ(import(), 2);
  import_.media.clear();
  import_.city = "29";
  EXPECT_EQ(import(), 2);
}

}  // namespace
}  // namespace tidegate::tools
