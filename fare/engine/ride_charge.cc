// SPDX-License-Identifier: Apache-2.0
// Adds up what the persons of a tap pay.
#include "fare/engine/ride_charge.h"

#include <algorithm>
#include <chrono>

#include "fare/engine/party.h"

namespace tidegate::fare {
namespace {

constexpr Byte kTripSingle = 6;  ///< type of a trip in EF 1E that one tap paid for

/// A flat tariff that is charged at some stops only, and not at this one.
bool is_charged_elsewhere(const TapFacts& facts, const Ride& ride) noexcept {
  const auto& stops = ride.version->version->charge_at;
  return ride.from.network == facts.network && !stops.empty() &&
         !std::ranges::binary_search(stops, *facts.here);
}

void add_group(Charge& charge, const RideParts& parts, std::int64_t persons) {
  for (const RidePart& part : parts) {
    const Fen all = part.fare.fen * persons;
    charge.trace.emplace_back(part.fare.table->name, all);
    charge.amount += all;
  }
}

}  // namespace

void find_parts(const TapFacts& facts, const Ride& ride, const Traveller& who, RideParts& parts) {
  const BookData& book = facts.book;
  const Network& network = *facts.network;
  const RideTimes when{.begun = ride.begun, .ended = facts.tap.at};
  const std::size_t from = ride.from.stop, to = *facts.here;
  if (ride.from.network == &network) {
    const RideFares fares{book, network.city, *ride.version, who, when};
    if (const RideFare fare = fares.fare(network.stops.size(), from, to))
      parts.emplace_back(fare, &network, ride.version, from, to);
    return;
  }
  for (const ThroughRule& rule : book.model().through) {
    if (leads_to(book.model(), rule, *ride.from.network, who.medium.kind, ride.begun) != &network)
      continue;
    const ThroughFares fares{book, rule, *ride.from.network, who, when};
    fares.find_parts(from, to, parts);
    if (!parts.empty()) return;
  }
}

HolderRide ride_charge(const TapFacts& facts, const Ride& ride, Charge& charge, Boarding boarding) {
  const bool guest = boarding == Boarding::another_person;
  const TariffVersion& version = *ride.version->version;
  const Party party = party_of(facts, version, guest ? guest_of(facts, version) : holder_of(facts));
  HolderRide out;
  if (party.groups.empty()) return out;
  if (is_charged_elsewhere(facts, ride)) {
    charge.trace.emplace_back(rule_name(facts.network->id, "charged-elsewhere"), Fen{0});
    out.has_fare = true;
    out.is_ride = false;
    return out;
  }
  for (const Group& group : party.groups) {
    RideParts beside;
    RideParts& parts = &group == &party.groups.front() ? out.shares : beside;
    find_parts(facts, ride, group.who, parts);
    if (parts.empty()) return out;
    add_group(charge, parts, group.persons);
  }
  if (party.free_children > 0)
    charge.trace.emplace_back(rule_name(ride.from.network->id, "free-child"), Fen{0});
  if (guest) {
    charge.trace.emplace_back(rule_name(facts.network->id, "another-person"), Fen{0});
    out.is_ride = false;
  }
  out.has_fare = charge.amount.count() <= kFenMax;
  return out;
}

Boarding boarding_of(const TapFacts& facts) {
  if (facts.version == nullptr || !facts.version->version->repeat || !facts.here)
    return Boarding::ride;
  const RepeatRule& rule = *facts.version->version->repeat;
  std::size_t persons = 0;
  for (const HistoryTrip& trip : facts.medium.history) {
    const auto place = facts.book.place(trip.where);
    const auto ago = facts.tap.at - trip.at;
    if (trip.type != kTripSingle || place.network != facts.network || place.stop != *facts.here ||
        ago < std::chrono::seconds{0} || ago >= std::chrono::seconds{rule.within_seconds})
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
