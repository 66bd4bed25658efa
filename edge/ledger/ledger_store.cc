// SPDX-License-Identifier: Apache-2.0
// Keys and rows of the ledger's tables as bytes.
#include "edge/ledger/ledger_store.h"

#include "edge/ledger/redo_record.h"

namespace tidegate::edge {
namespace {

constexpr const char* kMeta = "meta";
constexpr const char* kEntries = "entries";
constexpr const char* kUnconfirmed = "unconfirmed";
constexpr const char* kRecent = "recent";
constexpr const char* kCodes = "codes";
constexpr const char* kRides = "rides";
constexpr const char* kKept = "kept";
constexpr const char* kRedo = "redo";

constexpr std::string_view kFormatRow = "format";
constexpr std::string_view kFormat = "tidegate-ledger-1";
constexpr std::string_view kIdentityRow = "identity";
constexpr std::string_view kStateRow = "state";
constexpr std::string_view kBaseRow = "base";
constexpr std::string_view kRedoRow = "records";
constexpr std::size_t kBaseBytes = 32 + 8 + kTotalsBytes;
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

/// Zeros: they are written, so that the file system has blocks for what is written in place.
Result<lmdb::Table> create_redo(const lmdb::WriteTxn& txn) {
  auto redo = lmdb::Table::create(txn, kRedo);
  if (!redo) return redo;
  if (auto put = redo->put(txn, as_bytes(kRedoRow), Bytes(kRedoRowBytes)); !put)
    return fail(put.error());
  return redo;
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
  const auto kept = open_if_there(*txn, kKept);
  if (!kept) return fail(kept.error());
  const auto redo = open_if_there(*txn, kRedo);
  if (!redo) return fail(redo.error());
  if (auto done = std::move(*txn).keep_tables(); !done) return fail(done.error());
  return Store{std::move(env), *meta,  *entries, *unconfirmed, *recent,
               *codes,         *rides, *kept,    *redo};
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

bool LinkedEntry::fits() const {
  return (previous == Hash256{} ? genesis_hash(raw.bytes) : next_hash(previous, raw.bytes)) ==
         raw.hash;
}

Result<LinkedEntry> split_kept(ByteView value) {
  if (value.size() < 64) return fail(Errc::corrupt, "kept entry is shorter than its hashes");
  return LinkedEntry{{to_array<32>(value.subspan(32, 32)), value.subspan(64)},
                     to_array<32>(value.first(32))};
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
  auto kept = lmdb::Table::create(*txn, kKept);
  auto redo = create_redo(*txn);
  for (const auto* table : {&meta, &entries, &unconfirmed, &recent, &codes, &rides, &kept, &redo})
    if (!*table) return fail(table->error());
  Bytes identity{static_cast<Byte>(owner.realm)};
  append(identity, owner.public_key);
  append(identity, as_bytes(owner.box));
  if (auto put = meta->put(*txn, as_bytes(kFormatRow), as_bytes(kFormat)); !put)
    return fail(put.error());
  if (auto put = meta->put(*txn, as_bytes(kIdentityRow), identity); !put) return fail(put.error());
  if (auto done = std::move(*txn).commit(); !done) return fail(done.error());
  return Store{std::move(*env), *meta,  *entries, *unconfirmed, *recent,
               *codes,          *rides, *kept,    *redo};
}

Status Store::add_missing_tables() {
  if (!codes || !rides || !kept)
    if (auto done = add_tables(); !done) return done;
  if (redo) return {};
  auto txn = lmdb::WriteTxn::begin(env);
  if (!txn) return fail(txn.error());
  auto made = create_redo(*txn);
  Status done = made ? std::move(*txn).commit() : Status{fail(made.error())};
  if (done) {
    redo = *made;
  } else if (!made && made.error().code() == Errc::full) {
    return {};  // undone; it goes without
  }
  return done;
}

Status Store::add_tables() {
  auto txn = lmdb::WriteTxn::begin(env);
  if (!txn) return fail(txn.error());
  auto more_codes = lmdb::Table::create(*txn, kCodes);
  if (!more_codes) return fail(more_codes.error());
  auto more_rides = lmdb::Table::create(*txn, kRides);
  if (!more_rides) return fail(more_rides.error());
  auto more_kept = lmdb::Table::create(*txn, kKept);
  if (!more_kept) return fail(more_kept.error());
  if (auto done = std::move(*txn).commit(); !done) return done;
  codes = *more_codes;
  rides = *more_rides;
  kept = *more_kept;
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

Result<BaseRow> Store::base(const lmdb::Txn& txn) const {
  const auto value = row(meta, txn, kBaseRow);
  if (!value) return fail(value.error());
  if (value->size() != kBaseBytes) return fail(Errc::corrupt, "row base has the wrong size");
  auto totals = decode_totals(value->last(kTotalsBytes));
  if (!totals) return fail(totals.error(), "row base");
  return BaseRow{to_array<32>(value->first(32)), SequenceNo{read_be(value->subspan(32, 8))},
                 *totals};
}

Status Store::put_base(const lmdb::WriteTxn& txn, const BaseRow& base) const {
  Bytes out;
  append(out, base.before);
  append_be(out, base.noted.get(), 8);
  append(out, encode_totals(base.totals));
  return meta.put(txn, as_bytes(kBaseRow), out);
}

Result<std::optional<lmdb::Place>> Store::redo_place(const lmdb::ReadTxn& txn) const {
  if (!redo) return std::nullopt;
  return redo->place(txn, as_bytes(kRedoRow));
}

Result<ByteView> Store::redo_row(const lmdb::Txn& txn) const {
  const auto value = redo ? row(*redo, txn, kRedoRow) : fail(Errc::corrupt, "no table redo");
  if (!value) return fail(value.error());
  if (value->size() != kRedoRowBytes) return fail(Errc::corrupt, "row redo has the wrong size");
  return *value;
}

Result<LedgerUse> Store::use(const lmdb::Txn& txn) const {
  const auto own = env.own_bytes(txn);
  if (!own) return fail(own.error());
  LedgerUse out{*own, env.usage().map_bytes};
  const std::optional<lmdb::Table> tables[] = {meta,  entries, unconfirmed, recent,
                                               codes, rides,   kept,        redo};
  for (const auto& table : tables) {
    if (!table) continue;
    const auto bytes = table->bytes(txn);
    if (!bytes) return fail(bytes.error());
    out.used_bytes += *bytes;
  }
  return out;
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

namespace {

/// What is kept of a pruned entry.
Result<std::optional<LinkedEntry>> kept_entry(const std::optional<lmdb::Table>& kept,
                                              const lmdb::Txn& txn, const EntryKey& key) {
  if (!kept) return std::nullopt;
  const auto value = kept->get(txn, key);
  if (!value) return fail(value.error());
  if (!*value) return std::nullopt;
  auto linked = split_kept(**value);
  if (!linked) return fail(linked.error());
  return *linked;
}

}  // namespace

Result<std::optional<RawEntry>> Store::entry(const lmdb::Txn& txn, Epoch epoch,
                                             SequenceNo sequence) const {
  const EntryKey key = entry_key(epoch, sequence);
  auto value = entries.get(txn, key);
  if (!value) return fail(value.error());
  if (*value) {
    auto raw = split_value(**value);
    if (!raw) return fail(raw.error());
    return *raw;
  }
  auto linked = kept_entry(kept, txn, key);
  if (!linked) return fail(linked.error());
  if (!*linked) return std::nullopt;
  return (*linked)->raw;
}

Result<std::optional<LinkedEntry>> Store::linked(const lmdb::Txn& txn, Epoch epoch,
                                                 SequenceNo sequence) const {
  const EntryKey key = entry_key(epoch, sequence);
  auto value = entries.get(txn, key);
  if (!value) return fail(value.error());
  if (!*value) return kept_entry(kept, txn, key);
  auto raw = split_value(**value);
  if (!raw) return fail(raw.error());
  if (sequence.get() == 0) return LinkedEntry{*raw, {}};
  const SequenceNo number{sequence.get() - 1};
  auto before = entry(txn, epoch, number);
  if (!before) return fail(before.error());
  if (*before) return LinkedEntry{*raw, (*before)->hash};
  const auto where = state(txn);
  if (!where) return fail(where.error());
  if (where->first != sequence)
    return fail(Errc::corrupt, "entry " + std::to_string(number.get()) + " is missing");
  auto ground = base(txn);
  if (!ground) return fail(ground.error());
  return LinkedEntry{*raw, ground->before};
}

}  // namespace tidegate::edge
