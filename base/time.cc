// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <cstdio>
#include <optional>

namespace tidegate {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

std::optional<int> number(std::string_view text, std::size_t at, std::size_t size) {
  if (at + size > text.size()) return std::nullopt;
  int value = 0;
  for (char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Offset at the end of an ISO 8601 text: "Z" or "+08:00".
std::optional<minutes> parse_offset(std::string_view text) {
  if (text == "Z") return minutes{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto h = number(text, 1, 2);
  const auto m = number(text, 4, 2);
  if (!h || !m || *h > 14 || *m > 59) return std::nullopt;
  const minutes offset{*h * 60 + *m};
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

LocalTime to_local(Timestamp at, minutes offset) {
  const auto local = std::chrono::floor<seconds>(at) + offset;
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{local - day};
  LocalTime out;
  out.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  out.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
  out.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<std::uint8_t>(time.hours().count());
  out.minute = static_cast<std::uint8_t>(time.minutes().count());
  out.second = static_cast<std::uint8_t>(time.seconds().count());
  return out;
}

Result<Timestamp> from_local(const LocalTime& local, minutes offset) {
  const std::chrono::year_month_day date{
      std::chrono::year{local.year}, std::chrono::month{local.month}, std::chrono::day{local.day}};
  if (!date.ok() || local.hour > 23 || local.minute > 59 || local.second > 59)
    return fail(Errc::invalid, "no such date and time");
  return Timestamp{sys_days{date}} + hours{local.hour} + minutes{local.minute} +
         seconds{local.second} - offset;
}

std::array<Byte, 7> bcd_time(const LocalTime& local) {
  const auto pack = [](int two_digits) {
    return static_cast<Byte>((two_digits / 10) << 4 | two_digits % 10);
  };
  return {pack(local.year / 100), pack(local.year % 100), pack(local.month), pack(local.day),
          pack(local.hour),       pack(local.minute),     pack(local.second)};
}

Result<LocalTime> parse_bcd_time(ByteView seven_bytes) {
  ASSERT(seven_bytes.size() == 7);
  const auto digits = bcd_digits(seven_bytes);
  if (!digits) return fail(Errc::invalid, "time is not BCD");
  LocalTime out;
  const auto field = [&digits](std::size_t at) {
    return static_cast<std::uint8_t>(number(*digits, at, 2).value_or(0));
  };
  out.year = static_cast<std::int16_t>(number(*digits, 0, 4).value_or(0));
  out.month = field(4);
  out.day = field(6);
  out.hour = field(8);
  out.minute = field(10);
  out.second = field(12);
  if (const auto at = from_local(out); !at) return fail(Errc::invalid, "no such date and time");
  return out;
}

std::string ServiceDay::text() const {
  const std::chrono::year_month_day date{day_};
  char out[16];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out;
}

ServiceDay ServiceCalendar::day_of(Timestamp at) const {
  return ServiceDay{std::chrono::floor<days>(at + utc_offset - rollover)};
}

Result<Timestamp> parse_iso8601(std::string_view text) {
  const auto bad = [] { return fail(Errc::invalid, "not an ISO 8601 time with offset"); };
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':')
    return bad();
  const auto year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2),
             hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return bad();
  std::string_view tail = text.substr(19);
  milliseconds fraction{0};
  if (tail.starts_with('.')) {
    const auto ms = number(tail, 1, 3);
    if (!ms) return bad();
    fraction = milliseconds{*ms};
    tail.remove_prefix(4);
  }
  const auto offset = parse_offset(tail);
  if (!offset) return bad();
  LocalTime local;
  local.year = static_cast<std::int16_t>(*year);
  local.month = static_cast<std::uint8_t>(*month);
  local.day = static_cast<std::uint8_t>(*day);
  local.hour = static_cast<std::uint8_t>(*hour);
  local.minute = static_cast<std::uint8_t>(*minute);
  local.second = static_cast<std::uint8_t>(*second);
  auto at = from_local(local, *offset);
  if (!at) return at;
  return *at + fraction;
}

std::string iso8601(Timestamp at, minutes offset) {
  const LocalTime t = to_local(at, offset);
  const auto ahead = offset < minutes{0} ? -offset : offset;
  char out[64];
  std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", t.year, t.month, t.day,
                t.hour, t.minute, t.second, offset < minutes{0} ? '-' : '+',
                static_cast<int>(ahead.count() / 60), static_cast<int>(ahead.count() % 60));
  return out;
}

Result<ServiceDay> parse_date(std::string_view text) {
  const auto year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !year || !month || !day)
    return fail(Errc::invalid, "not a date like 2026-11-02");
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return fail(Errc::invalid, "no such date");
  return ServiceDay{sys_days{date}};
}

Timestamp SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
  return std::chrono::steady_clock::now();
}

}  // namespace tidegate
