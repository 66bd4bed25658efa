// SPDX-License-Identifier: Apache-2.0
// JSON text: commas, quotes, escapes.
#include "edge/ledger/json_line.h"

#include <algorithm>

namespace tidegate::edge {
namespace {

/// Length of the UTF-8 sequence that `text` begins with, 0 when it is none (overlong forms,
/// surrogates and numbers above 10FFFF are none).
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool fits = !(first == 0xE0 && at(1) < 0xA0) && !(first == 0xED && at(1) > 0x9F);
    return fits && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool fits = !(first == 0xF0 && at(1) < 0x90) && !(first == 0xF4 && at(1) > 0x8F);
    return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// How many characters from the first on need no look at all: printable ASCII but for " and \.
std::size_t plain_length(std::string_view text) {
  const auto* end = std::ranges::find_if_not(
      text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

void JsonLine::begin(std::string_view key, char bracket) {
  name(key);
  out_ += bracket;
  comma_ = false;
}

void JsonLine::end(char bracket) {
  out_ += bracket;
  comma_ = true;
}

void JsonLine::name(std::string_view key) {
  if (comma_) out_ += ',';
  comma_ = true;
  if (key.empty()) return;
  quote(key);
  out_ += ':';
}

void JsonLine::raw(std::string_view key, std::string_view value) {
  name(key);
  out_ += value;
}

void JsonLine::quote(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out_ += '"';
  while (true) {
    const std::size_t plain = plain_length(text);
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out_ += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += text.front();
    } else if (c < 0x20 || c == 0x7F) {
      out_ += "\\u00";
      out_ += kDigits[c >> 4U];
      out_ += kDigits[c & 15U];
    } else {
      out_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_ += '"';
}

}  // namespace tidegate::edge
