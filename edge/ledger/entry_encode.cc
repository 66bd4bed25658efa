// SPDX-License-Identifier: Apache-2.0
// Entry to bytes: one overload of put() for each part of an entry, children before parents.
#include <type_traits>

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/entry_flatbuffers.h"

namespace tidegate::edge {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class T>
using Offset = flatbuffers::Offset<T>;

template <class Struct, std::size_t N>
Struct fixed(const std::array<Byte, N>& bytes) {
  return Struct{flatbuffers::span<const std::uint8_t, N>{bytes}};
}
fb::Bytes4 fixed(const std::array<Byte, 4>& bytes) {
  return fixed<fb::Bytes4>(bytes);
}
fb::Bytes6 fixed(const std::array<Byte, 6>& bytes) {
  return fixed<fb::Bytes6>(bytes);
}
fb::Bytes8 fixed(const std::array<Byte, 8>& bytes) {
  return fixed<fb::Bytes8>(bytes);
}
fb::Bytes12 fixed(const std::array<Byte, 12>& bytes) {
  return fixed<fb::Bytes12>(bytes);
}
fb::Bytes16 fixed(const std::array<Byte, 16>& bytes) {
  return fixed<fb::Bytes16>(bytes);
}
fb::Bytes32 fixed(const std::array<Byte, 32>& bytes) {
  return fixed<fb::Bytes32>(bytes);
}
fb::Bytes64 fixed(const std::array<Byte, 64>& bytes) {
  return fixed<fb::Bytes64>(bytes);
}

template <class Enum>
std::underlying_type_t<Enum> number(Enum value) {
  return static_cast<std::underlying_type_t<Enum>>(value);
}
fb::Stages stages_of(const StageTimes& t) {
  return {t.identify, t.check, t.price, t.intend, t.debit, t.record};
}

Offset<flatbuffers::String> put(Builder& b, std::string_view text) {
  return b.CreateString(text);
}
Offset<flatbuffers::Vector<std::uint8_t>> put(Builder& b, const Bytes& bytes) {
  return b.CreateVector(bytes);
}

Offset<fb::Sealed> put(Builder& b, const SealedNumber& sealed) {
  const auto ephemeral = fixed(sealed.ephemeral);
  const auto nonce = fixed(sealed.nonce);
  const auto ciphertext = put(b, sealed.ciphertext);
  return fb::CreateSealed(b, sealed.suite, sealed.key_number, &ephemeral, &nonce, ciphertext);
}

Offset<fb::CardCode> put(Builder& b, const fare::CardCode& code) {
  const auto acquirer = fixed(code.acquirer);
  const auto station = fixed(code.station);
  return fb::CreateCardCode(b, code.city, &acquirer, &station, code.line);
}

Offset<fb::OpenJourney> put(Builder& b, const fare::OpenJourney& open) {
  const auto where = put(b, open.where);
  const auto terminal = fixed(open.terminal);
  // Absent rather than empty: entries from before the fields have the same bytes.
  Offset<flatbuffers::String> network, stop;
  if (!open.mapped_network.get().empty()) {
    network = put(b, open.mapped_network.get());
    stop = put(b, open.mapped_stop.get());
  }
  return fb::CreateOpenJourney(b, where, &terminal, open.at.time_since_epoch().count(), network,
                               stop, open.told.count());
}

Offset<fb::CardState> put(Builder& b, const fare::CardState& s) {
  return fb::CreateCardState(b, s.serial, s.month, s.month_spent.count(), s.day,
                             s.day_spent.count(), s.day_zones, s.leg_end, s.transfers,
                             s.transfer_group, s.leg_network, s.origin_stop, s.origin_paid.count(),
                             s.pass_product, s.pass_left, s.weeks, s.account, s.apart);
}

Offset<fb::HistoryTrip> put(Builder& b, const fare::HistoryTrip& trip) {
  const auto where = put(b, trip.where);
  return fb::CreateHistoryTrip(b, trip.type, trip.industry, where, trip.amount.count(),
                               trip.at.time_since_epoch().count());
}

Offset<fb::TraceStep> put(Builder& b, const fare::TraceStep& step) {
  const auto rule = put(b, step.rule.view());
  return fb::CreateTraceStep(b, rule, step.fen.count());
}
Offset<fb::Charge> put(Builder& b, const fare::Charge& charge);

Offset<fb::ModeInterval> put(Builder& b, const fare::ModeInterval& interval) {
  const auto network = b.CreateString(interval.network.view());
  const auto stop =
      interval.stop.empty() ? Offset<flatbuffers::String>{} : b.CreateString(interval.stop.view());
  return fb::CreateModeInterval(b, network, stop, interval.modes.bits,
                                interval.from.time_since_epoch().count(),
                                interval.until.time_since_epoch().count());
}

template <class Out, class In>
Offset<flatbuffers::Vector<Offset<Out>>> put_all(Builder& b, const In& values) {
  std::vector<Offset<Out>> offsets;
  offsets.reserve(values.size());
  for (const auto& value : values) offsets.push_back(put(b, value));
  return b.CreateVector(offsets);
}

Offset<fb::Charge> put(Builder& b, const fare::Charge& charge) {
  const auto trace = put_all<fb::TraceStep>(b, charge.trace);
  return fb::CreateCharge(b, charge.amount.count(), trace);
}

Offset<fb::Medium> put(Builder& b, const fare::Medium& medium) {
  const auto issuer = fixed(medium.issuer);
  const auto open = medium.open ? put(b, *medium.open) : Offset<fb::OpenJourney>{};
  const auto open_bus = medium.open_bus ? put(b, *medium.open_bus) : Offset<fb::OpenJourney>{};
  const auto state = medium.state ? put(b, *medium.state) : Offset<fb::CardState>{};
  const auto history = put_all<fb::HistoryTrip>(b, medium.history);
  Offset<flatbuffers::Vector<std::uint8_t>> entitlements;
  if (!medium.entitlements.empty()) {
    std::vector<std::uint8_t> numbers;
    for (const fare::RiderCategory rider : medium.entitlements) numbers.push_back(number(rider));
    entitlements = b.CreateVector(numbers);
  }
  return fb::CreateMedium(b, number(medium.kind), &issuer, medium.card_kind, number(medium.rider),
                          medium.balance.count(), open, state, history,
                          medium.overdraft_left.count(), medium.overdraft_used.count(),
                          entitlements, open_bus);
}

Offset<fb::TapContext> put(Builder& b, const fare::TapContext& c) {
  const auto network = put(b, c.network.get());
  const auto stop = put(b, c.stop.get());
  const auto route = put(b, c.route);
  const auto direction = put(b, c.direction);
  const auto trip = put(b, c.trip);
  const auto vehicle = put(b, c.vehicle);
  const auto driver = put(b, c.driver);
  const auto operator_id = put(b, c.operator_id);
  return fb::CreateTapContext(b, number(c.box_kind), network, stop, route, direction, trip, vehicle,
                              driver, operator_id, number(c.position), number(c.item), c.count,
                              c.children, c.companions);
}

Offset<fb::Tap> put(Builder& b, const fare::Tap& tap) {
  Offset<flatbuffers::Vector<Offset<fb::ModeInterval>>> history;
  if (!tap.history.empty()) history = put_all<fb::ModeInterval>(b, tap.history);
  return fb::CreateTap(b, number(tap.kind), tap.at.time_since_epoch().count(), tap.modes.bits,
                       tap.clock_trusted, history);
}

Offset<fb::Decision> put(Builder& b, const fare::Decision& decision) {
  const auto charges = put_all<fb::Charge>(b, decision.charges);
  const auto state = put(b, decision.state_after);
  const auto refusal = decision.refusal ? number(*decision.refusal) : std::uint16_t{0};
  return fb::CreateDecision(b, refusal, charges, state, decision.max_fare.count(),
                            decision.opens_journey);
}

Offset<fb::Genesis> put(Builder& b, const Genesis& g) {
  const auto box = put(b, g.box);
  const auto network = put(b, g.network);
  const auto stop = put(b, g.stop);
  const auto because = put(b, g.because);
  const auto key = fixed(g.public_key);
  const auto hash = fixed(g.previous_hash);
  return fb::CreateGenesis(b, g.format, number(g.realm), box, network, stop, &key,
                           g.previous_epoch.get(), g.previous_head.get(), &hash, because);
}
Offset<fb::Boot> put(Builder& b, const Boot& boot) {
  const auto software = put(b, boot.software);
  const auto hash = fixed(boot.config_hash);
  return fb::CreateBoot(b, software, boot.boot_number, &hash, boot.clean_stop);
}

Offset<fb::Intent> put(Builder& b, const Intent& i) {
  const auto sealed = put(b, i.sealed);
  const auto journey = put(b, i.journey_record);
  const auto trip = put(b, i.trip_record);
  const auto medium = put(b, i.medium);
  const auto context = put(b, i.context);
  const auto tap = put(b, i.tap);
  const auto decision = put(b, i.decision);
  const auto card = fixed(i.card.get());
  const auto issuer = fixed(i.issuer_factor);
  const auto terminal = fixed(i.terminal.get());
  const auto random = fixed(i.random);
  const auto mac1 = fixed(i.mac1);
  const auto book = fixed(i.book_hash);
  const LocalTime& t = i.card_time;
  const fb::CivilTime time{t.year, t.month, t.day, t.hour, t.minute, t.second};
  return fb::CreateIntent(b, &card, sealed, &issuer, i.charge_index, number(i.purpose), &terminal,
                          i.sam_txn.get(), i.type, i.key_version, i.algorithm, i.counter.get(),
                          &random, i.balance_before.count(), i.amount.count(), &time, &mac1,
                          journey, trip, medium, context, tap, decision, &book, i.book_number,
                          i.engine_version);
}

Offset<fb::Outcome> put(Builder& b, const Outcome& o) {
  const auto card = fixed(o.card.get());
  const auto terminal = fixed(o.terminal.get());
  const auto mac2 = fixed(o.mac2);
  const auto tac = fixed(o.tac);
  const auto stages = stages_of(o.stages);
  return fb::CreateOutcome(b, o.intent.get(), number(o.result), number(o.evidence), &card,
                           o.amount.count(), &terminal, o.sam_txn.get(), o.counter.get(), &mac2,
                           &tac, o.sw, &stages);
}

Offset<fb::AccountCharge> put(Builder& b, const AccountCharge& a) {
  const auto scheme = put(b, a.scheme);
  const auto handle = put(b, a.account_handle);
  const auto code = put(b, a.code);
  const auto context = put(b, a.context);
  const auto tap = put(b, a.tap);
  const auto decision = put(b, a.decision);
  const auto book = fixed(a.book_hash);
  const auto stages = stages_of(a.stages);
  const auto sealed = a.sealed ? put(b, *a.sealed) : Offset<fb::Sealed>{};
  const auto medium = a.medium ? put(b, *a.medium) : Offset<fb::Medium>{};
  return fb::CreateAccountCharge(b, a.intent.get(), scheme, handle, code, a.amount.count(), context,
                                 tap, decision, &book, &stages, sealed,
                                 a.made.time_since_epoch().count(),
                                 a.remember_until.time_since_epoch().count(), number(a.settlement),
                                 a.entry.get(), medium, a.book_number, a.engine_version);
}

Offset<fb::Sighting> put(Builder& b, const Sighting& s) {
  const auto sealed = put(b, s.sealed);
  const auto log = put(b, s.log_record);
  const auto proof = put(b, s.proof);
  const auto card = fixed(s.card.get());
  const auto terminal = fixed(s.terminal.get());
  return fb::CreateSighting(b, &card, sealed, &terminal, s.counter.get(), log, proof, s.opened);
}
Offset<fb::Void> put(Builder& b, const Void& v) {
  const auto because = put(b, v.because);
  return fb::CreateVoid(b, v.intent.get(), because, v.charge.get());
}
Offset<fb::Refusal> put(Builder& b, const Refusal& r) {
  const auto detail = put(b, r.detail);
  const auto sealed = r.sealed ? put(b, *r.sealed) : Offset<fb::Sealed>{};
  const auto card = fixed(r.card.value_or(CardHandle{}).get());
  const auto stages = stages_of(r.stages);
  return fb::CreateRefusal(b, number(r.code), detail, r.card ? &card : nullptr, sealed,
                           number(r.tap_kind), &stages);
}
Offset<fb::Passage> put(Builder& b, const Passage& p) {
  return fb::CreatePassage(b, p.outcome.get(), p.passed);
}
Offset<fb::ModeChange> put(Builder& b, const ModeChange& m) {
  const auto who = put(b, m.who);
  const auto because = put(b, m.because);
  return fb::CreateModeChange(b, m.before.bits, m.after.bits, who, because);
}
Offset<fb::BookActivation> put(Builder& b, const BookActivation& a) {
  const auto name = put(b, a.name);
  const auto hash = fixed(a.hash);
  return fb::CreateBookActivation(b, name, a.number, &hash);
}
Offset<fb::ListActivation> put(Builder& b, const ListActivation& a) {
  const auto hash = fixed(a.hash);
  return fb::CreateListActivation(b, number(a.kind), a.number, &hash);
}
Offset<fb::ClockStep> put(Builder& b, const ClockStep& s) {
  const auto source = put(b, s.source);
  return fb::CreateClockStep(b, s.step_ms, source);
}
Offset<fb::StaffAct> put(Builder& b, const StaffAct& a) {
  const auto who = put(b, a.who);
  const auto act = put(b, a.act);
  const auto because = put(b, a.because);
  return fb::CreateStaffAct(b, who, act, because);
}
Offset<fb::Shift> put(Builder& b, const Shift& s) {
  const auto who = put(b, s.who);
  return fb::CreateShift(b, who, s.begins);
}
Offset<fb::Update> put(Builder& b, const Update& u) {
  const auto act = put(b, u.act);
  const auto card = fixed(u.card.get());
  return fb::CreateUpdate(b, &card, act, u.cash.count(), u.intent.get());
}
Offset<fb::CardLock> put(Builder& b, const CardLock& l) {
  const auto sealed = put(b, l.sealed);
  const auto card = fixed(l.card.get());
  return fb::CreateCardLock(b, &card, sealed, l.list_number);
}
Offset<fb::SamChange> put(Builder& b, const SamChange& s) {
  const auto before = fixed(s.before.get());
  const auto after = fixed(s.after.get());
  return fb::CreateSamChange(b, &before, &after);
}
Offset<fb::TripRun> put(Builder& b, const TripRun& t) {
  const auto route = put(b, t.route);
  const auto direction = put(b, t.direction);
  const auto trip = put(b, t.trip);
  const auto vehicle = put(b, t.vehicle);
  const auto driver = put(b, t.driver);
  return fb::CreateTripRun(b, route, direction, trip, vehicle, driver, t.begins);
}
Offset<fb::Maintenance> put(Builder& b, const Maintenance& m) {
  const auto who = put(b, m.who);
  const auto act = put(b, m.act);
  return fb::CreateMaintenance(b, who, act);
}
Offset<fb::Pruned> put(Builder& b, const Pruned& p) {
  const auto hash = fixed(p.last_hash);
  return fb::CreatePruned(b, p.first.get(), p.last.get(), &hash);
}
Offset<fb::Checkpoint> put(Builder& b, const Checkpoint& c) {
  const Totals& t = c.totals;
  const fb::Totals totals{t.intents,
                          t.debited,
                          t.not_debited,
                          t.unknown,
                          t.suspect,
                          t.refusals,
                          t.passages,
                          t.account_charges,
                          t.debited_fen.count(),
                          t.unknown_fen.count(),
                          t.suspect_fen.count(),
                          t.account_fen.count()};
  const auto chain = fixed(c.chain);
  const auto signature = fixed(c.signature);
  return fb::CreateCheckpoint(b, &totals, &chain, &signature);
}

}  // namespace

Bytes encode_entry(const Entry& entry) {
  Builder b{2048};
  fb::Body kind = fb::Body::NONE;
  const Offset<void> body = std::visit(
      [&](const auto& value) {
        const auto offset = put(b, value);
        kind =
            fb::BodyTraits<typename std::remove_cvref_t<decltype(*flatbuffers::GetTemporaryPointer(
                b, offset))>>::enum_value;
        return offset.Union();
      },
      entry.body);
  const EntryHead& head = entry.head;
  b.Finish(
      fb::CreateEntry(b, head.at.time_since_epoch().count(), head.monotonic_us,
                      static_cast<std::int32_t>(head.service_day.get().time_since_epoch().count()),
                      head.clock.trusted, head.clock.stepped_since_boot, head.aisle.get(),
                      head.modes.bits, kind, body));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

}  // namespace tidegate::edge
