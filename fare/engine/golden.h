// SPDX-License-Identifier: Apache-2.0
// Golden journeys: a book carries journeys with their prices, and whoever cannot compute the same
// refuses the book.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "fare/engine/book.h"

namespace tidegate::fare {

/// Errc::refused names the journey, the tap, what was computed and what the book expects; a line
/// for each journey, at most so many.
[[nodiscard]] Status check_golden_journeys(const Book& book, std::size_t most = 1);
[[nodiscard]] std::size_t golden_journey_count(const Book& book);

}  // namespace tidegate::fare
