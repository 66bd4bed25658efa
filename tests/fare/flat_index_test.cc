// SPDX-License-Identifier: Apache-2.0
// The table behind a book's look-ups: crowded, with equal keys, and with texts that differ little.
#include "fare/engine/flat_index.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tidegate::fare {
namespace {

constexpr auto any = [](int) { return true; };

TEST(FlatIndex, FindsNothingWhereNothingIs) {
  EXPECT_EQ(FlatIndex<int>{}.find(0, any), nullptr);
}

TEST(FlatIndex, FindsEveryValueOfOneCrowdedPlace) {
  FlatIndex<int> index;
  index.reserve(100);
  for (int i = 0; i < 100; ++i) index.add(7, i);
  for (int i = 0; i < 100; ++i) {
    const int* const found = index.find(7, [i](int value) { return value == i; });
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, i);
  }
  EXPECT_EQ(index.find(8, any), nullptr);
}

TEST(FlatIndex, FindsTheFirstOfEqualKeys) {
  FlatIndex<int> index;
  index.reserve(2);
  index.add(1, 10);
  index.add(1, 20);
  ASSERT_NE(index.find(1, any), nullptr);
  EXPECT_EQ(*index.find(1, any), 10);
}

TEST(FlatIndex, TextsThatDifferInOneByteLengthOrOwnerHashApart) {
  std::set<std::uint64_t> hashes;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= 20; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      std::string text(size, 'a');
      if (at < size) text[at] = 'b';
      for (const std::uint64_t owner : {0U, 1U}) {
        hashes.insert(text_hash(owner, text));
        ++texts;
      }
    }
  }
  EXPECT_EQ(hashes.size(), texts);
}

}  // namespace
}  // namespace tidegate::fare
