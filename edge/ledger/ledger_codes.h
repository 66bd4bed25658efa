// SPDX-License-Identifier: Apache-2.0
// Ride codes in the ledger's tables: which were accepted, and which rides they have open. Private
// to edge/ledger.
#pragma once

#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

using CodeKey = std::array<Byte, 24>;
[[nodiscard]] CodeKey code_key(const CardHandle& account, Timestamp made);
/// Whose code a charge is for; nullopt: it is for no code.
[[nodiscard]] std::optional<CardHandle> code_account(const AccountCharge& charge);

/// Errc::exists: this code, or the ride it ends, has had its charge.
[[nodiscard]] Status note_charge(const Store& store, const lmdb::WriteTxn& txn, SequenceNo sequence,
                                 const Entry& entry);
/// Which charge is undone.
struct Undone {
  Epoch epoch;
  SequenceNo charge;
  SequenceNo undone_by;  ///< the Void
};
/// Nobody was let through for this charge: its ride is not begun, or not ended, unless its account
/// has had a charge since. The code stays used.
[[nodiscard]] Status undo_charge(const Store& store, const lmdb::WriteTxn& txn,
                                 const Undone& undone, const AccountCharge& charge);
[[nodiscard]] Result<CodeMemory> read_code(const Store& store, const lmdb::Txn& txn,
                                           const CardHandle& account, Timestamp made,
                                           Timestamp now);

/// Where a sweep goes on.
struct CodeSweep {
  CodeKey code{};
  CardHandle ride;
};
/// Forgets codes and rides that are past: a few rows from `from` on, which moves along. A clock
/// that is not trusted forgets nothing.
[[nodiscard]] Status sweep_codes(const Store& store, const lmdb::WriteTxn& txn,
                                 const EntryHead& now, CodeSweep& from);

}  // namespace tidegate::edge
