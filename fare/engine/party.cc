// SPDX-License-Identifier: Apache-2.0
// Counts the persons of a tap.
#include "fare/engine/party.h"

#include <algorithm>

namespace tidegate::fare {

Traveller holder_of(const TapFacts& facts) {
  return {.medium = facts.medium, .rider = facts.medium.rider, .item = facts.context.item};
}

Traveller guest_of(const TapFacts& facts, const TariffVersion& version) {
  return {.medium = facts.medium,
          .rider = version.companions ? version.companions->companion : RiderCategory::adult,
          .item = facts.context.item,
          .is_holder = false};
}

Party party_of(const TapFacts& facts, const TariffVersion& version, const Traveller& payer) {
  const TapContext& context = facts.context;
  const Medium& medium = facts.medium;
  const auto& rule = version.companions;
  Party out;
  const bool alone = context.children == 0 && context.companions == 0;
  if (!alone && (!rule || context.companions > rule->max_companions * context.count)) return out;
  out.groups.emplace_back(payer, context.count);
  if (alone) return out;
  out.free_children = std::min<std::int64_t>(context.children, rule->free_children * context.count);
  const std::int64_t paying = context.children - out.free_children;
  if (paying > 0)
    out.groups.push_back({{.medium = medium, .rider = rule->child, .is_holder = false}, paying});
  if (context.companions > 0)
    out.groups.push_back(
        {{.medium = medium, .rider = rule->companion, .is_holder = false}, context.companions});
  return out;
}

}  // namespace tidegate::fare
