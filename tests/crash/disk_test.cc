// SPDX-License-Identifier: Apache-2.0
// The disk forgets what it may forget, and nothing else.
#include "tests/crash/disk.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace tidegate::crash {
namespace {

using interposer::Kind;
using interposer::Record;

constexpr std::uint64_t kInode = 7;

Record write_of(char letter, std::uint64_t sector, std::uint64_t sectors = 1) {
  Record out;
  out.kind = Kind::write;
  out.inode = kInode;
  out.offset = sector * kSector;
  out.data.assign(sectors * kSector, letter);
  return out;
}
Record call(Kind kind, int error = 0) {
  Record out;
  out.kind = kind;
  out.inode = kInode;
  out.error = error;
  out.path = "file";
  return out;
}
void happen(Disk& disk, const Record& record) {
  disk.begin(record);
  disk.end(record);
}
Disk with_synced_file(Lies lies = {}) {
  Disk disk{lies};
  happen(disk, call(Kind::create));
  happen(disk, write_of('a', 0, 2));
  happen(disk, call(Kind::sync));
  happen(disk, call(Kind::sync_folder));
  return disk;
}
/// Every content a cut can leave, a letter a sector; "-" for a missing file, "0" for zeros.
std::set<std::string> outcomes(const Disk& disk) {
  std::set<std::string> out;
  Random random{1};
  for (int i = 0; i < 500; ++i) {
    const State state = disk.cut(random);
    if (!state.names.contains("file")) {
      out.insert("-");
      continue;
    }
    const Image& image = state.files.at(state.names.at("file"));
    std::string letters;
    for (std::uint64_t at = 0; at < image.size; at += kSector) {
      const char letter = at < image.bytes.size() ? image.bytes[at] : '\0';
      letters += letter == '\0' ? '0' : letter;
    }
    out.insert(letters);
  }
  return out;
}
using Outcomes = std::set<std::string>;

TEST(Disk, KeepsWhatWasSynced) {
  EXPECT_EQ(outcomes(with_synced_file()), (Outcomes{"aa"}));
}

TEST(Disk, LosesKeepsOrTearsAWriteThatWasNotSynced) {
  Disk disk = with_synced_file();
  happen(disk, write_of('b', 0, 2));
  EXPECT_EQ(outcomes(disk), (Outcomes{"aa", "ab", "ba", "bb"}));
}

TEST(Disk, ReordersWritesBetweenSyncs) {
  Disk disk = with_synced_file();
  happen(disk, write_of('b', 0));
  happen(disk, write_of('c', 1));
  EXPECT_TRUE(outcomes(disk).contains("ac"));
}

TEST(Disk, DoesNotWriteAgainWhatAFailedSyncLeftAdrift) {
  Disk disk = with_synced_file();
  happen(disk, write_of('b', 0));
  happen(disk, call(Kind::sync, EIO));
  happen(disk, call(Kind::sync));
  EXPECT_EQ(outcomes(disk), (Outcomes{"aa", "ba"}));
  happen(disk, write_of('b', 0));
  happen(disk, call(Kind::sync));
  EXPECT_EQ(outcomes(disk), (Outcomes{"ba"}));
}

TEST(Disk, KnowsThatAFailedWriteMayHaveLanded) {
  Disk disk = with_synced_file();
  Record root = write_of('r', 0);
  root.error = EIO;
  happen(disk, root);
  EXPECT_EQ(outcomes(disk), (Outcomes{"aa"}));
  root.flags |= interposer::kLanded;
  happen(disk, root);
  EXPECT_EQ(outcomes(disk), (Outcomes{"aa", "ra"}));
}

TEST(Disk, MayLoseAFileWhoseFolderWasNotSynced) {
  Disk disk;
  happen(disk, call(Kind::create));
  happen(disk, write_of('a', 0));
  happen(disk, call(Kind::sync));
  EXPECT_EQ(outcomes(disk), (Outcomes{"-", "a"}));
}

TEST(Disk, MayLoseALengthThatWasNotSynced) {
  Disk disk = with_synced_file();
  Record longer = call(Kind::allocate);
  longer.offset = 4 * kSector;
  happen(disk, longer);
  EXPECT_EQ(outcomes(disk), (Outcomes{"aa", "aa00"}));
}

TEST(Disk, ThatIgnoresSyncMayLoseEverything) {
  EXPECT_TRUE(outcomes(with_synced_file({.ignores_sync = true})).contains("-"));
}

}  // namespace
}  // namespace tidegate::crash
