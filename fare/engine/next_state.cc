// SPDX-License-Identifier: Apache-2.0
// What each kind of tap writes: serial, what an entry finds, what is spent, the last leg.
#include "fare/engine/next_state.h"

#include "fare/engine/between_rides.h"
#include "fare/engine/spending.h"

namespace tidegate::fare {
namespace {

/// What the card says, for want of a reason to write anything else.
void begin(const TapFacts& facts, CardState& state) {
  const auto& before = facts.medium.state;
  if (before)
    state = *before;
  else
    state = {};
}

void begin_next(const TapFacts& facts, CardState& state) {
  begin(facts, state);
  ++state.serial;
}

/// As if the tap were at another stop: where a ride began, or a network's share of it ends.
template <class Do>
void at(const TapFacts& facts, const Network* network, std::size_t stop, Do what) {
  if (network == facts.network && stop == facts.here) return what(facts);
  what(facts.at(*network, stop));
}

/// A card holds the sums of one account. Those of the network where a ride ends stay, where the
/// card has them; else those of the network on the way are used, or begin anew.
bool finds_its_sums(const TapFacts& facts, const Network& on_the_way, const CardState& state) {
  const RideSums& own = facts.book.rules_of(on_the_way).sums;
  const RideSums& last = facts.rules->sums;
  return facts.all_sums != nullptr || !own.any || !last.any || own.account == last.account ||
         state.month == 0 || state.account != last.account;
}

/// The clearing house knows those of every account.
void bring_sums(const TapFacts& facts, const Network& network, CardState& state) {
  const RideSums& sums = facts.book.rules_of(network).sums;
  if (facts.all_sums != nullptr && sums.any) facts.all_sums->bring(sums.account, state);
}

/// A tap that cannot write the state leaves the one that is there.
void finish(const TapFacts& facts, CardState& state) {
  if (facts.writes_state())
    saturate(state);
  else
    begin(facts, state);
}

/// What is nothing begins no sums anew, and so leaves those of another account.
void collect(const TapFacts& facts, const Missed& missed, CardState& state) {
  if (missed.fen == Fen{0}) return;
  bring_sums(facts, *missed.network, state);
  const RideSums& sums = facts.book.rules_of(*missed.network).sums;
  turn_sums(sums, service_day(*missed.network, facts.tap.at), facts.tap.clock_trusted, state);
  add_spending(sums, state, missed.fen);
}

}  // namespace

void next_state(const TapFacts& facts, const Missed& missed, CardState& state) {
  begin_next(facts, state);
  begin_ride(facts, facts.tap.at, state);
  collect(facts, missed, state);
  finish(facts, state);
}

void next_state(const TapFacts& facts, Fen spent, CardState& state) {
  begin_next(facts, state);
  if (facts.comes_in()) begin_ride(facts, facts.tap.at, state);
  collect(facts, {facts.network, spent}, state);
  end_ride(facts, state);
  finish(facts, state);
}

void next_state(const TapFacts& facts, const RideParts& shares, const Ride& ride,
                const Missed& missed, Charge& charge, CardState& state) {
  begin_next(facts, state);
  // The boarding of a bus by sections wrote nothing: its alighting judges, with what the ride
  // before left.
  if (facts.tap.kind != TapKind::exit)
    at(facts, ride.from.network, ride.from.stop,
       [&](const TapFacts& there) { begin_ride(there, ride.begun, state); });
  collect(facts, missed, state);
  SettledShares settled;
  for (const RidePart& share : shares) {
    bring_sums(facts, *share.network, state);
    bool is_rest = &share != &shares.front();
    if (share.network != ride.from.network && state.origin_stop != 0) {
      end_link(facts, state);
      is_rest = true;
    }
    const bool is_last = &share == &shares.back();
    const bool has_sums = is_last || finds_its_sums(facts, *share.network, state);
    const TariffRide part{.share = share,
                          .begun = ride.begun,
                          .is_rest = is_rest,
                          .end = is_last ? &facts : nullptr,
                          .has_sums = has_sums};
    at(facts, share.network, share.to, [&](const TapFacts& there) {
      if (has_sums) turn_sums(there.rules->sums, there.today, there.tap.clock_trusted, state);
      settle_ride(there, part, settled, charge, state);
    });
  }
  finish(facts, state);
}

void next_state_without_ride(const TapFacts& facts, const Missed& missed, CardState& state) {
  begin_next(facts, state);
  if (facts.tap.kind == TapKind::exit) {
    if (facts.open) unbegin_ride(facts, state);
    state.apart = 1;
  }
  collect(facts, missed, state);
  finish(facts, state);
}

}  // namespace tidegate::fare
