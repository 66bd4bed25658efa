// SPDX-License-Identifier: Apache-2.0
// Whether a rule between rides holds for a tap. Only for the engine.
#pragma once

#include <algorithm>

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// The city that issued a card: the last two bytes of its issuer code, 02002900.
[[nodiscard]] inline std::uint16_t issuing_city(const Medium& medium) noexcept {
  return static_cast<std::uint16_t>(medium.issuer[2] << 8U | medium.issuer[3]);
}

/// A medium that does not say who issued it is at home everywhere.
[[nodiscard]] inline bool names_no_issuer(const Medium& medium) noexcept {
  return medium.issuer == std::array<Byte, 4>{};
}
/// A rider of the rule by the list of the entitled, whoever issued the card.
[[nodiscard]] inline bool is_entitled(const RuleScope& scope, const Medium& medium) noexcept {
  return std::ranges::any_of(medium.entitlements, [&scope](RiderCategory rider) {
    return std::ranges::binary_search(scope.riders, rider);
  });
}

/// `begun` is the service day of the tap that begins the ride.
[[nodiscard]] inline bool holds(const RuleScope& scope, const Medium& medium,
                                ServiceDay begun) noexcept {
  const auto has = [](const auto& set, auto value) {
    return set.empty() || std::ranges::binary_search(set, value);
  };
  const bool is_for = is_entitled(scope, medium) ||
                      (has(scope.riders, medium.rider) &&
                       (names_no_issuer(medium) || has(scope.issuers, issuing_city(medium))));
  return is_for && has(scope.media, medium.kind) && begun >= scope.from &&
         (scope.until == ServiceDay{} || begun <= scope.until);
}

[[nodiscard]] inline bool has_network(const NetworkSet& set, std::uint16_t network) noexcept {
  return std::ranges::binary_search(set, network);
}

/// The rule of the pass on a card; nullptr: none for the network of these rules.
[[nodiscard]] inline const PassRule* pass_rule(const NetworkRules& rules,
                                               const CardState& state) noexcept {
  if (state.pass_product == 0) return nullptr;
  for (const PassRule* const rule : rules.passes)
    if (rule->product == state.pass_product) return rule;
  return nullptr;
}

}  // namespace tidegate::fare
