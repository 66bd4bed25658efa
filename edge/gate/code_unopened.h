// SPDX-License-Identifier: Apache-2.0
// Finds the charge of a ride code that is in the ledger while nobody went through for it: the gate
// ended between the two, or the passenger was too slow for the barrier. By the rules of unopened.h.
#pragma once

#include <optional>

#include "edge/gate/unopened.h"

namespace tidegate::edge {

struct UnopenedCharge {
  SequenceNo charge;  ///< that was to open first; a later one may have resumed it
  fare::TapKind kind = fare::TapKind::entry;
};
/// `last`: the newest charge of the account.
[[nodiscard]] Result<std::optional<UnopenedCharge>> unopened_charge(const Ledger& ledger,
                                                                    const RecentDebit& last,
                                                                    const ThisRun& run,
                                                                    Timestamp now);

[[nodiscard]] constexpr bool is_way_out(fare::TapKind kind) {
  return kind == fare::TapKind::exit || kind == fare::TapKind::alight;
}

}  // namespace tidegate::edge
