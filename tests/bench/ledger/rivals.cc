// SPDX-License-Identifier: Apache-2.0
// Writes without hashes, checks or second tables.
#include "tests/bench/ledger/rivals.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/assert.h"

namespace tidegate::bench {

namespace {

lmdb::Environment open_environment(const std::filesystem::path& folder, std::size_t map_bytes) {
  std::filesystem::create_directories(folder);
  auto env = lmdb::Environment::open(folder, {.map_bytes = map_bytes, .preallocate = true});
  ASSERT(env);
  return std::move(*env);
}

lmdb::Table make_table(const lmdb::Environment& env) {
  auto txn = lmdb::WriteTxn::begin(env);
  ASSERT(txn);
  auto table = lmdb::Table::create(*txn, "rows");
  ASSERT(table);
  ASSERT(std::move(*txn).commit());
  return *table;
}

}  // namespace

PlainLmdb::PlainLmdb(const std::filesystem::path& folder, std::size_t map_bytes)
    : env_{open_environment(folder, map_bytes)}, table_{make_table(env_)} {}

void PlainLmdb::write(std::span<const Bytes> rows) {
  auto txn = lmdb::WriteTxn::begin(env_);
  ASSERT(txn);
  for (const Bytes& row : rows) {
    std::array<Byte, 16> key{};
    write_be(std::span{key}.last(8), ++next_);
    ASSERT(table_.append(*txn, key, row));
  }
  ASSERT(std::move(*txn).commit());
}

void PlainLmdb::erase_first(std::size_t count) {
  auto txn = lmdb::WriteTxn::begin(env_);
  ASSERT(txn);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<Byte, 16> key{};
    write_be(std::span{key}.last(8), ++erased_);
    ASSERT(table_.erase(*txn, key));
  }
  ASSERT(std::move(*txn).commit());
}

std::uint64_t PlainLmdb::walk() const {
  auto txn = lmdb::ReadTxn::begin(env_);
  ASSERT(txn);
  auto cursor = lmdb::Cursor::open(*txn, table_);
  ASSERT(cursor);
  std::uint64_t sum = 0;
  for (auto row = cursor->first(); true; row = cursor->next()) {
    ASSERT(row);
    if (!*row) return sum;
    for (const Byte byte : (*row)->value) sum += byte;
  }
}

PlainFile::PlainFile(const std::filesystem::path& file)
    : fd_{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)} {
  ASSERT(fd_);
}

void PlainFile::write(std::span<const Bytes> rows) {
  Bytes all;
  for (const Bytes& row : rows) append(all, row);
  ASSERT(::write(fd_.get(), all.data(), all.size()) == static_cast<ssize_t>(all.size()));
  ASSERT(::fdatasync(fd_.get()) == 0);
}

}  // namespace tidegate::bench
