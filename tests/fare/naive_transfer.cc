// SPDX-License-Identifier: Apache-2.0
// Interchanges, passes and transfers by the naive reading.
#include <algorithm>
#include <cstdlib>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

bool on_same_line(const Book& book, const Card& card, const Spot& where) {
  const Ride& last = card.rides.back();
  if (last.to.first != where.first) return false;
  if (!card.newest_is_ride) return true;  // the line is not known
  const auto& line_of = book.networks.at(where.first).line_of;
  return line_of.at(last.to.second) == line_of.at(where.second);
}

/// The ride before is of a chain by this rule, and the chain has not left the rule's networks.
bool is_chained(const Transfer& rule, const Ride& last) {
  return last.transfer == &rule && rule.to.contains(last.to.first);
}

/// From which tap of the ride before the window begins.
Moment window_begins(const Transfer& rule, const Ride& last) {
  const bool chained = rule.window_from == "first-leg" && is_chained(rule, last);
  if (rule.measured == "begin-to-begin") return chained ? last.chain_begun : last.begun;
  return chained ? last.chain_ended : last.ended;
}

bool in_window(const Transfer& rule, const Card& card, Moment begun) {
  const Ride& last = card.rides.back();
  const Moment start = window_begins(rule, last);
  const bool chained = rule.window_from == "first-leg" && is_chained(rule, last);
  const bool two_taps_before = rule.measured == "begin-to-begin" && last.by_gates;
  const bool to_the_second = card.newest_is_ride && !chained && !two_taps_before;
  const std::int64_t passed =
      to_the_second ? begun.seconds - start.seconds : (begun.minute() - start.minute()) * 60;
  return std::abs(passed) <= rule.window * 60;
}

/// Transfers of the chain that the next one would go on with.
std::int64_t so_far(const Transfer& rule, const Card& card) {
  const bool same = card.chain.rule == &rule && rule.to.contains(card.rides.back().to.first);
  return same ? card.chain.transfers : 0;
}

bool is_transfer(const Book& book, const Transfer& rule, const Card& card, const Spot& where,
                 Moment at) {
  const Ride& last = card.rides.back();
  if (!rule.from.contains(last.to.first) || !rule.to.contains(where.first)) return false;
  if (!rule.same_line && on_same_line(book, card, where)) return false;
  if (rule.max_transfers > 0 && so_far(rule, card) >= rule.max_transfers) return false;
  const std::int64_t day = book.networks.at(where.first).service_day(at);
  return holds(rule.scope, card, day) && in_window(rule, card, at);
}

bool goes_on(const Book& book, const Card& card, const Spot& where, Moment at) {
  const Ride& last = card.rides.back();
  const std::int64_t day = book.networks.at(where.first).service_day(at);
  return card.newest_is_ride && last.by_gates && !last.origin.empty() &&
         last.to.first == where.first &&
         std::ranges::any_of(book.rules.interchanges, [&](const Interchange& rule) {
           return rule.network == where.first && last.links < rule.max_links &&
                  std::abs(at.seconds - last.ended.seconds) <= rule.minutes * 60 &&
                  holds(rule.scope, card, day) &&
                  rule.pairs.contains({last.to.second, where.second});
         });
}

std::int64_t after_transfer(const Transfer& rule, std::int64_t fen, const Ride& last) {
  if (rule.effect == "amount-off") return std::max<std::int64_t>(0, fen - rule.fen);
  if (rule.effect == "free") return 0;
  if (rule.effect == "up-to-difference") return std::max<std::int64_t>(0, fen - last.covered);
  return std::min(fen, rounded(fen, 100 - rule.percent, 100, rule.rounding, rule.unit));
}

bool ends_in_window(const Transfer& rule, const Ride& last, Moment ended) {
  if (rule.measured != "end-to-end") return true;
  return ended.minute() - window_begins(rule, last).minute() <= rule.window;
}

/// A pass that pays for a share. One of those left is used, but for a ride that goes on or another
/// share of the same ride: `counted`, which it becomes.
bool pays_by_pass(const Book& book, Card& card, const PricedRide& ride, const Share& share,
                  bool& counted) {
  const std::int64_t day = book.networks.at(share.network).service_day(ride.begun);
  for (const Pass& rule : book.rules.passes) {
    if (rule.product != card.pass_product || !rule.networks.contains(share.network)) continue;
    if (!holds(rule.scope, card, day)) return false;
    if (rule.days) return day <= card.pass_left;
    if (counted) return true;
    if (card.pass_left == 0) return false;
    --card.pass_left;
    return counted = true;
  }
  return false;
}

/// The transfer that the entry found, for the first share of the ride.
std::int64_t transferred(Card& card, const PricedRide& ride, const Share& share, std::int64_t fen,
                         Ride& made) {
  const Transfer& rule = *ride.found.transfer;
  const Ride& last = card.rides.back();
  if (!rule.to.contains(share.network) || !ends_in_window(rule, last, ride.ended)) {
    card.chain = {};
    return fen;
  }
  const bool chained = is_chained(rule, last);
  made.transfer = &rule;
  made.chain_begun = chained ? last.chain_begun : last.begun;
  made.chain_ended = chained ? last.chain_ended : last.ended;
  return after_transfer(rule, fen, last);
}

/// The ride so far as its beginning says it.
Ride begun_as(const Card& card, const PricedRide& ride) {
  Ride made{.to = ride.to,
            .begun = ride.begun,
            .ended = ride.ended,
            .by_gates = ride.by_gates,
            .chain_begun = ride.begun,
            .chain_ended = ride.ended};
  if (!ride.found.goes_on) return made;
  const Ride& last = card.rides.back();
  if (ride.from.first == ride.to.first) made.begun = made.chain_begun = last.begun;
  made.transfer = last.transfer;
  if (made.transfer == nullptr) return made;
  made.chain_begun = last.chain_begun;
  made.chain_ended = last.chain_ended;
  return made;
}

}  // namespace

bool holds(const Scope& scope, const Card& card, std::int64_t begun_day) {
  const auto has = [](const Names& set, const std::string& value) {
    return set.empty() || set.contains(value);
  };
  return has(scope.riders, card.rider) && has(scope.media, card.medium) &&
         (card.issuer.empty() || has(scope.issuers, card.issuer)) &&
         begun_day >= scope.from_day.value_or(begun_day) &&
         begun_day <= scope.until_day.value_or(begun_day);
}

Beginning begin_ride(const Book& book, Card& card, const Spot& where, Moment at) {
  if (card.rides.empty()) return {};
  if (goes_on(book, card, where, at)) return {.goes_on = true};
  card.rides.back().origin.clear();
  for (const Transfer& rule : book.rules.transfers) {
    if (!is_transfer(book, rule, card, where, at)) continue;
    card.chain = {&rule, 1 + so_far(rule, card)};
    if (rule.effect != "up-to-difference") card.rides.back().covered = 0;
    return {.transfer = &rule};
  }
  card.chain = {};
  card.rides.back().covered = 0;
  return {};
}

std::int64_t settle_ride(const Book& book, Card& card, const PricedRide& ride) {
  Ride made = begun_as(card, ride);
  const Share &first = ride.shares.front(), &last_share = ride.shares.back();
  // The fare from where it all began: a share of its own network alone goes on.
  std::optional<std::int64_t> whole;
  if (ride.found.goes_on && first.network == ride.from.first && !first.from.empty())
    whole = fare_in(book, card, book.networks.at(first.network), ride.begun,
                    card.rides.back().origin, first.to);
  std::int64_t all = 0;
  std::size_t ridden = 0;
  bool counted = whole && card.rides.back().used_pass;
  for (const Share& share : ride.shares) {
    const bool is_first = &share == &first;
    std::int64_t fen = share.fen;
    std::int64_t covered = fen;
    if (is_first && whole) {
      const Ride& last = card.rides.back();
      fen = std::min(fen, std::max<std::int64_t>(0, *whole - last.covered));
      covered = last.covered + fen;
    }
    made.used_pass = is_first && counted;
    if (fen > 0 && pays_by_pass(book, card, ride, share, counted)) {
      fen = 0;
      made.used_pass = counted;
    }
    if (is_first && ride.found.transfer != nullptr) fen = transferred(card, ride, share, fen, made);
    if (&share == &last_share) {
      const bool pays_difference = ride.found.transfer != nullptr &&
                                   made.transfer == ride.found.transfer &&
                                   made.transfer->effect == "up-to-difference";
      made.covered = pays_difference ? std::max(covered, card.rides.back().covered) : covered;
    }
    if (!finds_its_sums(book, card, share, last_share)) {
      all += fen;
      continue;
    }
    fen = after_discounts(book, card, ride, share, ridden, fen);
    spend(book, card, ride, share, fen);
    ++ridden;
    all += fen;
  }
  if (last_share.network == ride.to.first) made.origin = last_share.from;
  if (whole && ride.from.first == ride.to.first) {
    made.origin = card.rides.back().origin;
    made.links = card.rides.back().links + 1;
  }
  card.rides.push_back(made);
  return all;
}

void end_ride(Card& card, const Tap& tap, const std::optional<Open>& open) {
  const Moment begun = open ? open->at : tap.at;
  Ride made{.to = tap.where,
            .begun = begun,
            .ended = tap.at,
            .by_gates = tap.kind == "exit",
            .chain_begun = begun,
            .chain_ended = tap.at};
  if (!open) {
    card.chain = {};
  } else if (!card.rides.empty()) {
    const Ride& last = card.rides.back();
    made.transfer = open->found.goes_on ? last.transfer : open->found.transfer;
    if (open->found.goes_on && open->where.first == tap.where.first) made.begun = last.begun;
    if (made.transfer != nullptr) {
      const bool chained = open->found.goes_on || is_chained(*made.transfer, last);
      made.chain_begun = chained ? last.chain_begun : last.begun;
      made.chain_ended = chained ? last.chain_ended : last.ended;
    }
  }
  card.rides.push_back(made);
  card.newest_is_ride = true;
}

void forget_ride(Card& card, const std::optional<Open>& open) {
  card.newest_is_ride = false;
  if (!open) return;
  if (open->found.transfer != nullptr) {
    if (--card.chain.transfers == 0) card.chain = {};
    return;
  }
  card.chain = open->chain_before;
  if (!card.rides.empty()) card.rides.back().covered = open->covered_before;
}

}  // namespace tidegate::fare::naive
