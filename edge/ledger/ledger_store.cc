// SPDX-License-Identifier: Apache-2.0
// Keys and rows of the ledger's tables as bytes.
#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {
namespace {

constexpr const char* kMeta = "meta";
constexpr const char* kEntries = "entries";
constexpr const char* kUnconfirmed = "unconfirmed";
constexpr const char* kRecent = "recent";
constexpr const char* kCodes = "codes";
constexpr const char* kRides = "rides";

constexpr std::string_view kFormatRow = "format";
constexpr std::string_view kFormat = "tidegate-ledger-1";
constexpr std::string_view kIdentityRow = "identity";
constexpr std::string_view kStateRow = "state";
constexpr std::size_t kStateBytes = 8 + 8 + 8 + 32 + 8 + 4 + kTotalsBytes;

Result<ByteView> row(const lmdb::Table& meta, const lmdb::Txn& txn, std::string_view name) {
  auto value = meta.get(txn, as_bytes(name));
  if (!value) return fail(value.error());
  if (!*value) return fail(Errc::corrupt, "row " + std::string{name} + " is missing");
  return **value;
}

/// nullopt: an older ledger.
Result<std::optional<lmdb::Table>> open_if_there(const lmdb::Txn& txn, const char* name) {
  auto table = lmdb::Table::open(txn, name);
  if (table) return *table;
  if (table.error().code() == Errc::not_found) return std::nullopt;
  return fail(table.error());
}

Result<Store> open_tables(lmdb::Environment env) {
  auto txn = lmdb::ReadTxn::begin(env);
  if (!txn) return fail(txn.error());
  auto meta = lmdb::Table::open(*txn, kMeta);
  auto entries = lmdb::Table::open(*txn, kEntries);
  auto unconfirmed = lmdb::Table::open(*txn, kUnconfirmed);
  auto recent = lmdb::Table::open(*txn, kRecent);
  if (!meta || !entries || !unconfirmed || !recent)
    return fail(Errc::corrupt, "data.mdb is there, but holds no ledger");
  const auto format = row(*meta, *txn, kFormatRow);
  if (!format) return fail(format.error());
  if (as_text(*format) != kFormat) return fail(Errc::corrupt, "ledger of an unknown format");
  const auto codes = open_if_there(*txn, kCodes);
  if (!codes) return fail(codes.error());
  const auto rides = open_if_there(*txn, kRides);
  if (!rides) return fail(rides.error());
  if (auto kept = std::move(*txn).keep_tables(); !kept) return fail(kept.error());
  return Store{std::move(env), *meta, *entries, *unconfirmed, *recent, *codes, *rides};
}

}  // namespace

EntryKey entry_key(Epoch epoch, SequenceNo sequence) {
  EntryKey out{};
  write_be(std::span{out}.first(8), epoch.get());
  write_be(std::span{out}.last(8), sequence.get());
  return out;
}

UnconfirmedKey unconfirmed_key(const CardHandle& card, SequenceNo intent) {
  UnconfirmedKey out{};
  std::memcpy(out.data(), card.get().data(), 16);
  write_be(std::span{out}.last(8), intent.get());
  return out;
}

Result<RawEntry> split_value(ByteView value) {
  if (value.size() < 32) return fail(Errc::corrupt, "stored entry is shorter than its hash");
  return RawEntry{to_array<32>(value.first(32)), value.subspan(32)};
}

Result<EntryRow> split_row(const lmdb::KeyValue& row) {
  if (row.key.size() != 16) return fail(Errc::corrupt, "an entry's key has the wrong size");
  return EntryRow{Epoch{read_be(row.key.first(8))}, SequenceNo{read_be(row.key.last(8))},
                  row.value};
}

Result<Store> Store::create(const std::filesystem::path& folder, const lmdb::Options& options,
                            const IdentityRow& owner) {
  auto env = lmdb::Environment::open(folder, options);
  if (!env) return fail(env.error());
  auto txn = lmdb::WriteTxn::begin(*env);
  if (!txn) return fail(txn.error());
  auto meta = lmdb::Table::create(*txn, kMeta);
  auto entries = lmdb::Table::create(*txn, kEntries);
  auto unconfirmed = lmdb::Table::create(*txn, kUnconfirmed);
  auto recent = lmdb::Table::create(*txn, kRecent);
  auto codes = lmdb::Table::create(*txn, kCodes);
  auto rides = lmdb::Table::create(*txn, kRides);
  for (const auto* table : {&meta, &entries, &unconfirmed, &recent, &codes, &rides})
    if (!*table) return fail(table->error());
  Bytes identity{static_cast<Byte>(owner.realm)};
  append(identity, owner.public_key);
  append(identity, as_bytes(owner.box));
  if (auto put = meta->put(*txn, as_bytes(kFormatRow), as_bytes(kFormat)); !put)
    return fail(put.error());
  if (auto put = meta->put(*txn, as_bytes(kIdentityRow), identity); !put) return fail(put.error());
  if (auto done = std::move(*txn).commit(); !done) return fail(done.error());
  return Store{std::move(*env), *meta, *entries, *unconfirmed, *recent, *codes, *rides};
}

Status Store::add_missing_tables() {
  if (codes && rides) return {};
  auto txn = lmdb::WriteTxn::begin(env);
  if (!txn) return fail(txn.error());
  auto more_codes = lmdb::Table::create(*txn, kCodes);
  if (!more_codes) return fail(more_codes.error());
  auto more_rides = lmdb::Table::create(*txn, kRides);
  if (!more_rides) return fail(more_rides.error());
  if (auto done = std::move(*txn).commit(); !done) return done;
  codes = *more_codes;
  rides = *more_rides;
  return {};
}

Result<Store> Store::open(const std::filesystem::path& folder, const lmdb::Options& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "data.mdb", ignored))
    return fail(Errc::not_found, "no ledger in " + folder.string());
  auto env = lmdb::Environment::open(folder, options);
  if (!env) return fail(env.error());
  auto store = open_tables(std::move(*env));
  if (!store) return fail(std::move(store.error()), folder.string());
  return store;
}

Result<LedgerState> Store::state(const lmdb::Txn& txn) const {
  const auto value = row(meta, txn, kStateRow);
  if (!value) return fail(value.error());
  if (value->size() != kStateBytes) return fail(Errc::corrupt, "row state has the wrong size");
  ByteReader reader{*value};
  LedgerState out;
  out.epoch = Epoch{reader.be(8)};
  out.first = SequenceNo{reader.be(8)};
  out.head = SequenceNo{reader.be(8)};
  out.head_hash = to_array<32>(reader.take(32));
  out.checkpoint = SequenceNo{reader.be(8)};
  out.boot = static_cast<std::uint32_t>(reader.be(4));
  auto totals = decode_totals(reader.rest());
  if (!totals) return fail(totals.error());
  out.totals = *totals;
  return out;
}

Status Store::put_state(const lmdb::WriteTxn& txn, const LedgerState& state) const {
  Bytes out;
  append_be(out, state.epoch.get(), 8);
  append_be(out, state.first.get(), 8);
  append_be(out, state.head.get(), 8);
  append(out, state.head_hash);
  append_be(out, state.checkpoint.get(), 8);
  append_be(out, state.boot, 4);
  append(out, encode_totals(state.totals));
  return meta.put(txn, as_bytes(kStateRow), out);
}

Result<IdentityRow> Store::identity(const lmdb::Txn& txn) const {
  const auto value = row(meta, txn, kIdentityRow);
  if (!value) return fail(value.error());
  if (value->size() < 33 || (*value)[0] < 1 || (*value)[0] > 2)
    return fail(Errc::corrupt, "row identity is damaged");
  return IdentityRow{static_cast<Realm>((*value)[0]), to_array<32>(value->subspan(1, 32)),
                     std::string{as_text(value->subspan(33))}};
}

Result<std::optional<RecentDebit>> Store::recent_of(const lmdb::Txn& txn,
                                                    const CardHandle& card) const {
  auto value = recent.get(txn, card.get());
  if (!value) return fail(value.error());
  if (!*value) return std::nullopt;
  if ((*value)->size() != 16) return fail(Errc::corrupt, "a row of table recent is damaged");
  const auto ms = static_cast<std::int64_t>(read_be((*value)->last(8)));
  return RecentDebit{SequenceNo{read_be((*value)->first(8))},
                     Timestamp{std::chrono::milliseconds{ms}}};
}

Status Store::put_recent(const lmdb::WriteTxn& txn, const CardHandle& card,
                         const RecentDebit& debit) const {
  Bytes value;
  append_be(value, debit.outcome.get(), 8);
  append_be(value, static_cast<std::uint64_t>(debit.at.time_since_epoch().count()), 8);
  return recent.put(txn, card.get(), value);
}

Result<std::optional<RawEntry>> Store::entry(const lmdb::Txn& txn, Epoch epoch,
                                             SequenceNo sequence) const {
  auto value = entries.get(txn, entry_key(epoch, sequence));
  if (!value) return fail(value.error());
  if (!*value) return std::nullopt;
  auto raw = split_value(**value);
  if (!raw) return fail(raw.error());
  return *raw;
}

}  // namespace tidegate::edge
