// SPDX-License-Identifier: Apache-2.0
// One tap being priced: its inputs and where they are in the book. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/account_sums.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {

[[nodiscard]] inline bool is_flat(const Tariff& tariff) noexcept {
  return std::holds_alternative<FlatTariff>(tariff);
}

struct TapFacts {
  TapFacts(const BookData& in_book, const Medium& who, const TapContext& where, const Tap& what)
      : book{in_book},
        medium{who},
        context{where},
        tap{what},
        open{what.kind == TapKind::entry || what.kind == TapKind::exit ? who.open : who.open_bus},
        network{in_book.network(where.network)},
        here{network != nullptr ? in_book.stop(*network, where.stop) : std::nullopt},
        version{network != nullptr ? version_on(*network, service_day(*network, what.at))
                                   : nullptr} {}

  const BookData& book;
  const Medium& medium;
  const TapContext& context;
  const Tap& tap;
  const std::optional<OpenJourney>& open;  ///< in the record that this kind of tap reads and writes
  const Network* network;                  ///< of the tap; nullptr: not in the book
  std::optional<std::size_t> here;         ///< index of the tap's stop
  const TariffVersion* version;            ///< on the tap's own service day; nullptr: none yet
  AccountSums* all_sums = nullptr;         ///< where the clearing house asks

  [[nodiscard]] bool mode(std::uint16_t bit) const noexcept { return tap.modes.has(bit); }
  /// An entry or a boarding; else an exit or an alighting.
  [[nodiscard]] bool comes_in() const noexcept {
    return tap.kind == TapKind::entry || tap.kind == TapKind::board;
  }
  /// What boards and alights at a fare that depends on the way is in record 2702, which has no room
  /// for the card state.
  [[nodiscard]] bool writes_state() const noexcept {
    if (tap.kind == TapKind::board) return version != nullptr && is_flat(version->tariff);
    return tap.kind != TapKind::alight;
  }
};

}  // namespace tidegate::fare
