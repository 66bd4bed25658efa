// SPDX-License-Identifier: Apache-2.0
// The card state that a tap leaves behind. Only for the engine.
#pragma once

#include "fare/engine/between_rides.h"
#include "fare/engine/ride_charge.h"
#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Of a tap that takes nothing: an entry. The tap's network is known.
[[nodiscard]] CardState next_state(const TapFacts& facts);
/// Of what is taken without a ride's fare, a mode or a penalty: it counts as spending.
[[nodiscard]] CardState next_state(const TapFacts& facts, Fen spent);
/// Of a ride by tariff that ends (or is paid when boarding): lowers `charge`, which is its fare,
/// each network's share by the rules between rides of that network.
[[nodiscard]] CardState next_state(const TapFacts& facts, const RideShares& shares, Timestamp begun,
                                   Charge& charge);
/// An entry that collects what an earlier journey left unpaid: money spent, but no leg that ends.
[[nodiscard]] CardState next_state_of_missed(const TapFacts& facts, Fen missed);

}  // namespace tidegate::fare
