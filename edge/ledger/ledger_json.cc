// SPDX-License-Identifier: Apache-2.0
// An entry as one line of JSON. Names are those of entry.h and stay: docs/formats/ledger.md lists
// them.
#include <optional>

#include "edge/ledger/json_line.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {
namespace {

std::string hex64(std::uint64_t value) {
  std::array<Byte, 8> bytes{};
  write_be(bytes, value);
  return to_hex(bytes);
}

void add(JsonLine& j, const SealedNumber& sealed) {
  j.open("sealed");
  j.number("suite", sealed.suite);
  j.number("key_number", sealed.key_number);
  j.hex("ephemeral", sealed.ephemeral);
  j.hex("nonce", sealed.nonce);
  j.hex("ciphertext", sealed.ciphertext);
  j.close();
}
void add(JsonLine& j, const StageTimes& t) {
  j.open("stages_us");
  j.number("identify", t.identify);
  j.number("check", t.check);
  j.number("price", t.price);
  j.number("intend", t.intend);
  j.number("debit", t.debit);
  j.number("record", t.record);
  j.close();
}
void add(JsonLine& j, const Totals& t) {
  j.open("totals");
  j.number("intents", t.intents);
  j.number("debited", t.debited);
  j.number("not_debited", t.not_debited);
  j.number("unknown", t.unknown);
  j.number("suspect", t.suspect);
  j.number("refusals", t.refusals);
  j.number("passages", t.passages);
  j.number("account_charges", t.account_charges);
  j.fen("debited_fen", t.debited_fen);
  j.fen("unknown_fen", t.unknown_fen);
  j.fen("suspect_fen", t.suspect_fen);
  j.fen("account_fen", t.account_fen);
  j.close();
}
void add(JsonLine& j, std::string_view key, const fare::CardCode& code) {
  j.open(key);
  j.number("city", code.city);
  j.hex("acquirer", code.acquirer);
  j.hex("station", code.station);
  j.number("line", code.line);
  j.close();
}
void add(JsonLine& j, std::string_view key, const fare::CardState& s) {
  j.open(key);
  j.number("serial", s.serial);
  j.number("month", s.month);
  j.fen("month_spent_fen", s.month_spent);
  j.number("day", s.day);
  j.fen("day_spent_fen", s.day_spent);
  j.number("day_zones", s.day_zones);
  j.number("leg_end", s.leg_end);
  j.number("transfers", s.transfers);
  j.number("transfer_group", s.transfer_group);
  j.number("leg_network", s.leg_network);
  j.number("origin_stop", s.origin_stop);
  j.fen("origin_paid_fen", s.origin_paid);
  j.number("pass_product", s.pass_product);
  j.number("pass_left", s.pass_left);
  if (s.weeks != 0) j.number("weeks", s.weeks);
  if (s.account != 0) j.number("account", s.account);
  if (s.apart != 0) j.number("apart", s.apart);
  j.close();
}

void add(JsonLine& j, std::string_view key, const fare::OpenJourney& open) {
  j.open(key);
  add(j, "where", open.where);
  j.hex("terminal", open.terminal);
  j.text("at", iso8601(open.at));
  if (open.told != Fen{}) j.fen("told_fen", open.told);
  if (!open.mapped_network.get().empty()) {
    j.text("mapped_network", open.mapped_network.get());
    j.text("mapped_stop", open.mapped_stop.get());
  }
  j.close();
}

void add(JsonLine& j, const fare::Medium& m) {
  j.open("medium");
  j.text("kind", fare::name_of(m.kind));
  j.hex("issuer", m.issuer);
  j.number("card_kind", m.card_kind);
  j.text("rider", fare::name_of(m.rider));
  j.fen("balance_fen", m.balance);
  if (m.overdraft_left != Fen{} || m.overdraft_used != Fen{}) {
    j.fen("overdraft_left_fen", m.overdraft_left);
    j.fen("overdraft_used_fen", m.overdraft_used);
  }
  if (!m.entitlements.empty()) {
    std::string riders;
    for (const fare::RiderCategory rider : m.entitlements)
      riders.append(riders.empty() ? "" : "+").append(fare::name_of(rider));
    j.text("entitlements", riders);
  }
  if (m.open) add(j, "open", *m.open);
  if (m.open_bus) add(j, "open_bus", *m.open_bus);
  if (m.state) add(j, "state", *m.state);
  j.open_list("history");
  for (const fare::HistoryTrip& trip : m.history) {
    j.open();
    j.number("type", trip.type);
    j.number("industry", trip.industry);
    add(j, "where", trip.where);
    j.fen("amount_fen", trip.amount);
    j.text("at", iso8601(trip.at));
    j.close();
  }
  j.close_list();
  j.close();
}
void add(JsonLine& j, const fare::TapContext& c) {
  j.open("context");
  j.text("box_kind", fare::name_of(c.box_kind));
  j.text("network", c.network.get());
  j.text("stop", c.stop.get());
  j.text("route", c.route);
  j.text("direction", c.direction);
  j.text("trip", c.trip);
  j.text("vehicle", c.vehicle);
  j.text("driver", c.driver);
  j.text("operator", c.operator_id);
  j.number("position", static_cast<std::uint8_t>(c.position));
  j.number("item", static_cast<std::uint8_t>(c.item));
  j.number("count", c.count);
  if (c.children > 0) j.number("children", c.children);
  if (c.companions > 0) j.number("companions", c.companions);
  j.close();
}
void add(JsonLine& j, const fare::Tap& tap) {
  j.open("tap");
  j.text("kind", fare::name_of(tap.kind));
  j.text("at", iso8601(tap.at));
  j.number("modes", tap.modes.bits);
  j.boolean("clock_trusted", tap.clock_trusted);
  if (!tap.history.empty()) j.open_list("mode_history");
  for (const fare::ModeInterval& interval : tap.history) {
    j.open();
    j.text("network", interval.network.view());
    j.text("stop", interval.stop.view());
    j.number("modes", interval.modes.bits);
    j.text("from", iso8601(interval.from));
    j.text("until", iso8601(interval.until));
    j.close();
  }
  if (!tap.history.empty()) j.close_list();
  j.close();
}
void add(JsonLine& j, const fare::Decision& d) {
  j.open("decision");
  j.boolean("accepted", d.accepted());
  if (d.refusal) j.text("reason", fare::refusal_name(*d.refusal));
  j.open_list("charges");
  for (const fare::Charge& charge : d.charges) {
    j.open();
    j.fen("amount_fen", charge.amount);
    j.open_list("trace");
    for (const fare::TraceStep& step : charge.trace) {
      j.open();
      j.text("rule", step.rule);
      j.fen("fen", step.fen);
      j.close();
    }
    j.close_list();
    j.close();
  }
  j.close_list();
  add(j, "state_after", d.state_after);
  j.fen("max_fare_fen", d.max_fare);
  if (d.opens_journey) j.boolean("opens_journey", true);
  j.close();
}

std::string civil(const LocalTime& t) {
  const auto at = from_local(t, std::chrono::minutes{0});
  return at ? iso8601(*at, std::chrono::minutes{0}).substr(0, 19) : std::string{};
}

void body(JsonLine& j, const Genesis& g) {
  j.number("format", g.format);
  j.text("realm", realm_name(g.realm));
  j.text("box", g.box);
  j.text("network", g.network);
  j.text("stop", g.stop);
  j.hex("public_key", g.public_key);
  j.text("previous_epoch", hex64(g.previous_epoch.get()));
  j.number("previous_head", g.previous_head.get());
  j.hex("previous_hash", g.previous_hash);
  j.text("because", g.because);
}
void body(JsonLine& j, const Boot& b) {
  j.text("software", b.software);
  j.number("boot_number", b.boot_number);
  j.hex("config_hash", b.config_hash);
  j.boolean("clean_stop", b.clean_stop);
}
void body(JsonLine& j, const Intent& i) {
  j.hex("card", i.card.get());
  j.text("purpose", name_of(i.purpose));
  j.number("charge_index", i.charge_index);
  j.hex("terminal", i.terminal.get());
  j.number("sam_txn", i.sam_txn.get());
  j.number("type", i.type);
  j.number("key_version", i.key_version);
  j.number("algorithm", i.algorithm);
  j.number("counter", i.counter.get());
  j.hex("random", i.random);
  j.fen("balance_before_fen", i.balance_before);
  j.fen("amount_fen", i.amount);
  j.text("card_time", civil(i.card_time));
  j.hex("mac1", i.mac1);
  j.hex("issuer_factor", i.issuer_factor);
  j.text("network", i.context.network.get());
  j.text("stop", i.context.stop.get());
  j.text("tap_kind", fare::name_of(i.tap.kind));
  j.hex("issuer", i.medium.issuer);
  add(j, i.decision);
  add(j, i.medium);
  add(j, i.context);
  add(j, i.tap);
  j.number("book_number", i.book_number);
  j.hex("book_hash", i.book_hash);
  j.number("engine_version", i.engine_version);
  j.hex("journey_record", i.journey_record);
  j.hex("trip_record", i.trip_record);
  add(j, i.sealed);
}
void body(JsonLine& j, const Outcome& o) {
  j.number("intent", o.intent.get());
  j.text("result", name_of(o.result));
  j.text("evidence", name_of(o.evidence));
  j.hex("card", o.card.get());
  j.fen("amount_fen", o.amount);
  j.hex("terminal", o.terminal.get());
  j.number("sam_txn", o.sam_txn.get());
  j.number("counter", o.counter.get());
  j.hex("mac2", o.mac2);
  j.hex("tac", o.tac);
  j.number("sw", o.sw);
  add(j, o.stages);
}
void body(JsonLine& j, const AccountCharge& a) {
  j.number("intent", a.intent.get());
  j.text("scheme", a.scheme);
  j.hex("account_handle", a.account_handle);
  j.hex("code", a.code);
  j.fen("amount_fen", a.amount);
  j.text("network", a.context.network.get());
  j.text("stop", a.context.stop.get());
  j.text("tap_kind", fare::name_of(a.tap.kind));
  add(j, a.decision);
  add(j, a.context);
  add(j, a.tap);
  j.hex("book_hash", a.book_hash);
  add(j, a.stages);
  j.text("settlement", name_of(a.settlement));
  if (a.made != Timestamp{}) j.text("made", iso8601(a.made));
  if (a.remember_until != Timestamp{}) j.text("remember_until", iso8601(a.remember_until));
  j.number("entry", a.entry.get());
  if (a.medium) add(j, *a.medium);
  j.number("book_number", a.book_number);
  j.number("engine_version", a.engine_version);
  if (a.sealed) add(j, *a.sealed);
}
void body(JsonLine& j, const Sighting& s) {
  j.hex("card", s.card.get());
  j.hex("terminal", s.terminal.get());
  j.number("counter", s.counter.get());
  j.hex("log_record", s.log_record);
  j.hex("proof", s.proof);
  j.boolean("opened", s.opened);
  add(j, s.sealed);
}
void body(JsonLine& j, const Void& v) {
  j.number("intent", v.intent.get());
  j.text("because", v.because);
  if (v.charge != SequenceNo{}) j.number("charge", v.charge.get());
}
void body(JsonLine& j, const Refusal& r) {
  j.text("code", fare::refusal_name(r.code));
  j.text("detail", r.detail);
  j.text("tap_kind", fare::name_of(r.tap_kind));
  if (r.card) j.hex("card", r.card->get());
  if (r.sealed) add(j, *r.sealed);
  add(j, r.stages);
}
void body(JsonLine& j, const Passage& p) {
  j.number("outcome", p.outcome.get());
  j.boolean("passed", p.passed);
}
void body(JsonLine& j, const ModeChange& m) {
  j.number("before", m.before.bits);
  j.number("after", m.after.bits);
  j.text("who", m.who);
  j.text("because", m.because);
}
void body(JsonLine& j, const BookActivation& a) {
  j.text("name", a.name);
  j.number("number", a.number);
  // "hash" is the entry's own, in the common part.
  j.hex("book_hash", a.hash);
}
void body(JsonLine& j, const ListActivation& a) {
  j.text("list", file_kind_name(a.kind));
  j.number("number", a.number);
  j.hex("list_hash", a.hash);
}
void body(JsonLine& j, const ClockStep& s) {
  j.signed_number("step_ms", s.step_ms);
  j.text("source", s.source);
}
void body(JsonLine& j, const StaffAct& a) {
  j.text("who", a.who);
  j.text("act", a.act);
  j.text("because", a.because);
}
void body(JsonLine& j, const Shift& s) {
  j.text("who", s.who);
  j.boolean("begins", s.begins);
}
void body(JsonLine& j, const Update& u) {
  j.hex("card", u.card.get());
  j.text("act", u.act);
  j.fen("cash_fen", u.cash);
  j.number("intent", u.intent.get());
}
void body(JsonLine& j, const CardLock& l) {
  j.hex("card", l.card.get());
  j.number("list_number", l.list_number);
  add(j, l.sealed);
}
void body(JsonLine& j, const SamChange& s) {
  j.hex("before", s.before.get());
  j.hex("after", s.after.get());
}
void body(JsonLine& j, const TripRun& t) {
  j.text("route", t.route);
  j.text("direction", t.direction);
  j.text("trip", t.trip);
  j.text("vehicle", t.vehicle);
  j.text("driver", t.driver);
  j.boolean("begins", t.begins);
}
void body(JsonLine& j, const Maintenance& m) {
  j.text("who", m.who);
  j.text("act", m.act);
}
void body(JsonLine& j, const Pruned& p) {
  j.number("first", p.first.get());
  j.number("last", p.last.get());
  j.hex("last_hash", p.last_hash);
}
void body(JsonLine& j, const Checkpoint& c) {
  add(j, c.totals);
  j.hex("chain", c.chain);
  j.hex("signature", c.signature);
}

}  // namespace

std::string to_json(const StoredEntry& stored) {
  const EntryHead& head = stored.entry.head;
  JsonLine j;
  j.open();
  j.text("epoch", hex64(stored.epoch.get()));
  j.number("seq", stored.sequence.get());
  j.hex("hash", stored.hash);
  j.text("kind", kind_name(stored.entry.body));
  j.text("at", iso8601(head.at));
  j.number("monotonic_us", head.monotonic_us);
  j.text("service_day", head.service_day.text());
  j.number("aisle", head.aisle.get());
  j.number("modes", head.modes.bits);
  j.boolean("clock_trusted", head.clock.trusted);
  j.boolean("clock_stepped", head.clock.stepped_since_boot);
  std::visit([&](const auto& value) { body(j, value); }, stored.entry.body);
  j.close();
  return std::move(j).take();
}

}  // namespace tidegate::edge
