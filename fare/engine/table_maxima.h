// SPDX-License-Identifier: Apache-2.0
// The dearest fare of each table of a tariff version, found once: what an entry tells where the
// policy asks for the highest fare of the station that the ride ends at. Only for the engine.
#pragma once

#include <span>
#include <vector>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

struct TableMaximum {
  Fen highest;
  bool is_whole = false;  ///< it has a fare wherever a table behind it has one
};

/// Of the classes in their order, and behind them of the version's own tariff.
[[nodiscard]] std::vector<TableMaximum> table_maxima(const TariffVersion& version);

}  // namespace tidegate::fare
