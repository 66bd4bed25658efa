// SPDX-License-Identifier: Apache-2.0
// Goes through the classes and tables of a version.
#include "fare/engine/prepared_version.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

constexpr std::size_t kBuiltInRiders = 8;

/// One more than the dearest fare; 0: there is none.
std::uint32_t above_highest(std::span<const std::uint32_t> cells) {
  std::uint32_t out = 0;
  for (const std::uint32_t cell : cells) out = std::max(out, cell + 1);  // no fare becomes 0
  return out;
}

PreparedRow row_of(std::span<const std::uint32_t> cells, std::size_t from) {
  static_assert(MatrixTariff::kNoFare + 1 == 0);
  const std::uint32_t others =
      std::max(above_highest(cells.first(from)), above_highest(cells.subspan(from + 1)));
  return {.highest = std::max(others, cells[from] + 1) - 1,
          .elsewhere = others - 1,
          .is_full = std::ranges::find(cells, MatrixTariff::kNoFare) == cells.end()};
}

PreparedTable table_of(const Tariff& tariff, std::size_t stops, std::string_view owner,
                       std::string_view class_name) {
  PreparedTable out;
  if (const auto* const flat = std::get_if<FlatTariff>(&tariff)) {
    out.flat = flat->fen;
    out.name = rule_name(owner, "flat");
  } else {
    const auto& matrix = std::get<MatrixTariff>(tariff);
    out.cells = matrix.cells;
    out.name = rule_name(owner, matrix.rule);
    out.rows.reserve(stops);
    for (std::size_t from = 0; from < stops; ++from)
      out.rows.push_back(row_of(out.cells.subspan(from * stops, stops), from));
  }
  if (class_name.empty()) return out;
  out.name.append("/");
  out.name.append(class_name);
  return out;
}

/// `has_fare`: which pairs have a fare so far; those of the table are added.
TableMaximum maximum_of(const PreparedTable& table, std::vector<bool>& has_fare) {
  if (table.cells.empty()) {
    has_fare.assign(has_fare.size(), true);
    return {table.flat, true};
  }
  TableMaximum out{.highest = Fen{}, .is_whole = true};
  if (has_fare.empty()) has_fare.resize(table.cells.size());
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    if (table.cells[i] == MatrixTariff::kNoFare) {
      if (has_fare[i]) out.is_whole = false;
      continue;
    }
    out.highest = std::max(out.highest, Fen{table.cells[i]});
    has_fare[i] = true;
  }
  return out;
}

/// The last table first.
std::vector<TableMaximum> maxima_of(std::span<const PreparedTable> tables) {
  std::vector<TableMaximum> out(tables.size());
  std::vector<bool> has_fare;
  for (std::size_t i = tables.size(); i-- > 0;) out[i] = maximum_of(tables[i], has_fare);
  return out;
}

bool is_plain(const FareClass& one) {
  return !one.timeframe && one.media.empty() && one.issuers.empty() && one.items.empty();
}

void add_classes(const TariffVersion& version, const RiderNumbers& riders, PreparedVersion& out) {
  if (version.classes.empty()) return;
  out.of_rider.resize(riders.count());
  ClassSet bit = 1;
  for (const FareClass& one : version.classes) {
    if (one.riders.empty()) out.for_all_riders |= bit;
    if (is_plain(one)) out.plain |= bit;
    for (const RiderCategory rider : one.riders) out.of_rider[riders.of(rider)] |= bit;
    bit <<= 1U;
  }
}

}  // namespace

RuleName rule_name(std::string_view owner, std::string_view rule) noexcept {
  RuleName out{owner};
  out.append("/");
  out.append(rule);
  return out;
}

RiderNumbers::RiderNumbers(std::span<const Rider> own) {
  while (count_ <= kBuiltInRiders) {
    numbers_[count_] = static_cast<std::uint8_t>(count_);
    ++count_;
  }
  for (const Rider& rider : own)
    numbers_[std::to_underlying(rider.number)] = static_cast<std::uint8_t>(count_++);
}

std::vector<PreparedVersion> prepared_versions(std::string_view owner,
                                               std::span<const TariffVersion> versions,
                                               std::size_t stops, const RiderNumbers& riders,
                                               bool with_maxima) {
  std::vector<PreparedVersion> out;
  out.reserve(versions.size());
  for (const TariffVersion& version : versions) {
    PreparedVersion& one = out.emplace_back();
    one.version = &version;
    one.effective_from = version.effective_from;
    one.is_flat = std::holds_alternative<FlatTariff>(version.tariff);
    add_classes(version, riders, one);
    one.tables.reserve(version.classes.size() + 1);
    for (const FareClass& fare_class : version.classes)
      one.tables.push_back(table_of(fare_class.tariff, stops, owner, fare_class.name));
    one.tables.push_back(table_of(version.tariff, stops, owner, {}));
    if (with_maxima) one.maxima = maxima_of(one.tables);
  }
  return out;
}

}  // namespace tidegate::fare
