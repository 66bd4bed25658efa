// SPDX-License-Identifier: Apache-2.0
// Takes away the oldest entries, slice by slice.
#include "edge/ledger/ledger_prune.h"

#include <algorithm>
#include <mutex>

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_batch.h"
#include "edge/ledger/ledger_lmdb.h"

namespace tidegate::edge {
namespace {

std::string name_of(SequenceNo sequence) {
  return "entry " + std::to_string(sequence.get());
}

/// The intent that this entry ends; 0: none.
SequenceNo ended_by(const EntryBody& body) {
  if (const auto* outcome = std::get_if<Outcome>(&body)) return outcome->intent;
  if (const auto* gone = std::get_if<Void>(&body)) return gone->intent;
  if (const auto* charge = std::get_if<AccountCharge>(&body)) return charge->intent;
  return SequenceNo{};
}

Bytes kept_value(const Hash256& previous, const RawEntry& raw) {
  Bytes out;
  out.reserve(64 + raw.bytes.size());
  append(out, previous);
  append(out, raw.hash);
  append(out, raw.bytes);
  return out;
}

}  // namespace

Status PruneSlice::begin(const lmdb::Txn& txn) {
  from_ = state_.first;
  if (from_.get() > 0) {
    auto base = store_.base(txn);
    if (!base) return fail(base.error());
    base_ = *base;
  } else {
    // Genesis is kept: it says whose entries these are, and with which key they are signed.
    const auto genesis = store_.linked(txn, state_.epoch, SequenceNo{0});
    if (!genesis) return fail(genesis.error());
    if (!*genesis || !(*genesis)->fits()) return fail(Errc::corrupt, "Genesis is damaged");
    kept_.emplace(SequenceNo{0}, kept_value({}, (*genesis)->raw));
    base_.before = (*genesis)->raw.hash;
    from_ = SequenceNo{1};
  }
  next_ = from_;
  told_ = base_.noted;
  return {};
}

Status PruneSlice::check_hash(const lmdb::Txn& txn) const {
  const std::string name = name_of(order_.through);
  if (order_.through > state_.head)
    return fail(Errc::refused,
                name + " is acknowledged, but the ledger ends with " + name_of(state_.head));
  Hash256 ours = base_.before;
  if (order_.through.get() + 1 < from_.get())
    return fail(Errc::invalid, name + " was pruned before");
  if (order_.through >= from_) {
    const auto raw = store_.entry(txn, state_.epoch, order_.through);
    if (!raw) return fail(raw.error());
    if (!*raw) return fail(Errc::corrupt, name + " is missing");
    ours = (*raw)->hash;
  }
  if (ours != order_.hash)
    return fail(Errc::refused, name + " is acknowledged with another chain hash than it has here");
  return {};
}

Status PruneSlice::look(const lmdb::Txn& txn) {
  if (auto done = begin(txn); !done) return done;
  if (auto done = check_hash(txn); !done) return done;
  // The chain is verified from the last checkpoint at every start: that one stays.
  const SequenceNo end{std::min(order_.through.get() + 1, state_.checkpoint.get())};
  auto cursor = lmdb::Cursor::open(txn, store_.entries);
  if (!cursor) return fail(cursor.error());
  for (auto row = cursor->seek(entry_key(state_.epoch, from_)); next_ < end; row = cursor->next()) {
    if (!row) return fail(row.error());
    const auto split = *row ? split_row(**row) : fail(Errc::corrupt, "the end is missing");
    if (!split) return fail(Error{split.error()}, name_of(next_));
    const auto taken = take(*split);
    if (!taken) return fail(Error{taken.error()}, name_of(next_));
    if (!*taken) return {};
  }
  return {};
}

bool PruneSlice::is_young(Timestamp at) const noexcept {
  return order_.younger_than <= at && at <= order_.now;
}

/// False: this one stays, and all behind it.
Result<bool> PruneSlice::take(const EntryRow& row) {
  if (row.epoch != state_.epoch || row.sequence != next_) return fail(Errc::corrupt, "is missing");
  const auto raw = split_value(row.value);
  if (!raw) return fail(raw.error());
  if (next_hash(base_.before, raw->bytes) != raw->hash)
    return fail(Errc::corrupt, "does not fit the chain");
  const auto entry = decode_entry(raw->bytes);
  if (!entry) return fail(Error{entry.error()});
  if (is_young(entry->head.at)) return false;
  if (found_.entries == order_.entries_max) {
    found_.more = true;
    return false;
  }
  note(*entry, *raw);
  base_.before = raw->hash;
  next_ = SequenceNo{next_.get() + 1};
  ++found_.entries;
  return true;
}

void PruneSlice::note(const Entry& entry, const RawEntry& raw) {
  if (std::holds_alternative<Intent>(entry.body))
    kept_.emplace(next_, kept_value(base_.before, raw));
  if (const SequenceNo intent = ended_by(entry.body);
      intent != SequenceNo{} && kept_.erase(intent) == 0)
    closed_.push_back(intent);
  // What the epoch before counted comes with the first checkpoint of this one.
  if (const auto* checkpoint = std::get_if<Checkpoint>(&entry.body))
    base_.totals = checkpoint->totals;
  count_entry(base_.totals, entry.body);
}

Pruned PruneSlice::pruned() const noexcept {
  return {SequenceNo{told_.get() + 1}, SequenceNo{next_.get() - 1}, base_.before};
}

Status PruneSlice::carry_out(const lmdb::WriteTxn& txn, bool tell) {
  for (const auto& [sequence, value] : kept_)
    if (auto done = store_.kept->put(txn, entry_key(state_.epoch, sequence), value); !done)
      return done;
  for (const SequenceNo intent : closed_)
    if (auto done = store_.kept->erase(txn, entry_key(state_.epoch, intent)); !done) return done;
  for (SequenceNo at{state_.first}; at < next_; at = SequenceNo{at.get() + 1})
    if (auto done = store_.entries.erase(txn, entry_key(state_.epoch, at)); !done) return done;
  if (tell) base_.noted = SequenceNo{next_.get() - 1};
  return store_.put_base(txn, base_);
}

Result<Pruning> LmdbLedger::prune(const PruneOrder& order) {
  if (!store_)
    if (auto done = reopen(); !done) return fail(done.error());
  if (auto done = settle(); !done) return fail(done.error());
  LedgerState after = state_;
  Pruning found;
  Status committed;
  {
    const std::shared_lock guard{mutex_};
    PruneSlice slice{*store_, state_, order};
    {
      // Nothing to do is the usual answer, and needs no writer.
      const auto reading = lmdb::ReadTxn::begin(store_->env);
      if (!reading) return fail(reading.error());
      if (auto done = slice.look(*reading); !done) return fail(done.error());
    }
    found = slice.found();
    const bool tell = (order.last || !found.more) && slice.untold();
    if (found.entries == 0 && !tell) return found;
    auto txn = lmdb::WriteTxn::begin(store_->env);
    if (!txn) return fail(txn.error());
    committed = slice.carry_out(*txn, tell);
    if (committed) {
      after.first = slice.first();
      Batch batch{*store_, *txn, identity_.key, checkpoint_distance(), after};
      if (tell)
        if (auto added = batch.add({order.head, slice.pruned()}); !added)
          committed = fail(Error{added.error()});
      if (committed) committed = batch.finish();
      after = batch.state();
    }
    if (committed) {
      committed = std::move(*txn).commit();
    } else if (committed.error().code() == Errc::full) {
      return fail(committed.error());  // undone, and the environment is sound
    }
  }
  if (!committed) {
    auto healed = heal({}, committed.error());
    return fail(std::move(healed.error()));
  }
  const std::unique_lock guard{mutex_};
  state_ = after;
  return found;
}

}  // namespace tidegate::edge
