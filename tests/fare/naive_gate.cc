// SPDX-License-Identifier: Apache-2.0
// A tap by the naive reading: refused or charged, and what the card is afterwards.
#include <algorithm>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

Answer refused(const char* reason) {
  return {.charges = {}, .reason = reason};
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
  if (card.open) left = left_open(book, card, tap);
  if (left.is_refused) return refused("already_entered");
  const auto highest = highest_from(book, card, tap);
  if (!highest) return refused("no_fare");
  const std::int64_t asked = std::min(network.minimum_balance, *highest * tap.persons) + left.fen;
  if (card.balance < asked) return refused("insufficient_balance");
  const std::optional<Open> before = card.open;
  card.open = Open{tap.where, tap.at, begin_ride(book, card, tap.where, tap.at)};
  card.newest_is_ride = false;
  if (left.fen == 0) return {.charges = {0}, .reason = {}};
  card.balance -= left.fen;
  spend_unpriced(book, card, before->where, tap.at, left.fen);
  return {.charges = {left.fen, 0}, .reason = {}};
}

/// What an exit costs, and the card after it.
struct Left {
  std::int64_t fen = 0;
  Card card;
};

/// The card after an exit that costs what no tariff says.
Left settle(const Book& book, const Card& card, const Tap& tap, std::int64_t fen) {
  Left out{.fen = fen * tap.persons, .card = card};
  if (out.fen == 0) {
    if (card.open) forget_ride(out.card, *card.open);
    out.card.newest_is_ride = false;
    return out;
  }
  end_ride(out.card, tap, card.open);
  spend_unpriced(book, out.card, tap.where, tap.at, out.fen);
  out.card.newest_is_ride = true;
  return out;
}

Left settle_fare(const Book& book, const Card& card, const Tap& tap, std::int64_t fare) {
  const Open& open = *card.open;
  if (fare == 0 && open.where == tap.where) return settle(book, card, tap, 0);
  Left out{.fen = 0, .card = card};
  out.fen = settle_ride(book, out.card,
                        {.to = tap.where,
                         .from = open.where.first == tap.where.first ? open.where.second : "",
                         .begun = open.at,
                         .ended = tap.at,
                         .found = open.found,
                         .fare = fare,
                         .by_gates = true}) +
            fare * (tap.persons - 1);
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

Answer leave(const Book& book, Card& card, const Tap& tap) {
  if (!card.open) {
    const auto fen = exit_without_entry(book, card, tap);
    return fen ? pay(card, settle(book, card, tap, *fen)) : refused("not_entered");
  }
  const Open& open = *card.open;
  const bool is_through = open.where.first != tap.where.first;
  if (is_through && !are_joined(book, card, tap.where.first)) return refused("entry_elsewhere");
  ExitRule rule;
  if (!is_through) rule = exit_rule(book, card, tap);
  if (rule.is_refused && !rule.penalty) return refused("same_station");
  const auto fare = is_through ? through_fare(book, card, open.where, open.at, tap.where)
                               : fare_in(book, card, book.networks.at(tap.where.first), open.at,
                                         open.where.second, tap.where.second);
  Left left;
  if (rule.fen) {
    left = settle(book, card, tap, *rule.fen);
  } else if (fare && !rule.is_refused) {
    left = settle_fare(book, card, tap, *fare);
  } else if (rule.penalty) {  // it also lets out whom there is no fare for
    left.card = card;
    end_ride(left.card, tap, card.open);
    left.card.newest_is_ride = true;
  } else {
    return refused("no_fare");
  }
  if (card.balance < left.fen) return refused("insufficient_balance");
  // The penalty is no spending, and nothing lowers it.
  left.fen += rule.penalty.value_or(0) * tap.persons;
  return pay(card, left);
}

Answer board(const Book& book, Card& card, const Tap& tap) {
  const Network& network = book.networks.at(tap.where.first);
  const auto fare = fare_in(book, card, network, tap.at, tap.where.second, tap.where.second);
  if (!fare) return refused("no_fare");
  LeftOpen left;
  if (card.open) left = left_open(book, card, tap);
  const std::int64_t missed = left.is_refused ? 0 : left.fen;
  Card after = card;
  const Beginning found = begin_ride(book, after, tap.where, tap.at);
  if (missed > 0) spend_unpriced(book, after, card.open->where, tap.at, missed);
  const std::int64_t today = settle_ride(book, after,
                                         {.to = tap.where,
                                          .from = tap.where.second,
                                          .begun = tap.at,
                                          .ended = tap.at,
                                          .found = found,
                                          .fare = *fare}) +
                             *fare * (tap.persons - 1);
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
  Answer out;
  if (tap.kind == "board" && is_flat)
    out = board(book, card, tap);
  else if (tap.kind == "entry" || tap.kind == "board")
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
