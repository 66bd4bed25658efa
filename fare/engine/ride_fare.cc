// SPDX-License-Identifier: Apache-2.0
// Tariff and classes of one ride.
#include "fare/engine/ride_fare.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "fare/engine/book_codec.h"

namespace tidegate::fare {
namespace {

/// nullopt: the tariff has no fare for it. `from` and `to` are indices of the network's stops.
std::optional<RideFare> fare_of(const Tariff& tariff, std::size_t stops, std::size_t from,
                                std::size_t to) {
  return std::visit(
      [&](const auto& kind) -> std::optional<RideFare> {
        using T = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<T, FlatTariff>) {
          return RideFare{kind.fen, "flat"};
        } else {
          const std::uint32_t cell = kind.cells[from * stops + to];
          if (cell == MatrixTariff::kNoFare) return std::nullopt;
          return RideFare{Fen{cell}, kind.rule};
        }
      },
      tariff);
}

bool matches(const BookModel& book, const FareClass& one, const Medium& medium,
             Timestamp begun) noexcept {
  if (!one.riders.empty() && !std::ranges::binary_search(one.riders, medium.rider)) return false;
  if (!one.media.empty() && !std::ranges::binary_search(one.media, medium.kind)) return false;
  return !one.timeframe || book.timeframes[*one.timeframe].contains(begun);
}

}  // namespace

RideFares::RideFares(const BookModel& book, const TariffVersion& version, const Medium& medium,
                     Timestamp begun) noexcept
    : version_{version} {
  static_assert(kClassesMax <= 64);
  for (std::size_t i = 0; i < version.classes.size(); ++i)
    if (matches(book, version.classes[i], medium, begun)) matching_ |= std::uint64_t{1} << i;
}

std::optional<RideFare> RideFares::fare(std::size_t stops, std::size_t from, std::size_t to) const {
  for (std::uint64_t left = matching_; left != 0; left &= left - 1) {
    const FareClass& one = version_.classes[static_cast<std::size_t>(std::countr_zero(left))];
    auto found = fare_of(one.tariff, stops, from, to);
    if (!found) continue;
    found->fare_class = &one;
    return found;
  }
  return fare_of(version_.tariff, stops, from, to);
}

std::optional<Fen> RideFares::highest_from(std::size_t stops, std::size_t from) const {
  std::optional<Fen> highest;
  for (std::size_t to = 0; to < stops; ++to)
    if (const auto one = fare(stops, from, to))
      highest = std::max(highest.value_or(Fen{0}), one->fen);
  return highest;
}

RuleName rule_name(const Network& network, const RideFare& fare) noexcept {
  RuleName out{network.id};
  out.append("/");
  out.append(fare.rule);
  if (fare.fare_class == nullptr) return out;
  out.append("/");
  out.append(fare.fare_class->name);
  return out;
}

}  // namespace tidegate::fare
