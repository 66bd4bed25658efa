// SPDX-License-Identifier: Apache-2.0
// Fares across two networks: added over the cheapest border, or one tariff over the stops of both.
#include "fare/engine/through_fare.h"

#include <algorithm>

namespace tidegate::fare {

Fen sum_of(const RideParts& parts) {
  Fen out;
  for (const RidePart& part : parts) out += part.fare.fen;
  return out;
}

const PreparedVersion* version_of_ride(const BookData& book, const Network& network,
                                       Timestamp begun, Timestamp now) {
  if (const auto* const version = version_at(book, network, begun)) return version;
  if (const auto* const version = version_at(book, network, now)) return version;
  const auto all = book.versions(network);
  return all.empty() ? nullptr : &all.front();
}

ThroughFares::ThroughFares(const BookData& book, const ThroughRule& rule, const Network& first,
                           const Traveller& who, const RideTimes& when)
    : rule_{rule},
      first_{first},
      forwards_{&first == &book.model().networks[rule.a]},
      last_{book.model().networks[forwards_ ? rule.b : rule.a]} {
  const auto add = [&](std::size_t part, const Network& network, const PreparedVersion* version) {
    versions_[part] = version;
    if (version != nullptr) fares_[part].emplace(book, network.city, *version, who, when);
  };
  if (!rule.versions.empty()) {
    add(0, first_, version_on(book.versions(rule), service_day(first_, when.begun)));
    return;
  }
  const Timestamp now = when.ended.value_or(when.begun);
  add(0, first_, version_of_ride(book, first_, when.begun, now));
  add(1, last_, version_of_ride(book, last_, when.begun, now));
}

std::size_t ThroughFares::of_first(std::size_t stop) const noexcept {
  return forwards_ ? stop : last_.stops.size() + stop;
}
std::size_t ThroughFares::of_last(std::size_t stop) const noexcept {
  return forwards_ ? first_.stops.size() + stop : stop;
}

void ThroughFares::by_one_tariff(std::size_t from, std::size_t to, RideParts& parts) const {
  if (!fares_[0]) return;
  if (const RideFare fare = fares_[0]->fare(all_stops(), of_first(from), of_last(to)))
    parts.emplace_back(fare, &last_, versions_[0], std::nullopt, to);
}

/// Who comes in or goes out at the border itself does not ride in that network. At both: it is the
/// last network's fare for leaving where one entered.
void ThroughFares::over_border(const Border& border, std::size_t from, std::size_t to,
                               RideParts& parts) const {
  const std::size_t here = border_in_first(border), there = border_in_last(border);
  if (from != here) {
    const RideFare fare = fares_[0]->fare(first_.stops.size(), from, here);
    if (!fare) return;
    parts.emplace_back(fare, &first_, versions_[0], from, here);
  }
  if (to == there && from != here) return;
  if (const RideFare fare = fares_[1]->fare(last_.stops.size(), there, to))
    parts.emplace_back(fare, &last_, versions_[1], there, to);
  else
    parts.clear();
}

void ThroughFares::find_parts(std::size_t from, std::size_t to, RideParts& parts) const {
  if (!rule_.versions.empty()) return by_one_tariff(from, to, parts);
  if (!fares_[0] || !fares_[1]) return;
  for (const Border& border : rule_.borders) {
    if (parts.empty()) {
      over_border(border, from, to, parts);
      continue;
    }
    RideParts other;
    over_border(border, from, to, other);
    if (!other.empty() && sum_of(other) < sum_of(parts)) parts = other;
  }
}

ThroughFares::Share ThroughFares::share(std::size_t part, std::size_t stops, std::size_t from,
                                        std::size_t to) const {
  const auto most = fares_[part]->most(stops, from, to);
  return {.most = most,
          .is_sure = fares_[part]->is_in_doubt()
                         ? static_cast<bool>(fares_[part]->fare(stops, from, to))
                         : most.has_value()};
}

std::optional<Fen> ThroughFares::most_over_borders(const BorderShares& to_border, std::size_t from,
                                                   std::size_t to) const {
  std::optional<Fen> cheapest, dearest;
  for (std::size_t i = 0; i < to_border.size(); ++i) {
    const std::size_t here = border_in_first(rule_.borders[i]),
                      there = border_in_last(rule_.borders[i]);
    const bool rides_on = to != there || from == here;
    const Share before = to_border[i],
                after = rides_on ? share(1, last_.stops.size(), there, to) : no_ride();
    if (!before.most || !after.most) continue;
    const Fen sum = *before.most + *after.most;
    dearest = std::max(dearest.value_or(sum), sum);
    // Only a border that has a fare at every time of leaving is sure to be there to choose.
    if (before.is_sure && after.is_sure) cheapest = std::min(cheapest.value_or(sum), sum);
  }
  return cheapest ? cheapest : dearest;
}

/// `row`: the rides on from the border.
std::optional<Fen> ThroughFares::highest_over(const Border& border, std::size_t from,
                                              const PreparedRow& row) const {
  const std::size_t here = border_in_first(border);
  const auto before =
      from == here ? std::optional{Fen{}} : fares_[0]->most(first_.stops.size(), from, here);
  // Who came as far as the border may end the ride there.
  const std::uint32_t on = from == here ? row.highest : row.elsewhere;
  if (!before) return std::nullopt;
  if (on != MatrixTariff::kNoFare) return *before + Fen{on};
  return from == here ? std::nullopt : before;
}

std::optional<Fen> ThroughFares::highest_from(std::size_t from) const {
  const bool one_tariff = !rule_.versions.empty();
  if (!fares_[0] || (!one_tariff && !fares_[1])) return std::nullopt;
  if (rule_.borders.size() == 1) {
    const std::size_t there = border_in_last(rule_.borders.front());
    if (const PreparedRow* const row = fares_[1]->only_row(there))
      return highest_over(rule_.borders.front(), from, *row);
  }
  BorderShares to_border;
  for (const Border& border : rule_.borders) {
    const std::size_t here = border_in_first(border);
    to_border.push_back(from == here ? no_ride() : share(0, first_.stops.size(), from, here));
  }
  std::optional<Fen> highest;
  for (std::size_t to = 0; to < last_.stops.size(); ++to) {
    const auto one = one_tariff ? fares_[0]->most(all_stops(), of_first(from), of_last(to))
                                : most_over_borders(to_border, from, to);
    if (one) highest = std::max(highest.value_or(*one), *one);
  }
  return highest;
}

std::optional<Fen> ThroughFares::highest_to(std::size_t to) const {
  std::optional<Fen> highest;
  for (std::size_t from = 0; from < first_.stops.size(); ++from) {
    RideParts parts;
    find_parts(from, to, parts);
    if (!parts.empty()) highest = std::max(highest.value_or(Fen{0}), sum_of(parts));
  }
  return highest;
}

const Network* leads_to(const BookModel& book, const ThroughRule& rule, const Network& first,
                        MediumKind medium, Timestamp begun) {
  const Network &a = book.networks[rule.a], &b = book.networks[rule.b];
  if (&first != &a && &first != &b) return nullptr;
  if (service_day(first, begun) < rule.effective_from) return nullptr;
  if (!rule.media.empty() && !std::ranges::binary_search(rule.media, medium)) return nullptr;
  return &first == &a ? &b : &a;
}

bool are_joined(const BookModel& book, const Network& first, const Network& last, MediumKind medium,
                Timestamp begun) {
  return std::ranges::any_of(book.through, [&](const ThroughRule& rule) {
    return leads_to(book, rule, first, medium, begun) == &last;
  });
}

}  // namespace tidegate::fare
