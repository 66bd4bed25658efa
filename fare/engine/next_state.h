// SPDX-License-Identifier: Apache-2.0
// The card state that a tap leaves behind. Only for the engine.
#pragma once

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Of a tap that takes nothing: an entry.
[[nodiscard]] CardState next_state(const TapFacts& facts);
/// A ride that ends (or is paid when boarding) also counts as spending. The tap's network is known.
[[nodiscard]] CardState next_state(const TapFacts& facts, Fen spent);
/// An entry that collects what an earlier journey left unpaid: money spent, but no leg that ends.
[[nodiscard]] CardState next_state_of_missed(const TapFacts& facts, Fen missed);

}  // namespace tidegate::fare
