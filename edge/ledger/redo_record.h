// SPDX-License-Identifier: Apache-2.0
// What must be appended again when a power cut undoes the last commit: its entries, word for word,
// with the chain hashes before and behind them. docs/formats/ledger.md, "Redo record", has the
// bytes. No check sum: a torn record's entries do not lead from the one hash to the other.
#pragma once

#include <optional>
#include <vector>

#include "edge/ledger/ledger_chain.h"
#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

/// The row holds two records, so that one is whole while the other is written. Each begins on a
/// page of its own: a page is what a disk may tear.
inline constexpr std::size_t kRedoSlots = 2;
inline constexpr std::size_t kRedoPage = 4096;
/// For an intent of 1.3 kB from each of thirty-two aisles. A longer group is committed with two
/// flushes.
inline constexpr std::size_t kRedoSlotBytes = 12 * kRedoPage;
/// Of the row. What is before the first slot fills LMDB's first page of it.
inline constexpr std::size_t kRedoRowBytes =
    kRedoPage + kRedoSlots * kRedoSlotBytes - lmdb::kPlaceInPage;
[[nodiscard]] constexpr std::size_t redo_slot_at(std::size_t slot) {
  return kRedoPage - lmdb::kPlaceInPage + slot * kRedoSlotBytes;
}

/// The entries that lead from one state to the next. nullopt: they do not fit into a slot.
[[nodiscard]] std::optional<Bytes> encode_redo(const LedgerState& before, const LedgerState& after,
                                               const std::vector<Bytes>& entries);

/// The entries of a record that goes on where the ledger is, all of them whole; nullopt for any
/// other bytes. The views are into `slot`.
[[nodiscard]] std::optional<std::vector<ByteView>> decode_redo(ByteView slot,
                                                               const LedgerState& now);

/// What the records of a ledger have beyond `now`, its state. Errc::corrupt: no row of that size.
[[nodiscard]] Result<std::vector<Bytes>> undone_entries(const Store& store, const lmdb::Txn& txn,
                                                        LedgerState now);

}  // namespace tidegate::edge
