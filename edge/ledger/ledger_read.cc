// SPDX-License-Identifier: Apache-2.0
// Reading entries in order, in short transactions.
#include <algorithm>

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_lmdb.h"

namespace tidegate::edge {

namespace {

Result<StoredEntry> decoded(Epoch epoch, SequenceNo number, const LinkedEntry& linked) {
  const std::string name = "entry " + std::to_string(number.get());
  if (!linked.fits()) return fail(Errc::corrupt, name + " does not fit the chain");
  auto entry = decode_entry(linked.raw.bytes);
  if (!entry) return fail(std::move(entry.error()), name);
  return StoredEntry{epoch, number, linked.raw.hash, std::move(*entry)};
}

/// `previous`: the hash before it; nullopt: it is looked up.
Result<StoredEntry> read_one(const Store& store, const lmdb::Txn& txn, Epoch epoch,
                             SequenceNo number, const std::optional<Hash256>& previous) {
  const std::string name = "entry " + std::to_string(number.get());
  if (!previous) {
    auto linked = store.linked(txn, epoch, number);
    if (!linked) return fail(std::move(linked.error()), name);
    if (!*linked) return fail(Errc::corrupt, name + " is missing");
    return decoded(epoch, number, **linked);
  }
  auto raw = store.entry(txn, epoch, number);
  if (!raw) return fail(std::move(raw.error()), name);
  if (!*raw) return fail(Errc::corrupt, name + " is missing");
  return decoded(epoch, number, {**raw, *previous});
}

/// What is left of pruned entries, from `from` on.
Status read_kept(const Store& store, const lmdb::Txn& txn, Epoch epoch, SequenceNo from,
                 std::size_t limit, std::vector<StoredEntry>& out) {
  if (!store.kept) return {};
  auto cursor = lmdb::Cursor::open(txn, *store.kept);
  if (!cursor) return fail(cursor.error());
  for (auto row = cursor->seek(entry_key(epoch, from)); out.size() < limit; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row) return {};
    const auto place = split_row(**row);
    if (!place) return fail(place.error());
    const auto linked = split_kept(place->value);
    if (!linked) return fail(linked.error());
    auto stored = decoded(epoch, place->sequence, *linked);
    if (!stored) return fail(stored.error());
    out.push_back(std::move(*stored));
  }
  return {};
}

}  // namespace

Result<std::vector<StoredEntry>> read_slice(const Store& store, SequenceNo from,
                                            std::size_t limit) {
  auto txn = lmdb::ReadTxn::begin(store.env);
  if (!txn) return fail(txn.error());
  auto state = store.state(*txn);
  if (!state) return fail(state.error());
  std::vector<StoredEntry> out;
  // An entry has some kilobytes: growing would move them again and again.
  if (from <= state->head)
    out.reserve(std::min<std::size_t>(limit, state->head.get() - from.get() + 1));
  if (from < state->first) {
    auto done = read_kept(store, *txn, state->epoch, from, limit, out);
    if (!done && out.empty()) return fail(done.error());
    if (!done || out.size() == limit) return out;
    from = state->first;
  }
  std::optional<Hash256> previous;
  while (out.size() < limit && from <= state->head) {
    auto stored = read_one(store, *txn, state->epoch, from, previous);
    // What was read so far is given out first; the next slice begins with the damage.
    if (!stored && !out.empty()) return out;
    if (!stored) return fail(stored.error());
    previous = stored->hash;
    out.push_back(std::move(*stored));
    from = SequenceNo{from.get() + 1};
  }
  return out;
}

Status feed(SequenceNo from, const std::function<bool(const StoredEntry&)>& each,
            const std::function<Result<std::vector<StoredEntry>>(SequenceNo, std::size_t)>& read) {
  // Who wants one entry must not pay for a slice of them.
  for (std::size_t limit = 1;; limit = std::min(limit * 4, kSliceEntries)) {
    auto slice = read(from, limit);
    if (!slice) return fail(slice.error());
    if (slice->empty()) return {};
    for (const StoredEntry& stored : *slice)
      if (!each(stored)) return {};
    from = SequenceNo{slice->back().sequence.get() + 1};
  }
}

Result<RawSlice> read_rows(const Store& store, SequenceNo from, std::size_t bytes) {
  auto txn = lmdb::ReadTxn::begin(store.env);
  if (!txn) return fail(txn.error());
  const auto state = store.state(*txn);
  if (!state) return fail(state.error());
  RawSlice out;
  out.head = {state->epoch, state->head, state->head_hash};
  out.base.first = state->first;
  if (state->first.get() > 0) {
    const auto base = store.base(*txn);
    if (!base) return fail(base.error());
    out.base.before = base->before;
  }
  from = std::max(from, state->first);
  if (from > state->head) return out;
  const auto begin = store.linked(*txn, state->epoch, from);
  if (!begin) return fail(begin.error());
  if (*begin) out.before = (*begin)->previous;
  auto cursor = lmdb::Cursor::open(*txn, store.entries);
  if (!cursor) return fail(cursor.error());
  std::size_t taken = 0;
  for (auto row = cursor->seek(entry_key(state->epoch, from)); true; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row || (taken > 0 && taken + (*row)->value.size() > bytes)) return out;
    const auto place = split_row(**row);
    if (!place) return fail(place.error());
    const auto raw = split_value(place->value);
    if (!raw) return fail(raw.error());
    out.rows.push_back({place->sequence, raw->hash, Bytes{raw->bytes.begin(), raw->bytes.end()}});
    taken += place->value.size();
  }
}

Result<LedgerBase> LmdbLedger::base() const {
  // Asks for no row: there is none at that number.
  auto slice = read_raw(SequenceNo{UINT64_MAX}, 0);
  if (!slice) return fail(std::move(slice.error()));
  return slice->base;
}

Result<RawSlice> LmdbLedger::read_raw(SequenceNo from, std::size_t bytes) const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  return read_rows(*store_, from, bytes);
}

Result<LedgerHead> read_head(const std::filesystem::path& folder) {
  auto store = Store::open(folder, {.read_only = true});
  if (!store) return fail(store.error());
  auto txn = lmdb::ReadTxn::begin(store->env);
  if (!txn) return fail(txn.error());
  auto state = store->state(*txn);
  if (!state) return fail(state.error());
  return LedgerHead{state->epoch, state->head, state->head_hash};
}

Status read_ledger(const std::filesystem::path& folder, SequenceNo from,
                   const std::function<bool(const StoredEntry&)>& each) {
  auto store = Store::open(folder, {.read_only = true});
  if (!store) return fail(store.error());
  return feed(from, each,
              [&](SequenceNo next, std::size_t limit) { return read_slice(*store, next, limit); });
}

}  // namespace tidegate::edge
