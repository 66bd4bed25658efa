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

/// From which tap of the ride before the window begins.
Moment window_begins(const Transfer& rule, const Ride& last) {
  const bool chained = rule.window_from == "first-leg" && last.transfer == &rule;
  if (rule.measured == "begin-to-begin") return chained ? last.chain_begun : last.begun;
  return chained ? last.chain_ended : last.ended;
}

bool in_window(const Transfer& rule, const Card& card, Moment begun) {
  const Ride& last = card.rides.back();
  const Moment start = window_begins(rule, last);
  const bool chained = rule.window_from == "first-leg" && last.transfer == &rule;
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

/// A pass that pays for the ride: one of those left is used, but for a ride that went on.
bool pays_by_pass(const Book& book, Card& card, const PricedRide& ride, bool continued,
                  bool& used) {
  const std::int64_t day = book.networks.at(ride.to.first).service_day(ride.begun);
  for (const Pass& rule : book.rules.passes) {
    if (rule.product != card.pass_product || !rule.networks.contains(ride.to.first)) continue;
    if (!holds(rule.scope, card, day)) return false;
    if (rule.days) return day <= card.pass_left;
    if (continued && card.rides.back().used_pass) return used = true;
    if (card.pass_left == 0) return false;
    --card.pass_left;
    return used = true;
  }
  return false;
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
  const Network& network = book.networks.at(ride.to.first);
  std::int64_t fen = ride.fare;
  Ride made{.to = ride.to,
            .begun = ride.begun,
            .ended = ride.ended,
            .by_gates = ride.by_gates,
            .chain_begun = ride.begun,
            .chain_ended = ride.ended,
            .origin = ride.from,
            .covered = ride.fare};
  bool continued = false;
  if (ride.found.goes_on) {
    const Ride& last = card.rides.back();
    made.begun = last.begun;
    made.transfer = last.transfer;
    if (made.transfer != nullptr) {
      made.chain_begun = last.chain_begun;
      made.chain_ended = last.chain_ended;
    } else {
      made.chain_begun = made.begun;
    }
    if (const auto whole = fare_in(book, card, network, ride.begun, last.origin, ride.to.second)) {
      continued = true;
      made.origin = last.origin;
      fen = std::min(fen, std::max<std::int64_t>(0, *whole - last.covered));
      made.covered = last.covered + fen;
      made.links = last.links + 1;
      made.used_pass = last.used_pass;
    }
  }
  if (fen > 0 && pays_by_pass(book, card, ride, continued, made.used_pass)) fen = 0;
  if (const Transfer* const rule = ride.found.transfer; rule != nullptr) {
    const Ride& last = card.rides.back();
    if (ends_in_window(*rule, last, ride.ended)) {
      made.transfer = rule;
      made.chain_begun = last.transfer == rule ? last.chain_begun : last.begun;
      made.chain_ended = last.transfer == rule ? last.chain_ended : last.ended;
      if (rule->effect == "up-to-difference") made.covered = std::max(made.covered, last.covered);
      fen = after_transfer(*rule, fen, last);
    } else {
      card.chain = {};
    }
  }
  fen = after_discounts(book, card, ride, fen);
  spend(book, card, ride, fen);
  card.rides.push_back(made);
  return fen;
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
    if (open->found.goes_on) made.begun = last.begun;
    if (made.transfer != nullptr) {
      made.chain_begun = last.transfer == made.transfer ? last.chain_begun : last.begun;
      made.chain_ended = last.transfer == made.transfer ? last.chain_ended : last.ended;
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
