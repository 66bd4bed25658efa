// SPDX-License-Identifier: Apache-2.0
// The only door to LMDB: an environment, transactions and tables as owned values. The transaction
// is a parameter of every access, so a write without a write transaction does not compile.
//
// Durability: a commit() that returned ok survives a power cut. commit_unsynced_root() leaves out
// the second flush for who has written down how to do the transaction again. Threads: an
// Environment is shared; a WriteTxn belongs to the thread that began it; ReadTxn may move
// (MDB_NOTLS). Pointers handed out are valid until the transaction ends or is written to.
#pragma once

#include <lmdb.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::lmdb {

struct Options {
  std::size_t map_bytes = 1UL << 30U;  ///< the larger of this and what the file has is used
  unsigned max_tables = 8;
  bool read_only = false;
  bool preallocate = false;  ///< allocate the file's blocks when it is created
};

class Txn;

/// Where a value lies in the file for as long as it is not put again: it has pages of its own, all
/// in a row, which LMDB never moves.
inline constexpr std::size_t kPlaceInPage = 16;  ///< where in its first page it begins
struct Place {
  std::size_t offset = 0;
  std::size_t size = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

class Environment {
 public:
  /// Opens (and creates, unless read_only) `directory`/data.mdb. The directory must exist.
  [[nodiscard]] static Result<Environment> open(const std::filesystem::path& directory,
                                                const Options& options);
  Environment(Environment&& other) noexcept : env_{std::exchange(other.env_, nullptr)} {}
  Environment& operator=(Environment&& other) noexcept {
    std::swap(env_, other.env_);
    return *this;
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment();

  [[nodiscard]] MDB_env* raw() const noexcept { return env_; }
  /// Frees reader slots of processes that died (mdb_reader_check).
  void clear_dead_readers() const;
  /// After a commit that failed, or a process that died in one, memory and disk may differ in which
  /// root is the newest. This writes the roots again as they are read, and syncs. Until it is ok, a
  /// page that is written may belong to a root on disk that nobody sees. No other writer may be at
  /// work. Errc::io, Errc::full.
  [[nodiscard]] Status settle() const;
  /// Fills pages that LMDB has not come to with zeros, a slice of them, until `ahead` bytes behind
  /// the last used page are filled. True: there is more to do. Waits for the disk; the process may
  /// be killed at any moment. The memory must be settled (settle()), and no transaction of this
  /// thread be open. Errc::io, Errc::full.
  ///
  /// Why: blocks that were allocated ahead are marked as never written (ext4, XFS). The first write
  /// to one changes the file's map of blocks, and the sync behind it must commit the file system's
  /// journal too: a flush and some blocks more, under a passenger's hand.
  [[nodiscard]] Result<bool> fill_pages(std::size_t ahead, std::size_t slice) const;
  /// Writes into such a value, beside LMDB. Durable with the next settle(), or commit of either
  /// kind that changed something, that returns ok; a power cut before leaves any of its sectors.
  /// One thread at a time, which may have a write transaction open. Errc::invalid: it goes over the
  /// end. Errc::io, Errc::full.
  [[nodiscard]] Status write_in_place(const Place& place, std::size_t at, ByteView bytes) const;
  struct Usage {
    std::size_t map_bytes = 0;
    std::size_t used_bytes = 0;  ///< pages up to the last used one
  };
  [[nodiscard]] Usage usage() const;
  /// What LMDB itself takes: roots, the table of tables, the list of free pages.
  [[nodiscard]] Result<std::size_t> own_bytes(const Txn& txn) const;

 private:
  explicit Environment(MDB_env* env) : env_{env} {}
  MDB_env* env_ = nullptr;
};

/// Common part: lets tables be read in either kind of transaction.
class Txn {
 public:
  Txn(Txn&& other) noexcept : txn_{std::exchange(other.txn_, nullptr)} {}
  Txn& operator=(Txn&&) = delete;
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;
  [[nodiscard]] MDB_txn* raw() const noexcept { return txn_; }

 protected:
  explicit Txn(MDB_txn* txn) : txn_{txn} {}
  ~Txn();  ///< aborts what was not committed
  MDB_txn* txn_;
};

class ReadTxn final : public Txn {
 public:
  [[nodiscard]] static Result<ReadTxn> begin(const Environment& env);
  ReadTxn(ReadTxn&&) noexcept = default;
  /// Ends it and keeps the handles of tables that were opened in it (an aborted one closes them).
  [[nodiscard]] Status keep_tables() &&;

 private:
  using Txn::Txn;
};

class WriteTxn final : public Txn {
 public:
  [[nodiscard]] static Result<WriteTxn> begin(const Environment& env);
  WriteTxn(WriteTxn&&) noexcept = default;
  /// Durable when ok. Errc::full (map or disk full), Errc::io. Either way the transaction is over.
  [[nodiscard]] Status commit() &&;
  /// With one flush instead of two: when ok, the pages are on disk, and all that was written and
  /// committed before; the root to them is written and seen by readers, but not synced. So a power
  /// cut may undo this transaction, whole, and none before it. Errors as commit().
  [[nodiscard]] Status commit_unsynced_root() &&;

 private:
  using Txn::Txn;
};

/// A named table. The handle stays valid as long as the environment.
class Table {
 public:
  /// Opens a table that is there; Errc::not_found otherwise. The handle lives on only when the
  /// transaction ends by commit() or keep_tables(). One thread at a time.
  [[nodiscard]] static Result<Table> open(const Txn& txn, const char* name);
  [[nodiscard]] static Result<Table> create(const WriteTxn& txn, const char* name);

  /// nullopt: no such key. The view dies with the transaction.
  [[nodiscard]] Result<std::optional<ByteView>> get(const Txn& txn, ByteView key) const;
  [[nodiscard]] Status put(const WriteTxn& txn, ByteView key, ByteView value) const;
  /// Adds at the end; Errc::exists when the key is not greater than the last one.
  [[nodiscard]] Status append(const WriteTxn& txn, ByteView key, ByteView value) const;
  /// ok also when there was no such key.
  [[nodiscard]] Status erase(const WriteTxn& txn, ByteView key) const;
  /// nullopt: no such key, or its value shares a page with others or is not yet committed.
  [[nodiscard]] Result<std::optional<Place>> place(const ReadTxn& txn, ByteView key) const;
  [[nodiscard]] Result<std::size_t> size(const Txn& txn) const;
  /// Its pages. Unlike Environment::usage() this shrinks when rows are erased.
  [[nodiscard]] Result<std::size_t> bytes(const Txn& txn) const;

  [[nodiscard]] MDB_dbi raw() const noexcept { return dbi_; }

 private:
  explicit Table(MDB_dbi dbi) : dbi_{dbi} {}
  MDB_dbi dbi_;
};

struct KeyValue {
  ByteView key;
  ByteView value;
};

/// Walks a table in key order. Must not outlive its transaction.
class Cursor {
 public:
  [[nodiscard]] static Result<Cursor> open(const Txn& txn, const Table& table);
  Cursor(Cursor&& other) noexcept : cursor_{std::exchange(other.cursor_, nullptr)} {}
  Cursor& operator=(Cursor&&) = delete;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor();

  [[nodiscard]] Result<std::optional<KeyValue>> first();
  [[nodiscard]] Result<std::optional<KeyValue>> last();
  [[nodiscard]] Result<std::optional<KeyValue>> next();
  /// The first key that is not less than `key`.
  [[nodiscard]] Result<std::optional<KeyValue>> seek(ByteView key);

 private:
  explicit Cursor(MDB_cursor* cursor) : cursor_{cursor} {}
  [[nodiscard]] Result<std::optional<KeyValue>> move(MDB_cursor_op op, MDB_val key);
  MDB_cursor* cursor_;
};

}  // namespace tidegate::lmdb
