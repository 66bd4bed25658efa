// SPDX-License-Identifier: Apache-2.0
// The bytes of a redo record.
#include "edge/ledger/redo_record.h"

#include <algorithm>

namespace tidegate::edge {
namespace {

constexpr std::string_view kMagic = "tidegate-redo-1";

}  // namespace

std::optional<Bytes> encode_redo(const LedgerState& before, const LedgerState& after,
                                 const std::vector<Bytes>& entries) {
  Bytes out;
  append(out, as_bytes(kMagic));
  append_be(out, before.epoch.get(), 8);
  append_be(out, before.head.get(), 8);
  append(out, before.head_hash);
  append(out, after.head_hash);
  append_be(out, entries.size(), 4);
  for (const Bytes& entry : entries) {
    if (out.size() + 4 + entry.size() > kRedoSlotBytes) return std::nullopt;
    append_be(out, entry.size(), 4);
    append(out, entry);
  }
  return out;
}

std::optional<std::vector<ByteView>> decode_redo(ByteView slot, const LedgerState& now) {
  ByteReader reader{slot};
  if (!std::ranges::equal(reader.take(kMagic.size()), as_bytes(kMagic))) return std::nullopt;
  const Epoch epoch{reader.be(8)};
  const SequenceNo head{reader.be(8)};
  const ByteView before = reader.take(32);
  const ByteView after = reader.take(32);
  const std::uint64_t count = reader.be(4);
  if (epoch != now.epoch || head != now.head || !std::ranges::equal(before, now.head_hash))
    return std::nullopt;
  std::vector<ByteView> out;
  Hash256 hash = now.head_hash;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    out.push_back(reader.take(reader.be(4)));
    hash = next_hash(hash, out.back());
  }
  if (!reader.ok() || out.empty() || !std::ranges::equal(after, hash)) return std::nullopt;
  return out;
}

Result<std::vector<Bytes>> undone_entries(const Store& store, const lmdb::Txn& txn,
                                          LedgerState now) {
  std::vector<Bytes> out;
  if (!store.redo) return out;  // an older ledger
  const auto row = store.redo_row(txn);
  if (!row) return fail(row.error());
  for (std::size_t i = 0; i < kRedoSlots; ++i)
    for (std::size_t slot = 0; slot < kRedoSlots; ++slot) {
      const auto entries = decode_redo(row->subspan(redo_slot_at(slot), kRedoSlotBytes), now);
      if (!entries) continue;
      for (const ByteView entry : *entries) {
        out.emplace_back(entry.begin(), entry.end());
        now.head = SequenceNo{now.head.get() + 1};
        now.head_hash = next_hash(now.head_hash, entry);
      }
    }
  return out;
}

}  // namespace tidegate::edge
