// SPDX-License-Identifier: Apache-2.0
// Bytes to entry: verified with limits, then every field range-checked, before anything reads it.
#include "edge/ledger/entry_codec.h"
#include "edge/ledger/entry_fields.h"
#include "edge/ledger/entry_flatbuffers.h"
#include "edge/ledger/price_input_decode.h"

namespace tidegate::edge {
namespace {

constexpr std::int32_t kDaysMax = 2'932'896;  // 9999-12-31
constexpr std::int64_t kStepMax = 1LL << 53U;

template <class T>
bool missing(FieldCheck& c, const T* part, std::string_view field) {
  return !c.need(part != nullptr, field);
}
CardHandle card(FieldCheck& c, const fb::Bytes16* bytes) {
  return CardHandle{c.fixed<16>(bytes, "card")};
}

StageTimes take(FieldCheck& c, const fb::Stages* s) {
  if (missing(c, s, "stages")) return {};
  return {s->identify(), s->check(), s->price(), s->intend(), s->debit(), s->record()};
}

constexpr std::size_t kSealedNumber = 26, kSealedCodeMax = 512;

enum class Sealing : std::uint8_t { number, code };

SealedNumber take(FieldCheck& c, const fb::Sealed* s, Sealing what = Sealing::number) {
  SealedNumber out;
  if (missing(c, s, "sealed")) return out;
  out.suite = s->suite();
  c.need(out.suite == 1, "sealed.suite");
  out.key_number = s->key_number();
  out.ephemeral = c.fixed<32>(s->ephemeral(), "sealed.ephemeral");
  out.nonce = c.fixed<12>(s->nonce(), "sealed.nonce");
  out.ciphertext = what == Sealing::code
                       ? c.bytes(s->ciphertext(), kSealedCodeMax, "sealed.ciphertext")
                       : c.none_or(s->ciphertext(), kSealedNumber, "sealed.ciphertext");
  return out;
}

LocalTime take(FieldCheck& c, const fb::CivilTime* t) {
  if (missing(c, t, "card_time")) return {};
  const LocalTime out{t->year(), t->month(), t->day(), t->hour(), t->minute(), t->second()};
  c.need(out == LocalTime{} || from_local(out).has_value(), "card_time");
  return out;
}

Genesis take(FieldCheck& c, const fb::Genesis& g) {
  Genesis out;
  out.format = g.format();
  c.need(out.format == 1, "format");
  out.realm = c.one_of(g.realm(), Realm::test, Realm::live, "realm");
  out.box = c.text(g.box(), "box");
  out.network = c.text(g.network(), "network");
  out.stop = c.text(g.stop(), "stop");
  out.public_key = c.fixed<32>(g.public_key(), "public_key");
  out.previous_epoch = Epoch{g.previous_epoch()};
  out.previous_head = SequenceNo{g.previous_head()};
  out.previous_hash = c.fixed<32>(g.previous_hash(), "previous_hash");
  out.because = c.text(g.because(), "because");
  return out;
}
Boot take(FieldCheck& c, const fb::Boot& b) {
  return {c.text(b.software(), "software"), b.boot_number(),
          c.fixed<32>(b.config_hash(), "config_hash"), b.clean_stop()};
}

Intent take(FieldCheck& c, const fb::Intent& i) {
  Intent out;
  out.card = card(c, i.card());
  out.sealed = take(c, i.sealed());
  out.issuer_factor = c.fixed<8>(i.issuer_factor(), "issuer_factor");
  out.charge_index = i.charge_index();
  out.purpose = c.one_of(i.purpose(), Purpose::fare, Purpose::proof, "purpose");
  out.terminal = TerminalNo{c.fixed<6>(i.terminal(), "terminal")};
  out.sam_txn = SamTxnNo{i.sam_txn()};
  out.type = i.type();
  out.key_version = i.key_version();
  out.algorithm = i.algorithm();
  out.counter = CardCounter{i.counter()};
  out.random = c.fixed<4>(i.random(), "random");
  out.balance_before = c.card_fen(i.balance_before_fen(), "balance_before_fen");
  out.amount = c.card_fen(i.amount_fen(), "amount_fen");
  out.card_time = take(c, i.card_time());
  out.mac1 = c.fixed<4>(i.mac1(), "mac1");
  out.journey_record = c.none_or(i.journey_record(), 128, "journey_record");
  out.trip_record = c.none_or(i.trip_record(), 48, "trip_record");
  out.medium = take(c, i.medium());
  out.context = take(c, i.context());
  out.tap = take(c, i.tap());
  out.decision = take(c, i.decision());
  out.book_hash = c.fixed<32>(i.book_hash(), "book_hash");
  out.book_number = i.book_number();
  out.engine_version = i.engine_version();
  return out;
}

Outcome take(FieldCheck& c, const fb::Outcome& o) {
  Outcome out;
  out.intent = SequenceNo{o.intent()};
  out.result = c.one_of(o.result(), OutcomeResult::debited, OutcomeResult::suspect, "result");
  out.evidence =
      c.one_of(o.evidence(), OutcomeEvidence::mac2, OutcomeEvidence::counter, "evidence");
  out.card = card(c, o.card());
  out.amount = c.card_fen(o.amount_fen(), "amount_fen");
  out.terminal = TerminalNo{c.fixed<6>(o.terminal(), "terminal")};
  out.sam_txn = SamTxnNo{o.sam_txn()};
  out.counter = CardCounter{o.counter()};
  out.mac2 = c.fixed<4>(o.mac2(), "mac2");
  out.tac = c.fixed<4>(o.tac(), "tac");
  out.sw = o.sw();
  out.stages = take(c, o.stages());
  return out;
}

AccountCharge take(FieldCheck& c, const fb::AccountCharge& a) {
  AccountCharge out;
  out.intent = SequenceNo{a.intent()};
  out.scheme = c.text(a.scheme(), "scheme");
  out.account_handle = c.bytes(a.account_handle(), 64, "account_handle");
  out.code = c.bytes(a.code(), 4096, "code");
  out.amount = c.card_fen(a.amount_fen(), "amount_fen");
  out.context = take(c, a.context());
  out.tap = take(c, a.tap());
  out.decision = take(c, a.decision());
  out.book_hash = c.fixed<32>(a.book_hash(), "book_hash");
  out.stages = take(c, a.stages());
  if (a.sealed() != nullptr) out.sealed = take(c, a.sealed(), Sealing::code);
  out.made = c.time(a.made(), "made");
  out.remember_until = c.time(a.remember_until(), "remember_until");
  out.settlement = c.one_of(a.settlement(), Settlement::charged, Settlement::resumed, "settlement");
  out.entry = SequenceNo{a.entry()};
  if (a.medium() != nullptr) out.medium = take(c, a.medium());
  out.book_number = a.book_number();
  out.engine_version = a.engine_version();
  return out;
}

Sighting take(FieldCheck& c, const fb::Sighting& s) {
  return {card(c, s.card()),
          take(c, s.sealed()),
          TerminalNo{c.fixed<6>(s.terminal(), "terminal")},
          CardCounter{s.counter()},
          c.none_or(s.log_record(), 23, "log_record"),
          c.bytes(s.proof(), 16, "proof"),
          s.opened()};
}
Void take(FieldCheck& c, const fb::Void& v) {
  return {SequenceNo{v.intent()}, c.text(v.because(), "because"), SequenceNo{v.charge()}};
}
Refusal take(FieldCheck& c, const fb::Refusal& r) {
  Refusal out;
  const auto code = fare::refusal_from_number(r.code());
  if (c.need(code.has_value(), "code")) out.code = *code;
  out.detail = c.text(r.detail(), "detail");
  if (r.card() != nullptr) out.card = card(c, r.card());
  if (r.sealed() != nullptr) out.sealed = take(c, r.sealed());
  out.tap_kind = tap_kind(c, r.tap_kind());
  out.stages = take(c, r.stages());
  return out;
}
Passage take(FieldCheck&, const fb::Passage& p) {
  return {SequenceNo{p.outcome()}, p.passed()};
}
ModeChange take(FieldCheck& c, const fb::ModeChange& m) {
  return {modes(c, m.before(), "before"), modes(c, m.after(), "after"), c.text(m.who(), "who"),
          c.text(m.because(), "because")};
}
BookActivation take(FieldCheck& c, const fb::BookActivation& a) {
  return {c.text(a.name(), "name"), a.number(), c.fixed<32>(a.hash(), "hash")};
}
ListActivation take(FieldCheck& c, const fb::ListActivation& a) {
  return {c.one_of(a.kind(), FileKind::fare_book, FileKind::directive, "kind"), a.number(),
          c.fixed<32>(a.hash(), "hash")};
}
ClockStep take(FieldCheck& c, const fb::ClockStep& s) {
  c.need(s.step_ms() >= -kStepMax && s.step_ms() <= kStepMax, "step_ms");
  return {s.step_ms(), c.text(s.source(), "source")};
}
StaffAct take(FieldCheck& c, const fb::StaffAct& a) {
  return {c.text(a.who(), "who"), c.text(a.act(), "act"), c.text(a.because(), "because")};
}
Shift take(FieldCheck& c, const fb::Shift& s) {
  return {c.text(s.who(), "who"), s.begins()};
}
Update take(FieldCheck& c, const fb::Update& u) {
  return {card(c, u.card()), c.text(u.act(), "act"),
          c.fen(u.cash_fen(), -FieldCheck::kCardFenMax, FieldCheck::kCardFenMax, "cash_fen"),
          SequenceNo{u.intent()}};
}
CardLock take(FieldCheck& c, const fb::CardLock& l) {
  return {card(c, l.card()), take(c, l.sealed()), l.list_number()};
}
SamChange take(FieldCheck& c, const fb::SamChange& s) {
  return {TerminalNo{c.fixed<6>(s.before(), "before")}, TerminalNo{c.fixed<6>(s.after(), "after")}};
}
TripRun take(FieldCheck& c, const fb::TripRun& t) {
  return {c.text(t.route(), "route"),   c.text(t.direction(), "direction"),
          c.text(t.trip(), "trip"),     c.text(t.vehicle(), "vehicle"),
          c.text(t.driver(), "driver"), t.begins()};
}
Maintenance take(FieldCheck& c, const fb::Maintenance& m) {
  return {c.text(m.who(), "who"), c.text(m.act(), "act")};
}
Pruned take(FieldCheck& c, const fb::Pruned& p) {
  c.need(p.first() <= p.last(), "first");
  return {SequenceNo{p.first()}, SequenceNo{p.last()}, c.fixed<32>(p.last_hash(), "last_hash")};
}
Checkpoint take(FieldCheck& c, const fb::Checkpoint& p) {
  Checkpoint out;
  if (const fb::Totals* t = p.totals(); c.need(t != nullptr, "totals"))
    out.totals = {t->intents(),
                  t->debited(),
                  t->not_debited(),
                  t->unknown(),
                  t->suspect(),
                  t->refusals(),
                  t->passages(),
                  t->account_charges(),
                  c.fen(t->debited_fen(), 0, kStepMax, "totals.debited_fen"),
                  c.fen(t->unknown_fen(), 0, kStepMax, "totals.unknown_fen"),
                  c.fen(t->suspect_fen(), 0, kStepMax, "totals.suspect_fen"),
                  c.fen(t->account_fen(), 0, kStepMax, "totals.account_fen")};
  out.chain = c.fixed<32>(p.chain(), "chain");
  out.signature = c.fixed<64>(p.signature(), "signature");
  return out;
}

EntryBody body_of(FieldCheck& c, const fb::Entry& entry) {
  const void* raw = entry.body();
  if (missing(c, raw, "body")) return {};
  const auto as = [&]<class Table>() {
    return EntryBody{take(c, *static_cast<const Table*>(raw))};
  };
  switch (entry.body_type()) {
    case fb::Body::Genesis: return as.operator()<fb::Genesis>();
    case fb::Body::Boot: return as.operator()<fb::Boot>();
    case fb::Body::Intent: return as.operator()<fb::Intent>();
    case fb::Body::Outcome: return as.operator()<fb::Outcome>();
    case fb::Body::AccountCharge: return as.operator()<fb::AccountCharge>();
    case fb::Body::Sighting: return as.operator()<fb::Sighting>();
    case fb::Body::Void: return as.operator()<fb::Void>();
    case fb::Body::Refusal: return as.operator()<fb::Refusal>();
    case fb::Body::Passage: return as.operator()<fb::Passage>();
    case fb::Body::ModeChange: return as.operator()<fb::ModeChange>();
    case fb::Body::BookActivation: return as.operator()<fb::BookActivation>();
    case fb::Body::ListActivation: return as.operator()<fb::ListActivation>();
    case fb::Body::ClockStep: return as.operator()<fb::ClockStep>();
    case fb::Body::StaffAct: return as.operator()<fb::StaffAct>();
    case fb::Body::Shift: return as.operator()<fb::Shift>();
    case fb::Body::Update: return as.operator()<fb::Update>();
    case fb::Body::CardLock: return as.operator()<fb::CardLock>();
    case fb::Body::SamChange: return as.operator()<fb::SamChange>();
    case fb::Body::TripRun: return as.operator()<fb::TripRun>();
    case fb::Body::Maintenance: return as.operator()<fb::Maintenance>();
    case fb::Body::Pruned: return as.operator()<fb::Pruned>();
    case fb::Body::Checkpoint: return as.operator()<fb::Checkpoint>();
    case fb::Body::NONE: break;
  }
  c.need(false, "kind");  // a later software's kind, or damage
  return {};
}

}  // namespace

Result<Entry> decode_entry(ByteView bytes) {
  if (bytes.size() < 8 || bytes.size() > kEntryBytesMax)
    return fail(Errc::corrupt, "entry of " + std::to_string(bytes.size()) + " bytes");
  // operator new aligns to 16; the view it comes from need not be aligned at all.
  const Bytes aligned(bytes.begin(), bytes.end());
  flatbuffers::Verifier::Options limits;
  limits.max_depth = 8;
  limits.max_tables = 1 + fare::kChargesMax * (fare::kTraceMax + 1) + 2 * kHistoryMax + 16;
  flatbuffers::Verifier verifier{aligned.data(), aligned.size(), limits};
  if (!fb::VerifyEntryBuffer(verifier)) return fail(Errc::corrupt, "entry is not a FlatBuffer");

  const fb::Entry& stored = *fb::GetEntry(aligned.data());
  FieldCheck c;
  Entry out;
  out.head.at = c.time(stored.at(), "at");
  out.head.monotonic_us = stored.monotonic_us();
  const std::int32_t day = stored.service_day();
  if (c.need(day >= -kDaysMax && day <= kDaysMax, "service_day"))
    out.head.service_day = ServiceDay{std::chrono::sys_days{std::chrono::days{day}}};
  out.head.clock = {stored.clock_trusted(), stored.clock_stepped()};
  out.head.aisle = AisleNo{c.at_most<std::uint16_t>(stored.aisle(), 32, "aisle")};
  out.head.modes = modes(c, stored.modes(), "modes");
  out.body = body_of(c, stored);
  if (!c.ok()) {
    return fail(Errc::corrupt, std::string{kind_name(out.body)} + ": field " +
                                   std::string{c.bad()} + " is missing or out of its range");
  }
  return out;
}

}  // namespace tidegate::edge
