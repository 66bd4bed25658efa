// SPDX-License-Identifier: Apache-2.0
// The ledger of a box: an append-only, hash-chained, checkpointed list of entries in LMDB, owned by
// one gate process. docs/formats/ledger.md has the bytes.
//
// hash(0) = SHA-256("tidegate-ledger-1" ‖ bytes(genesis)), hash(n) = SHA-256(hash(n-1) ‖ bytes(n)).
// Tables: meta (format row, epoch, head, totals, boot number), entries, unconfirmed (intents
// without an outcome, by card handle), recent (last debit of each card handle, 3 minutes at least).
// All change in the transaction of the entry that changes them: nothing is scanned at start.
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
  std::size_t checkpoint_every = 4096;  ///< entries, at most 4,096
};

/// An entry with its place.
struct StoredEntry {
  Epoch epoch;
  SequenceNo sequence;
  Hash256 hash{};
  Entry entry;
};

/// An intent that has no outcome yet.
struct Unconfirmed {
  SequenceNo sequence;
  Entry entry;  ///< holds an Intent
};

struct LedgerHead {
  Epoch epoch;
  SequenceNo sequence;
  Hash256 hash{};
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
  /// one is due. Ok means on disk. On an error nothing of it is there and the ledger stays usable
  /// (Errc::full: map or disk full). An Outcome or Void must name an intent that is unconfirmed (a
  /// bug otherwise, Errc::invalid). One thread at a time. An intent's number is its place in the
  /// result, so an outcome can name it only in a later append.
  [[nodiscard]] virtual Result<std::vector<SequenceNo>> append(std::span<const Entry> entries) = 0;

  /// Unconfirmed intents of a card, oldest first. Any thread.
  [[nodiscard]] virtual Result<std::vector<Unconfirmed>> unconfirmed(
      const CardHandle& card) const = 0;
  /// How many intents of all cards have no outcome.
  [[nodiscard]] virtual Result<std::size_t> unconfirmed_count() const = 0;

  [[nodiscard]] virtual LedgerHead head() const = 0;
  [[nodiscard]] virtual Totals totals() const = 0;
  /// The boot number to use in the next Boot entry (last one plus one).
  [[nodiscard]] virtual std::uint32_t next_boot_number() const = 0;
};

/// Reads entries of a stopped or running box (read-only; same user). Calls `each` in order from
/// sequence `from` until it returns false.
[[nodiscard]] Status read_ledger(const std::filesystem::path& folder, SequenceNo from,
                                 const std::function<bool(const StoredEntry&)>& each);

struct VerifyReport {
  Epoch epoch;
  SequenceNo first, head;  ///< first is 0 unless pruned
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::optional<SequenceNo> damaged;  ///< first entry that does not fit
  bool before_checkpoint = false;     ///< taps may go on: a later checkpoint is intact
  std::string what;
  Totals totals;
};
/// Walks the whole chain: bytes, hashes, structure, every checkpoint's signature and totals, tables
/// against entries. Damage is in the report; an error means it could not be read at all.
[[nodiscard]] Result<VerifyReport> verify_ledger(const std::filesystem::path& folder);

/// Seals `folder` by renaming it to `<folder>.sealed-<epoch hex>` and begins a new epoch that cites
/// the old one's epoch, last good number and hash, and the reason. Prints nothing. Errc::invalid:
/// no reason.
[[nodiscard]] Status new_epoch(const std::filesystem::path& folder, const LedgerIdentity& identity,
                               const LedgerOptions& options, const std::string& because);

/// One line of JSON for export and tail: {"epoch":"…","seq":7,"hash":"…","kind":"outcome","at":"…",
/// "service_day":"…","aisle":1,"modes":0,"clock_trusted":true, <the fields of the kind by their
/// names in entry.h>}. Amounts end in _fen, hashes and handles are hex, results and reasons are
/// names. Sealed numbers stay sealed.
[[nodiscard]] std::string to_json(const StoredEntry& stored);

}  // namespace tidegate::edge
