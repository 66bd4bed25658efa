// SPDX-License-Identifier: Apache-2.0
// Reads the declarations of a book.
#include "fare/authoring/declarations_source.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "fare/authoring/reasons.h"
#include "fare/authoring/timeframe_text.h"
#include "fare/authoring/toml_reader.h"

namespace tidegate::fare {
namespace {

/// A span with the text that it is from.
struct Written {
  WeekSpan span;
  std::string text, place;
};

/// Which weekdays the calendar's days are, no one can say.
bool overlap(const WeekSpan& a, const WeekSpan& b) {
  const bool same_days = a.by_calendar() != b.by_calendar() || (a.days & b.days & 0x7F) != 0;
  return same_days && a.from < b.to && b.from < a.to;
}

Result<Timeframe> read_timeframe(const toml::table& table) {
  TomlReader in{"book.toml", table, {"name", "spans"}};
  Timeframe out{.name = in.text("name"), .spans = {}};
  Reasons reasons;
  std::vector<Written> written;
  const auto texts = in.texts("spans");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string place = in.place("spans", i);
    const auto spans = parse_week_spans(texts[i]);
    if (!spans) {
      reasons.add(place + ": spans: " + spans.error().message());
      continue;
    }
    for (const WeekSpan& span : *spans) {
      const std::string text = week_spans_text({span});
      for (const Written& other : written)
        if (overlap(span, other.span))
          reasons.add(std::string{place}
                          .append(": spans: \"")
                          .append(text)
                          .append("\" overlaps \"")
                          .append(other.text)
                          .append("\" (")
                          .append(other.place)
                          .append(")"));
      written.push_back({span, text, place});
      out.spans.push_back(span);
    }
  }
  if (!in.has("spans")) in.bad("spans", "key is missing");
  reasons.take(in.status());
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// Tells a value that was there before, and where.
class Once {
 public:
  void see(const TomlReader& in, std::string_view key, const std::string& value, Reasons& reasons) {
    if (!in.has(key)) return;
    const auto [first, is_new] = places_.emplace(std::string{key} + "\n" + value, in.place(key));
    if (!is_new)
      reasons.add(in.place(key) + ": " + std::string{key} + ": " + value +
                  " is there twice, first " + first->second);
  }

 private:
  std::map<std::string, std::string> places_;
};

}  // namespace

Result<std::vector<Rider>> read_own_riders(const std::vector<const toml::table*>& tables) {
  std::vector<Rider> out;
  Reasons reasons;
  Once once;
  for (const toml::table* table : tables) {
    TomlReader in{"book.toml", *table, {"number", "name", "name_zh", "name_en"}};
    const auto number = in.number("number", kOwnRiderMin, 0xFF);
    out.push_back({.number = static_cast<RiderCategory>(number),
                   .name = in.text("name"),
                   .name_zh = in.text("name_zh"),
                   .name_en = in.text("name_en")});
    reasons.take(in.status());
    if (!in.status()) continue;
    once.see(in, "number", std::to_string(number), reasons);
    once.see(in, "name", out.back().name, reasons);
    if (rider_from_name(out.back().name))
      reasons.add(in.place("name") + ": name: \"" + out.back().name +
                  "\" is built in and needs no [[rider]]");
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  std::ranges::sort(out, {}, &Rider::number);
  return out;
}

Result<std::vector<Timeframe>> read_timeframes(const std::vector<const toml::table*>& tables) {
  std::vector<Timeframe> out;
  Reasons reasons;
  Once once;
  for (const toml::table* table : tables) {
    out.push_back(reasons.take(read_timeframe(*table)));
    once.see({"book.toml", *table, {"name", "spans"}}, "name", out.back().name, reasons);
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  std::ranges::sort(out, {}, &Timeframe::name);
  return out;
}

Result<DayCalendar> read_calendar(const toml::table& root) {
  const auto* const table = root.get_as<toml::table>("calendar");
  if (table == nullptr) return DayCalendar{};
  TomlReader in{"book.toml", *table, {"holidays", "working_days"}};
  DayCalendar out{.holidays = in.days("holidays"), .working_days = in.days("working_days")};
  for (const auto& [key, days] :
       {std::pair{"holidays", &out.holidays}, std::pair{"working_days", &out.working_days}})
    if (const auto twice = std::ranges::adjacent_find(*days); twice != days->end())
      in.bad(key, ServiceDay{*twice}.text() + " is there twice");
  for (const auto day : out.working_days)
    if (std::ranges::binary_search(out.holidays, day))
      in.bad("working_days",
             ServiceDay{day}.text() + " is also a holiday (" + in.place("holidays") + ")");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::optional<std::vector<std::uint16_t>>> read_region(const toml::table& root) {
  std::optional<std::vector<std::uint16_t>> out;
  const auto* const table = root.get_as<toml::table>("region");
  if (table == nullptr) return out;
  TomlReader in{"book.toml", *table, {"treat_as_local"}};
  out = in.cities("treat_as_local");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace tidegate::fare
