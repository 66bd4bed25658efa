// SPDX-License-Identifier: Apache-2.0
// The Ledger on LMDB, and what opening and a new epoch share. Private to edge/ledger.
#pragma once

#include <shared_mutex>

#include "base/posix/fd.h"
#include "edge/ledger/ledger_codes.h"
#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

/// What the first entry of an epoch says about the one before.
struct EpochStart {
  Epoch previous;
  SequenceNo previous_head;
  Hash256 previous_hash{};
  std::string because;
  Totals totals;
  std::uint32_t boot = 0;
};
/// Makes a whole ledger with its Genesis entry in `folder`, which holds none: built beside and
/// renamed into place, so that a power cut leaves either none or all of it. An epoch that follows
/// another one gets a checkpoint at once, which carries the totals over.
[[nodiscard]] Status create_ledger(const std::filesystem::path& folder,
                                   const LedgerIdentity& identity, const LedgerOptions& options,
                                   const EpochStart& start);

/// Holds the folder for this process until it is closed. Errc::refused: another one has it.
[[nodiscard]] Result<posix::Fd> lock_folder(const std::filesystem::path& folder);

/// "<folder>.new-epoch": where new_epoch() builds; open() moves it into place after a crash.
[[nodiscard]] std::filesystem::path next_epoch_folder(const std::filesystem::path& folder);

/// Entries from `from` in order, at most `limit`, read in one transaction, chain checked.
[[nodiscard]] Result<std::vector<StoredEntry>> read_slice(const Store& store, SequenceNo from,
                                                          std::size_t limit);
inline constexpr std::size_t kSliceEntries = 256;
/// As Ledger::read_raw().
[[nodiscard]] Result<RawSlice> read_rows(const Store& store, SequenceNo from, std::size_t bytes);
/// Calls read() again and again, for more entries each time and kSliceEntries at most, until `each`
/// has enough or nothing is left.
[[nodiscard]] Status feed(
    SequenceNo from, const std::function<bool(const StoredEntry&)>& each,
    const std::function<Result<std::vector<StoredEntry>>(SequenceNo, std::size_t)>& read);

inline constexpr const char* kClosed = "the ledger is closed after a failed commit";

class LmdbLedger final : public Ledger {
 public:
  LmdbLedger(std::filesystem::path folder, const LedgerIdentity& identity,
             const LedgerOptions& options, posix::Fd lock);
  /// Opens the environment and reads where the ledger is.
  [[nodiscard]] Status reopen();
  /// Makes sure that what is read is what a power cut leaves, and appends again what one took; must
  /// be ok before anything is written.
  [[nodiscard]] Status settle();

  Result<std::vector<SequenceNo>> append(std::span<const Entry> entries) override;
  Result<bool> prepare() override;
  Result<Pruning> prune(const PruneOrder& order) override;
  std::chrono::microseconds last_flush() const override { return last_flush_; }
  Result<std::vector<Unconfirmed>> unconfirmed(const CardHandle& card) const override;
  Result<std::size_t> unconfirmed_count() const override;
  Result<std::optional<RecentDebit>> recent_debit(const CardHandle& card) const override;
  Result<CodeMemory> code_memory(const CardHandle& account, Timestamp made,
                                 Timestamp now) const override;
  Status read(SequenceNo from, const std::function<bool(const StoredEntry&)>& each) const override;
  Result<RawSlice> read_raw(SequenceNo from, std::size_t bytes) const override;
  Result<LedgerUse> use() const override;
  Result<LedgerBase> base() const override;
  LedgerHead head() const override;
  Totals totals() const override;
  std::uint32_t next_boot_number() const override;

 private:
  struct Attempt {
    std::vector<SequenceNo> numbers;
    LedgerState after;
    std::vector<Bytes> added;
  };
  [[nodiscard]] std::size_t checkpoint_distance() const;
  Result<Attempt> write(const lmdb::WriteTxn& txn, std::span<const Entry> entries);
  /// With the record that a power cut may make necessary.
  Status commit(lmdb::WriteTxn txn, const Attempt& attempt);
  /// Appends again what a power cut took.
  Status redo();
  /// With the next sync the disk has the records as they are read, whatever failed before.
  Status write_records_again();
  /// Nobody is to do again what failed.
  void void_redo();
  Result<std::vector<SequenceNo>> heal(const Attempt& attempt, Error error);

  std::filesystem::path folder_;
  LedgerIdentity identity_;
  LedgerOptions options_;
  posix::Fd lock_;
  std::size_t unswept_ = 0;  ///< entries since the last sweep of recent debits
  CardHandle sweep_from_;
  CodeSweep sweep_codes_from_;
  SteadyTime readers_cleared_{};
  std::chrono::microseconds last_flush_{};
  std::optional<lmdb::Place> redo_place_;
  std::size_t redo_slot_ = 0;  ///< the one that the last commit does not stand on
  bool settled_ = false;       ///< no failed commit since the last settle(); the appending thread's

  mutable std::shared_mutex mutex_;  ///< exclusive: the environment or the state changes
  std::optional<Store> store_;       ///< none: closed after an error, not yet open again
  LedgerState state_;
};

}  // namespace tidegate::edge
