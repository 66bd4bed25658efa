// SPDX-License-Identifier: Apache-2.0
// Adds up what the persons of a tap pay.
#include "fare/engine/ride_charge.h"

#include <algorithm>
#include <chrono>

#include "fare/engine/through_fare.h"

namespace tidegate::fare {
namespace {

constexpr Byte kTripSingle = 6;  ///< type of a trip in EF 1E that one tap paid for

std::optional<RideParts> ride_parts(const TapFacts& facts, const BookData::Place& from,
                                    const Traveller& who, const RideTimes& when) {
  const BookModel& book = facts.book.model();
  const Network& network = *facts.network;
  if (from.network == &network) {
    const TariffVersion* const version = version_of_ride(network, when.begun, facts.tap.at);
    if (version == nullptr) return std::nullopt;
    const auto fare = RideFares{book, network.city, *version, who, when}.fare(
        network.stops.size(), from.stop, *facts.here);
    if (!fare) return std::nullopt;
    return RideParts{{network.id, *fare}};
  }
  for (const ThroughRule& rule : book.through) {
    if (leads_to(book, rule, *from.network, who.medium.kind, when.begun) != &network) continue;
    const ThroughFares fares{book, rule, *from.network, who, when};
    if (const auto parts = fares.fare(from.stop, *facts.here)) return parts;
  }
  return std::nullopt;
}

std::optional<Fen> highest_for(const TapFacts& facts, const Traveller& who) {
  const BookModel& book = facts.book.model();
  const Network& network = *facts.network;
  const RideTimes when{.begun = facts.tap.at, .ended = std::nullopt};
  auto highest = RideFares{book, network.city, *facts.version, who, when}.highest_from(
      network.stops.size(), *facts.here);
  for (const ThroughRule& rule : book.through) {
    if (leads_to(book, rule, network, who.medium.kind, when.begun) == nullptr) continue;
    if (const auto there = ThroughFares{book, rule, network, who, when}.highest_from(*facts.here))
      highest = std::max(highest.value_or(Fen{0}), *there);
  }
  return highest;
}

/// Persons who pay alike.
struct Group {
  Traveller who;
  std::int64_t persons = 0;
};

/// Who taps, children, companions, by the rule of `version`; nullopt: not allowed.
struct Party {
  InlineVector<Group, 3> groups;
  std::int64_t free_children = 0;
};
std::optional<Party> party_of(const TapFacts& facts, const TariffVersion& version,
                              const Traveller& payer) {
  const TapContext& context = facts.context;
  const Medium& medium = facts.medium;
  Party out;
  out.groups.push_back({payer, context.count});
  if (context.children == 0 && context.companions == 0) return out;
  const auto& rule = version.companions;
  if (!rule || context.companions > rule->max_companions * context.count) return std::nullopt;
  out.free_children = std::min<std::int64_t>(context.children, rule->free_children * context.count);
  const std::int64_t paying = context.children - out.free_children;
  if (paying > 0)
    out.groups.push_back({{.medium = medium, .rider = rule->child, .is_holder = false}, paying});
  if (context.companions > 0)
    out.groups.push_back(
        {{.medium = medium, .rider = rule->companion, .is_holder = false}, context.companions});
  return out;
}

Traveller holder_of(const TapFacts& facts) {
  return {.medium = facts.medium, .rider = facts.medium.rider, .item = facts.context.item};
}

/// Who comes in with somebody else's card pays as a companion does, whatever its holder pays.
Traveller guest_of(const TapFacts& facts, const TariffVersion& version) {
  return {.medium = facts.medium,
          .rider = version.companions ? version.companions->companion : RiderCategory::adult,
          .item = facts.context.item,
          .is_holder = false};
}

/// A flat tariff that is charged at some stops only, and not at this one.
bool is_charged_elsewhere(const TapFacts& facts, const TariffVersion& version) noexcept {
  return !version.charge_at.empty() && !std::ranges::binary_search(version.charge_at, *facts.here);
}

}  // namespace

std::optional<RideCharge> ride_charge(const TapFacts& facts, const BookData::Place& from,
                                      Timestamp begun, Boarding boarding) {
  const TariffVersion* const version = version_of_ride(*facts.network, begun, facts.tap.at);
  if (version == nullptr) return std::nullopt;
  const bool guest = boarding == Boarding::another_person;
  const auto party =
      party_of(facts, *version, guest ? guest_of(facts, *version) : holder_of(facts));
  if (!party) return std::nullopt;
  RideCharge out;
  if (is_charged_elsewhere(facts, *version)) {
    out.steps.push_back({rule_name(facts.network->id, "charged-elsewhere"), Fen{0}});
    out.is_ride = false;
    return out;
  }
  for (const Group& group : party->groups) {
    const auto parts = ride_parts(facts, from, group.who, {.begun = begun, .ended = facts.tap.at});
    if (!parts) return std::nullopt;
    for (const RidePart& part : *parts) {
      const Fen all = part.fare.fen * group.persons;
      out.steps.push_back({rule_name(part.owner, part.fare), all});
      out.fen += all;
      if (&group == &party->groups.front()) out.holder += part.fare.fen;
    }
  }
  if (party->free_children > 0)
    out.steps.push_back({rule_name(facts.network->id, "free-child"), Fen{0}});
  if (guest) {
    out.steps.push_back({rule_name(facts.network->id, "another-person"), Fen{0}});
    out.is_ride = false;
  }
  if (out.fen.count() > kFenMax) return std::nullopt;
  return out;
}

std::optional<Fen> highest_charge(const TapFacts& facts) {
  const auto party = party_of(facts, *facts.version, holder_of(facts));
  if (!party) return std::nullopt;
  Fen out;
  for (const Group& group : party->groups) {
    const auto one = highest_for(facts, group.who);
    if (!one) return std::nullopt;
    out += *one * group.persons;
  }
  if (out.count() > kFenMax) return std::nullopt;
  return out;
}

Boarding boarding_of(const TapFacts& facts) {
  if (facts.version == nullptr || !facts.version->repeat || !facts.here) return Boarding::ride;
  const RepeatRule& rule = *facts.version->repeat;
  std::size_t persons = 0;
  for (const HistoryTrip& trip : facts.medium.history) {
    const auto place = facts.book.place(trip.where);
    const auto ago = facts.tap.at - trip.at;
    if (trip.type != kTripSingle || !place || place->network != facts.network ||
        place->stop != *facts.here || ago < std::chrono::seconds{0} ||
        ago >= std::chrono::seconds{rule.within_seconds})
      break;
    if (persons == 0 && ago < std::chrono::seconds{rule.gap_seconds}) return Boarding::repeated;
    ++persons;
  }
  if (persons == 0) return Boarding::ride;
  const bool may_pay = rule.card_kinds.empty() ||
                       std::ranges::binary_search(rule.card_kinds, facts.medium.card_kind);
  return may_pay && persons < rule.max ? Boarding::another_person : Boarding::repeated;
}

}  // namespace tidegate::fare
