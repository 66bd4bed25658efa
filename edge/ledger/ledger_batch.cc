// SPDX-License-Identifier: Apache-2.0
// One transaction's worth of entries, written into all tables.
#include "edge/ledger/ledger_batch.h"

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_codes.h"

namespace tidegate::edge {
namespace {

/// What is written is read back first: an entry that decode would refuse must never get in.
Result<Bytes> encode_checked(const Entry& entry) {
  Bytes bytes = encode_entry(entry);
  auto again = decode_entry(bytes);
  if (!again) return fail(Errc::invalid, "entry breaks its format: " + again.error().message());
  if (*again != entry) return fail(Errc::invalid, "entry does not survive its own encoding");
  return bytes;
}

}  // namespace

Status Batch::put(SequenceNo sequence, const Hash256& hash, Bytes bytes) {
  Bytes value;
  value.reserve(hash.size() + bytes.size());
  append(value, hash);
  append(value, bytes);
  if (auto done = store_.entries.append(txn_, entry_key(state_.epoch, sequence), value); !done)
    return done;
  state_.head = sequence;
  state_.head_hash = hash;
  added_.push_back(std::move(bytes));
  return {};
}

Status Batch::begin_epoch(Epoch epoch, const Entry& genesis, const Totals& totals,
                          std::uint32_t boot) {
  auto bytes = encode_checked(genesis);
  if (!bytes) return fail(bytes.error());
  state_ = LedgerState{.epoch = epoch, .boot = boot, .totals = totals};
  const Hash256 hash = genesis_hash(*bytes);
  return put(SequenceNo{0}, hash, std::move(*bytes));
}

Result<SequenceNo> Batch::add(const Entry& entry) {
  auto bytes = encode_checked(entry);
  if (!bytes) return fail(bytes.error());
  const auto sequence = take(entry, std::move(*bytes));
  if (!sequence) return sequence;
  if (sequence->get() + 1 - state_.checkpoint.get() >= checkpoint_every_)
    if (auto done = add_checkpoint(entry.head); !done) return fail(done.error());
  return sequence;
}

Result<SequenceNo> Batch::take(const Entry& entry, Bytes bytes) {
  const SequenceNo sequence{state_.head.get() + 1};
  const Hash256 hash = next_hash(state_.head_hash, bytes);
  if (auto done = put(sequence, hash, std::move(bytes)); !done) return fail(done.error());
  if (auto done = change_tables(sequence, entry); !done) return fail(done.error());
  count_entry(state_.totals, entry.body);
  return sequence;
}

Status Batch::add_again(ByteView bytes) {
  const auto entry = decode_entry(bytes);
  if (!entry) return fail(Error{entry.error()});
  const auto sequence = take(*entry, {bytes.begin(), bytes.end()});
  if (!sequence) return fail(Error{sequence.error()});
  return {};
}

Status Batch::add_checkpoint(const EntryHead& after) {
  const SequenceNo sequence{state_.head.get() + 1};
  Entry entry{after,
              sign_checkpoint(key_, state_.epoch, sequence, state_.head_hash, state_.totals)};
  entry.head.aisle = AisleNo{0};
  auto bytes = encode_checked(entry);
  if (!bytes) return fail(bytes.error());
  const auto taken = take(entry, std::move(*bytes));
  if (!taken) return fail(Error{taken.error()});
  return {};
}

Status Batch::change_tables(SequenceNo sequence, const Entry& entry) {
  if (const auto* intent = std::get_if<Intent>(&entry.body))
    return store_.unconfirmed.put(txn_, unconfirmed_key(intent->card, sequence), {});
  if (const auto* outcome = std::get_if<Outcome>(&entry.body)) {
    if (auto done = close_intent(outcome->intent, &outcome->card, &outcome->amount); !done)
      return done;
    if (outcome->result != OutcomeResult::debited) return {};
    return store_.put_recent(txn_, outcome->card, {sequence, entry.head.at});
  }
  if (const auto* gone = std::get_if<Void>(&entry.body))
    return gone->charge != SequenceNo{} ? undo(gone->charge)
                                        : close_intent(gone->intent, nullptr, nullptr);
  if (const auto* charge = std::get_if<AccountCharge>(&entry.body)) {
    if (auto done = note_charge(store_, txn_, sequence, entry); !done) return done;
    if (charge->intent != SequenceNo{0}) return close_intent(charge->intent, nullptr, nullptr);
  }
  if (const auto* boot = std::get_if<Boot>(&entry.body)) state_.boot = boot->boot_number;
  if (std::holds_alternative<Checkpoint>(entry.body)) state_.checkpoint = sequence;
  return {};
}

Status Batch::undo(SequenceNo charge) {
  const std::string name = "entry " + std::to_string(charge.get());
  auto raw = store_.entry(txn_, state_.epoch, charge);
  if (!raw) return fail(raw.error());
  if (!*raw) return fail(Errc::invalid, name + " is not there to be voided");
  auto entry = decode_entry((*raw)->bytes);
  if (!entry) return fail(std::move(entry.error()), name);
  const auto* found = std::get_if<AccountCharge>(&entry->body);
  if (found == nullptr) return fail(Errc::invalid, name + " is no account charge");
  return undo_charge(store_, txn_, {state_.epoch, charge, state_.head}, *found);
}

Status Batch::close_intent(SequenceNo intent, const CardHandle* card, const Fen* amount) {
  const std::string name = "entry " + std::to_string(intent.get());
  auto raw = store_.entry(txn_, state_.epoch, intent);
  if (!raw) return fail(raw.error());
  if (!*raw) return fail(Errc::invalid, name + " is not there to be confirmed");
  auto entry = decode_entry((*raw)->bytes);
  if (!entry) return fail(std::move(entry.error()), name);
  const auto* found = std::get_if<Intent>(&entry->body);
  if (found == nullptr) return fail(Errc::invalid, name + " is not an intent");
  if ((card != nullptr && *card != found->card) || (amount != nullptr && *amount != found->amount))
    return fail(Errc::invalid, name + " is an intent of another card or amount");
  const UnconfirmedKey key = unconfirmed_key(found->card, intent);
  auto open = store_.unconfirmed.get(txn_, key);
  if (!open) return fail(open.error());
  if (!*open) return fail(Errc::exists, name + " has its outcome already");
  return store_.unconfirmed.erase(txn_, key);
}

Status Batch::sweep_recent(Timestamp now, std::size_t rows, CardHandle& from) {
  std::vector<CardHandle> old;
  {
    auto cursor = lmdb::Cursor::open(txn_, store_.recent);
    if (!cursor) return fail(cursor.error());
    auto row = cursor->seek(from.get());
    for (std::size_t i = 0; i < rows; ++i) {
      if (!row) return fail(row.error());
      if (!*row) break;
      if ((*row)->key.size() != 16 || (*row)->value.size() != 16)
        return fail(Errc::corrupt, "a row of table recent has the wrong size");
      from = CardHandle{to_array<16>((*row)->key)};
      const auto ms = static_cast<std::int64_t>(read_be((*row)->value.last(8)));
      if (now - Timestamp{std::chrono::milliseconds{ms}} > kRecentKept) old.push_back(from);
      row = cursor->next();
    }
    if (!row) return fail(row.error());
    if (!*row) from = CardHandle{};  // the end: begin again next time
  }
  for (const CardHandle& card : old)
    if (auto done = store_.recent.erase(txn_, card.get()); !done) return done;
  return {};
}

}  // namespace tidegate::edge
