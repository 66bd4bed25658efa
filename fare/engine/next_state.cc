// SPDX-License-Identifier: Apache-2.0
// What each kind of tap writes: serial, what an entry finds, what is spent, the last leg.
#include "fare/engine/next_state.h"

#include "fare/engine/between_rides.h"
#include "fare/engine/spending.h"

namespace tidegate::fare {
namespace {

CardState next_of(const TapFacts& facts) {
  CardState out = facts.medium.state.value_or(CardState{});
  ++out.serial;
  return out;
}

/// A tap that cannot write the state leaves the one that is there.
CardState written(const TapFacts& facts, const CardState& next) {
  return facts.writes_state() ? saturated(next) : facts.medium.state.value_or(CardState{});
}

void collect(const TapFacts& facts, const Missed& missed, CardState& state) {
  if (missed.fen == Fen{0}) return;
  turn_sums(facts, *missed.network, state);
  add_spending(facts, *missed.network, state, missed.fen);
}

}  // namespace

CardState next_state(const TapFacts& facts, const Missed& missed) {
  CardState out = next_of(facts);
  begin_ride(facts, facts.tap.at, out);
  collect(facts, missed, out);
  return written(facts, out);
}

CardState next_state(const TapFacts& facts, Fen spent) {
  CardState out = next_of(facts);
  if (facts.comes_in()) begin_ride(facts, facts.tap.at, out);
  turn_sums(facts, *facts.network, out);
  add_spending(facts, *facts.network, out, spent);
  end_ride(facts, out);
  return written(facts, out);
}

CardState next_state(const TapFacts& facts, const TariffRide& ride, Charge& charge,
                     const Missed& missed) {
  CardState out = next_of(facts);
  // The boarding of a bus by sections wrote nothing: its alighting judges, with what the ride
  // before left.
  if (facts.tap.kind != TapKind::exit) begin_ride(facts, ride.begun, out);
  collect(facts, missed, out);
  turn_sums(facts, *facts.network, out);
  settle_ride(facts, ride, charge, out);
  return written(facts, out);
}

CardState next_state_without_ride(const TapFacts& facts, const Missed& missed) {
  CardState out = next_of(facts);
  if (facts.tap.kind == TapKind::exit && facts.medium.open) unbegin_ride(facts, out);
  collect(facts, missed, out);
  return written(facts, out);
}

}  // namespace tidegate::fare
