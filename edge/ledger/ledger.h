// SPDX-License-Identifier: Apache-2.0
// The ledger of a box: an append-only, hash-chained, checkpointed list of entries in LMDB, owned by
// one gate process. docs/formats/ledger.md has the bytes.
//
// hash(0) = SHA-256("tidegate-ledger-1" ‖ bytes(genesis)), hash(n) = SHA-256(hash(n-1) ‖ bytes(n)).
// Tables: meta (format row, epoch, head, totals, boot number), entries, unconfirmed (intents
// without an outcome, by card handle), recent (last debit of each card handle and last charge of
// each account's, 3 minutes at least),
// codes (accepted ride codes, while they could be shown again), rides (begun by a code at this
// box), kept (what stays of pruned entries). All change in the transaction of the entry that
// changes them: nothing is scanned at start.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/openssl/crypto.h"
#include "base/result.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

struct LedgerIdentity {
  Realm realm = Realm::test;
  BoxId box;
  NetworkId network;
  StopCode stop;
  crypto::SigningKey key;  ///< signs checkpoints
};
struct LedgerOptions {
  std::size_t map_bytes = 1UL << 30U;
  std::size_t checkpoint_every = 4096;  ///< entries, 2 to 4,096
  bool preallocate = true;              ///< allocate map_bytes on disk when the ledger is created
};

/// An entry with its place.
struct StoredEntry {
  Epoch epoch;
  SequenceNo sequence;
  Hash256 hash{};
  Entry entry;
};

/// The newest debit of a card, or charge of an account.
struct RecentDebit {
  SequenceNo outcome;  ///< or the AccountCharge
  Timestamp at{};
};

/// An intent that has no outcome yet.
struct Unconfirmed {
  SequenceNo sequence;
  Entry entry;  ///< holds an Intent
};

/// A ride that a code began at this box and has not ended here.
struct CodeRide {
  SequenceNo entry;  ///< its AccountCharge
  Timestamp at{};
};
/// Longer nobody rides. It is judged when a ride is looked for, not only when it is swept.
inline constexpr std::chrono::hours kCodeRideKept{4};

/// What the ledger knows of one ride code.
struct CodeMemory {
  bool used = false;  ///< it was accepted
  /// Codes that had to be remembered until then, or shorter, may have been accepted and forgotten.
  Timestamp forgotten{};
  std::optional<CodeRide> ride;  ///< of its account, whichever code began it; not an old one
  /// The newest charge of its account, kept for 3 minutes at least; none when it was voided.
  std::optional<RecentDebit> last;
};

struct LedgerHead {
  Epoch epoch;
  SequenceNo sequence;
  Hash256 hash{};
};

/// Where the entries begin that were not pruned.
struct LedgerBase {
  SequenceNo first;  ///< 0: nothing was pruned
  Hash256 before{};  ///< chain hash of the entry before it; zero when nothing was pruned
};

/// A slice of pruning: the oldest entries, in one transaction.
struct PruneOrder {
  /// The clearing house has everything up to here, and this is the chain hash there.
  SequenceNo through;
  Hash256 hash{};
  /// An entry written from `younger_than` to `now` ends it. One from the future does not: it has
  /// that time from a clock that was wrong.
  Timestamp younger_than{}, now{};
  std::size_t entries_max = 512;
  bool last = false;  ///< ends the run also when there would be more
  EntryHead head{};   ///< of the Pruned entry, when the run ends
};
struct Pruning {
  std::size_t entries = 0;  ///< that are gone
  bool more = false;        ///< entries_max ended it: the next slice finds some
};

/// Entries as they are stored, for whoever copies them.
struct RawRow {
  SequenceNo sequence;
  Hash256 hash{};
  Bytes entry;
};
struct RawSlice {
  LedgerHead head;
  LedgerBase base;
  Hash256 before{};  ///< chain hash before the first row
  std::vector<RawRow> rows;
};

/// How much of the map is taken.
struct LedgerUse {
  std::size_t used_bytes = 0;  ///< pages that hold something; what was pruned counts no more
  std::size_t map_bytes = 0;

  [[nodiscard]] unsigned percent() const noexcept {
    return map_bytes == 0 ? 0U : static_cast<unsigned>(used_bytes * 100U / map_bytes);
  }
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  /// Opens `folder` (mode 0700), creating ledger and Genesis when the folder is empty. Verifies the
  /// format row, the identity (Errc::refused on another box or realm) and the chain from the last
  /// checkpoint to the head (Errc::corrupt: refuse to start; new_epoch is the way out). Damage
  /// before the checkpoint is not looked for here; verify_ledger() does.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& folder,
                                                            const LedgerIdentity& identity,
                                                            const LedgerOptions& options);

  /// Appends all entries in one durable transaction, in order; a checkpoint entry is added whenever
  /// one is due. Ok means on disk. On an error nothing of it is there, with one exception, and the
  /// ledger stays usable: after a failed commit the environment is closed and opened again (at
  /// once, or by the next append when that fails too). Errc::full: map or disk full. The exception:
  /// a commit that failed in its last write may have landed all the same. When that can be seen and
  /// made durable at once, the answer is ok; when it cannot, the answer is the error, the entries
  /// may be there, and the next append goes on behind them. An intent that landed this way stays
  /// unconfirmed and recovery finds it; an outcome, given again, is Errc::exists. An Outcome or
  /// Void must name an intent of the same card and amount (Errc::invalid: a bug) that is
  /// unconfirmed (Errc::exists: it has its outcome already); or a Void an AccountCharge.
  /// An AccountCharge for a code that was accepted before, or for the end of a ride that has ended,
  /// is Errc::exists. Genesis, Checkpoint and Pruned are the
  /// ledger's own (Errc::invalid). One thread at a time. An intent's number is its place in the
  /// result, so an outcome can name it only in a later append.
  [[nodiscard]] virtual Result<std::vector<SequenceNo>> append(std::span<const Entry> entries) = 0;

  /// Does ahead, in a slice, what would cost later appends time (lmdb::Environment::fill_pages).
  /// For a moment in which nobody waits; true: there is more to do. The appending thread's.
  [[nodiscard]] virtual Result<bool> prepare() = 0;

  /// Takes away the oldest entries, at most up to the last checkpoint. Genesis stays, and so does
  /// each intent as long as its outcome does or it has none. The base moves in the same
  /// transaction, and the last slice of a run appends a Pruned entry for all of the run. Nothing to
  /// do is ok and writes nothing. Errc::refused: `hash` is not ours, or `through` is not here: a
  /// fork. Errc::corrupt: damage, which is not pruned over. Else as append(); the appending
  /// thread's.
  [[nodiscard]] virtual Result<Pruning> prune(const PruneOrder& order) = 0;

  /// How long the last append that succeeded waited for the disk. The appending thread's.
  [[nodiscard]] virtual std::chrono::microseconds last_flush() const = 0;

  /// Unconfirmed intents of a card, oldest first. Any thread.
  [[nodiscard]] virtual Result<std::vector<Unconfirmed>> unconfirmed(
      const CardHandle& card) const = 0;
  /// How many intents of all cards have no outcome.
  [[nodiscard]] virtual Result<std::size_t> unconfirmed_count() const = 0;

  /// The newest debit of a card, kept for 3 minutes at least. Any thread.
  [[nodiscard]] virtual Result<std::optional<RecentDebit>> recent_debit(
      const CardHandle& card) const = 0;
  /// A code is named by its account and the time it was made. Any thread.
  [[nodiscard]] virtual Result<CodeMemory> code_memory(const CardHandle& account, Timestamp made,
                                                       Timestamp now) const = 0;
  /// As read_ledger(), for the process that has the ledger open. Any thread.
  [[nodiscard]] virtual Status read(SequenceNo from,
                                    const std::function<bool(const StoredEntry&)>& each) const = 0;

  /// Rows in one short transaction, from `from` (or the first that was not pruned) on: together at
  /// most `bytes`, but one at least when there is one. Nothing is checked. Any thread.
  [[nodiscard]] virtual Result<RawSlice> read_raw(SequenceNo from, std::size_t bytes) const = 0;

  /// Nothing is walked for it. Any thread. Errc::io: closed after a failed commit.
  [[nodiscard]] virtual Result<LedgerUse> use() const = 0;
  [[nodiscard]] virtual Result<LedgerBase> base() const = 0;
  [[nodiscard]] virtual LedgerHead head() const = 0;
  [[nodiscard]] virtual Totals totals() const = 0;
  /// The boot number to use in the next Boot entry (last one plus one).
  [[nodiscard]] virtual std::uint32_t next_boot_number() const = 0;
};

/// Reads entries of a stopped or running box (read-only; same user; not from the process that has
/// it open, which would lose its lock: that one has Ledger::read). Calls `each` in order from
/// sequence `from`, leaving out what was pruned, until it returns false, outside of any
/// transaction, so a slow reader holds nothing back. Checks the chain as it goes: Errc::corrupt
/// names the entry that does not fit.
[[nodiscard]] Status read_ledger(const std::filesystem::path& folder, SequenceNo from,
                                 const std::function<bool(const StoredEntry&)>& each);

/// Where the ledger of a stopped or running box is; as read_ledger(), nothing is verified.
[[nodiscard]] Result<LedgerHead> read_head(const std::filesystem::path& folder);

struct VerifyReport {
  Epoch epoch;
  SequenceNo first, head;  ///< first is 0 unless pruned; Genesis and open intents are kept apart
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::optional<SequenceNo> damaged;      ///< first entry that does not fit
  bool before_checkpoint = false;         ///< taps may go on: a later checkpoint is intact
  std::optional<SequenceNo> intact_from;  ///< that checkpoint
  std::string what;
  Totals totals;
  /// Entries behind the head that only the redo record has: a power cut took the last commit, and
  /// the next start appends it again. Beside a running gate: what it is committing.
  std::uint64_t to_redo = 0;
};
/// Walks the whole chain: bytes, hashes, structure, every checkpoint's signature and totals, tables
/// against entries. Damage is in the report; an error means it could not be read at all. Runs in a
/// child process: damaged pages can make LMDB abort.
[[nodiscard]] Result<VerifyReport> verify_ledger(const std::filesystem::path& folder);

/// Errc::refused: a gate has it open. Seals `folder` by renaming it to `<folder>.sealed-<epoch
/// hex>` and begins a new epoch that cites the old one's epoch, last good number and hash, and the
/// reason; totals and boot number go on. Prints nothing. Errc::invalid: no reason. Interrupted at
/// any point, the next open() finishes it.
[[nodiscard]] Status new_epoch(const std::filesystem::path& folder, const LedgerIdentity& identity,
                               const LedgerOptions& options, const std::string& because);

/// One line of JSON for export and tail: {"epoch":"…","seq":7,"hash":"…","kind":"outcome","at":"…",
/// "service_day":"…","aisle":1,"modes":0,"clock_trusted":true, <the fields of the kind by their
/// names in entry.h>}. Amounts end in _fen, hashes and handles are hex, results and reasons are
/// names. Sealed numbers stay sealed.
[[nodiscard]] std::string to_json(const StoredEntry& stored);

}  // namespace tidegate::edge
