// SPDX-License-Identifier: Apache-2.0
// Settles a ride with the rules between rides: what it costs, and what the next one will find.
#include "fare/engine/between_rides.h"

#include <algorithm>

#include "fare/engine/caps.h"
#include "fare/engine/card_calendar.h"
#include "fare/engine/changes.h"
#include "fare/engine/journey_rules.h"
#include "fare/engine/ride_fare.h"
#include "fare/engine/rule_scope.h"
#include "fare/engine/spending.h"

namespace tidegate::fare {
namespace {

/// A percentage taken off, never beyond 0 or the price itself.
Fen less(Fen price, unsigned percent, Rounding rounding, std::uint32_t unit) {
  const std::int64_t kept = 100 - std::min<std::int64_t>(percent, 100);
  // As most rules round: a division by a number that the compiler knows.
  if (unit == 1 && rounding == Rounding::down) return Fen{(price * kept).count() / 100};
  const Fen left = price.scaled({kept, 100}, rounding, unit);
  return std::min(left, price);
}

/// A chain that counts from its first leg, and a ride that goes on, keep their time.
void write_leg(const TapFacts& facts, CardState& state, Timestamp begun) {
  const NetworkRules& rules = *facts.rules;
  const auto* const chain = transfer_numbered(rules, state.transfer_group);
  const bool begins = rules.measures_begins;
  const bool goes_on = state.origin_stop != 0;
  const bool keeps = (chain != nullptr && chain->rule->from_first_leg) || (begins && goes_on);
  if (!keeps) state.leg_end = card_minute(begins ? begun : facts.tap.at);
  state.leg_network = facts.network->code;
}

class Settling {
 public:
  Settling(const TapFacts& facts, const TariffRide& ride, SettledShares& settled, Charge& charge,
           CardState& state)
      : facts_{facts},
        ride_{ride},
        settled_{settled},
        charge_{charge},
        state_{state},
        rules_{*facts.rules},
        begun_{service_day(*facts.network, ride.begun)},
        linked_{state.origin_stop != 0},
        changes_{changes_of(facts.book, state)},
        share_{ride.share.fare.fen},
        covered_{ride.share.fare.fen} {}

  void settle() {
    interchange();
    pass();
    transfer();
    if (ride_.has_sums) {
      cumulative();
      cap();
      const Fen before = state_.month_spent;
      add_spending(rules_.sums, state_, share_);
      settled_.in_period = state_.month_spent - before;
    }
    if (ride_.end == nullptr) return set_changes(facts_.book, state_, changes_);
    if (ride_.end->network != facts_.network) {
      origin_ = state_.origin_stop = 0;
      goes_on_ = false;
    }
    write_leg(*ride_.end, state_, ride_.begun);
    write_origin();
    if (!goes_on_) changes_.links = 0;
    set_changes(facts_.book, state_, changes_);
  }

 private:
  void lower(Fen to, const RuleName& rule) {
    if (to >= share_) return;
    charge_.trace.emplace_back(rule, to - share_);
    charge_.amount -= share_ - to;
    share_ = to;
  }

  /// The fare from where it all began, less what is covered of it.
  void interchange() {
    if (!ride_.share.from || (!linked_ && rules_.interchanges.empty())) return;
    origin_ = facts_.network->stops[*ride_.share.from].number;
    if (!linked_ || ride_.is_rest) return;
    const auto origin = facts_.book.stop_numbered(*facts_.network, state_.origin_stop);
    if (!origin || !facts_.here) return;
    const Medium& medium = facts_.medium;
    const RideFares fares{facts_.book,
                          facts_.network->city,
                          *ride_.share.version,
                          {.medium = medium, .rider = medium.rider, .item = facts_.context.item},
                          {.begun = ride_.begun, .ended = facts_.tap.at}};
    const RideFare whole = fares.fare(facts_.network->stops.size(), *origin, *facts_.here);
    if (!whole) return;
    goes_on_ = true;
    origin_ = state_.origin_stop;
    lower(std::max(Fen{0}, whole.fen - state_.origin_paid), interchange_name());
    covered_ = state_.origin_paid + share_;
  }

  /// Of the first rule that lists the stop of this entry.
  [[nodiscard]] RuleName interchange_name() const {
    for (const auto* const one : rules_.interchanges)
      if (lists(*one->rule, *ride_.share.from)) return one->trace;
    return "interchange/fare";
  }
  [[nodiscard]] static bool lists(const InterchangeRule& rule, std::size_t stop) {
    return std::ranges::any_of(rule.pairs, [stop](const InterchangeRule::Pair& pair) {
      return pair.a == stop || pair.b == stop;
    });
  }

  /// A ride that goes on was counted when it began, so the last ride of a pass covers it too;
  /// unless that part cost nothing, which counts none.
  void pass() {
    const auto* const one = pass_rule(rules_, state_);
    if (one == nullptr || !holds(one->scope, facts_.medium, begun_)) return;
    if (goes_on_ && state_.origin_paid != Fen{0}) settled_.has_counted = true;
    if (share_ == Fen{0}) return;
    if (one->rule->days) {
      constexpr unsigned kTurns = 0x1000;
      const unsigned left = (kTurns + state_.pass_left - card_day(begun_) % kTurns) % kTurns;
      if (left >= kTurns / 2) return;
    } else if (!settled_.has_counted) {
      if (state_.pass_left == 0) return;
      --state_.pass_left;
      settled_.has_counted = true;
    }
    lower(Fen{0}, one->trace);
  }

  void transfer() {
    if (linked_ || ride_.is_rest) return;  // the first part of the ride had it
    const auto* const one = transfer_numbered(rules_, state_.transfer_group);
    const bool counts =
        one != nullptr && holds(one->scope, facts_.medium, begun_) && ends_in_window(*one->rule);
    if (!counts) {
      changes_.transfers = state_.transfer_group = 0;
      return;
    }
    if (one->rule->effect == TransferRule::Effect::up_to_difference)
      settled_.dearest = state_.origin_paid;
    lower(after_transfer(*one->rule), one->trace);
  }

  [[nodiscard]] bool ends_in_window(const TransferRule& rule) const {
    if (rule.measured != TransferRule::Measured::end_to_end) return true;
    return std::int64_t{card_minute(facts_.tap.at)} - state_.leg_end <= rule.window_minutes;
  }

  [[nodiscard]] Fen after_transfer(const TransferRule& rule) const {
    switch (rule.effect) {
      case TransferRule::Effect::amount_off: return std::max(Fen{0}, share_ - Fen{rule.value});
      case TransferRule::Effect::percent_off:
        return less(share_, rule.value, rule.rounding, rule.unit);
      case TransferRule::Effect::free: return Fen{0};
      case TransferRule::Effect::up_to_difference:
        return std::max(Fen{0}, share_ - state_.origin_paid);
    }
    return share_;
  }

  /// By what was spent before the ride.
  void cumulative() {
    const Fen spent = std::max(Fen{0}, state_.month_spent - settled_.in_period);
    for (const auto* const one : rules_.cumulative) {
      if (!holds(one->scope, facts_.medium, begun_)) continue;
      const CumulativeRule& rule = *one->rule;
      unsigned percent = 0;
      for (const auto& [above, off] : rule.tiers)
        if (spent > above || (rule.reaches && spent == above)) percent = off;
      return lower(less(share_, percent, rule.rounding, rule.unit), one->trace);
    }
  }

  void cap() {
    if (rules_.caps.empty()) return;
    if (rules_.zones != nullptr) state_.day_zones |= zones_of(facts_, ride_);
    const CapLeft cap = tightest_cap(facts_, state_, begun_);
    if (cap.rule != nullptr) lower(cap.left, cap.rule->trace);
  }

  /// Only what a ride from here may ask for.
  void write_origin() {
    const NetworkRules& rules = *ride_.end->rules;
    const bool may_go_on =
        origin_ != 0 && !rules.may_go_on.empty() && rules.may_go_on[*ride_.end->here];
    state_.origin_stop = may_go_on ? origin_ : std::uint16_t{0};  // 0: from another network
    const bool is_asked = may_go_on || rules.pays_differences;
    state_.origin_paid = is_asked ? std::max(covered_, settled_.dearest) : Fen{0};
  }

  const TapFacts& facts_;
  const TariffRide& ride_;
  SettledShares& settled_;
  Charge& charge_;
  CardState& state_;
  const NetworkRules& rules_;
  ServiceDay begun_;
  bool linked_;      ///< the entry found that the ride goes on
  Changes changes_;  ///< with this ride
  Fen share_;        ///< what the ride still costs
  Fen covered_;      ///< what a ride that goes on, or pays the difference, need not pay again
  std::uint16_t origin_ = 0;
  bool goes_on_ = false;  ///< and there is a fare from where it all began
};

}  // namespace

void settle_ride(const TapFacts& facts, const TariffRide& ride, SettledShares& settled,
                 Charge& charge, CardState& state) {
  end_what_is_apart(facts, state);
  Settling{facts, ride, settled, charge, state}.settle();
}

void end_link(const TapFacts& facts, CardState& state) {
  const Changes changes = changes_of(facts.book, state);
  state.origin_stop = 0;
  set_changes(facts.book, state, {.transfers = changes.transfers});
}

void end_ride(const TapFacts& facts, CardState& state) {
  end_what_is_apart(facts, state);
  const auto& open = facts.open;
  // Nobody saw it begin: it goes on with no fare and no chain.
  if (!open && !facts.comes_in()) {
    state.origin_stop = 0;
    state.transfers = state.transfer_group = 0;
  }
  const BookData::Place from = open ? open_place(facts) : BookData::Place{};
  if (from && from.network != facts.network) end_link(facts, state);
  const Changes changes = changes_of(facts.book, state);
  write_leg(facts, state, open ? open->at : facts.tap.at);
  state.origin_stop = 0;
  set_changes(facts.book, state, {.transfers = changes.transfers});
  state.origin_paid = Fen{0};
}

}  // namespace tidegate::fare
