// SPDX-License-Identifier: Apache-2.0
// A book's tariff by payer, pair and part of the week.
#include "fare/authoring/gtfs/export_prices.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace tidegate::fare::gtfs {
namespace {

std::uint32_t cell_of(const Tariff& tariff, std::size_t cell) {
  if (const auto* const flat = std::get_if<FlatTariff>(&tariff))
    return static_cast<std::uint32_t>(flat->fen.count());
  return std::get<MatrixTariff>(tariff).cells[cell];
}

}  // namespace

namespace {

/// Bit 0 Monday …; a working day is Monday to Friday, the calendar's own days are named as lost.
unsigned weekdays_of(const WeekSpan& span) {
  constexpr unsigned kMondayToFriday = 0x1F, kWeekend = 0x60;
  if (!span.by_calendar()) return span.days;
  return ((span.days & WeekSpan::kWorking) != 0 ? kMondayToFriday : 0U) |
         ((span.days & WeekSpan::kNotWorking) != 0 ? kWeekend : 0U);
}

/// A class for persons with a card of the network's own city.
bool is_for_local_persons(const FareClass& one, std::uint16_t city) {
  const bool person = one.items.empty() || std::ranges::binary_search(one.items, ItemClass::person);
  return person && (one.issuers.empty() ||
                    std::ranges::binary_search(one.issuers, city) != one.other_issuers);
}

}  // namespace

WeekMinutes minutes_of(const Timeframe& frame) {
  WeekMinutes out;
  for (const WeekSpan& span : frame.spans)
    for (std::size_t day = 0; day < 7; ++day) {
      if ((weekdays_of(span) >> day & 1U) == 0) continue;
      for (std::size_t minute = span.from; minute < span.to; ++minute)
        out.set(day * kMinutesADay + minute);
    }
  return out;
}

ExportPrices::ExportPrices(const BookModel& model, const Network& network,
                           const TariffVersion& version, const Payers& payers)
    : version_{version}, payers_{payers}, city_{network.city}, stops_{network.stops.size()} {
  std::set<std::uint16_t> used;
  for (const FareClass& one : version.classes)
    if (one.timeframe) used.insert(*one.timeframe);
  parts_.resize(1);
  parts_.front().minutes.set();
  for (const std::uint16_t index : used) {
    const Timeframe& frame = model.timeframes[index];
    const WeekMinutes minutes = minutes_of(frame);
    std::vector<Part> inside;
    for (Part& part : parts_) {
      Part both{part.name, part.minutes & minutes, part.timeframes};
      part.minutes &= ~minutes;
      if (both.minutes.none()) continue;
      both.name.append(both.name.empty() ? "" : ".").append(frame.name);
      both.timeframes.push_back(index);
      inside.push_back(std::move(both));
    }
    std::ranges::move(inside, std::back_inserter(parts_));
    // Part 0 stays: its rules have no timeframe.
    const auto gone = std::remove_if(parts_.begin() + 1, parts_.end(),
                                     [](const Part& part) { return part.minutes.none(); });
    parts_.erase(gone, parts_.end());
  }
}

/// The first class that matches and has a fare, else the version's own tariff.
std::uint32_t ExportPrices::fare(const Part& part, RiderCategory rider,
                                 std::optional<MediumKind> medium, std::size_t cell) const {
  for (const FareClass& one : version_.classes) {
    if (!is_for_local_persons(one, city_)) continue;
    if (!one.riders.empty() && !std::ranges::binary_search(one.riders, rider)) continue;
    if (!one.media.empty() && (!medium || !std::ranges::binary_search(one.media, *medium)))
      continue;
    if (one.timeframe &&
        std::ranges::find(part.timeframes, *one.timeframe) == part.timeframes.end())
      continue;
    const std::uint32_t fen = cell_of(one.tariff, cell);
    if (fen != kNoFare) return fen;
  }
  return cell_of(version_.tariff, cell);
}

PayerFares ExportPrices::fares(const Part& part, std::size_t from, std::size_t to) const {
  const std::size_t cell = from * stops_ + to;
  PayerFares out;
  for (const RiderCategory rider : payers_.riders) {
    if (payers_.media.empty()) out.push_back(fare(part, rider, std::nullopt, cell));
    for (const MediumKind medium : payers_.media) out.push_back(fare(part, rider, medium, cell));
  }
  return out;
}

bool ExportPrices::is_uniform() const {
  for (const Part& part : parts_) {
    const PayerFares first = fares(part, 0, 0);
    for (std::size_t from = 0; from < stops_; ++from)
      for (std::size_t to = 0; to < stops_; ++to)
        if (fares(part, from, to) != first) return false;
  }
  return true;
}

}  // namespace tidegate::fare::gtfs
