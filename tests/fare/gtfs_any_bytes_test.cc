// SPDX-License-Identifier: Apache-2.0
// Feeds of any bytes: a feed whose files were changed at random is imported or refused with a
// place, and what is imported compiles.
#include <gtest/gtest.h>

#include <random>

#include "tests/fare/gtfs_feeds.h"
#include "tests/fare/gtfs_small_feed.h"

namespace tidegate::fare {
namespace {

using namespace testing_gtfs;

TEST(GtfsAnyBytes, are_imported_or_refused_never_more) {
  std::mt19937 random{20261127};
  const Files whole = small_feed();
  ASSERT_EQ(problem(whole), "imported");
  std::size_t imported = 0;
  for (int round = 0; round < 1'500; ++round) {
    Files feed = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      std::string& text =
          std::next(feed.begin(), static_cast<std::ptrdiff_t>(random() % feed.size()))->second;
      const std::size_t place = text.empty() ? 0 : random() % text.size();
      constexpr std::string_view kBytes = "019-.,\"\n\r: aSnpwxcM\xFF";
      switch (random() % 4) {
        case 0: text.insert(place, 1, kBytes[random() % kBytes.size()]); break;
        case 1: text.erase(place, 1 + random() % 4); break;
        case 2: text.resize(place); break;
        default:
          if (!text.empty()) text[place] = kBytes[random() % kBytes.size()];
      }
    }
    const auto book = gtfs::import_feed(gtfs::FeedFiles::of({feed.begin(), feed.end()}),
                                        {.interchange_minutes = 10});
    if (!book) {
      EXPECT_FALSE(book.error().message().empty());
      continue;
    }
    if (++imported % 8 != 0) continue;  // compiling writes files
    const TempDir dir;
    for (const auto& [name, text] : book->files) dir.write(name, text);
    const auto payload = compile_book(dir.path());
    EXPECT_TRUE(payload) << payload.error().message() << "\n" << book->files.at("book.toml");
  }
  EXPECT_GT(imported, 100U);
}

}  // namespace
}  // namespace tidegate::fare
