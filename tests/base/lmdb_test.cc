// SPDX-License-Identifier: Apache-2.0
// LMDB behind values: tables, cursors, full maps, sizes, two openers.
#include "base/lmdb/lmdb.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tidegate::lmdb {
namespace {

class LmdbTest : public testing::Test {
 protected:
  LmdbTest() {
    std::string name = testing::TempDir() + "tidegate-lmdb-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  ~LmdbTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Result<Environment> open(const Options& options = {.map_bytes = 1U << 20U}) {
    return Environment::open(folder_, options);
  }
  std::filesystem::path folder_;
};

Status put_one(const Environment& env, const char* table, std::string_view key,
               std::string_view value) {
  auto txn = WriteTxn::begin(env);
  if (!txn) return fail(txn.error());
  auto opened = Table::create(*txn, table);
  if (!opened) return fail(opened.error());
  if (auto done = opened->put(*txn, as_bytes(key), as_bytes(value)); !done) return done;
  return std::move(*txn).commit();
}

TEST_F(LmdbTest, WhatWasCommittedIsThereAfterReopening) {
  {
    auto env = open();
    ASSERT_TRUE(env.has_value()) << env.error().message();
    ASSERT_TRUE(put_one(*env, "t", "key", "value").has_value());
  }
  auto env = open({.map_bytes = 1U << 20U, .read_only = true});
  ASSERT_TRUE(env.has_value());
  auto txn = ReadTxn::begin(*env);
  ASSERT_TRUE(txn.has_value());
  auto table = Table::open(*txn, "t");
  ASSERT_TRUE(table.has_value());
  const auto value = table->get(*txn, as_bytes("key"));
  ASSERT_TRUE(value.has_value() && value->has_value());
  EXPECT_EQ(as_text(**value), "value");
  EXPECT_FALSE(table->get(*txn, as_bytes("other"))->has_value());
  EXPECT_EQ(table->size(*txn), 1U);
  EXPECT_EQ(Table::open(*txn, "absent").error().code(), Errc::not_found);
}

TEST_F(LmdbTest, WhatWasNotCommittedIsGone) {
  auto env = open();
  ASSERT_TRUE(env.has_value());
  ASSERT_TRUE(put_one(*env, "t", "a", "1").has_value());
  {
    auto txn = WriteTxn::begin(*env);
    auto table = Table::open(*txn, "t");
    ASSERT_TRUE(table->put(*txn, as_bytes("b"), as_bytes("2")).has_value());
  }
  auto txn = ReadTxn::begin(*env);
  auto table = Table::open(*txn, "t");
  EXPECT_EQ(table->size(*txn), 1U);
}

TEST_F(LmdbTest, AppendKeepsTheOrderAndEraseForgives) {
  auto env = open();
  ASSERT_TRUE(env.has_value());
  auto txn = WriteTxn::begin(*env);
  auto table = Table::create(*txn, "t");
  ASSERT_TRUE(table.has_value());
  EXPECT_TRUE(table->append(*txn, as_bytes("b"), as_bytes("1")).has_value());
  EXPECT_EQ(table->append(*txn, as_bytes("b"), as_bytes("2")).error().code(), Errc::exists);
  EXPECT_EQ(table->append(*txn, as_bytes("a"), as_bytes("2")).error().code(), Errc::exists);
  EXPECT_TRUE(table->erase(*txn, as_bytes("zzz")).has_value());
  EXPECT_TRUE(table->erase(*txn, as_bytes("b")).has_value());
  EXPECT_EQ(table->size(*txn), 0U);
}

TEST_F(LmdbTest, ACursorWalksInKeyOrder) {
  auto env = open();
  ASSERT_TRUE(env.has_value());
  for (const char* key : {"c", "a", "e"}) ASSERT_TRUE(put_one(*env, "t", key, key).has_value());
  auto txn = ReadTxn::begin(*env);
  auto table = Table::open(*txn, "t");
  auto cursor = Cursor::open(*txn, *table);
  ASSERT_TRUE(cursor.has_value());
  std::string keys;
  for (auto row = cursor->first(); row && *row; row = cursor->next()) keys += as_text((*row)->key);
  EXPECT_EQ(keys, "ace");
  EXPECT_EQ(as_text((*cursor->last())->key), "e");
  EXPECT_EQ(as_text((*cursor->seek(as_bytes("b")))->key), "c");
  EXPECT_FALSE(cursor->seek(as_bytes("f"))->has_value());
}

TEST_F(LmdbTest, AFullMapIsErrcFullAndTheNextTransactionGoesOn) {
  auto env = open({.map_bytes = 256U << 10U});
  ASSERT_TRUE(env.has_value());
  const std::string big(20'000, 'x');
  Status last;
  for (int i = 0; i < 40 && last; ++i) last = put_one(*env, "t", "key" + std::to_string(i), big);
  ASSERT_FALSE(last.has_value());
  EXPECT_EQ(last.error().code(), Errc::full);
  EXPECT_TRUE(put_one(*env, "t", "key0", "small").has_value());
}

TEST_F(LmdbTest, TheMapIsTheLargerOfConfiguredAndStored) {
  {
    auto env = open({.map_bytes = 4U << 20U});
    ASSERT_TRUE(put_one(*env, "t", "a", "1").has_value());
  }
  EXPECT_EQ(open({.map_bytes = 1U << 20U})->usage().map_bytes, 4U << 20U);
  EXPECT_EQ(open({.map_bytes = 8U << 20U})->usage().map_bytes, 8U << 20U);
  EXPECT_GT(open()->usage().used_bytes, 0U);
}

TEST_F(LmdbTest, PreallocationMakesTheFileAsLargeAsTheMap) {
  auto env = open({.map_bytes = 2U << 20U, .preallocate = true});
  ASSERT_TRUE(env.has_value()) << env.error().message();
  struct stat info{};
  ASSERT_EQ(::stat((folder_ / "data.mdb").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  // A file system that cannot allocate ahead leaves the file small; the ledger works all the same.
  if (info.st_size < 2 << 20) GTEST_SKIP() << "no fallocate on this file system";
  EXPECT_GE(info.st_blocks * 512, 2 << 20);
  EXPECT_TRUE(put_one(*env, "t", "a", "1").has_value());
}

/// Bytes from `from` on that are written, or were never allocated: up to the first block that is
/// allocated only.
std::size_t written_behind(const Environment& env, std::size_t from) {
  int fd = -1;
  mdb_env_get_fd(env.raw(), &fd);
  return static_cast<std::size_t>(::lseek(fd, static_cast<off_t>(from), SEEK_HOLE)) - from;
}

TEST_F(LmdbTest, PagesAheadAreFilledInSlicesUntilEnoughAre) {
  auto env = open({.map_bytes = 4U << 20U, .preallocate = true});
  ASSERT_TRUE(env.has_value()) << env.error().message();
  ASSERT_TRUE(put_one(*env, "t", "a", "1").has_value());
  constexpr std::size_t kAhead = 1U << 20U, kSlice = 256U << 10U;
  const std::size_t used = env->usage().used_bytes;
  if (written_behind(*env, used) > kAhead) GTEST_SKIP() << "no unwritten blocks on this system";
  int slices = 1;
  for (auto more = env->fill_pages(kAhead, kSlice); true; more = env->fill_pages(kAhead, kSlice)) {
    ASSERT_TRUE(more.has_value()) << more.error().message();
    if (!*more) break;
    ++slices;
  }
  EXPECT_GE(slices, 2);
  EXPECT_GE(written_behind(*env, used), kAhead);
  EXPECT_LT(written_behind(*env, used), kAhead + kSlice);
  EXPECT_EQ(env->usage().used_bytes, used);
}

TEST_F(LmdbTest, FillingPagesTouchesNothingThatIsUsed) {
  const std::string row(3000, 'x');
  constexpr int kRows = 60;
  {
    auto env = open({.map_bytes = 1U << 20U, .preallocate = true});
    ASSERT_TRUE(env.has_value()) << env.error().message();
    for (int i = 0; i < kRows; ++i) {
      ASSERT_TRUE(put_one(*env, "t", "key" + std::to_string(i), row).has_value());
      ASSERT_TRUE(env->fill_pages(64U << 10U, 16U << 10U).has_value());
    }
  }
  auto env = open();
  auto txn = ReadTxn::begin(*env);
  auto table = Table::open(*txn, "t");
  ASSERT_TRUE(table.has_value());
  for (int i = 0; i < kRows; ++i) {
    const auto value = table->get(*txn, as_bytes("key" + std::to_string(i)));
    ASSERT_TRUE(value.has_value() && value->has_value()) << i;
    EXPECT_EQ(as_text(**value), row) << i;
  }
}

TEST_F(LmdbTest, TheEndOfTheFileEndsTheFilling) {
  auto env = open({.map_bytes = 256U << 10U, .preallocate = true});
  ASSERT_TRUE(env.has_value()) << env.error().message();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(env->fill_pages(1U << 30U, 64U << 10U).has_value());
  struct stat info{};
  ASSERT_EQ(::stat((folder_ / "data.mdb").c_str(), &info), 0);
  EXPECT_LE(info.st_size, 256 << 10);
  EXPECT_TRUE(put_one(*env, "t", "a", "1").has_value());
}

TEST_F(LmdbTest, AValueWithPagesOfItsOwnIsWrittenInPlace) {
  auto env = open();
  ASSERT_TRUE(env.has_value());
  ASSERT_TRUE(put_one(*env, "t", "large", std::string(10'000, 'x')).has_value());
  ASSERT_TRUE(put_one(*env, "t", "small", "value").has_value());
  std::optional<Place> place;
  {
    auto txn = ReadTxn::begin(*env);
    auto table = Table::open(*txn, "t");
    ASSERT_TRUE(table.has_value());
    const auto found = table->place(*txn, as_bytes("large"));
    ASSERT_TRUE(found.has_value() && found->has_value());
    place = *found;
    EXPECT_EQ(place->size, 10'000U);
    EXPECT_EQ(place->offset % 4096, kPlaceInPage);
    EXPECT_EQ(*table->place(*txn, as_bytes("small")), std::nullopt);
    EXPECT_EQ(*table->place(*txn, as_bytes("absent")), std::nullopt);
  }
  // Other rows come and go, and the value stays where it is.
  for (int i = 0; i < 30; ++i)
    ASSERT_TRUE(put_one(*env, "t", "key" + std::to_string(i), std::string(900, 'y')).has_value());
  ASSERT_TRUE(env->write_in_place(*place, 9'990, as_bytes("0123456789")).has_value());
  EXPECT_EQ(env->write_in_place(*place, 9'991, as_bytes("0123456789")).error().code(),
            Errc::invalid);
  env = open({.read_only = true});
  auto txn = ReadTxn::begin(*env);
  auto table = Table::open(*txn, "t");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(as_text(**table->get(*txn, as_bytes("large"))), std::string(9'990, 'x') + "0123456789");
  EXPECT_EQ((*table->place(*txn, as_bytes("large")))->offset, place->offset);
}

TEST_F(LmdbTest, MissingAndForeignFilesAreErrors) {
  EXPECT_EQ(open({.read_only = true}).error().code(), Errc::not_found);
  EXPECT_EQ(Environment::open(folder_ / "absent", {}).error().code(), Errc::not_found);
  std::FILE* file = std::fopen((folder_ / "data.mdb").c_str(), "w");
  for (int i = 0; i < 9000; ++i) std::fputc('x', file);
  std::fclose(file);
  EXPECT_EQ(open().error().code(), Errc::corrupt);
}

TEST_F(LmdbTest, AReaderKeepsItsSnapshotWhileTheWriterGoesOn) {
  auto env = open();
  ASSERT_TRUE(env.has_value());
  ASSERT_TRUE(put_one(*env, "t", "a", "1").has_value());
  auto reader = ReadTxn::begin(*env);
  auto table = Table::open(*reader, "t");
  ASSERT_TRUE(std::move(*reader).keep_tables().has_value());
  auto snapshot = ReadTxn::begin(*env);
  ASSERT_TRUE(put_one(*env, "t", "a", "2").has_value());
  EXPECT_EQ(as_text(**table->get(*snapshot, as_bytes("a"))), "1");
  auto fresh = ReadTxn::begin(*env);
  EXPECT_EQ(as_text(**table->get(*fresh, as_bytes("a"))), "2");
  env->clear_dead_readers();
}

}  // namespace
}  // namespace tidegate::lmdb
