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
  begin_ride(facts, out);
  return saturated(out);
}

CardState next_state(const TapFacts& facts, Fen spent) {
  CardState out = next_of(facts);
  if (facts.comes_in()) begin_ride(facts, out);
  turn_sums(facts, out);
  add_spending(facts, out, spent);
  end_ride(facts, out);
  return saturated(out);
}

CardState next_state(const TapFacts& facts, const TariffRide& ride, Charge& charge) {
  CardState out = next_of(facts);
  if (facts.comes_in()) begin_ride(facts, out);
  turn_sums(facts, out);
  settle_ride(facts, ride, charge, out);
  return saturated(out);
}

}  // namespace tidegate::fare
