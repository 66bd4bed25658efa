// SPDX-License-Identifier: Apache-2.0
// The card state of taps that price no ride: serial, what an entry finds, the last leg.
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

}  // namespace

CardState next_state(const TapFacts& facts) {
  CardState out = next_of(facts);
  // Who boards a bus by sections is in the record of buses, which has no room for our state: the
  // alighting judges with what the ride before left.
  if (facts.tap.kind == TapKind::entry) begin_ride(facts, facts.tap.at, out);
  return saturated(out);
}

CardState next_state(const TapFacts& facts, Fen spent) {
  CardState out = next_of(facts);
  if (facts.comes_in()) begin_ride(facts, facts.tap.at, out);
  turn_sums(facts, out);
  add_spending(facts, out, spent);
  end_ride(facts, out);
  return saturated(out);
}

CardState next_state(const TapFacts& facts, const TariffRide& ride, Charge& charge) {
  CardState out = next_of(facts);
  if (facts.tap.kind != TapKind::exit) begin_ride(facts, ride.begun, out);
  turn_sums(facts, out);
  settle_ride(facts, ride, charge, out);
  return saturated(out);
}

CardState next_state_of_missed(const TapFacts& facts, Fen missed) {
  CardState out = next_state(facts);
  turn_sums(facts, out);
  add_spending(facts, out, missed);
  return saturated(out);
}

}  // namespace tidegate::fare
