// SPDX-License-Identifier: Apache-2.0
// A debit of another box of this station that the card shows: the passenger was torn off there and
// comes here. Nothing is shared between boxes on the tap path; the card tells enough.
#pragma once

#include <optional>
#include <span>

#include "edge/ledger/entry.h"
#include "nfc/flow/t_union_flow.h"

namespace tidegate::edge {

/// The last tap of record 2701.
struct SightedDebit {
  fare::TapKind kind = fare::TapKind::entry;
  TerminalNo terminal;
  LocalTime at;
  friend bool operator==(const SightedDebit&, const SightedDebit&) = default;
};

/// What one of `terminals` (sorted) wrote less than 3 minutes before `now`; nullopt: nothing, or
/// another terminal did. Clocks of two boxes may differ by a minute. Whether it was a terminal of
/// this very box is not known here.
[[nodiscard]] std::optional<SightedDebit> sighted_debit(const nfc::RailRecord& rail,
                                                        std::span<const TerminalNo> terminals,
                                                        Timestamp now);

/// The entry that lets the clearing house settle the other box's intent: the debit's record of EF
/// 18 and the answer of 805A, as far as the card still has them. The error: the card left.
[[nodiscard]] nfc::FlowResult<Sighting> read_sighting(nfc::CardChannel& card,
                                                      const nfc::FlowSettings& settings,
                                                      const SightedDebit& sighted);

}  // namespace tidegate::edge
