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

std::optional<std::int64_t> joined_fare(const Book& book, const Through& rule, const Card& card,
                                        const Spot& from, Moment begun, const Spot& to) {
  const Version* const version =
      on_day(rule.versions, book.networks.at(from.first).service_day(begun));
  if (version == nullptr) return std::nullopt;
  return ride_fare(book, *version, card.rider, card.medium, begun, from.first + ":" + from.second,
                   to.first + ":" + to.second);
}

/// Each network's own fare to and from a border, over the cheapest one.
std::optional<std::int64_t> sum_fare(const Book& book, const Through& rule, const Card& card,
                                     const Spot& from, Moment begun, const Spot& to) {
  const Network &first = book.networks.at(from.first), &last = book.networks.at(to.first);
  std::optional<std::int64_t> cheapest;
  for (const auto& [a, b] : rule.borders) {
    const std::string& before = rule.from == first.id ? a : b;
    const std::string& behind = rule.from == first.id ? b : a;
    const bool rides_first = from.second != before;
    const bool rides_last = to.second != behind || !rides_first;
    std::optional<std::int64_t> one = 0, two = 0;
    if (rides_first) one = fare_in(book, card, first, begun, from.second, before);
    if (rides_last) two = fare_in(book, card, last, begun, behind, to.second);
    if (one && two) cheapest = std::min(cheapest.value_or(*one + *two), *one + *two);
  }
  return cheapest;
}

}  // namespace

bool are_joined(const Book& book, const Card& card, const std::string& last) {
  return std::ranges::any_of(book.throughs, [&](const Through& rule) {
    return leads(book, rule, card, card.open->where.first, last, card.open->at);
  });
}

std::optional<std::int64_t> through_fare(const Book& book, const Card& card, const Spot& from,
                                         Moment begun, const Spot& to) {
  for (const Through& rule : book.throughs) {
    if (!leads(book, rule, card, from.first, to.first, begun)) continue;
    const auto fen = rule.is_joined ? joined_fare(book, rule, card, from, begun, to)
                                    : sum_fare(book, rule, card, from, begun, to);
    if (fen) return fen;
  }
  return std::nullopt;
}

}  // namespace tidegate::fare::naive
