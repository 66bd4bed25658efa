// SPDX-License-Identifier: Apache-2.0
// Every table and key of a ledger's LMDB environment, with its meaning; nothing else names one.
//
// table        key                          value                                           since
// entries      epoch 8 ‖ sequence 8         chain hash 32 ‖ entry (entry.fbs)               1
// unconfirmed  card handle 16 ‖ sequence 8  empty: an intent that has no outcome            1
// recent       card handle 16               sequence 8 ‖ Unix milliseconds 8 of its newest  1
//                                           debit; rows older than 3 minutes are swept
// codes        account 16 ‖ made 8          Unix milliseconds 8: an accepted ride code, kept    1 a
//                                           until then
// rides        account 16                   sequence 8 ‖ Unix milliseconds 8 of the charge      1 a
//                                           that began it; rows older than 4 hours are swept
// meta         "format"                     "tidegate-ledger-1"                             1
//              "identity"                   realm 1 ‖ Ed25519 public key 32 ‖ box name      1
//              "state"                      epoch 8 ‖ first 8 ‖ head 8 ‖ hash of head 32 ‖  1
//                                           last checkpoint 8 (0: none) ‖ last boot
//                                           number 4 ‖ totals 96
//              "codes forgotten"            Unix milliseconds 8: the latest end of a swept row  1 a
//                                           of `codes`; may be absent
//              "base"                       hash before first 32 ‖ last entry that a Pruned     1 b
//                                           entry covers 8 ‖ totals before first 96; there
//                                           when first is not 0
// kept         epoch 8 ‖ sequence 8         hash before it 32 (Genesis: zero) ‖ chain hash 32   1 b
//                                           ‖ entry: Genesis, and each pruned intent whose
//                                           outcome is not pruned
// redo         "records"                    two redo records (redo_record.h); written in place, 1 c
//                                           never put again
// 1 a to 1 c: a ledger that was made before has it since it was opened by a newer gate. Account is
// the code's account handle, made its time in Unix milliseconds. `entries` holds first to head.
// Retired: none. A name is never used again for something else. All integers are big-endian.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/lmdb/lmdb.h"
#include "edge/ledger/ledger.h"
#include "edge/ledger/ledger_chain.h"

namespace tidegate::edge {

inline constexpr std::chrono::minutes kRecentKept{3};

/// The row "state": where the ledger is.
struct LedgerState {
  Epoch epoch;
  SequenceNo first, head;
  Hash256 head_hash{};
  SequenceNo checkpoint;  ///< the last one, 0: none yet
  std::uint32_t boot = 0;
  Totals totals;
};
/// The row "base": what the first kept entry stands on.
struct BaseRow {
  Hash256 before{};  ///< chain hash of the last pruned entry
  SequenceNo noted;  ///< pruned entries up to here are told of by a Pruned entry
  Totals totals;     ///< up to the last pruned entry
};
/// The row "identity": whose ledger it is, also when the Genesis entry is damaged.
struct IdentityRow {
  Realm realm = Realm::test;
  crypto::Key32 public_key{};
  std::string box;
};

using EntryKey = std::array<Byte, 16>;
using UnconfirmedKey = std::array<Byte, 24>;
[[nodiscard]] EntryKey entry_key(Epoch epoch, SequenceNo sequence);
[[nodiscard]] UnconfirmedKey unconfirmed_key(const CardHandle& card, SequenceNo intent);

/// The value of a row of `entries`, split.
struct RawEntry {
  Hash256 hash{};
  ByteView bytes;  ///< lives as long as the transaction
};
/// Errc::corrupt: too short.
[[nodiscard]] Result<RawEntry> split_value(ByteView value);
/// An entry, and the hash its own continues.
struct LinkedEntry {
  RawEntry raw;
  Hash256 previous{};  ///< zero: Genesis

  [[nodiscard]] bool fits() const;
};
/// The value of a row of `kept`, split. Errc::corrupt: too short.
[[nodiscard]] Result<LinkedEntry> split_kept(ByteView value);
/// Place and value of a row of `entries`; Errc::corrupt: the key has the wrong size.
struct EntryRow {
  Epoch epoch;
  SequenceNo sequence;
  ByteView value;
};
[[nodiscard]] Result<EntryRow> split_row(const lmdb::KeyValue& row);

/// An open environment with its tables.
struct Store {
  lmdb::Environment env;
  lmdb::Table meta, entries, unconfirmed, recent;
  /// None in an older ledger that is only read.
  std::optional<lmdb::Table> codes, rides, kept, redo;

  /// Makes a new environment with empty tables and the rows "format" and "identity".
  [[nodiscard]] static Result<Store> create(const std::filesystem::path& folder,
                                            const lmdb::Options& options, const IdentityRow& owner);
  /// Errc::not_found: no data.mdb. Errc::corrupt: no format row, or one of another format.
  [[nodiscard]] static Result<Store> open(const std::filesystem::path& folder,
                                          const lmdb::Options& options);
  /// An older ledger has not all of today's tables. Nothing is written when it has.
  /// A full ledger goes without redo records.
  [[nodiscard]] Status add_missing_tables();

  [[nodiscard]] Result<LedgerState> state(const lmdb::Txn& txn) const;
  [[nodiscard]] Status put_state(const lmdb::WriteTxn& txn, const LedgerState& state) const;
  /// Of a pruned ledger.
  [[nodiscard]] Result<BaseRow> base(const lmdb::Txn& txn) const;
  [[nodiscard]] Status put_base(const lmdb::WriteTxn& txn, const BaseRow& base) const;
  /// Where the redo records lie in the file; nullopt: an older ledger.
  [[nodiscard]] Result<std::optional<lmdb::Place>> redo_place(const lmdb::ReadTxn& txn) const;
  /// The records themselves; the view lives as long as the transaction. Errc::corrupt: the row is
  /// gone or has the wrong size.
  [[nodiscard]] Result<ByteView> redo_row(const lmdb::Txn& txn) const;
  [[nodiscard]] Result<IdentityRow> identity(const lmdb::Txn& txn) const;
  [[nodiscard]] Result<LedgerUse> use(const lmdb::Txn& txn) const;
  [[nodiscard]] Result<std::optional<RecentDebit>> recent_of(const lmdb::Txn& txn,
                                                             const CardHandle& card) const;
  [[nodiscard]] Status put_recent(const lmdb::WriteTxn& txn, const CardHandle& card,
                                  const RecentDebit& debit) const;
  /// nullopt: no such entry, or it is pruned.
  [[nodiscard]] Result<std::optional<RawEntry>> entry(const lmdb::Txn& txn, Epoch epoch,
                                                      SequenceNo sequence) const;
  /// The same, with the hash before it. Errc::corrupt: the entry before it is missing.
  [[nodiscard]] Result<std::optional<LinkedEntry>> linked(const lmdb::Txn& txn, Epoch epoch,
                                                          SequenceNo sequence) const;

 private:
  Status add_tables();
};

}  // namespace tidegate::edge
