// SPDX-License-Identifier: Apache-2.0
// The sums of spending in a card state. Only for the engine.
#pragma once

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Makes the sums those of a charge for `network` by this tap: another day, week, month or account
/// begins at 0. Sums that a ride there does not count to stay as they are.
void turn_sums(const TapFacts& facts, const Network& network, CardState& state);
/// After turn_sums().
void add_spending(const TapFacts& facts, const Network& network, CardState& state, Fen spent);

}  // namespace tidegate::fare
