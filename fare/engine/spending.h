// SPDX-License-Identifier: Apache-2.0
// The sums of spending in a card state. Only for the engine.
#pragma once

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Makes the sums those of this tap: another day, week, month or account begins at 0. Sums that a
/// ride in the tap's network does not count to stay as they are. The network is known.
void turn_sums(const TapFacts& facts, CardState& state);
/// After turn_sums().
void add_spending(const TapFacts& facts, CardState& state, Fen spent);

}  // namespace tidegate::fare
