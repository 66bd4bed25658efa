// SPDX-License-Identifier: Apache-2.0
// Tariff and classes of one ride.
#include "fare/engine/ride_fare.h"

#include <algorithm>

#include "fare/engine/book_codec.h"

namespace tidegate::fare {
namespace {

void widen(std::optional<FareRange>& range, const RideFare& fare) {
  if (!fare) return;
  if (!range) range = FareRange{fare.fen, fare.fen};
  range->lowest = std::min(range->lowest, fare.fen);
  range->highest = std::max(range->highest, fare.fen);
}

/// The city that issued a card: the last two bytes of its issuer code, 02002900.
std::uint16_t issuing_city(const Medium& medium, std::uint16_t city) noexcept {
  const auto issuer = static_cast<std::uint32_t>(read_be(medium.issuer));
  return issuer == 0 ? city : static_cast<std::uint16_t>(issuer & 0xFFFFU);
}

/// All that a class asks for but its riders and the time. Who is on the list of the entitled is
/// treated as at home, whoever issued the card.
bool is_for(const FareClass& one, std::uint16_t city, const Traveller& who,
            bool entitled) noexcept {
  if (one.items.empty() ? who.item != ItemClass::person
                        : !std::ranges::binary_search(one.items, who.item))
    return false;
  if (!one.media.empty() && !std::ranges::binary_search(one.media, who.medium.kind)) return false;
  return entitled || one.issuers.empty() ||
         std::ranges::binary_search(one.issuers, issuing_city(who.medium, city)) !=
             one.other_issuers;
}

}  // namespace

void RideFares::find_classes(const BookData& book, std::uint16_t city, const Traveller& who,
                             const RideTimes& when) noexcept {
  static_assert(kClassesMax <= 64);
  const RiderNumbers& riders = book.rider_numbers();
  ClassSet entitled = 0;
  if (who.is_holder)
    for (const RiderCategory rider : who.medium.entitlements)
      entitled |= version_.of_rider[riders.of(rider)];
  const ClassSet open = version_.open_to(riders.of(who.rider)) | entitled;
  if (who.item == ItemClass::person) possible_ = matching_ = open & version_.plain;
  for (ClassSet left = open & ~version_.plain; left != 0; left &= left - 1) {
    const ClassSet bit = left & -left;
    const FareClass& one =
        version_.version->classes[static_cast<std::size_t>(std::countr_zero(left))];
    if (!is_for(one, city, who, (entitled & bit) != 0)) continue;
    const auto judged = one.judged == JudgedBy::entry ? std::optional{when.begun} : when.ended;
    const bool sure = !one.timeframe || judged.has_value();
    if (one.timeframe && judged &&
        !book.model().timeframes[*one.timeframe].contains(*judged, book.model().calendar))
      continue;
    possible_ |= bit;
    if (sure) matching_ |= bit;
  }
}

std::optional<Fen> RideFares::most(std::size_t stops, std::size_t from, std::size_t to) const {
  const RideFare sure = fare(stops, from, to);
  auto out = sure ? std::optional{sure.fen} : std::nullopt;
  if (!is_in_doubt()) return out;
  // A class in doubt counts only in front of the one that is sure.
  for (std::uint64_t left = possible_ & ~matching_; left != 0; left &= left - 1) {
    const PreparedTable& one = table_of_first(left);
    if (sure && sure.table < &one) break;
    if (const auto other = one.fare(stops, from, to)) out = std::max(out.value_or(Fen{0}), *other);
  }
  return out;
}

const PreparedRow* RideFares::only_row(std::size_t from) const {
  const PreparedTable* const first = first_table();
  if (first == nullptr || first->rows.empty() || is_in_doubt()) return nullptr;
  const PreparedRow& row = first->rows[from];
  return row.is_full || first == &version_.own() ? &row : nullptr;
}

std::optional<Fen> RideFares::highest_from(std::size_t stops, std::size_t from) const {
  // One row is enough nearly always: every entry asks for this.
  if (const PreparedRow* const row = only_row(from))
    return row->highest != MatrixTariff::kNoFare ? std::optional{Fen{row->highest}} : std::nullopt;
  std::optional<Fen> highest;
  for (std::size_t to = 0; to < stops; ++to)
    if (const auto one = most(stops, from, to)) highest = std::max(highest.value_or(Fen{0}), *one);
  return highest;
}

const PreparedTable* RideFares::first_table() const noexcept {
  if (matching_ != 0) return &table_of_first(matching_);
  return own_ ? &version_.own() : nullptr;
}

Fen RideFares::bound() const {
  const auto& maxima = version_.maxima;
  Fen out;
  for (ClassSet left = possible_; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(left));
    out = std::max(out, maxima[i].highest);
    if ((matching_ >> i & 1U) != 0 && maxima[i].is_whole) return out;
  }
  return own_ ? std::max(out, maxima.back().highest) : out;
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

}  // namespace tidegate::fare
