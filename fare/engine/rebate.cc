// SPDX-License-Identifier: Apache-2.0
// Prices the taps of a card again, with the state that it should have had.
#include "fare/engine/rebate.h"

#include <algorithm>
#include <utility>

namespace tidegate::fare {
namespace {

bool same_pass(const CardState& a, const CardState& b) {
  return a.pass_product == b.pass_product && a.pass_left == b.pass_left;
}

std::optional<CardState> whole_state(const KeptState& kept,
                                     const std::optional<CardState>& presented) {
  if (!kept.whole) return presented;
  if (!presented || (kept.written && same_pass(*presented, *kept.written))) return kept.whole;
  // A state begun anew has no pass, which is a loss like the rest of it.
  if (presented->pass_product == 0) return kept.whole;
  CardState out = *kept.whole;
  out.pass_product = presented->pass_product;
  out.pass_left = presented->pass_left;
  return out;
}

/// What begins sees the trip of the ride before, also behind a visit.
void bring_trip(KeptState& kept, Medium& medium) {
  if (medium.state && medium.state->apart != 0 && !medium.open) {
    if (!kept.trip) return;
    medium.history.insert(medium.history.begin(), *kept.trip);
    medium.state->apart = 0;
  } else {
    kept.trip.reset();
    if (!medium.history.empty()) kept.trip = medium.history.front();
  }
}

}  // namespace

Rebate rebate(const Book& book, KeptState& kept, const RecordedTap& tap) {
  const Fen charged = tap.decision.total();
  Rebate out{charged, charged};
  if (!tap.decision.accepted()) return out;
  Medium medium = tap.medium;
  medium.state = whole_state(kept, tap.medium.state);
  const bool begins = tap.tap.kind == TapKind::entry || tap.tap.kind == TapKind::board;
  if (begins) bring_trip(kept, medium);
  AccountSums sums = kept.accounts;
  const Decision again = price(book, medium, tap.context, tap.tap, sums);
  if (again.accepted()) {
    out.with_state = std::min(charged, again.total());
    kept.accounts = std::move(sums);
  }
  kept.whole = again.accepted() ? again.state_after : tap.decision.state_after;
  kept.written = tap.decision.state_after;
  return out;
}

std::vector<Rebate> rebates(const Book& book, std::span<const RecordedTap> taps) {
  std::vector<Rebate> out;
  KeptState kept;
  for (const RecordedTap& tap : taps) out.push_back(rebate(book, kept, tap));
  return out;
}

}  // namespace tidegate::fare
