// SPDX-License-Identifier: Apache-2.0
// How many of a card's newest trip records a price may depend on.
#pragma once

#include <cstddef>

#include "fare/engine/book.h"

namespace tidegate::fare {

/// At the stops of a network: one, which transfers are judged by, or as many as persons may ride on
/// one card. A box reads so many, and every box the same.
[[nodiscard]] std::size_t trips_read(const Book& book, const NetworkId& network);

}  // namespace tidegate::fare
