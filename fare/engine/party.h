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

[[nodiscard]] Traveller holder_of(const TapFacts& facts);
/// Who comes in with somebody else's card pays as a companion does, whatever its holder pays.
[[nodiscard]] Traveller guest_of(const TapFacts& facts, const TariffVersion& version);

/// `payer` and who rides along, by the rule of `version`; of no groups: it allows no such party.
[[nodiscard]] Party party_of(const TapFacts& facts, const TariffVersion& version,
                             const Traveller& payer);

}  // namespace tidegate::fare
