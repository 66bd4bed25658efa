// SPDX-License-Identifier: Apache-2.0
// What a cap leaves to pay.
#include "fare/engine/caps.h"

#include <algorithm>

#include "fare/engine/rule_scope.h"

namespace tidegate::fare {
namespace {

/// 0: none.
unsigned zone_of(const CapRule& rule, std::uint16_t network, std::size_t stop) {
  const CapRule::StopZone wanted{network, static_cast<std::uint16_t>(stop), 0};
  const auto at = std::ranges::lower_bound(rule.zones_of, wanted);
  if (at == rule.zones_of.end() || at->network != network || at->stop != stop) return 0;
  return at->zone;
}

/// The least that covers the zones; nullptr: one was used that no amount covers.
const CapRule::ZoneCap* zone_cap(const CapRule& rule, std::uint8_t zones) {
  const CapRule::ZoneCap* out = nullptr;
  for (const CapRule::ZoneCap& cap : rule.by_zones)
    if ((zones & ~unsigned{cap.zones}) == 0 && (out == nullptr || cap.fen < out->fen)) out = &cap;
  return out;
}

}  // namespace

std::uint8_t zones_of(const TapFacts& facts, const TariffRide& ride) {
  const CapRule& rule = *facts.rules->zones;
  const std::uint16_t network = facts.book.index_of(*facts.network);
  const unsigned from = ride.share.from ? zone_of(rule, network, *ride.share.from) : 0;
  const unsigned to = facts.here ? zone_of(rule, network, *facts.here) : 0;
  const unsigned low = from != 0 && to != 0 ? std::min(from, to) : std::max(from, to);
  const unsigned high = std::max(from, to);
  if (high == 0) return 0;
  return static_cast<std::uint8_t>((1U << high) - (1U << (low - 1)));
}

CapLeft tightest_cap(const TapFacts& facts, const CardState& state, ServiceDay begun) {
  CapLeft out;
  for (const auto* const one : facts.rules->caps) {
    const CapRule& rule = *one->rule;
    if (!holds(one->scope, facts.medium, begun)) continue;
    const Fen* limit = &rule.fen;
    if (!rule.by_zones.empty()) {
      const auto* const cap = zone_cap(rule, state.day_zones);
      if (cap == nullptr) continue;
      limit = &cap->fen;
    }
    const Fen spent = rule.period == Period::day ? state.day_spent : state.month_spent;
    const Fen left = std::max(Fen{0}, *limit - spent);
    if (out.rule == nullptr || left < out.left) out = {one, left};
  }
  return out;
}

}  // namespace tidegate::fare
