// SPDX-License-Identifier: Apache-2.0
// What book.toml declares before its networks: riders, timeframes, the calendar and the region.
// Only for the compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// Sorted by number.
[[nodiscard]] Result<std::vector<Rider>> read_own_riders(
    const std::vector<const toml::table*>& tables);
/// Sorted by name.
[[nodiscard]] Result<std::vector<Timeframe>> read_timeframes(
    const std::vector<const toml::table*>& tables);
[[nodiscard]] Result<DayCalendar> read_calendar(const toml::table& root);
/// `treat_as_local`; nullopt: the book has no [region].
[[nodiscard]] Result<std::optional<std::vector<std::uint16_t>>> read_region(
    const toml::table& root);

}  // namespace tidegate::fare
