// SPDX-License-Identifier: Apache-2.0
// One flush for a commit: the root behind it is not synced, so a power cut may undo it, and what it
// takes to do it again is on disk with the same flush.
#include "base/log.h"
#include "edge/ledger/ledger_batch.h"
#include "edge/ledger/ledger_lmdb.h"
#include "edge/ledger/redo_record.h"

namespace tidegate::edge {

// The record of the commit before lies in the other slot. It is needed until this flush has taken
// the root of that commit along.
Status LmdbLedger::commit(lmdb::WriteTxn txn, const Attempt& attempt) {
  const auto record =
      redo_place_ ? encode_redo(state_, attempt.after, attempt.added) : std::nullopt;
  if (!record) return std::move(txn).commit();
  if (auto done = store_->env.write_in_place(*redo_place_, redo_slot_at(redo_slot_), *record);
      !done)
    return done;
  if (auto done = std::move(txn).commit_unsynced_root(); !done) return done;
  redo_slot_ = (redo_slot_ + 1) % kRedoSlots;
  return {};
}

Status LmdbLedger::redo() {
  auto txn = lmdb::WriteTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  // Who was killed in a commit may have left a root that only the first writer sees.
  const auto now = store_->state(*txn);
  if (!now) return fail(Error{now.error()});
  state_ = *now;
  const auto entries = undone_entries(*store_, *txn, state_);
  if (!entries) return fail(Error{entries.error()});
  if (!entries->empty()) {
    Batch batch{*store_, *txn, identity_.key, checkpoint_distance(), state_};
    for (const Bytes& entry : *entries)
      if (auto done = batch.add_again(entry); !done) return fail(done.error(), "redo record");
    if (auto done = batch.finish(); !done) return done;
    if (auto done = std::move(*txn).commit(); !done) return done;
    state_ = batch.state();
    log(Priority::notice, "ledger_redone",
        {{"entries", entries->size()}, {"head", state_.head.get()}});
  }
  return {};
}

Status LmdbLedger::write_records_again() {
  const auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  const auto place = store_->redo_place(*txn);
  if (!place) return fail(Error{place.error()});
  redo_place_ = *place;
  if (!redo_place_) return {};
  const auto row = store_->redo_row(*txn);
  if (!row) return fail(row.error());
  const Bytes records{row->begin(), row->end()};  // not from the pages that are written
  return store_->env.write_in_place(*redo_place_, 0, records);
}

/// Who was told that an append failed had better not find it there later. It may all the same: the
/// disk that failed may not take this either.
void LmdbLedger::void_redo() {
  if (!store_ || !redo_place_) return;
  const Bytes nothing(kRedoPage);
  if (auto done = store_->env.write_in_place(*redo_place_, redo_slot_at(redo_slot_), nothing);
      !done)
    log(Priority::error, "ledger_redo_not_voided", {{"error", done.error()}});
}

}  // namespace tidegate::edge
