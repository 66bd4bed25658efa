// SPDX-License-Identifier: Apache-2.0
// Days, weeks, months and minutes as the card state counts them (card_state.h).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

#include "base/time.h"

namespace tidegate::fare {

inline constexpr std::chrono::sys_days kCardEpoch{std::chrono::year{2020} / 1 / 1};

/// What is before 2020 is 0.
template <class T>
[[nodiscard]] T card_number(std::int64_t value) noexcept {
  return static_cast<T>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<T>::max()));
}
[[nodiscard]] inline std::uint16_t card_month(ServiceDay day) noexcept {
  const std::chrono::year_month_day date{day.get()};
  const std::int64_t years = static_cast<int>(date.year()) - 2020;
  return card_number<std::uint16_t>(years * 12 + static_cast<unsigned>(date.month()) - 1);
}
/// Weeks begin on Monday.
[[nodiscard]] inline std::uint16_t card_week(ServiceDay day) noexcept {
  constexpr std::chrono::days kSinceMonday{2};  // 2020-01-01 was a Wednesday
  return card_number<std::uint16_t>((day.get() - (kCardEpoch - kSinceMonday)).count() / 7);
}
[[nodiscard]] inline std::uint16_t card_day(ServiceDay day) noexcept {
  return card_number<std::uint16_t>((day.get() - kCardEpoch).count());
}
/// Local minutes.
[[nodiscard]] inline std::uint32_t card_minute(Timestamp at) noexcept {
  return card_number<std::uint32_t>(
      std::chrono::floor<std::chrono::minutes>(at - (kCardEpoch - kChinaOffset)).count());
}

}  // namespace tidegate::fare
