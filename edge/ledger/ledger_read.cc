// SPDX-License-Identifier: Apache-2.0
// Reading entries in order, in short transactions.
#include <algorithm>

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_lmdb.h"

namespace tidegate::edge {

namespace {

Result<StoredEntry> read_one(const Store& store, const lmdb::Txn& txn, Epoch epoch,
                             SequenceNo number, const std::optional<Hash256>& previous) {
  const std::string name = "entry " + std::to_string(number.get());
  auto raw = store.entry(txn, epoch, number);
  if (!raw) return fail(std::move(raw.error()), name);
  if (!*raw) return fail(Errc::corrupt, name + " is missing");
  const ByteView bytes = (*raw)->bytes;
  const bool fits = number.get() == 0
                        ? genesis_hash(bytes) == (*raw)->hash
                        : previous.has_value() && next_hash(*previous, bytes) == (*raw)->hash;
  if (!fits) return fail(Errc::corrupt, name + " does not fit the chain");
  auto entry = decode_entry(bytes);
  if (!entry) return fail(std::move(entry.error()), name);
  return StoredEntry{epoch, number, (*raw)->hash, std::move(*entry)};
}

}  // namespace

Result<std::vector<StoredEntry>> read_slice(const Store& store, SequenceNo from,
                                            std::size_t limit) {
  auto txn = lmdb::ReadTxn::begin(store.env);
  if (!txn) return fail(txn.error());
  auto state = store.state(*txn);
  if (!state) return fail(state.error());
  std::optional<Hash256> previous;
  if (from.get() > 0) {
    auto before = store.entry(*txn, state->epoch, SequenceNo{from.get() - 1});
    if (!before) return fail(before.error());
    if (*before) previous = (*before)->hash;
  }
  std::vector<StoredEntry> out;
  // An entry has some kilobytes: growing would move them again and again.
  if (from <= state->head)
    out.reserve(std::min<std::size_t>(limit, state->head.get() - from.get() + 1));
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
            const std::function<Result<std::vector<StoredEntry>>(SequenceNo)>& read) {
  while (true) {
    auto slice = read(from);
    if (!slice) return fail(slice.error());
    if (slice->empty()) return {};
    for (const StoredEntry& stored : *slice)
      if (!each(stored)) return {};
    from = SequenceNo{slice->back().sequence.get() + 1};
  }
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
  return feed(from, each, [&](SequenceNo next) { return read_slice(*store, next, kSliceEntries); });
}

}  // namespace tidegate::edge
