// SPDX-License-Identifier: Apache-2.0
// Other machines that meet the same cards: another operator's terminal and a loading machine. They
// speak to the card directly and have no ledger.
#pragma once

#include "base/money.h"
#include "base/time.h"
#include "simulators/card/card.h"

namespace tidegate::edge::torn {

inline constexpr std::int64_t kForeignFen = 100;

/// A plain purchase (type 06) of kForeignFen. false: the card refused.
[[nodiscard]] bool foreign_purchase(sim::TUnionCard& card, Timestamp at);
/// The same as a composite purchase (type 09) that writes record 2701 again as it is.
[[nodiscard]] bool foreign_capp(sim::TUnionCard& card, Timestamp at);
[[nodiscard]] bool load(sim::TUnionCard& card, Fen amount, Timestamp at);

}  // namespace tidegate::edge::torn
