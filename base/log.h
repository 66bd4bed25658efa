// SPDX-License-Identifier: Apache-2.0
// Logs: one line an event on stderr, `<6>event=tap aisle=2 fare_fen=300`, with journald's priority
// in front. Values with blanks are quoted. A full card number has no way into a log: there is no
// overload for CardNumber; use a CardHandle.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"

namespace tidegate {

/// syslog's numbers.
enum class Priority : std::uint8_t {
  alert = 1,
  error = 3,
  warning = 4,
  notice = 5,
  info = 6,
  debug = 7
};

/// One `key=value`. The key ends in its unit where it has one (`_ms`, `_fen`).
class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key_{key}, value_{value} {}
  LogField(std::string_view key, const char* value) : key_{key}, value_{value} {}
  LogField(std::string_view key, const std::string& value) : key_{key}, value_{value} {}
  LogField(std::string_view key, bool value) : key_{key}, value_{value ? "true" : "false"} {}
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  LogField(std::string_view key, T value) : key_{key}, value_{std::to_string(value)} {}
  LogField(std::string_view key, Fen value) : key_{key}, value_{std::to_string(value.count())} {}
  LogField(std::string_view key, AisleNo value) : key_{key}, value_{std::to_string(value.get())} {}
  LogField(std::string_view key, SequenceNo value)
      : key_{key}, value_{std::to_string(value.get())} {}
  LogField(std::string_view key, const CardHandle& value)
      : key_{key}, value_{to_hex(value.get())} {}
  LogField(std::string_view key, const Error& error) : key_{key}, value_{error.message()} {}

  [[nodiscard]] std::string_view key() const noexcept { return key_; }
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

 private:
  std::string_view key_;
  std::string value_;
};

/// The line without its newline; what log() writes. Control characters and quotes are escaped.
[[nodiscard]] std::string log_line(Priority priority, std::string_view event,
                                   std::initializer_list<LogField> fields);

/// Writes the line with one write(2), so that lines of several threads and processes do not mix.
void log(Priority priority, std::string_view event, std::initializer_list<LogField> fields = {});

/// Lines of a lower priority than this are dropped (default: info).
void set_log_threshold(Priority lowest) noexcept;

}  // namespace tidegate
