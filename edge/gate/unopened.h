// SPDX-License-Identifier: Apache-2.0
// Finds the debit that is in the ledger while its barrier never moved: the gate ended between the
// two. Without it a passenger would have paid and be told "already entered" or "not entered".
#pragma once

#include <optional>

#include "edge/gate/recovery.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

/// The newest debit of a card, when an earlier run of this gate recorded it less than 3 minutes
/// before `now` and no entry says that somebody passed on it. `first_of_run`: the first entry this
/// run wrote; what this run recorded it also opened for.
[[nodiscard]] Result<std::optional<Recovered>> unopened_debit(const Ledger& ledger,
                                                              const CardHandle& card,
                                                              SequenceNo first_of_run,
                                                              Timestamp now);

}  // namespace tidegate::edge
