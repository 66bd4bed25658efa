// SPDX-License-Identifier: Apache-2.0
// fare::price: one tap against one book. Refusals are looked for in their order of precedence.
#include <algorithm>
#include <optional>

#include "fare/engine/highest_charge.h"
#include "fare/engine/journey_rules.h"
#include "fare/engine/next_state.h"
#include "fare/engine/overstay.h"
#include "fare/engine/party.h"
#include "fare/engine/tap_facts.h"
#include "fare/engine/through_fare.h"

namespace tidegate::fare {
namespace {

/// Writes the decision where the caller wants it: a Decision is large, and is never copied.
class Pricing {
 public:
  Pricing(const TapFacts& facts, Decision& out) : facts_{facts}, out_{out} {}

  void decide() {
    const bool in = facts_.comes_in();
    if (in && facts_.mode(Modes::kClosed)) return refuse(RefusalCode::aisle_closed);
    if (facts_.tap.kind == TapKind::board && facts_.version != nullptr && facts_.version->is_flat)
      return board_flat();
    return in ? come_in() : go_out();
  }

 private:
  /// Whatever was decided so far.
  void refuse(RefusalCode code) { out_ = fare::refuse(code); }

  /// Network, stop and tariff are in the book.
  [[nodiscard]] bool priceable(const PreparedVersion* version) const noexcept {
    return facts_.here && version != nullptr && facts_.context.count > 0;
  }

  /// An entry, or a boarding where the fare depends on the place of alighting.
  void come_in() {
    const Medium& medium = facts_.medium;
    LeftOpen left;
    if (facts_.open && !facts_.mode(Modes::kOrderFree)) left = left_open(facts_);
    if (left.refusal) return refuse(*left.refusal);
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    const auto highest = highest_charge(facts_);
    if (!highest) return refuse(RefusalCode::no_fare);
    // What is owed to the issuer is paid back by a top-up, not by another ride.
    const Fen missed = left.charge.amount;
    // Nobody is asked for more than the ride can cost: who rides free needs no money.
    const Fen asked = std::min(facts_.network->minimum_balance, highest->fare) + missed;
    if (medium.balance < asked || medium.overdraft_used > Fen{})
      return refuse(RefusalCode::insufficient_balance);
    out_.charges.push_back(left.charge);
    if (missed > Fen{}) out_.charges.emplace_back();
    out_.max_fare = highest->most;
    out_.opens_journey = true;
    next_state(facts_, Missed{left.owner, missed}, out_.state_after);
  }

  void go_out() {
    const bool known = facts_.network != nullptr;
    if (!facts_.open) {
      if (!facts_.mode(Modes::kOrderFree)) return go_out_unseen();
      // Where the ride began is not known, and the station asked for no order: nothing is taken.
      return known ? let_go("mode/order-free") : refuse(RefusalCode::no_fare);
    }
    if (known && facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    const BookData::Place from = open_place(facts_);
    const auto problem = entry_problem(from);
    // Who came in where no order was asked for may have another journey on the card.
    const bool any_order = known && facts_.mode(Modes::kOrderFree);
    if (problem) return any_order ? let_go("mode/order-free") : refuse(*problem);
    if (known && facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Timestamp begun = facts_.open->at;
    const Ride ride{from, begun, version_of_ride(facts_.book, *from.network, begun, facts_.tap.at)};
    if (!priceable(ride.version)) return refuse(RefusalCode::no_fare);
    if (any_order && is_another_ride(facts_, ride)) return let_go("mode/order-free");
    // A flat ride was paid for when boarding; alighting only closes it.
    if (facts_.tap.kind == TapKind::alight && from.network == facts_.network &&
        ride.version->is_flat)
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    go_out_of(ride);
  }

  /// What the policy of the network where it began makes of a ride.
  void go_out_of(const Ride& ride) {
    const ExitRule rule = has_exit_rule(facts_, ride) ? exit_rule(facts_, ride) : ExitRule{};
    Charge& taken = out_.charges.emplace_back();
    HolderRide holder =
        rule.charge || rule.refusal ? HolderRide{} : ride_charge(facts_, ride, taken);
    std::optional<Fen> penalty;
    if (rule.overstayed) {
      const auto instead = rule.charge ? std::optional{rule.charge->fen} : std::nullopt;
      penalty = overstay_penalty(facts_, ride, instead, holder.has_fare);
    }
    if (rule.charge)
      settle(*rule.charge, *ride.from.network, *ride.version->version);
    else if (holder.has_fare)
      charge(holder, ride);
    else if (penalty)
      charge_nothing();
    else
      return refuse(rule.refusal.value_or(RefusalCode::no_fare));
    if (!out_.accepted()) return;
    if (penalty) return overstay(ride, *penalty);
    if (!rule.note.empty()) taken.trace.emplace_back(rule.note, Fen{0});
  }

  /// Beside what is charged a penalty that no rule lowers and no sum counts.
  void overstay(const Ride& ride, Fen penalty) {
    Charge& charge = out_.charges.back();
    charge.trace.emplace_back(rule_name(ride.from.network->id, "overstay"), penalty);
    charge.amount += penalty;
    hold_to_told(charge);
    if (const auto reason = unpayable(charge.amount)) refuse(*reason);
  }

  /// An exit without an entry.
  void go_out_unseen() {
    const bool possible = facts_.network != nullptr && priceable(facts_.version);
    if (possible && was_paid_when_boarding(facts_))
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    const auto due = possible ? exit_without_entry(facts_) : std::nullopt;
    if (!due) return refuse(RefusalCode::not_entered);
    if (facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    out_.charges.emplace_back();
    settle(*due, *facts_.network, *facts_.version->version);
  }

  void board_flat() {
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Boarding boarding = boarding_of(facts_);
    if (boarding == Boarding::repeated) return refuse(RefusalCode::already_paid);
    Missed missed;
    if (facts_.open) {
      // It writes no journey: an open one that cannot be collected here is left alone.
      const LeftOpen left = left_open(facts_);
      if (!left.refusal) missed = {left.owner, left.charge.amount};
      if (missed.fen > Fen{}) out_.charges.push_back(left.charge);
    }
    const Ride ride{{facts_.network, *facts_.here}, facts_.tap.at, facts_.version};
    HolderRide holder = ride_charge(facts_, ride, out_.charges.emplace_back(), boarding);
    if (!holder.has_fare) return refuse(RefusalCode::no_fare);
    charge(holder, ride, missed);
  }

  [[nodiscard]] std::optional<RefusalCode> entry_problem(const BookData::Place& from) const {
    const Network* const network = facts_.network;
    if (from) {
      const bool joined =
          from.network == network ||
          (network != nullptr && are_joined(facts_.book.model(), *from.network, *network,
                                            facts_.medium.kind, facts_.open->at));
      if (joined) return std::nullopt;
      return RefusalCode::entry_elsewhere;
    }
    const CardCode& where = facts_.open->where;
    const bool ours =
        network != nullptr && where.city == network->city && where.acquirer == network->acquirer;
    return ours ? RefusalCode::unknown_stop : RefusalCode::entry_elsewhere;
  }

  /// A ride from a stop to here, whose fare is the last charge, with the rules between rides; in
  /// front of it is what an earlier journey left unpaid.
  void charge(HolderRide& holder, const Ride& ride, const Missed& missed = {}) {
    Charge& taken = out_.charges.back();
    const Fen fare = taken.amount;
    RideParts& shares = holder.shares;
    Fen over = hold_to_told(taken);
    for (auto share = shares.end(); over > Fen{0} && share-- != shares.begin();) {
      const Fen less = std::min(over, share->fare.fen);
      share->fare.fen -= less;
      over -= less;
    }
    const bool visit = facts_.tap.kind == TapKind::exit && ride.from.network == facts_.network &&
                       ride.from.stop == *facts_.here && fare == Fen{};
    if (holder.is_ride && !visit)
      next_state(facts_, shares, ride, missed, taken, out_.state_after);
    else
      next_state_without_ride(facts_, missed, out_.state_after);
    if (const auto reason = unpayable(out_.total())) refuse(*reason);
  }

  /// One person pays no more than the entry said, whatever book and lists say since. What it said
  /// to a party, nobody knows any more. Gives what is taken off.
  Fen hold_to_told(Charge& charge) const {
    const auto& open = facts_.open;
    if (!open || open->told == Fen{0} || charge.amount <= open->told) return {};
    return take_off_untold(charge);
  }
  /// Seldom: apart, so that nobody else pays for the room of its text.
  [[gnu::noinline]] Fen take_off_untold(Charge& charge) const {
    const auto& open = facts_.open;
    const TapContext& context = facts_.context;
    const bool alone = context.count == 1 && context.children == 0 && context.companions == 0;
    if (facts_.comes_in() || !alone) return {};
    const Fen over = charge.amount - open->told;
    charge.trace.emplace_back(rule_name(facts_.network->id, "told-at-entry"), Fen{0} - over);
    charge.amount = open->told;
    return over;
  }

  /// What a rule of `owner` makes due for one person, taken for all of them.
  void settle(const Due& due, const Network& owner, const TariffVersion& version) {
    const auto party = party_of(facts_, version, holder_of(facts_));
    if (party.groups.empty()) return refuse(RefusalCode::no_fare);
    std::int64_t persons = 0;
    for (const Group& group : party.groups) persons += group.persons;
    Charge& charge = out_.charges.back();
    charge.amount = due.fen * persons;
    charge.trace.emplace_back(rule_name(owner.id, due.rule), charge.amount);
    hold_to_told(charge);
    if (const auto reason = unpayable(charge.amount)) return refuse(*reason);
    if (charge.amount == Fen{})
      next_state_without_ride(facts_, {}, out_.state_after);
    else
      next_state(facts_, charge.amount, out_.state_after);
  }

  /// Why the medium cannot pay this.
  [[nodiscard]] std::optional<RefusalCode> unpayable(Fen all) const {
    if (all.count() > kFenMax) return RefusalCode::no_fare;  // more than a purse pays at once
    // Nobody is trapped for less than the issuer lends: who is inside may go out on it.
    const Medium& medium = facts_.medium;
    const Fen spendable =
        facts_.comes_in() ? medium.balance : medium.balance + medium.overdraft_left;
    if (spendable < all) return RefusalCode::insufficient_balance;
    return std::nullopt;
  }

  /// A charge of 0 fen, to which something may be added.
  void charge_nothing() {
    out_.charges.back() = Charge{};
    next_state(facts_, Fen{0}, out_.state_after);
  }

  /// Nothing is charged, and it was no ride.
  void let_go(const RuleName& rule) {
    out_.charges.emplace_back().trace.emplace_back(rule, Fen{0});
    next_state_without_ride(facts_, {}, out_.state_after);
  }

  void take(Fen fen, const RuleName& rule) {
    Charge& charge = out_.charges.emplace_back();
    charge.amount = fen;
    charge.trace.emplace_back(rule, fen);
    next_state(facts_, fen, out_.state_after);
  }

  const TapFacts& facts_;
  Decision& out_;
};

}  // namespace

Decision price(const Book& book, const Medium& medium, const TapContext& context, const Tap& tap) {
  const TapFacts facts{BookData::of(book), medium, context, tap};
  Decision out;
  Pricing{facts, out}.decide();
  return out;
}

Decision price(const Book& book, const Medium& medium, const TapContext& context, const Tap& tap,
               AccountSums& sums) {
  TapFacts facts{BookData::of(book), medium, context, tap};
  facts.all_sums = &sums;
  Decision out;
  Pricing{facts, out}.decide();
  return out;
}

}  // namespace tidegate::fare
