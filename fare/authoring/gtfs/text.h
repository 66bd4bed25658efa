// SPDX-License-Identifier: Apache-2.0
// Texts of GTFS as values and back: amounts (exact, never through a float), times of day, dates,
// and ids made fit for a fare book.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tidegate::fare::gtfs {

/// Decimals of a currency by ISO 4217 (2 unless its list says otherwise).
[[nodiscard]] int decimals_of(std::string_view currency) noexcept;
/// Three capital letters.
[[nodiscard]] bool is_currency(std::string_view text) noexcept;

/// "3.20", "-1.45", "3" as hundredths. Errc::invalid says what was expected: digits, a point, at
/// most two decimals.
[[nodiscard]] Result<std::int64_t> parse_hundredths(std::string_view text);
/// "3.20", "-1.45"
[[nodiscard]] std::string hundredths_text(std::int64_t amount);

/// Seconds of "H:MM:SS" or "HH:MM:SS", at most 24:00:00.
[[nodiscard]] std::optional<std::int32_t> parse_time(std::string_view text);
/// "07:30:00" of a minute of the day.
[[nodiscard]] std::string minute_text(int minute);
/// "20261102"
[[nodiscard]] std::optional<ServiceDay> parse_day(std::string_view text);
[[nodiscard]] std::string day_text(ServiceDay day);

/// Bytes of text up to the first that is no UTF-8; all of them: npos.
[[nodiscard]] std::size_t first_not_utf8(std::string_view text) noexcept;

/// The cell of a CSV row, in quotes where it must be.
[[nodiscard]] std::string csv_cell(std::string_view text);
/// Cells with commas between them, and a line end.
[[nodiscard]] std::string csv_row(std::initializer_list<std::string_view> cells);
/// A TOML basic string with its quotes.
[[nodiscard]] std::string toml_string(std::string_view text);

/// At most `bytes`, cut between characters.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t bytes);

/// Gives ids that a fare book accepts (1 to 64 letters, digits, - _ .): other characters become one
/// "-", letters beyond ASCII "u" and their code point; an id that is taken gets "-2", "-3" …
class FitIds {
 public:
  /// The same original always has the same answer.
  [[nodiscard]] std::string fit(std::string_view original);
  /// Keeps an id from being given.
  void reserve(std::string_view id) { taken_.emplace(id, ""); }
  [[nodiscard]] std::size_t changed() const noexcept { return changed_; }

 private:
  std::map<std::string, std::string, std::less<>> of_;     ///< original → id
  std::map<std::string, std::string, std::less<>> taken_;  ///< id → original
  std::size_t changed_ = 0;
};

}  // namespace tidegate::fare::gtfs
