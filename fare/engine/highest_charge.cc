// SPDX-License-Identifier: Apache-2.0
// Looks for the dearest end of a ride.
#include "fare/engine/highest_charge.h"

#include <algorithm>

#include "fare/engine/overstay.h"
#include "fare/engine/party.h"
#include "fare/engine/through_fare.h"

namespace tidegate::fare {
namespace {

std::optional<Fen> highest_for(const TapFacts& facts, const Traveller& who) {
  const BookData& book = facts.book;
  const Network& network = *facts.network;
  const RideTimes when{.begun = facts.tap.at, .ended = std::nullopt};
  auto highest = RideFares{book, network.city, *facts.version, who, when}.highest_from(
      network.stops.size(), *facts.here);
  for (const ThroughRule& rule : book.model().through) {
    if (leads_to(book.model(), rule, network, who.medium.kind, when.begun) == nullptr) continue;
    if (const auto there = ThroughFares{book, rule, network, who, when}.highest_from(*facts.here))
      highest = std::max(highest.value_or(Fen{0}), *there);
  }
  return highest;
}

/// The most that leaving where one entered costs.
Fen same_station_most(const JourneyPolicy& policy) {
  switch (policy.same_station) {
    case SameStation::minimum_fare: return policy.minimum;
    case SameStation::fixed: return policy.same_station_fen;
    case SameStation::tariff:
    case SameStation::refused: break;
  }
  return Fen{};
}

/// The most that the policy may ask of one traveller, whose fares are at most `highest`.
Fen most_by_rule(const TapFacts& facts, const Traveller& who, Fen highest) {
  const Network& network = *facts.network;
  const JourneyPolicy& policy = network.policy;
  const Fen same_station = same_station_most(policy);
  const Fen base = std::max(highest, same_station);
  switch (policy.overstay) {
    case Overstay::none: return same_station;
    case Overstay::network_maximum: return std::max(same_station, policy.maximum);
    case Overstay::minimum_fare: return std::max(base, held(policy, base + policy.minimum));
    case Overstay::added: return std::max(base, held(policy, base + policy.overstay_fen));
    case Overstay::exit_maximum: break;
  }
  // Whatever station it ends at.
  const RideTimes when{.begun = facts.tap.at, .ended = std::nullopt};
  const RideFares fares{facts.book, network.city, *facts.version, who, when};
  const bool leads_on = std::ranges::any_of(facts.book.model().through, [&](const ThroughRule& r) {
    return leads_to(facts.book.model(), r, network, who.medium.kind, facts.tap.at) != nullptr;
  });
  const Fen dearest = leads_on ? policy.maximum : fares.bound();
  return std::max(same_station, held(policy, dearest));
}

}  // namespace

std::optional<HighestCharge> highest_charge(const TapFacts& facts) {
  const auto party = party_of(facts, *facts.version->version, holder_of(facts));
  if (party.groups.empty()) return std::nullopt;
  HighestCharge out;
  for (const Group& group : party.groups) {
    const auto one = highest_for(facts, group.who);
    if (!one) return std::nullopt;
    out.fare += *one * group.persons;
    out.most += std::max(*one, most_by_rule(facts, group.who, *one)) * group.persons;
  }
  if (out.most.count() > kFenMax) return std::nullopt;
  return out;
}

}  // namespace tidegate::fare
