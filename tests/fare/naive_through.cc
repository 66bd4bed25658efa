// SPDX-License-Identifier: Apache-2.0
// Journeys from network to network by the naive reading of [[through]].
#include <algorithm>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

bool leads(const Book& book, const Through& rule, const Card& card, const std::string& first,
           const std::string& last, Moment begun) {
  const bool ends =
      (rule.from == first && rule.to == last) || (rule.from == last && rule.to == first);
  return ends && (rule.media.empty() || rule.media.contains(card.medium)) &&
         book.networks.at(first).service_day(begun) >= rule.from_day;
}

Shares joined_fare(const Book& book, const Through& rule, const Card& card, const Spot& from,
                   Moment begun, const Spot& to) {
  const Version* const version =
      on_day(rule.versions, book.networks.at(from.first).service_day(begun));
  if (version == nullptr) return {};
  const auto fen = ride_fare(book, *version, card.rider, card.medium, begun,
                             from.first + ":" + from.second, to.first + ":" + to.second);
  if (!fen) return {};
  return {{.network = to.first, .from = "", .to = to.second, .fen = *fen}};
}

std::int64_t sum_of(const Shares& shares) {
  std::int64_t out = 0;
  for (const Share& share : shares) out += share.fen;
  return out;
}

/// Sorted by the stops of the network whose id comes first.
std::vector<std::pair<std::string, std::string>> in_order(const Through& rule) {
  auto out = rule.borders;
  std::ranges::sort(out, [&](const auto& one, const auto& other) {
    if (rule.from < rule.to) return one < other;
    return std::pair{one.second, one.first} < std::pair{other.second, other.first};
  });
  return out;
}

/// Each network's own fare to and from a border, over the first of the cheapest.
Shares sum_fare(const Book& book, const Through& rule, const Card& card, const Spot& from,
                Moment begun, const Spot& to) {
  const Network &first = book.networks.at(from.first), &last = book.networks.at(to.first);
  Shares cheapest;
  for (const auto& [a, b] : in_order(rule)) {
    const std::string& before = rule.from == first.id ? a : b;
    const std::string& behind = rule.from == first.id ? b : a;
    const bool rides_first = from.second != before;
    const bool rides_last = to.second != behind || !rides_first;
    std::optional<std::int64_t> one = 0, two = 0;
    if (rides_first) one = fare_in(book, card, first, begun, from.second, before);
    if (rides_last) two = fare_in(book, card, last, begun, behind, to.second);
    if (!one || !two) continue;
    Shares both;
    if (rides_first) both.push_back({first.id, from.second, before, *one});
    if (rides_last) both.push_back({last.id, behind, to.second, *two});
    if (cheapest.empty() || sum_of(both) < sum_of(cheapest)) cheapest = both;
  }
  return cheapest;
}

}  // namespace

bool are_joined(const Book& book, const Card& card, const std::string& last) {
  return std::ranges::any_of(book.throughs, [&](const Through& rule) {
    return leads(book, rule, card, card.open->where.first, last, card.open->at);
  });
}

Shares through_shares(const Book& book, const Card& card, const Spot& from, Moment begun,
                      const Spot& to) {
  for (const Through& rule : book.throughs) {
    if (!leads(book, rule, card, from.first, to.first, begun)) continue;
    const Shares shares = rule.is_joined ? joined_fare(book, rule, card, from, begun, to)
                                         : sum_fare(book, rule, card, from, begun, to);
    if (!shares.empty()) return shares;
  }
  return {};
}

std::optional<std::int64_t> through_fare(const Book& book, const Card& card, const Spot& from,
                                         Moment begun, const Spot& to) {
  const Shares shares = through_shares(book, card, from, begun, to);
  if (shares.empty()) return std::nullopt;
  return sum_of(shares);
}

}  // namespace tidegate::fare::naive
