// SPDX-License-Identifier: Apache-2.0
// Goes through the tables of a version, the last one first.
#include "fare/engine/table_maxima.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

/// `cells`: which pairs have a fare so far; those of `tariff` are added.
TableMaximum maximum_of(const Tariff& tariff, std::vector<bool>& cells) {
  if (const auto* const flat = std::get_if<FlatTariff>(&tariff)) {
    cells.assign(cells.size(), true);
    return {flat->fen, true};
  }
  const auto& table = std::get<MatrixTariff>(tariff).cells;
  TableMaximum out{.highest = Fen{}, .is_whole = true};
  if (cells.empty()) cells.resize(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i] == MatrixTariff::kNoFare) {
      if (cells[i]) out.is_whole = false;
      continue;
    }
    out.highest = std::max(out.highest, Fen{table[i]});
    cells[i] = true;
  }
  return out;
}

}  // namespace

std::vector<TableMaximum> table_maxima(const TariffVersion& version) {
  std::vector<TableMaximum> out(version.classes.size() + 1);
  std::vector<bool> cells;
  out.back() = maximum_of(version.tariff, cells);
  for (std::size_t i = version.classes.size(); i-- > 0;)
    out[i] = maximum_of(version.classes[i].tariff, cells);
  return out;
}

}  // namespace tidegate::fare
