// SPDX-License-Identifier: Apache-2.0
// Caps: the most that is spent in a day, week or month. Only for the engine.
#pragma once

#include "fare/engine/between_rides.h"

namespace tidegate::fare {

/// Zones that a ride uses, bit 0: zone 1: those of its ends, and all that are numbered between.
/// The network has a cap that goes by zones.
[[nodiscard]] std::uint8_t zones_of(const TapFacts& facts, const TariffRide& ride);

struct CapLeft {
  const PreparedRule<CapRule>* rule = nullptr;  ///< nullptr: none
  Fen left;
};
/// The tightest cap that holds for the ride. The sums of `state` are turned and its zones those
/// with this ride.
[[nodiscard]] CapLeft tightest_cap(const TapFacts& facts, const CardState& state, ServiceDay begun);

}  // namespace tidegate::fare
