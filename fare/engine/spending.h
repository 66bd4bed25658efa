// SPDX-License-Identifier: Apache-2.0
// The sums of spending in a card state. Only for the engine.
#pragma once

#include "fare/engine/card_state.h"
#include "fare/engine/network_rules.h"

namespace tidegate::fare {

/// Makes the sums of a card those that a charge counts to: another day, week, month or account
/// begins at 0. They stay as they are where it counts to none.
void turn_sums(const RideSums& sums, ServiceDay today, bool clock_trusted, CardState& state);
/// After turn_sums().
inline void add_spending(const RideSums& sums, CardState& state, Fen spent) {
  if (sums.in_period) state.month_spent += spent;
  if (sums.in_day) state.day_spent += spent;
}

}  // namespace tidegate::fare
