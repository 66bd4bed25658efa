// SPDX-License-Identifier: Apache-2.0
// fare::price: one tap against one book. Refusals are looked for in their order of precedence.
#include <algorithm>
#include <optional>

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
    if (medium.open && !facts_.mode(Modes::kOrderFree)) return refuse(RefusalCode::already_entered);
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    const auto most = highest_charge(facts_);
    if (!most) return refuse(RefusalCode::no_fare);
    // What is owed to the issuer is paid back by a top-up, not by another ride.
    if (medium.balance < facts_.network->minimum_balance || medium.overdraft_used > Fen{})
      return refuse(RefusalCode::insufficient_balance);
    Decision out;
    out.charges.emplace_back();
    out.max_fare = *most;
    out.state_after = next_state(facts_);
    return out;
  }

  [[nodiscard]] Decision go_out() const {
    const bool known = facts_.network != nullptr;
    if (!facts_.medium.open) {
      if (!facts_.mode(Modes::kOrderFree)) return refuse(RefusalCode::not_entered);
      // Where the ride began is not known, and the station asked for no order: nothing is taken.
      return known ? take(Fen{0}, "mode/order-free") : refuse(RefusalCode::no_fare);
    }
    if (known && facts_.mode(Modes::kTrainFailure)) return take(Fen{0}, "mode/train-failure");
    const auto from = entry_place();
    if (const auto reason = entry_problem(from)) return refuse(*reason);
    if (known && facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Timestamp begun = facts_.medium.open->at;
    const TariffVersion* const version =
        known ? version_of_ride(*facts_.network, begun, facts_.tap.at) : nullptr;
    if (!priceable(version)) return refuse(RefusalCode::no_fare);
    // A flat ride was paid for when boarding; alighting only closes it.
    if (facts_.tap.kind == TapKind::alight && is_flat(version->tariff))
      return take(Fen{0}, rule_name(facts_.network->id, "flat"));
    return charge(ride_charge(facts_, *from, begun));
  }

  [[nodiscard]] Decision board_flat() const {
    if (!priceable(facts_.version)) return refuse(RefusalCode::no_fare);
    if (facts_.mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const Boarding boarding = boarding_of(facts_);
    if (boarding == Boarding::repeated) return refuse(RefusalCode::already_paid);
    auto fare = ride_charge(facts_, {facts_.network, *facts_.here}, facts_.tap.at);
    if (fare && boarding == Boarding::another_person)
      fare->steps.push_back({rule_name(facts_.network->id, "another-person"), Fen{0}});
    return charge(fare);
  }

  /// By the card's own bytes; else by the stop that a table of places says they are.
  [[nodiscard]] std::optional<BookData::Place> entry_place() const {
    const OpenJourney& open = *facts_.medium.open;
    if (auto place = facts_.book.place(open.where)) return place;
    const Network* const network = facts_.book.network(open.mapped_network);
    const auto stop =
        network != nullptr ? facts_.book.stop(*network, open.mapped_stop) : std::nullopt;
    if (!stop) return std::nullopt;
    return BookData::Place{network, *stop};
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

  [[nodiscard]] Decision charge(const std::optional<RideCharge>& fare) const {
    if (!fare) return refuse(RefusalCode::no_fare);
    // Nobody is trapped for less than the issuer lends: who is inside may go out on it.
    const Medium& medium = facts_.medium;
    const Fen spendable =
        facts_.comes_in() ? medium.balance : medium.balance + medium.overdraft_left;
    if (spendable < fare->fen) return refuse(RefusalCode::insufficient_balance);
    return take(*fare);
  }

  [[nodiscard]] Decision take(const RideCharge& fare) const {
    Decision out;
    out.charges.push_back({fare.fen, fare.steps});
    out.state_after = next_state(facts_, fare.fen);
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
