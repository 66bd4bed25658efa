// SPDX-License-Identifier: Apache-2.0
// How often the ride before went on: transfers of its chain and links of its continuous fare, which
// share a field of the card state (docs/formats/card-state.md). Only for the engine.
#pragma once

#include <algorithm>

#include "fare/engine/book_data.h"

namespace tidegate::fare {

struct Changes {
  unsigned transfers = 0;  ///< of the chain that CardState::transfer_group names
  unsigned links = 0;      ///< of the fare that began at CardState::origin_stop
};
/// What one field holds: transfers + values * links.
inline constexpr unsigned kChangesMax = 15;

/// So many values has the number of transfers beside links: without a limit only none or some.
[[nodiscard]] constexpr unsigned transfer_values(const TransferRule& rule) noexcept {
  return rule.max_transfers == 0 ? 2U : rule.max_transfers + 1U;
}

[[nodiscard]] Changes linked_changes(const BookData& book, const CardState& state) noexcept;
[[nodiscard]] inline Changes changes_of(const BookData& book, const CardState& state) noexcept {
  if (state.origin_stop == 0) return {.transfers = state.transfers};
  return linked_changes(book, state);
}
void set_linked_changes(const BookData& book, CardState& state, Changes changes) noexcept;
/// What does not fit is the most that does. Network, chain and origin in `state` are those that it
/// shall be read with.
inline void set_changes(const BookData& book, CardState& state, Changes changes) noexcept {
  if (state.origin_stop != 0) return set_linked_changes(book, state, changes);
  state.transfers = static_cast<std::uint8_t>(std::min(changes.transfers, kChangesMax));
}

/// The rule of a chain of transfers that a state names, into the network of `rules`; nullptr: none.
[[nodiscard]] inline const PreparedRule<TransferRule>* transfer_numbered(
    const NetworkRules& rules, std::uint8_t number) noexcept {
  if (number == 0) return nullptr;
  for (const auto* const one : rules.transfers)
    if (one->rule->number == number) return one;
  return nullptr;
}

}  // namespace tidegate::fare
