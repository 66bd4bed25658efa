// SPDX-License-Identifier: Apache-2.0
// Entries that go into one LMDB transaction: numbers, hashes, tables, totals and due checkpoints.
#pragma once

#include <vector>

#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

class Batch {
 public:
  /// All must outlive the batch. `state` is where the ledger is before it.
  Batch(const Store& store, const lmdb::WriteTxn& txn, const crypto::SigningKey& key,
        std::size_t checkpoint_every, LedgerState state)
      : store_{store}, txn_{txn}, key_{key}, checkpoint_every_{checkpoint_every}, state_{state} {}

  /// The first entry of an epoch. `totals` and `boot` come from the epoch before.
  [[nodiscard]] Status begin_epoch(Epoch epoch, const Entry& genesis, const Totals& totals,
                                   std::uint32_t boot);
  /// Adds one entry, and a checkpoint behind it when one is due. The number is the entry's own.
  [[nodiscard]] Result<SequenceNo> add(const Entry& entry);
  [[nodiscard]] Status add_checkpoint(const EntryHead& after);
  /// Adds an entry as another batch once did, whose commit a power cut undid: checkpoints are among
  /// them. Errc::corrupt: no entry.
  [[nodiscard]] Status add_again(ByteView bytes);
  /// Deletes debits that are no longer recent, of `rows` rows from `from` on, which moves along.
  [[nodiscard]] Status sweep_recent(Timestamp now, std::size_t rows, CardHandle& from);
  /// Writes where the ledger is now; call it last.
  [[nodiscard]] Status finish() { return store_.put_state(txn_, state_); }
  [[nodiscard]] const LedgerState& state() const noexcept { return state_; }
  /// All that was added, checkpoints too. Of a batch that is done.
  [[nodiscard]] std::vector<Bytes> added() && noexcept { return std::move(added_); }

 private:
  Result<SequenceNo> take(const Entry& entry, Bytes bytes);
  Status put(SequenceNo sequence, const Hash256& hash, Bytes bytes);
  Status change_tables(SequenceNo sequence, const Entry& entry);
  Status undo(SequenceNo charge);
  Status close_intent(SequenceNo intent, const CardHandle* card, const Fen* amount);

  const Store& store_;
  const lmdb::WriteTxn& txn_;
  const crypto::SigningKey& key_;
  std::size_t checkpoint_every_;
  LedgerState state_;
  std::vector<Bytes> added_;
};

}  // namespace tidegate::edge
