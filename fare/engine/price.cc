// SPDX-License-Identifier: Apache-2.0
// fare::price: one tap against one book. Refusals are looked for in their order of precedence.
#include <algorithm>
#include <optional>

#include "fare/engine/journey_rules.h"
#include "fare/engine/next_state.h"
#include "fare/engine/ride_charge.h"
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
    if (medium.open && !facts_.mode(Modes::kOrderFree)) left = left_open(facts_);
    if (left.refusal) return refuse(*left.refusal);
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    const auto by_fare = highest_charge(facts_);
    const auto most =
        by_fare ? payable(std::max(*by_fare, for_all_persons(most_by_rule(facts_.network->policy))))
                : std::nullopt;
    if (!most) return refuse(RefusalCode::no_fare);
    // What is owed to the issuer is paid back by a top-up, not by another ride.
    const Fen missed = left.charge.amount;
    // Nobody is asked for more than the ride can cost: who rides free needs no money.
    const Fen asked = std::min(facts_.network->minimum_balance, *by_fare) + missed;
    if (medium.balance < asked || medium.overdraft_used > Fen{})
      return refuse(RefusalCode::insufficient_balance);
    Decision out;
    out.charges.push_back(left.charge);
    if (missed > Fen{}) out.charges.emplace_back();
    out.max_fare = *most;
    out.state_after = next_state(facts_, {left.owner, missed});
    return out;
  }

  [[nodiscard]] Decision go_out() const {
    const bool known = facts_.network != nullptr;
    if (!facts_.medium.open) {
      if (!facts_.mode(Modes::kOrderFree)) return go_out_unseen();
      // Where the ride began is not known, and the station asked for no order: nothing is taken.
      return known ? let_go("mode/order-free") : refuse(RefusalCode::no_fare);
    }
    if (known && facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    const auto from = open_place(facts_);
    if (const auto reason = entry_problem(from)) return refuse(*reason);
    if (known && facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Timestamp begun = facts_.medium.open->at;
    const TariffVersion* const version =
        known ? version_of_ride(*facts_.network, begun, facts_.tap.at) : nullptr;
    if (!priceable(version)) return refuse(RefusalCode::no_fare);
    // A flat ride was paid for when boarding; alighting only closes it.
    if (facts_.tap.kind == TapKind::alight && is_flat(version->tariff))
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    const auto fare = ride_charge(facts_, *from, begun);
    const ExitRule rule =
        from->network == facts_.network ? rule_of_exit(*version, *from) : ExitRule{};
    if (rule.refusal) return refuse(*rule.refusal);
    Decision out = rule.charge ? settle(*rule.charge) : charge(fare, *version, *from, begun);
    if (rule.note && out.accepted()) out.charges.back().trace.push_back({*rule.note, Fen{0}});
    return out;
  }

  /// What the network's policy makes of a ride inside it, judged by the holder.
  [[nodiscard]] ExitRule rule_of_exit(const TariffVersion& version,
                                      const BookData::Place& from) const {
    const Medium& medium = facts_.medium;
    const RideFares fares{facts_.book.model(),
                          facts_.network->city,
                          version,
                          {.medium = medium, .rider = medium.rider, .item = facts_.context.item},
                          {.begun = medium.open->at, .ended = facts_.tap.at}};
    return exit_rule(facts_, fares, from.stop,
                     fares.fare(facts_.network->stops.size(), from.stop, *facts_.here));
  }

  /// An exit without an entry.
  [[nodiscard]] Decision go_out_unseen() const {
    const bool possible = facts_.network != nullptr && priceable(facts_.version);
    const auto due = possible ? exit_without_entry(facts_) : std::nullopt;
    if (!due) return refuse(RefusalCode::not_entered);
    if (facts_.mode(Modes::kTrainFailure)) return let_go("mode/train-failure");
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    return settle(*due);
  }

  [[nodiscard]] Decision board_flat() const {
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Boarding boarding = boarding_of(facts_);
    if (boarding == Boarding::repeated) return refuse(RefusalCode::already_paid);
    const BookData::Place here{facts_.network, *facts_.here};
    const auto fare = ride_charge(facts_, here, facts_.tap.at, boarding);
    // It writes no journey: an open one that cannot be collected here is left alone.
    LeftOpen left;
    if (facts_.medium.open) left = left_open(facts_);
    if (left.refusal) left = {};
    return charge(fare, *facts_.version, here, facts_.tap.at, left);
  }

  [[nodiscard]] std::optional<RefusalCode> entry_problem(
      const std::optional<BookData::Place>& from) const {
    const Network* const network = facts_.network;
    if (from) {
      const bool joined =
          from->network == network ||
          (network != nullptr && are_joined(facts_.book.model(), *from->network, *network,
                                            facts_.medium.kind, facts_.medium.open->at));
      if (joined) return std::nullopt;
      return RefusalCode::entry_elsewhere;
    }
    const CardCode& where = facts_.medium.open->where;
    const bool ours =
        network != nullptr && where.city == network->city && where.acquirer == network->acquirer;
    return ours ? RefusalCode::unknown_stop : RefusalCode::entry_elsewhere;
  }

  [[nodiscard]] Fen for_all_persons(Fen fen) const {
    return fen * (std::int64_t{facts_.context.count} + facts_.context.companions);
  }
  /// nullopt: more than a purse can pay at once.
  [[nodiscard]] static std::optional<Fen> payable(Fen all) {
    if (all.count() > kFenMax) return std::nullopt;
    return all;
  }

  /// A ride from a stop to here, with the rules between rides; in front of it what an earlier
  /// journey left unpaid.
  [[nodiscard]] Decision charge(const std::optional<RideCharge>& fare, const TariffVersion& version,
                                const BookData::Place& from, Timestamp begun,
                                const LeftOpen& left = {}) const {
    if (!fare) return refuse(RefusalCode::no_fare);
    Decision out;
    const Missed missed{left.owner, left.charge.amount};
    if (missed.fen > Fen{}) out.charges.push_back(left.charge);
    Charge& taken = out.charges.emplace_back();
    taken.amount = fare->fen;
    taken.trace = fare->steps;
    const auto stop =
        from.network == facts_.network ? std::optional<std::size_t>{from.stop} : std::nullopt;
    const bool visit =
        facts_.tap.kind == TapKind::exit && stop == facts_.here && fare->fen == Fen{};
    out.state_after = fare->is_ride && !visit
                          ? next_state(facts_, {version, begun, stop, fare->holder}, taken, missed)
                          : next_state_without_ride(facts_, missed);
    if (const auto reason = unpayable(out.total())) return refuse(*reason);
    return out;
  }

  /// What a rule makes due for one person, taken for all of them.
  [[nodiscard]] Decision settle(const Charge& due) const {
    const Fen all = for_all_persons(due.amount);
    if (const auto reason = unpayable(all)) return refuse(*reason);
    Decision out;
    Charge& charge = out.charges.emplace_back();
    charge.amount = all;
    for (const TraceStep& step : due.trace)
      charge.trace.emplace_back(step.rule, for_all_persons(step.fen));
    out.state_after = all == Fen{} ? next_state_without_ride(facts_, {}) : next_state(facts_, all);
    return out;
  }

  /// Why the medium cannot pay this.
  [[nodiscard]] std::optional<RefusalCode> unpayable(Fen all) const {
    if (!payable(all)) return RefusalCode::no_fare;
    // Nobody is trapped for less than the issuer lends: who is inside may go out on it.
    const Medium& medium = facts_.medium;
    const Fen spendable =
        facts_.comes_in() ? medium.balance : medium.balance + medium.overdraft_left;
    if (spendable < all) return RefusalCode::insufficient_balance;
    return std::nullopt;
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
