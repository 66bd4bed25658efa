// SPDX-License-Identifier: Apache-2.0
// The walk over the chain.
#include "edge/ledger/ledger_walk.h"

#include <algorithm>

#include "edge/ledger/entry_codec.h"

namespace tidegate::edge {
namespace {

std::string number(SequenceNo sequence) {
  return std::to_string(sequence.get());
}
/// A search by key, which a damaged inner page leads astray.
bool is_found(const lmdb::Table& table, const lmdb::Txn& txn, ByteView key) {
  const auto value = table.get(txn, key);
  return value && value->has_value();
}
SequenceNo after(SequenceNo sequence) {
  return SequenceNo{sequence.get() + 1};
}

}  // namespace

void WalkReport::say(std::string_view text) noexcept {
  const std::size_t size = std::min(text.size(), what.size() - 1);
  std::memcpy(what.data(), text.data(), size);
  what[size] = '\0';
}

void Walk::damage(SequenceNo at, const std::string& what) {
  if (!report_.damaged) {
    report_.damaged = true;
    report_.damaged_at = at;
    report_.say(what);
  }
  lost_ = true;
  whole_ = false;
  report_.resumed = false;
}

void Walk::begin_at_checkpoint(SequenceNo sequence) {
  expected_ = sequence;
  lost_ = true;
  whole_ = false;
}

void Walk::step_kept(const EntryRow& row) {
  report_.reading = row.sequence.get();
  ++report_.entries;
  const std::string name = "kept entry " + number(row.sequence);
  if (row.epoch != epoch_) return damage(row.sequence, name + " belongs to another epoch");
  const auto linked = split_kept(row.value);
  if (!linked) return damage(row.sequence, linked.error().message());
  const auto entry = decode_entry(linked->raw.bytes);
  if (!entry) return damage(row.sequence, entry.error().message());
  if (!linked->fits()) return damage(row.sequence, "bytes and chain hash of " + name + " differ");
  const bool first = row.sequence.get() == 0;
  const auto* genesis = std::get_if<Genesis>(&entry->body);
  const auto* intent = std::get_if<Intent>(&entry->body);
  if (first ? genesis == nullptr || linked->previous != Hash256{} : intent == nullptr)
    return damage(row.sequence, name + " is of a kind that is not kept");
  if (genesis != nullptr && genesis->public_key != public_key_)
    return damage(row.sequence, "row identity has another public key than Genesis");
  has_genesis_ = has_genesis_ || first;
  if (intent != nullptr) open_.emplace(row.sequence, intent->card);
}

void Walk::begin_at_base(SequenceNo first, const BaseRow& base) {
  report_.first = first;
  expected_ = first;
  if (!has_genesis_) damage(SequenceNo{0}, "Genesis is missing");
  if (!open_.empty() && open_.rbegin()->first >= first)
    damage(open_.rbegin()->first, "kept entry " + number(open_.rbegin()->first) + " is not pruned");
  report_.last_good_hash = base.before;
  report_.totals = base.totals;
}

void Walk::step(const EntryRow& row) {
  report_.reading = row.sequence.get();
  ++report_.entries;
  if (row.epoch != epoch_) return damage(expected_, "an entry belongs to another epoch");
  if (row.sequence < report_.first)
    return damage(row.sequence, "entry " + number(row.sequence) + " is before the first one");
  if (row.sequence != expected_) damage(expected_, "entry " + number(expected_) + " is missing");
  expected_ = after(row.sequence);
  report_.head = row.sequence;
  const auto raw = split_value(row.value);
  if (!raw) return damage(row.sequence, raw.error().message());
  const auto entry = decode_entry(raw->bytes);
  if (!entry) return damage(row.sequence, entry.error().message());
  if (lost_) {
    if (!try_resume(row.sequence, *raw, *entry)) return;
  } else {
    check(row.sequence, *raw, *entry);
    if (lost_) return;
  }
  report_.any_good = true;
  report_.last_good = row.sequence;
  report_.last_good_hash = raw->hash;
}

bool Walk::try_resume(SequenceNo sequence, const RawEntry& raw, const Entry& entry) {
  const auto* checkpoint = std::get_if<Checkpoint>(&entry.body);
  if (checkpoint == nullptr || next_hash(checkpoint->chain, raw.bytes) != raw.hash ||
      !checkpoint_signed_by(public_key_, epoch_, sequence, *checkpoint))
    return false;
  ++report_.checkpoints;
  report_.totals = checkpoint->totals;
  report_.resumed = true;
  report_.intact_from = sequence;
  checkpoint_ = sequence;
  lost_ = false;
  return true;
}

void Walk::check(SequenceNo sequence, const RawEntry& raw, const Entry& entry) {
  const bool first = sequence.get() == 0;
  const Hash256 hash =
      first ? genesis_hash(raw.bytes) : next_hash(report_.last_good_hash, raw.bytes);
  if (hash != raw.hash)
    return damage(sequence, "bytes and chain hash of entry " + number(sequence) + " differ");
  if (first != std::holds_alternative<Genesis>(entry.body))
    return damage(sequence, "Genesis is not the first entry, or not the only one");
  if (const auto* genesis = std::get_if<Genesis>(&entry.body)) {
    if (genesis->public_key != public_key_)
      return damage(sequence, "row identity has another public key than Genesis");
    carries_ = !genesis->because.empty();
  }
  if (const auto* checkpoint = std::get_if<Checkpoint>(&entry.body)) {
    check_checkpoint(sequence, *checkpoint);
    if (lost_) return;
  }
  count(sequence, entry);
}

void Walk::check_checkpoint(SequenceNo sequence, const Checkpoint& checkpoint) {
  ++report_.checkpoints;
  if (carries_ && sequence.get() == 1) report_.totals = checkpoint.totals;
  if (checkpoint.chain != report_.last_good_hash)
    return damage(sequence, "checkpoint " + number(sequence) + " cites another chain hash");
  if (!checkpoint_signed_by(public_key_, epoch_, sequence, checkpoint))
    return damage(sequence, "checkpoint " + number(sequence) + " has a wrong signature");
  if (checkpoint.totals != report_.totals)
    return damage(sequence, "checkpoint " + number(sequence) + " has other totals");
  checkpoint_ = sequence;
}

void Walk::count(SequenceNo sequence, const Entry& entry) {
  if (const auto* boot = std::get_if<Boot>(&entry.body))
    report_.boot = std::max(report_.boot, boot->boot_number);
  if (const auto* intent = std::get_if<Intent>(&entry.body)) open_.emplace(sequence, intent->card);
  if (const auto* outcome = std::get_if<Outcome>(&entry.body)) {
    close(sequence, outcome->intent);
    if (outcome->result == OutcomeResult::debited)
      debits_[outcome->card] = {sequence, entry.head.at};
  }
  if (const auto* gone = std::get_if<Void>(&entry.body)) {
    if (gone->charge == SequenceNo{}) {
      close(sequence, gone->intent);
    } else {
      undo(sequence, gone->charge);
    }
  }
  if (const auto* pruned = std::get_if<Pruned>(&entry.body);
      pruned != nullptr && pruned->last >= report_.first && whole_)
    damage(sequence, "entry " + number(sequence) + " says that entry " + number(pruned->last) +
                         " was pruned, which was not");
  if (const auto* charge = std::get_if<AccountCharge>(&entry.body)) {
    if (charge->intent.get() != 0) close(sequence, charge->intent);
    const auto account = code_account(*charge);
    charges_.emplace(sequence, account);
    if (account) {
      codes_.insert(code_key(*account, charge->made));
      debits_[*account] = {sequence, entry.head.at};
    }
  }
  if (!lost_) count_entry(report_.totals, entry.body);
}

void Walk::close(SequenceNo sequence, SequenceNo intent) {
  // An intent that was not walked over may be before the checkpoint or in a damaged range.
  if (open_.erase(intent) == 0 && whole_)
    damage(sequence, "entry " + number(sequence) + " is the outcome of entry " + number(intent) +
                         ", which is no unconfirmed intent");
}

void Walk::undo(SequenceNo sequence, SequenceNo charge) {
  if (const auto found = charges_.find(charge); found != charges_.end()) {
    // What was voided is no account's newest charge any more.
    const auto newest = found->second ? debits_.find(*found->second) : debits_.end();
    if (newest != debits_.end() && newest->second.outcome == charge) debits_.erase(newest);
  } else if (whole_ && charge >= report_.first) {
    damage(sequence, "entry " + number(sequence) + " voids entry " + number(charge) +
                         ", which is no account charge");
  }
}

void Walk::compare_state(const LedgerState& state) {
  if (lost_) {
    if (!report_.damaged)
      damage(state.checkpoint,
             "the last checkpoint, entry " + number(state.checkpoint) + ", is missing or damaged");
    return;
  }
  if (state.head > report_.head)
    return damage(after(report_.head), "entry " + number(after(report_.head)) + " is missing");
  if (state.head < report_.head)
    return damage(after(state.head),
                  "entry " + number(after(state.head)) + " is beyond the recorded head");
  if (state.head_hash != report_.last_good_hash)
    return damage(state.head, "row state has another hash of the head");
  if (state.totals != report_.totals)
    return damage(state.head, "row state has other totals than the entries");
  if (state.checkpoint != checkpoint_)
    return damage(state.head, "row state names another last checkpoint");
  if (state.boot < report_.boot)
    return damage(state.head, "row state has a lower boot number than the entries");
}

Status Walk::compare_tables(const Store& store, const lmdb::Txn& txn) {
  if (lost_ || !whole_) return {};
  if (auto done = compare_unconfirmed(store, txn); !done || lost_) return done;
  if (auto done = compare_codes(store, txn); !done || lost_) return done;
  return compare_recent(store, txn);
}

Status Walk::compare_unconfirmed(const Store& store, const lmdb::Txn& txn) {
  auto cursor = lmdb::Cursor::open(txn, store.unconfirmed);
  if (!cursor) return fail(cursor.error());
  std::size_t rows = 0;
  for (auto row = cursor->first(); true; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row) break;
    ++rows;
    const ByteView key = (*row)->key;
    const SequenceNo intent{key.size() == 24 ? read_be(key.last(8)) : 0};
    const auto found = open_.find(intent);
    if (key.size() != 24 || found == open_.end() ||
        !std::ranges::equal(found->second.get(), key.first(16)) ||
        !is_found(store.unconfirmed, txn, key)) {
      damage(report_.head, "table unconfirmed has a row that is no unconfirmed intent");
      return {};
    }
  }
  if (rows != open_.size()) damage(report_.head, "table unconfirmed misses an unconfirmed intent");
  return {};
}

/// A row about a pruned entry cannot be judged any more.
Status Walk::compare_recent(const Store& store, const lmdb::Txn& txn) {
  auto recent = lmdb::Cursor::open(txn, store.recent);
  if (!recent) return fail(recent.error());
  for (auto row = recent->first(); true; row = recent->next()) {
    if (!row) return fail(row.error());
    if (!*row) return {};
    const auto [key, value] = **row;
    const bool sized = key.size() == 16 && value.size() == 16;
    if (sized && SequenceNo{read_be(value.first(8))} < report_.first) continue;
    const auto found = sized ? debits_.find(CardHandle{to_array<16>(key)}) : debits_.end();
    if (found == debits_.end() || read_be(value.first(8)) != found->second.outcome.get() ||
        static_cast<std::int64_t>(read_be(value.last(8))) !=
            found->second.at.time_since_epoch().count() ||
        !is_found(store.recent, txn, key)) {
      damage(report_.head, "table recent has a row that is not a newest debit or charge");
      return {};
    }
  }
}

Status Walk::compare_codes(const Store& store, const lmdb::Txn& txn) {
  if (!store.codes || !store.rides) return {};
  auto codes = lmdb::Cursor::open(txn, *store.codes);
  if (!codes) return fail(codes.error());
  for (auto row = codes->first(); true; row = codes->next()) {
    if (!row) return fail(row.error());
    if (!*row) break;
    const ByteView key = (*row)->key;
    // Which entry it is from it does not say: one that was pruned, perhaps.
    const bool pruned = report_.first.get() > 0;
    if (key.size() != 24 || (*row)->value.size() != 8 ||
        (!pruned && !codes_.contains(to_array<24>(key))) || !is_found(*store.codes, txn, key)) {
      damage(report_.head, "table codes has a row that is no accepted code");
      return {};
    }
  }
  auto rides = lmdb::Cursor::open(txn, *store.rides);
  if (!rides) return fail(rides.error());
  for (auto row = rides->first(); true; row = rides->next()) {
    if (!row) return fail(row.error());
    if (!*row) return {};
    const auto [key, value] = **row;
    const SequenceNo charge{value.size() == 16 ? read_be(value.first(8)) : 0};
    if (key.size() != 16 || value.size() != 16 ||
        (charge >= report_.first && !charges_.contains(charge)) ||
        !is_found(*store.rides, txn, key)) {
      damage(report_.head, "table rides has a row that no code began");
      return {};
    }
  }
}

}  // namespace tidegate::edge
