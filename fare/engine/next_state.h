// SPDX-License-Identifier: Apache-2.0
// The card state that a tap leaves behind. Only for the engine.
#pragma once

#include "fare/engine/between_rides.h"
#include "fare/engine/ride_charge.h"
#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// What a tap collects of an earlier journey: money spent in that journey's network, but no leg
/// that ends.
struct Missed {
  const Network* network = nullptr;
  Fen fen;
};

// Each writes `state`, whatever is there.

/// Of an entry. The tap's network is known.
void next_state(const TapFacts& facts, const Missed& missed, CardState& state);
/// Of what is taken without a ride's fare, a mode or a penalty: it counts as spending.
void next_state(const TapFacts& facts, Fen spent, CardState& state);
/// Of a ride by tariff that ends (or is paid when boarding): lowers `charge`, which is its fare,
/// each network's share by the rules between rides of that network.
void next_state(const TapFacts& facts, const RideParts& shares, const Ride& ride,
                const Missed& missed, Charge& charge, CardState& state);
/// Of a tap that is no ride of the card's holder: leg, transfer and sums are what they were.
void next_state_without_ride(const TapFacts& facts, const Missed& missed, CardState& state);

}  // namespace tidegate::fare
