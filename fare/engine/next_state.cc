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

/// As if the tap were where a network's share of the ride ends.
TapFacts at_end_of(const TapFacts& facts, const RideShare& share) {
  TapFacts out = facts;
  out.network = share.network;
  out.here = share.to;
  return out;
}

/// A card holds the sums of one account. Those of the network where a ride ends stay, where the
/// card has them; its own a network on the way finds when they are there.
bool finds_its_sums(const TapFacts& facts, const Network& on_the_way, const CardState& state) {
  const SpendingAccount* const own = facts.book.account_of(on_the_way);
  const SpendingAccount* const last = facts.book.account_of(*facts.network);
  return own == nullptr || last == nullptr || own == last || state.month == 0 ||
         state.account == own->number;
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

CardState next_state(const TapFacts& facts, const RideShares& shares, Timestamp begun,
                     Charge& charge) {
  CardState out = next_of(facts);
  if (facts.tap.kind != TapKind::exit) begin_ride(at_end_of(facts, shares.front()), begun, out);
  for (const RideShare& share : shares) {
    const TapFacts at = at_end_of(facts, share);
    const bool is_rest = &share != &shares.front(), is_end = &share == &shares.back();
    const bool has_sums = is_end || finds_its_sums(facts, *share.network, out);
    if (has_sums) turn_sums(at, out);
    settle_ride(at, {*share.version, begun, share.from, share.fen, is_rest, is_end, has_sums},
                charge, out);
  }
  return saturated(out);
}

CardState next_state_of_missed(const TapFacts& facts, Fen missed) {
  CardState out = next_state(facts);
  turn_sums(facts, out);
  add_spending(facts, out, missed);
  return saturated(out);
}

}  // namespace tidegate::fare
