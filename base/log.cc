// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <unistd.h>

#include <atomic>

namespace tidegate {
namespace {

std::atomic<Priority> threshold{Priority::info};

bool is_plain(std::string_view value) {
  for (char c : value)
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
      return false;
  return !value.empty();
}

void append_value(std::string& out, std::string_view value) {
  if (is_plain(value)) {
    out += value;
    return;
  }
  out += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      out += '?';
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string log_line(Priority priority, std::string_view event,
                     std::initializer_list<LogField> fields) {
  std::string out = "<" + std::to_string(static_cast<int>(priority)) + ">event=";
  append_value(out, event);
  for (const LogField& field : fields) {
    out += ' ';
    out += field.key();
    out += '=';
    append_value(out, field.value());
  }
  return out;
}

void log(Priority priority, std::string_view event, std::initializer_list<LogField> fields) {
  if (priority > threshold.load(std::memory_order_relaxed)) return;
  std::string line = log_line(priority, event, fields);
  line += '\n';
  // A log that cannot be written (closed stderr, full pipe) must never stop a tap.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void set_log_threshold(Priority lowest) noexcept {
  threshold.store(lowest);
}

}  // namespace tidegate
