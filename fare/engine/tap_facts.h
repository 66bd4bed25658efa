// SPDX-License-Identifier: Apache-2.0
// One tap being priced: its inputs and where they are in the book. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/account_sums.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {

struct TapFacts {
  TapFacts(const BookData& in_book, const Medium& who, const TapContext& where, const Tap& what)
      : book{in_book},
        medium{who},
        context{where},
        tap{what},
        open{what.kind == TapKind::entry || what.kind == TapKind::exit ? who.open : who.open_bus} {
    const BookData::Found* const found = in_book.find(where.network);
    if (found == nullptr) return;
    network = found->network;
    rules = found->rules;
    here = in_book.stop(*found, where.stop);
    today = service_day(*network, what.at);
    version = version_on(found->versions, today);
  }

  /// As if the tap were at another stop.
  [[nodiscard]] TapFacts at(const Network& other, std::size_t stop) const {
    TapFacts out = *this;
    out.network = &other;
    out.rules = &book.rules_of(other);
    out.here = stop;
    out.today = service_day(other, tap.at);
    return out;
  }

  const BookData& book;
  const Medium& medium;
  const TapContext& context;
  const Tap& tap;
  const std::optional<OpenJourney>& open;  ///< in the record that this kind of tap reads and writes
  const Network* network = nullptr;        ///< of the tap; nullptr: not in the book
  const NetworkRules* rules = nullptr;     ///< between rides, of the network
  std::optional<std::size_t> here;         ///< index of the tap's stop
  ServiceDay today;                        ///< of the network
  const PreparedVersion* version = nullptr;  ///< of that day; nullptr: none yet
  AccountSums* all_sums = nullptr;           ///< where the clearing house asks

  [[nodiscard]] bool mode(std::uint16_t bit) const noexcept { return tap.modes.has(bit); }
  /// An entry or a boarding; else an exit or an alighting.
  [[nodiscard]] bool comes_in() const noexcept {
    return tap.kind == TapKind::entry || tap.kind == TapKind::board;
  }
  /// What boards and alights at a fare that depends on the way is in record 2702, which has no room
  /// for the card state.
  [[nodiscard]] bool writes_state() const noexcept {
    if (tap.kind == TapKind::board) return version != nullptr && version->is_flat;
    return tap.kind != TapKind::alight;
  }
};

}  // namespace tidegate::fare
