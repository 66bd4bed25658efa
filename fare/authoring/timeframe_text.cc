// SPDX-License-Identifier: Apache-2.0
// Reads and writes hours of the week.
#include "fare/authoring/timeframe_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace tidegate::fare {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
constexpr std::uint8_t kEveryDay = 0x7F;
constexpr std::string_view kWork = "work", kOff = "off";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Cuts the text in front of `separator` (or all of it) off `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return trimmed(part);
}

std::optional<std::size_t> day_number(std::string_view name) {
  const auto at = std::ranges::find(kDays, name);
  if (at == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(at - kDays.begin());
}

/// "Mo-Fr", "Sa", and round the week's end: "Sa-Mo"; "work", "off".
std::optional<std::uint8_t> day_range(std::string_view text) {
  if (text == kWork) return WeekSpan::kByCalendar | WeekSpan::kWorking;
  if (text == kOff) return WeekSpan::kByCalendar | WeekSpan::kNotWorking;
  const auto dash = text.find('-');
  const auto first = day_number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : day_number(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  unsigned out = 0;
  for (std::size_t day = *first;; day = (day + 1) % kDays.size()) {
    out |= 1U << day;
    if (day == *last) return static_cast<std::uint8_t>(out);
  }
}

std::optional<std::uint16_t> minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::unexpected<Error> bad(std::string_view part, std::string_view what) {
  return fail(Errc::invalid, "\"" + std::string{part} + "\": " + std::string{what});
}

/// One rule: days, a blank, hours.
Status read_rule(std::string_view rule, std::vector<WeekSpan>& out) {
  std::uint8_t days = kEveryDay;
  std::string_view hours = rule;
  if (!rule.empty() && (rule[0] < '0' || rule[0] > '9')) {
    std::string_view names = rule.substr(0, rule.find(' '));
    hours = rule.substr(std::min(rule.size(), names.size() + 1));
    days = 0;
    while (!names.empty()) {
      const std::string_view name = next_part(names, ',');
      const auto some = day_range(name);
      if (!some) return bad(name, "days such as Mo-Fr, Sa,Su, work or off were expected");
      if (days != 0 && (days & WeekSpan::kByCalendar) != (*some & WeekSpan::kByCalendar))
        return bad(name, "work and off stand apart from days of the week");
      days = static_cast<std::uint8_t>(days | *some);
    }
  }
  if (hours.empty()) return bad(rule, "hours such as 05:00-09:30 were expected");
  while (!hours.empty()) {
    const std::string_view span = next_part(hours, ',');
    const auto dash = span.find('-');
    const auto from = minute_of_day(span.substr(0, dash));
    const auto to =
        dash == std::string_view::npos ? std::nullopt : minute_of_day(span.substr(dash + 1));
    if (!from || !to) return bad(span, "hours such as 05:00-09:30 were expected");
    if (*from >= *to)
      return bad(span,
                 "ends before it begins; past midnight is two spans, to 24:00 and from 00:00");
    out.push_back({.days = days, .from = *from, .to = *to});
  }
  return {};
}

std::string days_text(std::uint8_t days) {
  std::string out;
  if ((days & WeekSpan::kByCalendar) != 0) {
    if ((days & WeekSpan::kWorking) != 0) out += kWork;
    if ((days & WeekSpan::kNotWorking) != 0) out.append(out.empty() ? "" : ",").append(kOff);
    return out;
  }
  for (std::size_t day = 0; day < kDays.size(); ++day) {
    if ((days >> day & 1U) == 0) continue;
    std::size_t last = day;
    while (last + 1 < kDays.size() && (days >> (last + 1) & 1U) != 0) ++last;
    if (!out.empty()) out += ',';
    out += kDays[day];
    if (last > day) out.append(last == day + 1 ? "," : "-").append(kDays[last]);
    day = last;
  }
  return out;
}

}  // namespace

Result<std::vector<WeekSpan>> parse_week_spans(std::string_view text) {
  std::vector<WeekSpan> out;
  std::string_view rest = trimmed(text);
  if (rest.empty()) return bad(text, "hours such as Mo-Fr 05:00-09:30 were expected");
  while (!rest.empty())
    if (auto ok = read_rule(next_part(rest, ';'), out); !ok) return fail(std::move(ok.error()));
  return out;
}

std::string week_spans_text(const std::vector<WeekSpan>& spans) {
  std::string out;
  for (const WeekSpan& span : spans) {
    char hours[16];
    std::snprintf(hours, sizeof hours, "%02d:%02d-%02d:%02d", span.from / 60 % 100, span.from % 60,
                  span.to / 60 % 100, span.to % 60);
    out.append(out.empty() ? "" : "; ").append(days_text(span.days)).append(" ").append(hours);
  }
  return out;
}

}  // namespace tidegate::fare
