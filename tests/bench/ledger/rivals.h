// SPDX-License-Identifier: Apache-2.0
// What the ledger is held against: the same rows in LMDB alone, and appended to a plain file.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/lmdb/lmdb.h"
#include "base/posix/fd.h"

namespace tidegate::bench {

/// One table, one transaction a group, the same options as the ledger has.
class PlainLmdb {
 public:
  PlainLmdb(const std::filesystem::path& folder, std::size_t map_bytes);
  void write(std::span<const Bytes> rows);
  /// The oldest `count` rows, in one transaction.
  void erase_first(std::size_t count);
  /// Looks at every byte of every row: a sum, so that nothing is left out.
  [[nodiscard]] std::uint64_t walk() const;

 private:
  lmdb::Environment env_;
  lmdb::Table table_;
  std::uint64_t next_ = 0;
  std::uint64_t erased_ = 0;
};

/// One write and one fdatasync a group.
class PlainFile {
 public:
  explicit PlainFile(const std::filesystem::path& file);
  void write(std::span<const Bytes> rows);

 private:
  posix::Fd fd_;
};

}  // namespace tidegate::bench
