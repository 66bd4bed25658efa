// SPDX-License-Identifier: Apache-2.0
// Counts the persons of a tap.
#include "fare/engine/party.h"

#include <algorithm>

namespace tidegate::fare {

Traveller guest_of(const TapFacts& facts, const TariffVersion& version) {
  return {.medium = facts.medium,
          .rider = version.companions ? version.companions->companion : RiderCategory::adult,
          .item = facts.context.item,
          .is_holder = false};
}

void add_company(const TapFacts& facts, const TariffVersion& version, Party& party) {
  const TapContext& context = facts.context;
  const Medium& medium = facts.medium;
  const auto& rule = version.companions;
  if (!rule || context.companions > rule->max_companions * context.count)
    return party.groups.clear();
  party.free_children =
      std::min<std::int64_t>(context.children, rule->free_children * context.count);
  const std::int64_t paying = context.children - party.free_children;
  if (paying > 0)
    party.groups.push_back({{.medium = medium, .rider = rule->child, .is_holder = false}, paying});
  if (context.companions > 0)
    party.groups.push_back(
        {{.medium = medium, .rider = rule->companion, .is_holder = false}, context.companions});
}

}  // namespace tidegate::fare
