// SPDX-License-Identifier: Apache-2.0
// What the tap that begins a ride finds of the ride before: an interchange, a transfer, or nothing.
#include <algorithm>
#include <chrono>

#include "fare/engine/between_rides.h"
#include "fare/engine/card_calendar.h"
#include "fare/engine/changes.h"
#include "fare/engine/rule_scope.h"

namespace tidegate::fare {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

// Types of EF 1E trip records that end a ride.
constexpr Byte kTripExit = 4, kTripSingle = 6;

/// The ride before, as far as the card tells of it.
struct LastLeg {
  std::uint16_t network = 0;  ///< index
  /// Of the newest trip record. nullptr: it is not of this leg.
  const HistoryTrip* trip = nullptr;
  std::size_t stop = 0;   ///< of the trip
  bool in_state = false;  ///< the state is of this leg, or of one before in its network
};

/// Used up by a ride before, which this one does not go on with.
void forget_used_pass(const TapFacts& facts, CardState& state) {
  const auto* const pass = pass_rule(*facts.rules, state);
  if (pass != nullptr && !pass->rule->days && state.pass_left == 0) state.pass_product = 0;
}

class Beginning {
 public:
  Beginning(const TapFacts& facts, Timestamp begun, CardState& state)
      : facts_{facts},
        state_{state},
        network_{facts.book.index_of(*facts.network)},
        rules_{*facts.rules},
        begun_{begun},
        today_{service_day(*facts.network, begun)},
        changes_{changes_of(facts.book, state)},
        leg_{last_leg()} {}

  void find() {
    if (goes_on()) {
      ++changes_.links;
      return set_changes(facts_.book, state_, changes_);
    }
    for (const auto* const one : rules_.transfers)
      if (is_transfer(*one)) return begin(*one->rule);
    // A ride ends them; after a visit they are there as before.
    const bool goes_on_later =
        state_.transfer_group != 0 || state_.origin_stop != 0 || state_.origin_paid != Fen{0};
    state_.apart = 1;
    if (!goes_on_later) end_what_is_apart(facts_, state_);
  }

 private:
  /// The newest trip record is taken where it tells of the leg in the state, or of a later one (a
  /// bus by section has no state to write). Other records are not looked at: what a price depends
  /// on may not depend on how many of them a box reads.
  [[nodiscard]] std::optional<LastLeg> last_leg() const {
    const Network* const network = facts_.book.network_numbered(state_.leg_network);
    const bool known = network != nullptr && state_.leg_end != 0;
    std::optional<LastLeg> out;
    if (known) out = LastLeg{.network = facts_.book.index_of(*network), .in_state = true};
    if (facts_.medium.history.empty()) return out;
    const HistoryTrip& trip = facts_.medium.history.front();
    if (trip.type != kTripExit && trip.type != kTripSingle) return out;
    if (known && card_minute(trip.at) < state_.leg_end) return out;
    const BookData::Place place = facts_.book.place(trip.where);
    if (!place || is_visit(trip, place)) return out;
    return LastLeg{.network = facts_.book.index_of(*place.network),
                   .trip = &trip,
                   .stop = place.stop,
                   .in_state = known && place.network == network};
  }

  /// A trip of nothing that the state does not name as its last leg was none: who walked through a
  /// station, or was let go without a charge, did not ride.
  [[nodiscard]] bool is_visit(const HistoryTrip& trip, const BookData::Place& place) const {
    if (!facts_.medium.state || trip.amount != Fen{0} || is_staged(*place.network)) return false;
    if (trip.type == kTripExit) return facts_.medium.state->apart != 0 && !facts_.medium.open;
    if (place.network->code != state_.leg_network) return true;
    const NetworkRules& rules = facts_.book.rules_of(*place.network);
    const auto* const chain = transfer_numbered(rules, state_.transfer_group);
    const bool says_end =
        !rules.measures_begins && (chain == nullptr || !chain->rule->from_first_leg);
    return says_end && card_minute(trip.at) != state_.leg_end;
  }

  /// The last second counts. A clock that is a little behind another box's costs nobody a right.
  template <class Duration>
  [[nodiscard]] static bool within(Duration elapsed, minutes window) {
    return elapsed <= window && elapsed >= -window;
  }
  [[nodiscard]] seconds since(const HistoryTrip& trip) const {
    return floor<seconds>(begun_) - floor<seconds>(trip.at);
  }

  /// Is it the fare of the ride before, going on from a listed stop?
  [[nodiscard]] bool goes_on() const {
    if (state_.origin_stop == 0 || !leg_ || !leg_->in_state || leg_->trip == nullptr ||
        leg_->trip->type != kTripExit || leg_->network != network_ || !facts_.here)
      return false;
    const auto [a, b] = std::minmax(leg_->stop, *facts_.here);
    const InterchangeRule::Pair pair{static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b)};
    return std::ranges::any_of(rules_.interchanges, [&](const auto* one) {
      const InterchangeRule& rule = *one->rule;
      return changes_.links < rule.max_links && within(since(*leg_->trip), minutes{rule.minutes}) &&
             holds(one->scope, facts_.medium, today_) &&
             std::ranges::binary_search(rule.pairs, pair);
    });
  }

  /// Whether the trip record says when the window begins.
  [[nodiscard]] bool trip_tells(const TransferRule& rule) const {
    const bool chained = rule.from_first_leg && transfers_so_far(rule) > 0;
    const bool begins = rule.measured == TransferRule::Measured::begin_to_begin;
    return leg_->trip != nullptr && !chained && (!begins || leg_->trip->type == kTripSingle);
  }

  [[nodiscard]] bool in_window(const TransferRule& rule) const {
    const minutes window{rule.window_minutes};
    if (trip_tells(rule)) return within(since(*leg_->trip), window);
    // The state knows minutes: the ride gets the rest of its last one.
    if (!leg_->in_state) return false;
    return within(minutes{std::int64_t{card_minute(begun_)} - state_.leg_end}, window);
  }

  [[nodiscard]] unsigned transfers_so_far(const TransferRule& rule) const {
    const bool same = leg_->in_state && state_.transfer_group == rule.number &&
                      has_network(rule.to, leg_->network);
    return same ? changes_.transfers : 0;
  }

  /// Between stops of one line, or of one network where the line is not known.
  [[nodiscard]] bool on_same_line() const {
    if (leg_->network != network_) return false;
    if (leg_->trip == nullptr || !facts_.here) return true;
    const std::vector<Stop>& stops = facts_.network->stops;
    return stops[leg_->stop].card.line == stops[*facts_.here].card.line;
  }

  [[nodiscard]] bool is_transfer(const PreparedRule<TransferRule>& one) const {
    const TransferRule& rule = *one.rule;
    if (!leg_ || !has_network(rule.from, leg_->network)) return false;
    if (!rule.same_line && on_same_line()) return false;
    if (rule.max_transfers != 0 && transfers_so_far(rule) >= rule.max_transfers) return false;
    return holds(one.scope, facts_.medium, today_) && in_window(rule);
  }

  void begin(const TransferRule& rule) {
    const unsigned transfers = transfers_so_far(rule) + 1;
    forget_used_pass(facts_, state_);
    state_.origin_stop = 0;
    // The exit has no trip record: it measures from what the state says.
    if (trip_tells(rule)) {
      state_.leg_end = card_minute(leg_->trip->at);
      state_.leg_network = facts_.book.model().networks[leg_->network].code;
    }
    state_.transfer_group = rule.number;
    set_changes(facts_.book, state_, {.transfers = transfers});
    const bool knows_paid = leg_->in_state && rule.effect == TransferRule::Effect::up_to_difference;
    if (!knows_paid) state_.origin_paid = Fen{0};
  }

  const TapFacts& facts_;
  CardState& state_;
  std::uint16_t network_;  ///< index
  const NetworkRules& rules_;
  Timestamp begun_;
  ServiceDay today_;
  Changes changes_;  ///< before this ride
  std::optional<LastLeg> leg_;
};

}  // namespace

void end_apart(const TapFacts& facts, CardState& state) {
  state.apart = 0;
  state.transfers = state.transfer_group = 0;
  state.origin_stop = 0;
  state.origin_paid = Fen{0};
  forget_used_pass(facts, state);
}

void begin_ride(const TapFacts& facts, Timestamp begun, CardState& state) {
  if (facts.medium.open) end_what_is_apart(facts, state);  // of an entry whose exit nobody saw
  state.apart = 0;
  Beginning{facts, begun, state}.find();
}

void unbegin_ride(const TapFacts& facts, CardState& state) {
  if (state.apart != 0) return;
  Changes changes = changes_of(facts.book, state);
  unsigned& found = state.origin_stop != 0 ? changes.links : changes.transfers;
  if (found > 0) --found;
  set_changes(facts.book, state, changes);
  if (state.origin_stop == 0 && changes.transfers == 0) state.transfer_group = 0;
}

}  // namespace tidegate::fare
