// SPDX-License-Identifier: Apache-2.0
// Amounts, times, dates and ids of GTFS.
#include "fare/authoring/gtfs/text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "fare/authoring/csv.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare::gtfs {
namespace {

// ISO 4217:2015, list one: the currencies whose minor unit is not a hundredth.
constexpr std::array<std::string_view, 17> kNoDecimals{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                       "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                       "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThreeDecimals{"BHD", "IQD", "JOD", "KWD",
                                                         "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> kFourDecimals{"CLF", "UYW"};

constexpr std::size_t kIdMax = 64;
constexpr std::size_t kIdKept = 60;  ///< leaves room for "-123"

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}
bool is_id_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

/// The code point at the front, cut off; bytes that are no UTF-8 count as themselves.
std::uint32_t next_code_point(std::string_view& text) {
  const auto byte = [&text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t out = first < 0x80 ? first : first & (0xFFU >> (length + 1));
  if (length > text.size()) {
    text.remove_prefix(1);
    return first;
  }
  for (std::size_t i = 1; i < length; ++i) out = out << 6U | (byte(i) & 0x3FU);
  text.remove_prefix(length);
  return out;
}

std::string fitted(std::string_view original) {
  std::string out;
  std::string_view rest = original;
  while (!rest.empty() && out.size() < kIdKept) {
    const std::uint32_t point = next_code_point(rest);
    if (point >= 0x80) {
      char hex[16];
      std::snprintf(hex, sizeof hex, "u%04x", static_cast<unsigned>(point));
      out += hex;
    } else if (const char c = static_cast<char>(point); is_id_character(c)) {
      out += c;
    } else if (!out.ends_with('-')) {
      out += '-';
    }
  }
  if (out.size() > kIdKept) out.resize(kIdKept);
  return out.empty() ? "id" : out;
}

}  // namespace

int decimals_of(std::string_view currency) noexcept {
  if (std::ranges::find(kNoDecimals, currency) != kNoDecimals.end()) return 0;
  if (std::ranges::find(kThreeDecimals, currency) != kThreeDecimals.end()) return 3;
  if (std::ranges::find(kFourDecimals, currency) != kFourDecimals.end()) return 4;
  return 2;
}

bool is_currency(std::string_view text) noexcept {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<std::int64_t> parse_hundredths(std::string_view text) {
  const auto bad = [text](const std::string& what) {
    return fail(Errc::invalid, "\"" + std::string{text.substr(0, 40)} + "\": " + what);
  };
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const auto point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  std::string decimals{point == std::string_view::npos ? "0" : digits.substr(point + 1)};
  if (!all_digits(whole) || !all_digits(decimals))
    return bad("an amount such as 3.20 was expected, digits and a point");
  if (decimals.size() > 2) return bad("has more than two decimals");
  decimals.resize(2, '0');
  const auto units = parse_count(whole, 1'000'000'000);
  if (!units) return bad("is too large");
  const std::int64_t out = *units * 100 + parse_count(decimals, 99).value_or(0);
  return negative ? -out : out;
}

std::string hundredths_text(std::int64_t amount) {
  return Fen{amount}.yuan();
}

std::optional<std::int32_t> parse_time(std::string_view text) {
  const auto first = text.find(':');
  if (first == std::string_view::npos || first == 0 || first > 2) return std::nullopt;
  if (text.size() != first + 6 || text[first + 3] != ':') return std::nullopt;
  const std::string_view parts[] = {text.substr(0, first), text.substr(first + 1, 2),
                                    text.substr(first + 4, 2)};
  for (const std::string_view part : parts)
    if (!all_digits(part)) return std::nullopt;
  const auto hours = parse_count(parts[0], 24), minutes = parse_count(parts[1], 59),
             seconds = parse_count(parts[2], 59);
  if (!hours || !minutes || !seconds) return std::nullopt;
  const auto out = static_cast<std::int32_t>(*hours * 3600 + *minutes * 60 + *seconds);
  if (out > 24 * 3600) return std::nullopt;
  return out;
}

std::string minute_text(int minute) {
  char out[16];
  std::snprintf(out, sizeof out, "%02d:%02d:00", minute / 60 % 100, minute % 60);
  return out;
}

std::optional<ServiceDay> parse_day(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) return std::nullopt;
  std::string iso{text.substr(0, 4)};
  iso.append("-").append(text.substr(4, 2)).append("-").append(text.substr(6, 2));
  const auto day = parse_date(iso);
  if (!day) return std::nullopt;
  return *day;
}

std::string day_text(ServiceDay day) {
  std::string out = day.text();
  std::erase(out, '-');
  return out;
}

std::size_t first_not_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0), second = byte(1);
    std::size_t length = 1;
    if (first >= 0x80) {
      length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
      if (first < 0xC2 || first > 0xF4) return at;
      // Neither longer than need be, nor half of a surrogate pair, nor above U+10FFFF.
      const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
      const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
      if (second < low || second > high) return at;
      for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return at;
    }
    at += length;
  }
  return std::string_view::npos;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_row(std::initializer_list<std::string_view> cells) {
  std::string out;
  for (const std::string_view cell : cells) out.append(csv_cell(cell)).append(",");
  out.back() = '\n';
  return out;
}

std::string toml_string(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04X", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string cut_to(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string{text.substr(0, bytes)};
}

std::string FitIds::fit(std::string_view original) {
  if (const auto known = of_.find(original); known != of_.end()) return known->second;
  const std::string wanted = original.size() <= kIdMax && !original.empty() &&
                                     std::ranges::all_of(original, is_id_character)
                                 ? std::string{original}
                                 : fitted(original);
  std::string out = wanted;
  for (int next = 2; taken_.contains(out); ++next)
    out = wanted.substr(0, kIdKept) + "-" + std::to_string(next);
  taken_.emplace(out, original);
  if (out != original) ++changed_;
  of_.emplace(original, out);
  return out;
}

}  // namespace tidegate::fare::gtfs
