// SPDX-License-Identifier: Apache-2.0
// Every fuzz target over its corpus and over seeds made afresh, as an ordinary test: what a fuzzer
// has found once is never forgotten, and no target rots between runs of the fuzzer.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/target.h"

namespace tidegate::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path{TIDEGATE_SOURCE_DIR} / "tests/fuzz/corpus";

Bytes read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return {text.begin(), text.end()};
}

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, Corpus) {
  const fs::path folder = kCorpus / GetParam().name;
  ASSERT_TRUE(fs::is_directory(folder)) << folder << ": see docs/fuzzing.md";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator{folder}) {
    SCOPED_TRACE(entry.path());
    GetParam().run(read(entry.path()));
    ++files;
  }
  EXPECT_GE(files, GetParam().seeds().size());
}

TEST_P(Replay, FreshSeedsCutAnywhere) {
  for (const Bytes& whole : GetParam().seeds()) {
    GetParam().run(whole);
    // Each cut of a short one, some of a long one.
    const std::size_t step = whole.size() / 40 + 1;
    for (std::size_t size = 0; size < whole.size(); size += step)
      GetParam().run(ByteView{whole}.first(size));
  }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& target) { return std::string{target.param.name}; });

TEST(FuzzTargets, TheCorpusHasNoFolderWithoutATarget) {
  for (const auto& entry : fs::directory_iterator{kCorpus})
    EXPECT_NE(find_target(entry.path().filename().string()), nullptr) << entry.path();
}

}  // namespace
}  // namespace tidegate::fuzz
