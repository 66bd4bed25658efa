// SPDX-License-Identifier: Apache-2.0
// The texts of an operator's table and of the options that describe it: amounts, codes, columns.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "fare/authoring/csv.h"
#include "fare/authoring/timeframe_text.h"
#include "tools/fare_matrix_import.h"

namespace tidegate::tools {
namespace {

constexpr std::size_t kCodeCharactersMax = 64;

bool is_code_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// Takes one code point of UTF-8 off the front; nullopt: it is none.
std::optional<char32_t> next_code_point(std::string_view& text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xC2 && first < 0xE0 ? 2
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xF0 && first < 0xF5 ? 4
                                                           : 0;
  if (size == 0 || size > text.size()) return std::nullopt;
  char32_t out = size == 1 ? first : first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return std::nullopt;
    out = out << 6U | (byte(i) & 0x3FU);
  }
  text.remove_prefix(size);
  return out;
}

}  // namespace

Result<FareColumn> parse_fare_column(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view who = text.substr(0, equals);
  const auto at = who.find('@');
  FareColumn out{.rider = std::string{who.substr(0, at)},
                 .timeframe = {},
                 .column = equals == std::string_view::npos ? std::string{}
                                                            : std::string{text.substr(equals + 1)}};
  if (at != std::string_view::npos) out.timeframe = who.substr(at + 1);
  if (out.rider.empty() || out.column.empty() ||
      (at != std::string_view::npos && out.timeframe.empty()))
    return fail(Errc::invalid, "\"" + std::string{text} +
                                   "\": RIDER=COLUMN or RIDER@TIMEFRAME=COLUMN was expected");
  return out;
}

Result<fare::Timeframe> parse_timeframe(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return fail(Errc::invalid, "\"" + std::string{text} +
                                   "\": NAME=HOURS was expected, such as "
                                   "peak=Mo-Fr 05:00-09:30,15:00-19:00");
  auto spans = fare::parse_week_spans(text.substr(equals + 1));
  if (!spans) return fail(std::move(spans.error()));
  return fare::Timeframe{.name = std::string{text.substr(0, equals)}, .spans = *std::move(spans)};
}

Result<Fen> parse_amount(std::string_view text, AmountUnit unit) {
  const auto bad = [text](const std::string& what) {
    return fail(Errc::invalid, "\"" + std::string{text.substr(0, 40)} + "\": " + what);
  };
  const std::size_t decimals_max = unit == AmountUnit::hundred_fen ? 2 : 0;
  const auto point = text.find('.');
  std::string decimals;
  if (point != std::string_view::npos) {
    decimals = text.substr(point + 1);
    if (decimals.empty() ||
        !std::ranges::all_of(decimals, [](char c) { return c >= '0' && c <= '9'; }))
      return bad("an amount such as 4.90 was expected");
    if (decimals.size() > decimals_max)
      return bad(std::string{"has more decimals than the unit: "} +
                 (decimals_max == 0 ? "a whole number was expected" : "at most 2 were expected"));
  }
  decimals.resize(decimals_max, '0');
  const auto whole = fare::parse_count(text.substr(0, point), fare::kFenMax);
  if (!whole) return bad("an amount such as 4.90 was expected");
  const std::int64_t parts = decimals.empty() ? 0 : fare::parse_count(decimals, 99).value_or(0);
  const Fen fen{unit == AmountUnit::hundred_fen ? *whole * 100 + parts : *whole};
  if (fen.count() > fare::kFenMax) return bad("is more than a purse can hold");
  return fen;
}

Result<std::string> stop_code_of(std::string_view cell) {
  const std::string original{cell};
  std::string out;
  while (!cell.empty()) {
    const auto point = next_code_point(cell);
    if (!point) return fail(Errc::invalid, "the name of a stop is not UTF-8");
    if (*point >= 0x80) {
      char hex[16];
      std::snprintf(hex, sizeof hex, "u%04x", static_cast<unsigned>(*point));
      out += hex;
    } else if (const char c = static_cast<char>(*point); is_code_character(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (out != original)
    while (out.ends_with('-')) out.pop_back();
  if (out.empty()) return fail(Errc::invalid, "the code or name of a stop was expected");
  if (out.size() > kCodeCharactersMax)
    return fail(Errc::invalid, "\"" + original.substr(0, 60) +
                                   "…\": makes a stop code of more than 64 characters");
  return out;
}

}  // namespace tidegate::tools
