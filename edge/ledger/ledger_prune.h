// SPDX-License-Identifier: Apache-2.0
// Pruning: which entries of a slice go, and what stays of them. Private to edge/ledger.
#pragma once

#include <map>
#include <vector>

#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

/// One slice, looked at first and then carried out, both in the same transaction.
class PruneSlice {
 public:
  PruneSlice(const Store& store, const LedgerState& state, const PruneOrder& order)
      : store_{store}, state_{state}, order_{order} {}

  /// Walks from the first entry to the last that may go. Nothing is written.
  [[nodiscard]] Status look(const lmdb::Txn& txn);
  [[nodiscard]] const Pruning& found() const noexcept { return found_; }
  /// Erases them and moves the base. With `tell` the row says that a Pruned entry follows.
  [[nodiscard]] Status carry_out(const lmdb::WriteTxn& txn, bool tell);
  /// Behind carry_out(): the first entry that is left.
  [[nodiscard]] SequenceNo first() const noexcept { return next_; }
  /// What the Pruned entry says.
  [[nodiscard]] Pruned pruned() const noexcept;
  /// Pruned entries that no Pruned entry tells of, those of earlier slices too.
  [[nodiscard]] bool untold() const noexcept { return told_.get() + 1 < next_.get(); }

 private:
  [[nodiscard]] Status begin(const lmdb::Txn& txn);
  [[nodiscard]] Status check_hash(const lmdb::Txn& txn) const;
  [[nodiscard]] bool is_young(Timestamp at) const noexcept;
  [[nodiscard]] Result<bool> take(const EntryRow& row);
  void note(const Entry& entry, const RawEntry& raw);

  const Store& store_;
  const LedgerState& state_;
  const PruneOrder& order_;
  SequenceNo from_;  ///< the first entry before this slice
  SequenceNo next_;  ///< and behind it
  BaseRow base_;     ///< moves along
  SequenceNo told_;  ///< base_.noted before this slice
  Pruning found_;
  std::map<SequenceNo, Bytes> kept_;  ///< new rows of `kept`
  std::vector<SequenceNo> closed_;    ///< intents whose outcome goes: theirs go as well
};

}  // namespace tidegate::edge
