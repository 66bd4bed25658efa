// SPDX-License-Identifier: Apache-2.0
// What a card would have paid if its state had never been lost: the clearing house gives back the
// difference. A ride in another city may overwrite the state, and the next gate then charges
// without the benefit of the rides before.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fare/engine/account_sums.h"
#include "fare/engine/book.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

/// A tap of one card as the ledgers have it.
struct RecordedTap {
  Medium medium;  ///< as it was presented, with the state that the gate saw
  TapContext context;
  Tap tap;
  Decision decision;  ///< what was decided and charged
};

struct Rebate {
  Fen charged;
  Fen with_state;  ///< never above what was charged
  [[nodiscard]] Fen fen() const { return charged - with_state; }
  friend bool operator==(const Rebate&, const Rebate&) = default;
};

/// What the clearing house keeps of a card between its taps.
struct KeptState {
  std::optional<CardState> whole;    ///< the state with every ride in it
  std::optional<CardState> written;  ///< what the last tap left on the card
  /// Of the last ride: a visit since may have put a newer one on the card.
  std::optional<HistoryTrip> trip;
  AccountSums accounts;
  friend bool operator==(const KeptState&, const KeptState&) = default;
};

/// The taps of one card in the order of their times, all of them priced by the book. A tap that was
/// refused, or would be with the whole state, costs what it cost. A pass that the state shows anew
/// was sold between two taps and counts. A code has no state: all that it has is what is kept here.
[[nodiscard]] Rebate rebate(const Book& book, KeptState& kept, const RecordedTap& tap);
/// One for each of `taps`, from the first tap of the card.
[[nodiscard]] std::vector<Rebate> rebates(const Book& book, std::span<const RecordedTap> taps);

}  // namespace tidegate::fare
