// SPDX-License-Identifier: Apache-2.0
// Rides that took too long: by the policy of the network where they began. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/party.h"
#include "fare/engine/ride_charge.h"

namespace tidegate::fare {

/// Whether the ride took longer than its network allows: by the shortest way, or by the full fare,
/// so that whoever pays less has as long. A ride to another network, one without a way and one
/// without a fare have the longest of the limits.
[[nodiscard]] bool beyond_limit(const TapFacts& facts, const Ride& ride);

/// Why the time of the ride is not judged; nullopt: it is.
[[nodiscard]] std::optional<RuleName> time_forgiven(const TapFacts& facts, const Ride& ride);

/// What an overstay adds for all persons, to their fares (`has_fare`), or to what each pays
/// `instead`; nullopt: there is no amount to begin with.
[[nodiscard]] std::optional<Fen> overstay_penalty(const TapFacts& facts, const Ride& ride,
                                                  const std::optional<Fen>& instead, bool has_fare);

/// Since the open journey began, in the whole seconds that a card keeps.
[[nodiscard]] std::chrono::seconds since_entry(const TapFacts& facts);
/// A gate never charges more than the highest single fare, where the network says one.
[[nodiscard]] Fen held(const JourneyPolicy& policy, Fen fen);
/// "mode/emergency/a"; the network where it was in force everywhere.
[[nodiscard]] RuleName mode_rule(const ModeInterval& interval, std::uint16_t wanted);

}  // namespace tidegate::fare
