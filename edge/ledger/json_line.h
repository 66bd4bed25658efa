// SPDX-License-Identifier: Apache-2.0
// Writes one line of JSON, fields in the order they are given. Texts from outside are escaped, and
// bytes that are not UTF-8 become U+FFFD, so that a line is always valid JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/money.h"

namespace tidegate::edge {

class JsonLine {
 public:
  void open(std::string_view key = {}) { begin(key, '{'); }
  void close() { end('}'); }
  void open_list(std::string_view key) { begin(key, '['); }
  void close_list() { end(']'); }
  void text(std::string_view key, std::string_view value) {
    name(key);
    quote(value);
  }
  void hex(std::string_view key, ByteView bytes) { text(key, to_hex(bytes)); }
  void number(std::string_view key, std::uint64_t value) { raw(key, std::to_string(value)); }
  void signed_number(std::string_view key, std::int64_t value) { raw(key, std::to_string(value)); }
  void fen(std::string_view key, Fen value) { signed_number(key, value.count()); }
  void boolean(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  void begin(std::string_view key, char bracket);
  void end(char bracket);
  void name(std::string_view key);
  void raw(std::string_view key, std::string_view value);
  void quote(std::string_view text);

  std::string out_;
  bool comma_ = false;  ///< something stands before in this object or list
};

}  // namespace tidegate::edge
