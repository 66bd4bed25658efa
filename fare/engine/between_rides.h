// SPDX-License-Identifier: Apache-2.0
// What rides before this one change about its price, and what the card says of it afterwards. The
// tap that begins a ride judges whether it goes on with another: it has the newest trip record,
// which says the stop and the second. What it finds is in the state that it writes, and the exit
// asks nothing else. Only for the engine.
#pragma once

#include "fare/engine/tap_facts.h"
#include "fare/engine/through_fare.h"

namespace tidegate::fare {

/// A ride with its fare by tariff, or a network's share of one. It ends at the stop `here` of the
/// facts' network.
struct TariffRide {
  const RidePart& share;  ///< of the holder: companions on the same card pay theirs in full
  Timestamp begun;        ///< entry or boarding
  bool is_rest = false;   ///< it began in another network, which had what the entry found
  /// The tap, where the ride ends: at a border stop in another network. nullptr: it goes on there.
  const TapFacts* end = nullptr;
  bool has_sums = true;  ///< false: the sums on the card are of the network where the ride ends
};

/// What the shares of a ride know of those before them.
struct SettledShares {
  bool has_counted = false;  ///< for a pass it is one ride
  Fen in_period;             ///< spent in the sum of the week or month
  Fen dearest;               ///< leg of the chain before, where the ride pays the difference
};

/// Which interchange or transfer the ride that begins, or began at `begun`, is. The tap's network
/// is known.
void begin_ride(const TapFacts& facts, Timestamp begun, CardState& state);
/// A ride ends the chain and the fare that its entry did not go on with (CardState::apart).
void end_apart(const TapFacts& facts, CardState& state);
inline void end_what_is_apart(const TapFacts& facts, CardState& state) {
  if (state.apart != 0) end_apart(facts, state);
}
/// The same entry again, backwards: the ride was none. Only what a transfer took the place of is
/// gone.
void unbegin_ride(const TapFacts& facts, CardState& state);
/// Lowers the charge, in this order: interchange, pass, transfer, cumulative discount, cap; each
/// that does is a step of the trace. Never below 0. The sums of `state` are those of the tap.
void settle_ride(const TapFacts& facts, const TariffRide& ride, SettledShares& settled,
                 Charge& charge, CardState& state);
/// What goes on is the fare of one network: behind a border none.
void end_link(const TapFacts& facts, CardState& state);
/// The last leg in the state, of a ride that paid no fare by tariff.
void end_ride(const TapFacts& facts, CardState& state);

}  // namespace tidegate::fare
