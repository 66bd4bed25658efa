// SPDX-License-Identifier: Apache-2.0
// Whether a rule between rides holds for a tap. Only for the engine.
#pragma once

#include <algorithm>
#include <bit>
#include <utility>

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// The city that issued a card: the last two bytes of its issuer code, 02002900.
[[nodiscard]] inline std::uint16_t issuing_city(const Medium& medium) noexcept {
  return static_cast<std::uint16_t>(medium.issuer[2] << 8U | medium.issuer[3]);
}

/// A medium that does not say who issued it is at home everywhere.
[[nodiscard]] inline bool names_no_issuer(const Medium& medium) noexcept {
  return std::bit_cast<std::uint32_t>(medium.issuer) == 0;
}
/// A rider of the rule by the list of the entitled, whoever issued the card.
[[nodiscard]] inline bool is_entitled(const PreparedScope& scope, const Medium& medium) noexcept {
  if (!scope.names_riders) return false;
  return std::ranges::any_of(medium.entitlements, [&scope](RiderCategory rider) {
    return scope.riders[std::to_underlying(rider)];
  });
}

[[nodiscard]] inline bool is_of_issuer(const PreparedScope& scope, const Medium& medium) noexcept {
  if (scope.issuers.empty() || names_no_issuer(medium)) return true;
  const std::uint16_t city = issuing_city(medium);
  return scope.issuers.front() == city || std::ranges::binary_search(scope.issuers, city);
}

/// `begun` is the service day of the tap that begins the ride.
[[nodiscard]] inline bool holds(const PreparedScope& scope, const Medium& medium,
                                ServiceDay begun) noexcept {
  if (begun < scope.from || begun > scope.until ||
      (scope.media >> std::to_underlying(medium.kind) & 1U) == 0)
    return false;
  if (scope.riders[std::to_underlying(medium.rider)] && is_of_issuer(scope, medium)) return true;
  return is_entitled(scope, medium);
}

[[nodiscard]] inline bool has_network(const NetworkSet& set, std::uint16_t network) noexcept {
  return std::ranges::binary_search(set, network);
}

/// The rule of the pass on a card; nullptr: none for the network of these rules.
[[nodiscard]] inline const PreparedRule<PassRule>* pass_rule(const NetworkRules& rules,
                                                             const CardState& state) noexcept {
  if (state.pass_product == 0) return nullptr;
  for (const auto* const one : rules.passes)
    if (one->rule->product == state.pass_product) return one;
  return nullptr;
}

}  // namespace tidegate::fare
