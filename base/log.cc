// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <mutex>

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
  if (line.size() >= PIPE_BUF) line.resize(PIPE_BUF - 1);
  line += '\n';
  // A log that cannot be written (closed stderr, a pipe nobody reads) must never stop a tap: the
  // line is dropped. A pipe that polls writable takes PIPE_BUF bytes at once.
  static std::mutex one_line;
  const std::lock_guard lock{one_line};
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) != 1 || (out.revents & POLLOUT) == 0) return;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void set_log_threshold(Priority lowest) noexcept {
  threshold.store(lowest);
}

}  // namespace tidegate
