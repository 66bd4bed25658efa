// SPDX-License-Identifier: Apache-2.0
// Bytes to what fare::price saw and said, every field range-checked.
#include "edge/ledger/price_input_decode.h"

namespace tidegate::edge {
namespace {

constexpr std::uint16_t kModeBits = 127;

template <class T>
bool missing(FieldCheck& c, const T* part, std::string_view field) {
  return !c.need(part != nullptr, field);
}

fare::CardCode take(FieldCheck& c, const fb::CardCode* code) {
  if (missing(c, code, "where")) return {};
  return {code->city(), c.fixed<8>(code->acquirer(), "where.acquirer"),
          c.fixed<8>(code->station(), "where.station"), code->line()};
}

fare::CardState take(FieldCheck& c, const fb::CardState* s) {
  fare::CardState out;
  if (missing(c, s, "state")) return out;
  out.serial = s->serial();
  out.month = s->month();
  out.month_spent = c.wide_fen(s->month_spent_fen(), "state.month_spent_fen");
  out.day = s->day();
  out.day_spent = c.wide_fen(s->day_spent_fen(), "state.day_spent_fen");
  out.day_zones = s->day_zones();
  out.leg_end = s->leg_end();
  out.transfers = s->transfers();
  out.transfer_group = s->transfer_group();
  out.leg_network = s->leg_network();
  out.origin_stop = s->origin_stop();
  out.origin_paid = c.wide_fen(s->origin_paid_fen(), "state.origin_paid_fen");
  out.pass_product = s->pass_product();
  out.pass_left = s->pass_left();
  out.weeks = s->weeks();
  out.account = s->account();
  out.apart = s->apart();
  return out;
}

fare::HistoryTrip take(FieldCheck& c, const fb::HistoryTrip* t) {
  // Another operator's machine wrote the amount; the field on the card has four bytes.
  return {t->type(), t->industry(), take(c, t->where()),
          c.fen(t->amount_fen(), 0, 0xFFFFFFFF, "history.amount_fen"),
          c.time(t->at(), "history.at")};
}

fare::OpenJourney take(FieldCheck& c, const fb::OpenJourney& open) {
  fare::OpenJourney out;
  out.where = take(c, open.where());
  out.terminal = c.fixed<8>(open.terminal(), "medium.open.terminal");
  out.at = c.time(open.at(), "medium.open.at");
  out.told = c.card_fen(open.told_fen(), "medium.open.told_fen");
  if (open.mapped_network() == nullptr) return out;
  out.mapped_network = NetworkId{c.text(open.mapped_network(), "medium.open.mapped_network")};
  out.mapped_stop = StopCode{c.text(open.mapped_stop(), "medium.open.mapped_stop")};
  return out;
}

fare::Charge take(FieldCheck& c, const fb::Charge* charge) {
  fare::Charge out;
  out.amount = c.card_fen(charge->amount_fen(), "charge.amount_fen");
  const auto* trace = charge->trace();
  if (!c.need(trace != nullptr && trace->size() <= fare::kTraceMax, "charge.trace")) return out;
  for (const auto* step : *trace)
    out.trace.push_back(
        {fare::RuleName{c.text(step->rule(), "trace.rule")},
         c.fen(step->fen(), -FieldCheck::kCardFenMax, FieldCheck::kCardFenMax, "trace.fen")});
  return out;
}

fare::ModeInterval take(FieldCheck& c, const fb::ModeInterval& interval) {
  const auto id = [&c](const flatbuffers::String* text, std::string_view field) {
    const std::string out = text != nullptr ? c.text(text, field) : std::string{};
    // One byte more would be cut to another name.
    c.need(out.size() <= decltype(fare::ModeInterval::stop)::capacity(), field);
    return InlineText<64>{out};
  };
  return {id(interval.network(), "tap.history.network"), id(interval.stop(), "tap.history.stop"),
          modes(c, interval.modes(), "tap.history.modes"),
          c.time(interval.from(), "tap.history.from"),
          c.time(interval.until(), "tap.history.until")};
}

}  // namespace

fare::Medium take(FieldCheck& c, const fb::Medium* m) {
  fare::Medium out;
  if (missing(c, m, "medium")) return out;
  out.kind = c.one_of(m->kind(), fare::MediumKind::t_union, fare::MediumKind::qr, "medium.kind");
  out.issuer = c.fixed<4>(m->issuer(), "medium.issuer");
  out.card_kind = m->card_kind();
  // A book may declare riders of its own, up to the last number.
  out.rider =
      c.one_of(m->rider(), fare::RiderCategory::adult, fare::RiderCategory{255}, "medium.rider");
  out.balance = c.card_fen(m->balance_fen(), "medium.balance_fen");
  out.overdraft_left = c.card_fen(m->overdraft_left_fen(), "medium.overdraft_left_fen");
  out.overdraft_used = c.card_fen(m->overdraft_used_fen(), "medium.overdraft_used_fen");
  if (const auto* open = m->open(); open != nullptr) out.open = take(c, *open);
  if (const auto* open = m->open_bus(); open != nullptr) out.open_bus = take(c, *open);
  if (m->state() != nullptr) out.state = take(c, m->state());
  const auto* history = m->history();
  if (c.need(history != nullptr && history->size() <= kHistoryMax, "medium.history"))
    for (const auto* trip : *history) out.history.push_back(take(c, trip));
  const auto* entitlements = m->entitlements();
  if (entitlements == nullptr) return out;
  if (c.need(entitlements->size() <= fare::kEntitlementsMax, "medium.entitlements"))
    for (const std::uint8_t rider : *entitlements)
      out.entitlements.push_back(c.one_of(rider, fare::RiderCategory::adult,
                                          fare::RiderCategory{255}, "medium.entitlements"));
  return out;
}

fare::TapContext take(FieldCheck& c, const fb::TapContext* x) {
  fare::TapContext out;
  if (missing(c, x, "context")) return out;
  out.box_kind = c.one_of(x->box_kind(), fare::BoxKind::station, fare::BoxKind::pier, "box_kind");
  out.network = NetworkId{c.text(x->network(), "context.network")};
  out.stop = StopCode{c.text(x->stop(), "context.stop")};
  out.route = c.text(x->route(), "context.route");
  out.direction = c.text(x->direction(), "context.direction");
  out.trip = c.text(x->trip(), "context.trip");
  out.vehicle = c.text(x->vehicle(), "context.vehicle");
  out.driver = c.text(x->driver(), "context.driver");
  out.operator_id = c.text(x->operator_id(), "context.operator_id");
  out.position = c.one_of(x->position(), fare::PositionQuality::fixed, fare::PositionQuality::none,
                          "context.position");
  out.item =
      c.one_of(x->item(), fare::ItemClass::person, fare::ItemClass::motorcycle, "context.item");
  out.count = x->count();
  out.children = x->children();
  out.companions = x->companions();
  return out;
}

fare::TapKind tap_kind(FieldCheck& c, std::uint8_t kind) {
  return c.one_of(kind, fare::TapKind::entry, fare::TapKind::alight, "tap.kind");
}
fare::Tap take(FieldCheck& c, const fb::Tap* tap) {
  if (missing(c, tap, "tap")) return {};
  fare::Tap out{tap_kind(c, tap->kind()), c.time(tap->at(), "tap.at"),
                modes(c, tap->modes(), "tap.modes"), tap->clock_trusted()};
  const auto* history = tap->history();
  if (history == nullptr) return out;
  if (c.need(history->size() <= fare::kModeHistoryMax, "tap.history"))
    for (const auto* interval : *history) out.history.push_back(take(c, *interval));
  return out;
}

fare::Decision take(FieldCheck& c, const fb::Decision* d) {
  fare::Decision out;
  if (missing(c, d, "decision")) return out;
  if (d->refusal() != 0) {
    out.refusal = fare::refusal_from_number(d->refusal());
    c.need(out.refusal.has_value(), "decision.refusal");
  }
  const auto* charges = d->charges();
  if (c.need(charges != nullptr && charges->size() <= fare::kChargesMax, "decision.charges"))
    for (const auto* charge : *charges) out.charges.push_back(take(c, charge));
  out.state_after = take(c, d->state_after());
  out.max_fare = c.card_fen(d->max_fare_fen(), "decision.max_fare_fen");
  out.opens_journey = d->opens_journey();
  return out;
}

fare::Modes modes(FieldCheck& c, std::uint16_t bits, std::string_view field) {
  return {c.at_most(bits, kModeBits, field)};
}

}  // namespace tidegate::edge
