// SPDX-License-Identifier: Apache-2.0
// The persons of one tap: the holder of the card, children and companions, and as whom each pays.
// Only for the engine.
#pragma once

#include "fare/engine/ride_fare.h"
#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Persons who pay alike.
struct Group {
  Traveller who;
  std::int64_t persons = 0;
};

struct Party {
  InlineVector<Group, 3> groups;  ///< who taps is the first
  std::int64_t free_children = 0;
};

[[nodiscard]] inline Traveller holder_of(const TapFacts& facts) {
  return {.medium = facts.medium, .rider = facts.medium.rider, .item = facts.context.item};
}
/// Who comes in with somebody else's card pays as a companion does, whatever its holder pays.
[[nodiscard]] Traveller guest_of(const TapFacts& facts, const TariffVersion& version);

/// Adds children and companions to a party of who taps.
void add_company(const TapFacts& facts, const TariffVersion& version, Party& party);
/// `payer` and who rides along, by the rule of `version`; of no groups: it allows no such party.
[[nodiscard]] inline Party party_of(const TapFacts& facts, const TariffVersion& version,
                                    const Traveller& payer) {
  const TapContext& context = facts.context;
  Party out;
  out.groups.emplace_back(payer, context.count);
  if (context.children != 0 || context.companions != 0) add_company(facts, version, out);
  return out;
}

}  // namespace tidegate::fare
