// SPDX-License-Identifier: Apache-2.0
// Tariff and classes of one ride.
#include "fare/engine/ride_fare.h"

#include <algorithm>
#include <bit>
#include <span>
#include <type_traits>
#include <utility>

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

struct HighestOfRow {
  std::optional<Fen> fen;  ///< nullopt: no ride from there has a fare
  bool is_full = true;     ///< every ride has one
};
/// nullopt: the tariff has no rows.
std::optional<HighestOfRow> highest_of_row(const Tariff& tariff, std::size_t stops,
                                           std::size_t from) {
  const auto* const matrix = std::get_if<MatrixTariff>(&tariff);
  if (matrix == nullptr) return std::nullopt;
  constexpr std::uint32_t kAbove = MatrixTariff::kNoFare;
  std::uint32_t highest = 0, gaps = 0;  // one more than the fare: 0 is none
  for (const std::uint32_t cell : std::span{matrix->cells}.subspan(from * stops, stops)) {
    gaps |= cell == kAbove ? 1U : 0U;
    highest = std::max(highest, cell + 1);  // a gap becomes 0
  }
  return HighestOfRow{highest == 0 ? std::nullopt : std::optional{Fen{highest - 1}}, gaps == 0};
}

void widen(std::optional<FareRange>& range, const std::optional<RideFare>& fare) {
  if (!fare) return;
  if (!range) range = FareRange{fare->fen, fare->fen};
  range->lowest = std::min(range->lowest, fare->fen);
  range->highest = std::max(range->highest, fare->fen);
}

/// The city that issued a card: the last two bytes of its issuer code, 02002900.
std::uint16_t issuing_city(const Medium& medium, std::uint16_t city) noexcept {
  const auto issuer = static_cast<std::uint32_t>(read_be(medium.issuer));
  return issuer == 0 ? city : static_cast<std::uint16_t>(issuer & 0xFFFFU);
}

/// Classes list few riders: looking at each is cheaper than halving.
bool lists(const FareClass& one, RiderCategory rider) noexcept {
  for (const RiderCategory listed : one.riders)
    if (listed == rider) return true;
  return false;
}

bool is_entitled(const FareClass& one, const Traveller& who) noexcept {
  if (!who.is_holder) return false;
  for (const RiderCategory rider : who.medium.entitlements)
    if (lists(one, rider)) return true;
  return false;
}

/// Everything but the time.
bool is_for(const FareClass& one, std::uint16_t city, const Traveller& who) noexcept {
  const bool entitled = is_entitled(one, who);
  // Most classes are for other riders: nothing else is asked of them.
  if (!entitled && !one.riders.empty() && !lists(one, who.rider)) return false;
  if (one.items.empty() ? who.item != ItemClass::person
                        : !std::ranges::binary_search(one.items, who.item))
    return false;
  if (!one.media.empty() && !std::ranges::binary_search(one.media, who.medium.kind)) return false;
  // Who is on the list of the entitled is treated as at home, whoever issued the card.
  return entitled || one.issuers.empty() ||
         std::ranges::binary_search(one.issuers, issuing_city(who.medium, city)) !=
             one.other_issuers;
}

}  // namespace

RideFares::RideFares(const BookModel& book, std::uint16_t city, const TariffVersion& version,
                     const Traveller& who, const RideTimes& when) noexcept
    : version_{version}, own_{who.item == ItemClass::person} {
  static_assert(kClassesMax <= 64);
  std::uint64_t next = 1;
  for (const FareClass& one : version.classes) {
    const std::uint64_t bit = std::exchange(next, next << 1U);
    if (!is_for(one, city, who)) continue;
    const auto judged = one.judged == JudgedBy::entry ? std::optional{when.begun} : when.ended;
    const bool sure = !one.timeframe || judged.has_value();
    if (one.timeframe && judged &&
        !book.timeframes[*one.timeframe].contains(*judged, book.calendar))
      continue;
    possible_ |= bit;
    if (sure) matching_ |= bit;
  }
}

std::optional<RideFare> RideFares::fare(std::size_t stops, std::size_t from, std::size_t to) const {
  for (std::uint64_t left = matching_; left != 0; left &= left - 1) {
    const FareClass& one = version_.classes[static_cast<std::size_t>(std::countr_zero(left))];
    auto found = fare_of(one.tariff, stops, from, to);
    if (!found) continue;
    found->fare_class = &one;
    return found;
  }
  if (!own_) return std::nullopt;
  return fare_of(version_.tariff, stops, from, to);
}

std::optional<Fen> RideFares::most(std::size_t stops, std::size_t from, std::size_t to) const {
  const auto sure = fare(stops, from, to);
  auto out = sure ? std::optional{sure->fen} : std::nullopt;
  if (!is_in_doubt()) return out;
  // A class in doubt counts only in front of the one that is sure.
  for (std::uint64_t left = possible_ & ~matching_; left != 0; left &= left - 1) {
    const FareClass& one = version_.classes[static_cast<std::size_t>(std::countr_zero(left))];
    if (sure && sure->fare_class != nullptr && sure->fare_class < &one) break;
    if (const auto other = fare_of(one.tariff, stops, from, to))
      out = std::max(out.value_or(Fen{0}), other->fen);
  }
  return out;
}

std::optional<Fen> RideFares::highest_from(std::size_t stops, std::size_t from) const {
  // One look along the row is enough where one tariff alone decides: every entry asks for this.
  const Tariff* const first = first_tariff();
  if (first != nullptr && !is_in_doubt()) {
    const auto row = highest_of_row(*first, stops, from);
    if (row && (row->is_full || first == &version_.tariff)) return row->fen;
  }
  std::optional<Fen> highest;
  for (std::size_t to = 0; to < stops; ++to)
    if (const auto one = most(stops, from, to)) highest = std::max(highest.value_or(Fen{0}), *one);
  return highest;
}

const Tariff* RideFares::first_tariff() const noexcept {
  if (matching_ != 0)
    return &version_.classes[static_cast<std::size_t>(std::countr_zero(matching_))].tariff;
  return own_ ? &version_.tariff : nullptr;
}

Fen RideFares::bound(std::span<const TableMaximum> maxima) const {
  Fen out;
  for (std::uint64_t left = possible_; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(left));
    out = std::max(out, maxima[i].highest);
    if ((matching_ >> i & 1U) != 0 && maxima[i].is_whole) return out;
  }
  return own_ ? std::max(out, maxima.back().highest) : out;
}

std::optional<RideFare> full_fare(const TariffVersion& version, std::size_t stops, std::size_t from,
                                  std::size_t to) {
  return fare_of(version.tariff, stops, from, to);
}

std::optional<FareRange> RideFares::range_from(std::size_t stops, std::size_t from) const {
  std::optional<FareRange> out;
  for (std::size_t to = 0; to < stops; ++to) widen(out, fare(stops, from, to));
  return out;
}

std::optional<FareRange> RideFares::range_to(std::size_t stops, std::size_t to) const {
  std::optional<FareRange> out;
  for (std::size_t from = 0; from < stops; ++from) widen(out, fare(stops, from, to));
  return out;
}

RuleName rule_name(std::string_view owner, std::string_view rule) noexcept {
  RuleName out{owner};
  out.append("/");
  out.append(rule);
  return out;
}

RuleName rule_name(std::string_view owner, const RideFare& fare) noexcept {
  RuleName out = rule_name(owner, fare.rule);
  if (fare.fare_class == nullptr) return out;
  out.append("/");
  out.append(fare.fare_class->name);
  return out;
}

}  // namespace tidegate::fare
