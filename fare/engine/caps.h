// SPDX-License-Identifier: Apache-2.0
// Caps: the most that is spent in a day, week or month. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/between_rides.h"

namespace tidegate::fare {

/// Zones that a ride uses, bit 0: zone 1: those of its ends, and all that are numbered between.
/// 0 where no cap of the network goes by zones.
[[nodiscard]] std::uint8_t zones_of(const TapFacts& facts, const TariffRide& ride);

struct CapLeft {
  const CapRule* rule = nullptr;
  Fen left;
};
/// The tightest cap that holds for the ride; nullopt: none. The sums of `state` are turned and its
/// zones those with this ride.
[[nodiscard]] std::optional<CapLeft> tightest_cap(const TapFacts& facts, const CardState& state,
                                                  ServiceDay begun);

}  // namespace tidegate::fare
