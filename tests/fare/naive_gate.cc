// SPDX-License-Identifier: Apache-2.0
// A tap by the naive reading: refused or charged, and what the card is afterwards.
#include <algorithm>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

Answer refused(const char* reason) {
  return {.charges = {}, .reason = reason};
}

/// Who rides on one card, the holder first.
struct Group {
  std::string rider;
  std::int64_t persons = 0;
};
using Party = std::vector<Group>;

/// nullopt: they may not ride together.
std::optional<Party> party_of(const Version& version, const Card& card, const Tap& tap) {
  Party out{{card.rider, tap.persons}};
  if (tap.children == 0 && tap.companions == 0) return out;
  const auto& rule = version.company;
  if (!rule || tap.companions > rule->max_companions * tap.persons) return std::nullopt;
  const std::int64_t paying = tap.children - rule->free_children * tap.persons;
  if (paying > 0) out.push_back({rule->child, paying});
  if (tap.companions > 0) out.push_back({rule->companion, tap.companions});
  return out;
}

std::int64_t persons(const Party& party) {
  std::int64_t out = 0;
  for (const Group& group : party) out += group.persons;
  return out;
}

/// What all pay, each by an own class. nullopt: one of them has no price.
template <class Price>
std::optional<std::int64_t> sum(const Party& party, const Card& card, Price price_of) {
  std::int64_t out = 0;
  for (const Group& group : party) {
    Card one = card;
    one.rider = group.rider;
    const std::optional<std::int64_t> fen = price_of(one);
    if (!fen) return std::nullopt;
    out += *fen * group.persons;
  }
  return out;
}

/// The most that a ride from here can cost one person.
std::optional<std::int64_t> highest_from(const Book& book, const Card& card, const Tap& tap) {
  std::optional<std::int64_t> out;
  for (const auto& [id, network] : book.networks)
    for (const std::string& stop : network.stops) {
      const auto fen = id == tap.where.first
                           ? fare_in(book, card, network, tap.at, tap.where.second, stop)
                           : through_fare(book, card, tap.where, tap.at, {id, stop});
      if (fen) out = std::max(out.value_or(0), *fen);
    }
  return out;
}

Answer enter(const Book& book, Card& card, const Tap& tap) {
  const Network& network = book.networks.at(tap.where.first);
  LeftOpen left;
  if (card.open && tap.mode != "order-free") left = left_open(book, card, tap);
  if (left.is_refused) return refused("already_entered");
  const Version* const version = network.on(tap.at);
  const auto party = version != nullptr ? party_of(*version, card, tap) : std::nullopt;
  if (!party) return refused("no_fare");
  const auto highest =
      sum(*party, card, [&](const Card& one) { return highest_from(book, one, tap); });
  if (!highest) return refused("no_fare");
  const std::int64_t asked = std::min(network.minimum_balance, *highest) + left.fen;
  if (card.balance < asked) return refused("insufficient_balance");
  const std::optional<Open> before = card.open;
  Open open{.where = tap.where, .at = tap.at, .found = {}, .chain_before = card.chain};
  if (!card.rides.empty()) open.covered_before = card.rides.back().covered;
  open.found = begin_ride(book, card, tap.where, tap.at);
  card.open = open;
  card.newest_is_ride = false;
  if (left.fen == 0) return {.charges = {0}, .reason = {}};
  card.balance -= left.fen;
  spend_unpriced(book, card, before->where.first, tap, left.fen);
  return {.charges = {left.fen, 0}, .reason = {}};
}

/// What an exit costs, and the card after it.
struct Left {
  std::int64_t fen = 0;
  Card card;
};

/// The card after an exit that costs what no tariff says.
Left settle(const Book& book, const Card& card, const Tap& tap, std::int64_t fen) {
  Left out{.fen = fen, .card = card};
  if (out.fen == 0) {
    forget_ride(out.card, card.open);
    return out;
  }
  end_ride(out.card, tap, card.open);
  spend_unpriced(book, out.card, tap.where.first, tap, out.fen);
  return out;
}

/// For nothing; a ride all the same.
Left ride_free(const Card& card, const Tap& tap) {
  Left out{.fen = 0, .card = card};
  end_ride(out.card, tap, card.open);
  return out;
}
/// For nothing, and it was no ride.
Left let_go(const Card& card) {
  Left out{.fen = 0, .card = card};
  forget_ride(out.card, card.open);
  return out;
}

/// `all`: what everybody pays.
Left settle_fare(const Book& book, const Card& card, const Tap& tap, const Shares& shares,
                 std::int64_t all) {
  const Open& open = *card.open;
  if (all == 0 && open.where == tap.where) return settle(book, card, tap, 0);
  Left out{.fen = 0, .card = card};
  std::int64_t fare = 0;
  for (const Share& share : shares) fare += share.fen;
  out.fen = settle_ride(book, out.card,
                        {.from = open.where,
                         .to = tap.where,
                         .begun = open.at,
                         .ended = tap.at,
                         .found = open.found,
                         .shares = shares,
                         .by_gates = true,
                         .clock_trusted = tap.clock_trusted}) +
            all - fare;
  out.card.newest_is_ride = true;
  return out;
}

Answer pay(Card& card, const Left& left) {
  if (card.balance < left.fen) return refused("insufficient_balance");
  card = left.card;
  card.balance -= left.fen;
  card.open.reset();
  return {.charges = {left.fen}, .reason = {}};
}

Answer leave_unseen(const Book& book, Card& card, const Tap& tap) {
  if (tap.mode == "order-free") return pay(card, let_go(card));
  const auto fen = exit_without_entry(book, card, tap);
  if (!fen) return refused("not_entered");
  if (tap.mode == "train-failure") return pay(card, let_go(card));
  if (tap.mode == "fare-free") return pay(card, ride_free(card, tap));
  const auto party = party_of(*book.networks.at(tap.where.first).on(tap.at), card, tap);
  if (!party) return refused("no_fare");
  return pay(card, settle(book, card, tap, *fen * persons(*party)));
}

Answer leave(const Book& book, Card& card, const Tap& tap) {
  if (!card.open) return leave_unseen(book, card, tap);
  if (tap.mode == "train-failure") return pay(card, let_go(card));
  const Open& open = *card.open;
  const bool is_through = open.where.first != tap.where.first;
  if (is_through && !are_joined(book, card, tap.where.first))
    return tap.mode == "order-free" ? pay(card, let_go(card)) : refused("entry_elsewhere");
  if (tap.mode == "fare-free") return pay(card, ride_free(card, tap));
  if (tap.mode == "order-free" && is_another_ride(book, card, tap)) return pay(card, let_go(card));
  const ExitRule rule = exit_rule(book, card, tap);
  const auto party = party_of(*book.networks.at(open.where.first).on(open.at), card, tap);
  if (!party) return refused(rule.is_refused ? "same_station" : "no_fare");
  const auto fare_of = [&](const Card& one) {
    return is_through ? through_fare(book, one, open.where, open.at, tap.where)
                      : fare_in(book, one, book.networks.at(tap.where.first), open.at,
                                open.where.second, tap.where.second);
  };
  std::optional<std::int64_t> fare;
  if (!rule.fen && !rule.is_refused) fare = sum(*party, card, fare_of);
  std::optional<std::int64_t> beside;
  if (rule.is_overstayed)
    beside = sum(*party, card, [&](const Card& one) {
      return penalty(book, one, tap, fare ? fare_of(one) : rule.fen);
    });
  Left left;
  if (rule.fen) {
    left = settle(book, card, tap, *rule.fen * persons(*party));
  } else if (fare) {
    const auto& [network, from] = open.where;
    left = settle_fare(book, card, tap,
                       is_through ? through_shares(book, card, open.where, open.at, tap.where)
                                  : Shares{{network, from, tap.where.second, *fare_of(card)}},
                       *fare);
  } else if (beside) {  // it also lets out whom there is no fare for, or who is refused
    left = ride_free(card, tap);
  } else {
    return refused(rule.is_refused ? "same_station" : "no_fare");
  }
  if (card.balance < left.fen) return refused("insufficient_balance");
  // The penalty is no spending, and nothing lowers it.
  left.fen += beside.value_or(0);
  return pay(card, left);
}

Answer board(const Book& book, Card& card, const Tap& tap) {
  const Network& network = book.networks.at(tap.where.first);
  const auto fare_of = [&](const Card& one) {
    return fare_in(book, one, network, tap.at, tap.where.second, tap.where.second);
  };
  if (tap.mode == "fare-free") {
    const Beginning found = begin_ride(book, card, tap.where, tap.at);
    end_ride(card, tap, Open{.where = tap.where, .at = tap.at, .found = found});
    return {.charges = {0}, .reason = {}};
  }
  const auto party = party_of(*network.on(tap.at), card, tap);
  const auto all = party ? sum(*party, card, fare_of) : std::nullopt;
  if (!all) return refused("no_fare");
  LeftOpen left;
  if (card.open) left = left_open(book, card, tap);
  const std::int64_t missed = left.is_refused ? 0 : left.fen;
  Card after = card;
  const Beginning found = begin_ride(book, after, tap.where, tap.at);
  if (missed > 0) spend_unpriced(book, after, card.open->where.first, tap, missed);
  const std::int64_t today =
      settle_ride(book, after,
                  {.from = tap.where,
                   .to = tap.where,
                   .begun = tap.at,
                   .ended = tap.at,
                   .found = found,
                   .shares = {{network.id, tap.where.second, tap.where.second, *fare_of(card)}},
                   .clock_trusted = tap.clock_trusted}) +
      *all - *fare_of(card);
  if (card.balance < today + missed) return refused("insufficient_balance");
  card = after;
  card.balance -= today + missed;
  card.newest_is_ride = true;
  if (missed == 0) return {.charges = {today}, .reason = {}};
  card.open.reset();
  return {.charges = {missed, today}, .reason = {}};
}

}  // namespace

Answer take(const Book& book, Card& card, const Tap& tap) {
  const Version* const version = book.networks.at(tap.where.first).on(tap.at);
  const bool is_flat = version != nullptr && version->terms.kind == "flat";
  const bool comes_in = tap.kind == "entry" || tap.kind == "board";
  Answer out;
  if (comes_in && tap.mode == "closed")
    out = refused("aisle_closed");
  else if (tap.kind == "board" && is_flat)
    out = board(book, card, tap);
  else if (comes_in)
    out = enter(book, card, tap);
  else
    out = leave(book, card, tap);
  if (card.medium != "qr") return out;
  // A code remembers nothing.
  card.rides.clear();
  card.spent.clear();
  card.chain = {};
  return out;
}

}  // namespace tidegate::fare::naive
