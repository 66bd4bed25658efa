// SPDX-License-Identifier: Apache-2.0
// Rows of the tables `codes` and `rides`.
#include "edge/ledger/ledger_codes.h"

#include <algorithm>
#include <vector>

#include "edge/ledger/entry_codec.h"

namespace tidegate::edge {
namespace {

constexpr int kSweptAtOnce = 8;
/// A clock that was set back by no more than this still knows what it has just seen.
constexpr std::chrono::minutes kSetBackMax{2};
/// A void follows its charge at once. One that comes later than this restores no ride.
constexpr std::uint64_t kLookedBackMax = 4096;
constexpr std::string_view kForgottenRow = "codes forgotten";

std::uint64_t ms_of(Timestamp at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}
Timestamp from_ms(ByteView bytes) {
  return Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(read_be(bytes))}};
}

Result<Timestamp> forgotten(const Store& store, const lmdb::Txn& txn) {
  auto row = store.meta.get(txn, as_bytes(kForgottenRow));
  if (!row) return fail(row.error());
  if (!*row) return Timestamp{};
  if ((*row)->size() != 8) return fail(Errc::corrupt, "row \"codes forgotten\" is damaged");
  return from_ms(**row);
}

Result<std::optional<CodeRide>> ride_of(const Store& store, const lmdb::Txn& txn,
                                        const CardHandle& account) {
  auto row = store.rides->get(txn, account.get());
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  if ((*row)->size() != 16) return fail(Errc::corrupt, "a row of table rides is damaged");
  return CodeRide{SequenceNo{read_be((*row)->first(8))}, from_ms((*row)->last(8))};
}

Status put_ride(const Store& store, const lmdb::WriteTxn& txn, const CardHandle& account,
                const CodeRide& ride) {
  Bytes value;
  append_be(value, ride.entry.get(), 8);
  append_be(value, ms_of(ride.at), 8);
  return store.rides->put(txn, account.get(), value);
}

struct Sweep {
  std::vector<Bytes> old;
  std::optional<Bytes> last;  ///< the next sweep goes on behind it; nullopt: at the beginning
};

/// `until` says when a row is past.
template <class Until>
Result<Sweep> find_old(const lmdb::Txn& txn, const lmdb::Table& table, ByteView from,
                       std::size_t key_bytes, Timestamp now, Until until) {
  auto cursor = lmdb::Cursor::open(txn, table);
  if (!cursor) return fail(cursor.error());
  Sweep out;
  auto row = cursor->seek(from);
  for (int i = 0; i < kSweptAtOnce; ++i) {
    if (!row) return fail(row.error());
    if (!*row) break;
    const auto [key, value] = **row;
    if (key.size() != key_bytes || value.size() < 8)
      return fail(Errc::corrupt, "a row of a table of ride codes has the wrong size");
    out.last = Bytes{key.begin(), key.end()};
    if (until(value) < now) out.old.push_back(*out.last);
    row = cursor->next();
  }
  if (!row) return fail(row.error());
  if (!*row) out.last.reset();
  return out;
}

Status sweep_used(const Store& store, const lmdb::WriteTxn& txn, Timestamp now, CodeKey& from) {
  const auto until = [](ByteView value) { return from_ms(value.first(8)); };
  auto sweep = find_old(txn, *store.codes, from, from.size(), now, until);
  if (!sweep) return fail(sweep.error());
  from = sweep->last ? to_array<24>(*sweep->last) : CodeKey{};
  if (sweep->old.empty()) return {};
  auto before = forgotten(store, txn);
  if (!before) return fail(before.error());
  Timestamp newest = *before;
  for (const Bytes& key : sweep->old) {
    const auto value = store.codes->get(txn, key);
    if (!value) return fail(value.error());
    if (*value) newest = std::max(newest, until(**value));
    if (auto done = store.codes->erase(txn, key); !done) return done;
  }
  Bytes row;
  append_be(row, ms_of(newest), 8);
  return store.meta.put(txn, as_bytes(kForgottenRow), row);
}

Status sweep_rides(const Store& store, const lmdb::WriteTxn& txn, Timestamp now, CardHandle& from) {
  const auto until = [](ByteView value) { return from_ms(value.last(8)) + kCodeRideKept; };
  auto sweep = find_old(txn, *store.rides, from.get(), 16, now, until);
  if (!sweep) return fail(sweep.error());
  from = sweep->last ? CardHandle{to_array<16>(*sweep->last)} : CardHandle{};
  for (const Bytes& key : sweep->old)
    if (auto done = store.rides->erase(txn, key); !done) return done;
  return {};
}

/// Also when it cannot be known.
Result<bool> has_later_charge(const Store& store, const lmdb::WriteTxn& txn,
                              const CardHandle& account, const Undone& undone) {
  const std::uint64_t end = undone.undone_by.get();
  if (end - undone.charge.get() > kLookedBackMax) return true;
  for (std::uint64_t at = undone.charge.get() + 1; at < end; ++at) {
    const auto raw = store.entry(txn, undone.epoch, SequenceNo{at});
    if (!raw) return fail(raw.error());
    if (!*raw) return true;
    const auto entry = decode_entry((*raw)->bytes);
    if (!entry) return fail(Error{entry.error()});
    const auto* charge = std::get_if<AccountCharge>(&entry->body);
    if (charge != nullptr && code_account(*charge) == account) return true;
  }
  return false;
}

}  // namespace

CodeKey code_key(const CardHandle& account, Timestamp made) {
  CodeKey out{};
  std::ranges::copy(account.get(), out.begin());
  write_be(std::span{out}.last(8), ms_of(made));
  return out;
}

std::optional<CardHandle> code_account(const AccountCharge& charge) {
  if (charge.made == Timestamp{} || charge.account_handle.size() != 16) return std::nullopt;
  return CardHandle{to_array<16>(charge.account_handle)};
}

Status note_charge(const Store& store, const lmdb::WriteTxn& txn, SequenceNo sequence,
                   const Entry& entry) {
  const auto& charge = std::get<AccountCharge>(entry.body);
  const auto account = code_account(charge);
  if (!account) return {};
  const CodeKey key = code_key(*account, charge.made);
  auto used = store.codes->get(txn, key);
  if (!used) return fail(used.error());
  if (*used) return fail(Errc::exists, "this code was accepted before");
  Bytes until;
  append_be(until, ms_of(charge.remember_until), 8);
  if (auto done = store.codes->put(txn, key, until); !done) return done;
  if (auto done = store.put_recent(txn, *account, {sequence, entry.head.at}); !done) return done;
  if (charge.settlement == Settlement::resumed) return {};  // the ride is as that charge left it
  if (charge.entry != SequenceNo{}) {
    auto ride = ride_of(store, txn, *account);
    if (!ride) return fail(ride.error());
    if (!*ride || (*ride)->entry != charge.entry)
      return fail(Errc::exists, "the ride of this code has ended before");
    if (auto done = store.rides->erase(txn, account->get()); !done) return done;
  }
  if (charge.settlement == Settlement::entered)
    return put_ride(store, txn, *account, {sequence, entry.head.at});
  return {};
}

Status undo_charge(const Store& store, const lmdb::WriteTxn& txn, const Undone& undone,
                   const AccountCharge& charge) {
  const auto account = code_account(charge);
  if (!account) return {};
  auto last = store.recent_of(txn, *account);
  if (!last) return fail(last.error());
  if (*last && (*last)->outcome == undone.charge)
    if (auto done = store.recent.erase(txn, account->get()); !done) return done;
  if (charge.settlement == Settlement::resumed) return {};
  auto ride = ride_of(store, txn, *account);
  if (!ride) return fail(ride.error());
  if (*ride && (*ride)->entry == undone.charge) return store.rides->erase(txn, account->get());
  if (*ride || charge.entry == SequenceNo{}) return {};
  auto later = has_later_charge(store, txn, *account, undone);
  if (!later) return fail(later.error());
  if (*later) return {};  // the ride has ended all the same
  auto raw = store.entry(txn, undone.epoch, charge.entry);
  if (!raw) return fail(raw.error());
  if (!*raw) return {};  // pruned: the clearing house has both
  auto begun = decode_entry((*raw)->bytes);
  if (!begun) return fail(std::move(begun.error()));
  return put_ride(store, txn, *account, {charge.entry, begun->head.at});
}

Result<CodeMemory> read_code(const Store& store, const lmdb::Txn& txn, const CardHandle& account,
                             Timestamp made, Timestamp now) {
  CodeMemory out;
  if (!store.codes || !store.rides) return out;
  auto used = store.codes->get(txn, code_key(account, made));
  if (!used) return fail(used.error());
  out.used = used->has_value();
  auto before = forgotten(store, txn);
  if (!before) return fail(before.error());
  out.forgotten = *before;
  auto ride = ride_of(store, txn, account);
  if (!ride) return fail(ride.error());
  if (*ride && now - (*ride)->at <= kCodeRideKept && (*ride)->at - now <= kSetBackMax)
    out.ride = *ride;
  auto last = store.recent_of(txn, account);
  if (!last) return fail(last.error());
  out.last = *last;
  return out;
}

Status sweep_codes(const Store& store, const lmdb::WriteTxn& txn, const EntryHead& now,
                   CodeSweep& from) {
  if (!now.clock.trusted) return {};
  if (auto done = sweep_used(store, txn, now.at, from.code); !done) return done;
  return sweep_rides(store, txn, now.at, from.ride);
}

}  // namespace tidegate::edge
