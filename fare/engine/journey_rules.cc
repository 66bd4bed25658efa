// SPDX-License-Identifier: Apache-2.0
// The rules for journeys that went wrong.
#include "fare/engine/journey_rules.h"

#include <algorithm>
#include <chrono>

#include "fare/engine/overstay.h"

namespace tidegate::fare {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

RuleName named(const Network& network, std::string_view rule) {
  return rule_name(network.id, rule);
}

Charge charge_of(const RuleName& rule, Fen fen) {
  return {fen, {{rule, fen}}};
}

std::optional<std::size_t> stop_by_number(const Network& network, std::uint16_t number) {
  const auto at = std::ranges::find(network.stops, number, &Stop::number);
  if (at == network.stops.end()) return std::nullopt;
  return static_cast<std::size_t>(at - network.stops.begin());
}

/// Charge or refusal of leaving where one entered; neither: the tariff's own.
ExitRule same_station_rule(const TapFacts& facts, bool time_counts) {
  const JourneyPolicy& policy = facts.network->policy;
  const bool short_stay =
      !time_counts || since_entry(facts) <= minutes{policy.same_station_free_minutes};
  ExitRule out;
  if (policy.same_station_free_minutes > 0 && short_stay) {
    out.charge = Due{"same-station-free", Fen{0}};
    return out;
  }
  switch (policy.same_station) {
    case SameStation::tariff: break;
    case SameStation::minimum_fare: out.charge = Due{"same-station", policy.minimum}; break;
    case SameStation::fixed: out.charge = Due{"same-station", policy.same_station_fen}; break;
    case SameStation::refused: out.refusal = RefusalCode::same_station; break;
  }
  return out;
}

/// An amount for what nobody saw; `known` is the range of fares from (or to) the stop that is
/// known.
std::optional<Fen> unseen(const JourneyPolicy& policy, Unseen rule, Fen fixed,
                          const std::optional<FareRange>& known) {
  switch (rule) {
    case Unseen::refused: break;
    case Unseen::station_maximum:
      if (known) return held(policy, known->highest);
      break;
    case Unseen::network_maximum: return policy.maximum;
    case Unseen::fixed: return held(policy, fixed);
  }
  return std::nullopt;
}

bool is_certain(const JourneyPolicy& policy, const std::optional<FareRange>& range) {
  return policy.complete_certain && range && range->lowest == range->highest;
}

/// The stop of `owner` that the open journey must have ended at for its passenger to be here.
std::optional<std::size_t> only_exit(const TapFacts& facts, const Network& owner) {
  const auto passed = since_entry(facts);
  if (!facts.here || !facts.tap.clock_trusted || passed < seconds{0}) return std::nullopt;
  for (const Completion& one : owner.policy.completions)
    if (one.network == facts.network->code &&
        one.next == facts.network->stops[*facts.here].number && passed <= minutes{one.minutes})
      return stop_by_number(owner, one.exit);
  return std::nullopt;
}

Traveller holder(const TapFacts& facts, ItemClass item) {
  return {.medium = facts.medium, .rider = facts.medium.rider, .item = item};
}

/// What the open journey of `owner` cost; nullopt: staff settle it. `from`: the stop where it
/// began, if the book knows it.
std::optional<Charge> missed_exit(const TapFacts& facts, const Network& owner,
                                  const std::optional<std::size_t>& from) {
  const JourneyPolicy& policy = owner.policy;
  const Timestamp begun = facts.open->at;
  const PreparedVersion* version = version_at(facts.book, owner, begun);
  if (version == nullptr) version = &facts.book.versions(owner).front();
  // When it ended, nobody knows: classes that go by it are passed over. Nor what was carried.
  const RideFares fares{facts.book,
                        owner.city,
                        *version,
                        holder(facts, ItemClass::person),
                        {.begun = begun, .ended = std::nullopt}};
  const std::size_t stops = owner.stops.size();
  std::optional<FareRange> range;
  if (from) {
    if (const auto exit = only_exit(facts, owner)) {
      if (const RideFare fare = fares.fare(stops, *from, *exit)) {
        Charge out = charge_of(fare.table->name, fare.fen);
        out.trace.push_back({named(owner, "completed"), Fen{0}});
        return out;
      }
    }
    range = fares.range_from(stops, *from);
    if (is_certain(policy, range)) return charge_of(named(owner, "completed"), range->highest);
  }
  const auto fen = unseen(policy, policy.no_exit, policy.no_exit_fen, range);
  if (!fen) return std::nullopt;
  return charge_of(named(owner, "no-exit"), *fen);
}

/// The mode for which the open journey is forgiven: it was in force in the journey's network before
/// the service day of the entry ended, and not too many days ago. A clock that may be wrong counts
/// no days.
std::optional<RuleName> forgiving_mode(const TapFacts& facts, const Network& owner) {
  const JourneyPolicy& policy = owner.policy;
  if (policy.forgiven_days == 0) return std::nullopt;
  const Timestamp now = facts.tap.at, begun = facts.open->at;
  const ServiceDay began_on = service_day(owner, begun);
  for (const ModeInterval& one : facts.tap.history) {
    const bool during = one.network.view() == owner.id && begun < one.until &&
                        service_day(owner, one.from) <= began_on;
    if (!during || (one.modes.bits & policy.forgiven_modes.bits) == 0) continue;
    const Timestamp last = std::min(now, one.until - std::chrono::milliseconds{1});
    const auto days = service_day(owner, now).get() - service_day(owner, last).get();
    const bool recent = one.from <= now && days <= std::chrono::days{policy.forgiven_days};
    if (recent || !facts.tap.clock_trusted) return mode_rule(one, policy.forgiven_modes.bits);
  }
  return std::nullopt;
}

/// The card again where it has just come in: a second look, not a second journey.
bool has_just_come_in(const TapFacts& facts, const BookData::Place& from) {
  constexpr seconds kSecondLook{60};
  const auto passed = since_entry(facts);
  return from.network == facts.network && facts.here && from.stop == *facts.here &&
         facts.tap.clock_trusted && passed >= seconds{0} && passed <= kSecondLook;
}

bool is_own(const TapFacts& facts) {
  const CardCode& where = facts.open->where;
  return where.city == facts.network->city && where.acquirer == facts.network->acquirer;
}

bool collects(const Network& here, const Network& owner) {
  return &here == &owner ||
         (owner.policy.collected_in == CollectedIn::city && owner.city == here.city);
}

}  // namespace

BookData::Place open_place(const BookData& book, const OpenJourney& open) {
  if (const auto place = book.place(open.where)) return place;
  const BookData::Found* const found = book.find(open.mapped_network);
  const auto stop = found != nullptr ? book.stop(*found, open.mapped_stop) : std::nullopt;
  return stop ? BookData::Place{found->network, *stop} : BookData::Place{};
}

ExitRule exit_rule(const TapFacts& facts, const Ride& ride) {
  const Network& network = *ride.from.network;
  const bool same = &network == facts.network && ride.from.stop == *facts.here;
  const bool beyond = network.policy.overstay != Overstay::none && beyond_limit(facts, ride);
  ExitRule out;
  if (!same && !beyond) return out;
  const auto forgiven = time_forgiven(facts, ride);
  if (same) out = same_station_rule(facts, !forgiven);
  if (beyond && forgiven) out.note = *forgiven;
  out.overstayed = beyond && !forgiven;
  return out;
}

bool is_another_ride(const TapFacts& facts, const Ride& ride) {
  if (!facts.tap.clock_trusted) return false;
  const Network& network = *ride.from.network;
  if (!network.policy.limits.empty()) return beyond_limit(facts, ride);
  return service_day(network, ride.begun) != service_day(network, facts.tap.at);
}

bool was_paid_when_boarding(const TapFacts& facts) {
  if (facts.tap.kind != TapKind::alight) return false;
  const auto& limits = facts.network->policy.limits;
  const minutes longest = limits.empty() ? minutes{24 * 60} : minutes{limits.back().minutes};
  const auto* const then = version_at(facts.book, *facts.network, facts.tap.at - longest);
  return then != nullptr && then->is_flat && !facts.version->is_flat;
}

std::optional<Due> exit_without_entry(const TapFacts& facts) {
  if (!facts.here || facts.version == nullptr) return std::nullopt;
  // No code shows where it came in: the clearing house puts its journey together.
  if (facts.medium.kind == MediumKind::qr) return std::nullopt;
  // A flat ride was paid for when boarding.
  if (facts.tap.kind == TapKind::alight && facts.version->is_flat) return std::nullopt;
  const Network& network = *facts.network;
  const JourneyPolicy& policy = network.policy;
  const RideFares fares{facts.book,
                        network.city,
                        *facts.version,
                        holder(facts, facts.context.item),
                        {.begun = facts.tap.at, .ended = facts.tap.at}};
  const auto range = fares.range_to(network.stops.size(), *facts.here);
  if (is_certain(policy, range)) return Due{"completed", range->highest};
  const auto fen = unseen(policy, policy.no_entry, policy.no_entry_fen, range);
  if (!fen) return std::nullopt;
  return Due{"no-entry", *fen};
}

LeftOpen left_open(const TapFacts& facts) {
  LeftOpen out;
  const Network* const here = facts.network;
  if (here == nullptr) {
    out.refusal = RefusalCode::already_entered;
    return out;
  }
  const auto place = open_place(facts);
  if (has_just_come_in(facts, place)) {
    out.refusal = RefusalCode::already_entered;
    return out;
  }
  const Network* owner = is_own(facts) ? here : nullptr;
  std::optional<std::size_t> from;
  if (place) {
    owner = place.network;
    from = place.stop;
  }
  if (owner != nullptr) {
    if (const auto mode = forgiving_mode(facts, *owner)) {
      out.charge = charge_of(*mode, Fen{0});
      return out;
    }
    const auto missed =
        collects(*here, *owner) ? missed_exit(facts, *owner, from) : std::optional<Charge>{};
    if (missed) {
      out.owner = owner;
      out.charge = facts.mode(Modes::kFareFree) ? charge_of("mode/fare-free", Fen{0}) : *missed;
      return out;
    }
    if (owner == here) {
      out.refusal = RefusalCode::already_entered;
      return out;
    }
  }
  // A driver cannot settle what another city left open: its own boxes will.
  if (facts.tap.kind == TapKind::board || here->policy.open_elsewhere == OpenElsewhere::overwritten)
    out.charge = charge_of(named(*here, "open-elsewhere"), Fen{0});
  else
    out.refusal = RefusalCode::already_entered;
  return out;
}

}  // namespace tidegate::fare
