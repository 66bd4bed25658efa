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

class Pricing {
 public:
  explicit Pricing(const TapFacts& facts) : facts_{facts} {}

  [[nodiscard]] Decision decide() const {
    const bool in = facts_.comes_in();
    if (in && facts_.mode(Modes::kClosed)) return refuse(RefusalCode::aisle_closed);
    if (facts_.tap.kind == TapKind::board && facts_.version != nullptr &&
        is_flat(facts_.version->tariff))
      return board_flat();
    return in ? come_in() : go_out();
  }

 private:
  /// Network, stop and tariff are in the book.
  [[nodiscard]] bool priceable(const TariffVersion* version) const noexcept {
    return facts_.here && version != nullptr && facts_.context.count > 0;
  }

  /// An entry, or a boarding where the fare depends on the place of alighting.
  [[nodiscard]] Decision come_in() const {
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
    Decision out;
    out.charges.push_back(left.charge);
    if (missed > Fen{}) out.charges.emplace_back();
    out.max_fare = highest->most;
    out.opens_journey = true;
    out.state_after = next_state(facts_, {left.owner, missed});
    return out;
  }

  [[nodiscard]] Decision go_out() const {
    const bool known = facts_.network != nullptr;
    if (!facts_.open) {
      if (!facts_.mode(Modes::kOrderFree)) return go_out_unseen();
      // Where the ride began is not known, and the station asked for no order: nothing is taken.
      return known ? let_go("mode/order-free") : refuse(RefusalCode::no_fare);
    }
    if (known && facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    const auto from = open_place(facts_);
    const auto problem = entry_problem(from);
    // Who came in where no order was asked for may have another journey on the card.
    const bool any_order = known && facts_.mode(Modes::kOrderFree);
    if (problem) return any_order ? let_go("mode/order-free") : refuse(*problem);
    if (known && facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Timestamp begun = facts_.open->at;
    const Ride ride{*from, begun, version_of_ride(*from->network, begun, facts_.tap.at)};
    if (!priceable(ride.version)) return refuse(RefusalCode::no_fare);
    if (any_order && is_another_ride(facts_, ride)) return let_go("mode/order-free");
    // A flat ride was paid for when boarding; alighting only closes it.
    if (facts_.tap.kind == TapKind::alight && from->network == facts_.network &&
        is_flat(ride.version->tariff))
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    return go_out_of(ride);
  }

  /// What the policy of the network where it began makes of a ride.
  [[nodiscard]] Decision go_out_of(const Ride& ride) const {
    const ExitRule rule = exit_rule(facts_, ride);
    const auto fare = rule.charge || rule.refusal ? std::nullopt : ride_charge(facts_, ride);
    if (rule.overstayed) {
      const auto instead = rule.charge ? std::optional{rule.charge->amount} : std::nullopt;
      if (const auto penalty = overstay_penalty(facts_, ride, instead, fare.has_value()))
        return overstay(ride, rule.charge, fare, *penalty);
    }
    if (rule.refusal) return refuse(*rule.refusal);
    Decision out = rule.charge ? settle(*rule.charge, *ride.version) : charge(fare, ride);
    if (rule.note && out.accepted()) out.charges.back().trace.push_back({*rule.note, Fen{0}});
    return out;
  }

  /// The ride as any other, and beside it a penalty that no rule lowers and no sum counts.
  [[nodiscard]] Decision overstay(const Ride& ride, const std::optional<Charge>& instead,
                                  const std::optional<RideCharge>& fare, Fen penalty) const {
    Decision out = instead ? settle(*instead, *ride.version)
                   : fare  ? charge(fare, ride)
                           : nothing();
    if (!out.accepted()) return out;
    Charge& charge = out.charges.back();
    charge.trace.push_back({rule_name(ride.from.network->id, "overstay"), penalty});
    charge.amount += penalty;
    hold_to_told(charge);
    if (const auto reason = unpayable(charge.amount)) return refuse(*reason);
    return out;
  }

  /// An exit without an entry.
  [[nodiscard]] Decision go_out_unseen() const {
    const bool possible = facts_.network != nullptr && priceable(facts_.version);
    if (possible && was_paid_when_boarding(facts_))
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    const auto due = possible ? exit_without_entry(facts_) : std::nullopt;
    if (!due) return refuse(RefusalCode::not_entered);
    if (facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    return settle(*due, *facts_.version);
  }

  [[nodiscard]] Decision board_flat() const {
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Boarding boarding = boarding_of(facts_);
    if (boarding == Boarding::repeated) return refuse(RefusalCode::already_paid);
    const Ride ride{{facts_.network, *facts_.here}, facts_.tap.at, facts_.version};
    const auto fare = ride_charge(facts_, ride, boarding);
    // It writes no journey: an open one that cannot be collected here is left alone.
    LeftOpen left;
    if (facts_.open) left = left_open(facts_);
    if (left.refusal) left = {};
    return charge(fare, ride, left);
  }

  [[nodiscard]] std::optional<RefusalCode> entry_problem(
      const std::optional<BookData::Place>& from) const {
    const Network* const network = facts_.network;
    if (from) {
      const bool joined =
          from->network == network ||
          (network != nullptr && are_joined(facts_.book.model(), *from->network, *network,
                                            facts_.medium.kind, facts_.open->at));
      if (joined) return std::nullopt;
      return RefusalCode::entry_elsewhere;
    }
    const CardCode& where = facts_.open->where;
    const bool ours =
        network != nullptr && where.city == network->city && where.acquirer == network->acquirer;
    return ours ? RefusalCode::unknown_stop : RefusalCode::entry_elsewhere;
  }

  /// A ride from a stop to here, with the rules between rides; in front of it what an earlier
  /// journey left unpaid.
  [[nodiscard]] Decision charge(const std::optional<RideCharge>& fare, const Ride& ride,
                                const LeftOpen& left = {}) const {
    if (!fare) return refuse(RefusalCode::no_fare);
    Decision out;
    const Missed missed{left.owner, left.charge.amount};
    if (missed.fen > Fen{}) out.charges.push_back(left.charge);
    Charge& taken = out.charges.emplace_back();
    taken.amount = fare->fen;
    taken.trace = fare->steps;
    RideShares shares = fare->holder;
    Fen over = hold_to_told(taken);
    for (auto share = shares.end(); over > Fen{0} && share-- != shares.begin();) {
      const Fen less = std::min(over, share->fen);
      share->fen -= less;
      over -= less;
    }
    const bool visit = facts_.tap.kind == TapKind::exit && ride.from.network == facts_.network &&
                       ride.from.stop == *facts_.here && fare->fen == Fen{};
    out.state_after = fare->is_ride && !visit
                          ? next_state(facts_, shares, ride.begun, taken, missed)
                          : next_state_without_ride(facts_, missed);
    if (const auto reason = unpayable(out.total())) return refuse(*reason);
    return out;
  }

  /// One person pays no more than the entry said, whatever book and lists say since. What it said
  /// to a party, nobody knows any more. Gives what is taken off.
  Fen hold_to_told(Charge& charge) const {
    const auto& open = facts_.open;
    const TapContext& context = facts_.context;
    const bool alone = context.count == 1 && context.children == 0 && context.companions == 0;
    if (facts_.comes_in() || !open || open->told == Fen{0} || !alone || charge.amount <= open->told)
      return {};
    const Fen over = charge.amount - open->told;
    charge.trace.push_back({rule_name(facts_.network->id, "told-at-entry"), Fen{0} - over});
    charge.amount = open->told;
    return over;
  }

  /// What a rule makes due for one person, taken for all of them.
  [[nodiscard]] Decision settle(const Charge& due, const TariffVersion& version) const {
    const auto party = party_of(facts_, version, holder_of(facts_));
    if (!party) return refuse(RefusalCode::no_fare);
    std::int64_t persons = 0;
    for (const Group& group : party->groups) persons += group.persons;
    Decision out;
    Charge& charge = out.charges.emplace_back();
    charge.amount = due.amount * persons;
    for (const TraceStep& step : due.trace)
      charge.trace.emplace_back(step.rule, step.fen * persons);
    hold_to_told(charge);
    if (const auto reason = unpayable(charge.amount)) return refuse(*reason);
    out.state_after = charge.amount == Fen{} ? next_state_without_ride(facts_, {})
                                             : next_state(facts_, charge.amount);
    return out;
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
  [[nodiscard]] Decision nothing() const {
    Decision out;
    out.charges.emplace_back();
    out.state_after = next_state(facts_, Fen{0});
    return out;
  }

  /// Nothing is charged, and it was no ride.
  [[nodiscard]] Decision let_go(const RuleName& rule) const {
    Decision out;
    Charge& charge = out.charges.emplace_back();
    charge.trace.emplace_back(rule, Fen{0});
    out.state_after = next_state_without_ride(facts_, {});
    return out;
  }

  [[nodiscard]] Decision take(Fen fen, const RuleName& rule) const {
    Decision out;
    Charge& charge = out.charges.emplace_back();
    charge.amount = fen;
    charge.trace.emplace_back(rule, fen);
    out.state_after = next_state(facts_, fen);
    return out;
  }

  const TapFacts& facts_;
};

}  // namespace

Decision price(const Book& book, const Medium& medium, const TapContext& context, const Tap& tap) {
  const TapFacts facts{BookData::of(book), medium, context, tap};
  return Pricing{facts}.decide();
}

}  // namespace tidegate::fare
