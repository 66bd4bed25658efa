// SPDX-License-Identifier: Apache-2.0
// The table behind a book's look-ups: crowded, with equal keys, and with texts that differ little.
#include "fare/engine/flat_index.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tidegate::fare {
namespace {

using Number = WordsKey<1>;

TEST(FlatIndex, FindsNothingWhereNothingIs) {
  EXPECT_EQ((FlatIndex<Number, int>{}.find({{0}})), nullptr);
}

TEST(FlatIndex, FindsEveryValueOfOneCrowdedPlace) {
  FlatIndex<Number, int> index;
  index.reserve(100);
  for (int i = 0; i < 100; ++i) index.add({{7}}, i);
  for (int i = 0; i < 100; ++i) {
    const int* const found = index.find({{7}}, [i](int value) { return value == i; });
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, i);
  }
  EXPECT_EQ(index.find({{8}}), nullptr);
}

TEST(FlatIndex, FindsTheFirstOfEqualKeys) {
  FlatIndex<Number, int> index;
  index.reserve(2);
  index.add({{1}}, 10);
  index.add({{1}}, 20);
  ASSERT_NE(index.find({{1}}), nullptr);
  EXPECT_EQ(*index.find({{1}}), 10);
}

TEST(FlatIndex, TellsKeysApartThatDifferInOneWord) {
  using Key = WordsKey<3>;
  constexpr std::uint64_t kTop = std::uint64_t{1} << 63U;
  FlatIndex<Key, int> index;
  const Key keys[] = {{{0, 0, 0}},    {{1, 0, 0}},    {{0, 1, 0}},   {{0, 0, 1}},
                      {{kTop, 0, 0}}, {{0, kTop, 0}}, {{0, 0, kTop}}};
  index.reserve(std::size(keys));
  for (int i = 0; const Key& key : keys) index.add(key, i++);
  for (int i = 0; const Key& key : keys) {
    ASSERT_NE(index.find(key), nullptr);
    EXPECT_EQ(*index.find(key), i++);
  }
}

TEST(FlatIndex, TextsThatDifferInOneByteLengthOrOwnerHaveOtherKeysAndHashes) {
  std::set<std::array<std::uint64_t, 2>> keys;
  std::set<std::uint64_t> hashes;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= 20; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      std::string text(size, 'a');
      if (at < size) text[at] = 'b';
      for (const std::uint32_t owner : {0U, 1U}) {
        const TextKey key = text_key(owner, text);
        keys.insert(key.words);
        hashes.insert(key.hash());
        ++texts;
      }
    }
  }
  EXPECT_EQ(keys.size(), texts);
  EXPECT_EQ(hashes.size(), texts);
}

}  // namespace
}  // namespace tidegate::fare
