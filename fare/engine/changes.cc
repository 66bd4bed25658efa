// SPDX-License-Identifier: Apache-2.0
// Packs transfers and links into one field of the card state.
#include "fare/engine/changes.h"

namespace tidegate::fare {
namespace {

/// Of the chain of a state whose fare goes on.
unsigned transfer_values(const BookData& book, const CardState& state) noexcept {
  const Network* const network = book.network_numbered(state.leg_network);
  const auto* const chain = network != nullptr
                                ? transfer_numbered(book.rules_of(*network), state.transfer_group)
                                : nullptr;
  return chain != nullptr ? transfer_values(*chain->rule) : 1;
}

}  // namespace

Changes linked_changes(const BookData& book, const CardState& state) noexcept {
  const unsigned values = transfer_values(book, state);
  return {.transfers = state.transfers % values, .links = state.transfers / values};
}

void set_linked_changes(const BookData& book, CardState& state, Changes changes) noexcept {
  const unsigned values = transfer_values(book, state);
  const unsigned transfers = std::min(changes.transfers, values - 1);
  const unsigned out =
      transfers + values * std::min(changes.links, (kChangesMax - transfers) / values);
  state.transfers = static_cast<std::uint8_t>(std::min(out, kChangesMax));
}

}  // namespace tidegate::fare
