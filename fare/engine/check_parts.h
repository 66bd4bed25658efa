// SPDX-License-Identifier: Apache-2.0
// What the checks of a fare book share. Only for the engine's check files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fare/engine/book_codec.h"

namespace tidegate::fare::check {

inline Status bad(const std::string& where, const std::string& what) {
  return fail(Errc::invalid, where + ": " + what);
}

/// Ids stand in file names, rule names and JSON: a narrow set of characters.
inline bool is_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}
inline bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kTextBytesMax;
}
inline bool is_fare(Fen fen) {
  return fen >= Fen{0} && fen.count() <= kFenMax;
}
/// Dates far away would overflow time points; a book is of this century.
inline bool is_day(ServiceDay day) {
  const auto number = day.get().time_since_epoch().count();
  return number >= 0 && number <= 47'481;  // 2099-12-31
}

/// Names in traces and options: as ids, and + @ / between their parts.
inline bool is_label(std::string_view text) {
  if (text.empty() || text.size() > kTextBytesMax) return false;
  return std::ranges::all_of(
      text, [](char c) { return c == '+' || c == '@' || c == '/' || is_id({&c, 1}); });
}

inline bool is_bcd(std::uint16_t value) {
  for (unsigned shift = 0; shift < 16; shift += 4)
    if ((value >> shift & 0xFU) > 9) return false;
  return true;
}
inline bool are_media(const std::vector<MediumKind>& media) {
  return std::ranges::all_of(media, [](MediumKind medium) {
    return medium == MediumKind::t_union || medium == MediumKind::qr;
  });
}

inline bool is_known(const BookModel& model, RiderCategory rider) {
  const auto number = std::to_underlying(rider);
  return (number >= std::to_underlying(RiderCategory::adult) &&
          number <= std::to_underlying(RiderCategory::test)) ||
         std::ranges::find(model.riders, rider, &Rider::number) != model.riders.end();
}

/// Sorted, each there once.
template <class T>
inline bool is_set(const std::vector<T>& values) {
  return std::ranges::adjacent_find(values, std::ranges::greater_equal{}) == values.end();
}

/// Versions of a tariff over so many stops, of what is called `owner` in traces.
[[nodiscard]] Status tariff_versions(const BookModel& model, std::string_view owner,
                                     const std::vector<TariffVersion>& versions, std::size_t stops,
                                     const std::string& where);
[[nodiscard]] Status calendar(const DayCalendar& days);
/// Through rules: networks and stops that exist, borders or a tariff, and rules between rides that
/// can be told apart across them. Networks are checked before.
[[nodiscard]] Status through_rules(const BookModel& model);
/// Choices, amounts and places of a network's policy; its fares are not above its maximum.
[[nodiscard]] Status journey_policy(const BookModel& model, const Network& network);
[[nodiscard]] Status mode_history(const ModeHistory& history, const std::string& where);

/// Golden journeys: known places, kinds and riders, possible amounts.
[[nodiscard]] Status golden_journeys(const BookModel& model);
/// Rules between rides: references, ranges, and that what they remember has room on a card. The
/// networks have been checked.
[[nodiscard]] Status between_rides(const BookModel& model);

}  // namespace tidegate::fare::check
