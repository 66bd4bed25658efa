// SPDX-License-Identifier: Apache-2.0
// Checks a fare book's content: ranges, order, uniqueness, references. Everything that the engine
// relies on without looking again.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "fare/engine/check_parts.h"

namespace tidegate::fare {
namespace {

using namespace check;  // NOLINT(*-using-namespace)

/// Every card code of the book, with the stop it names.
using CodeOwners =
    std::map<std::tuple<std::uint16_t, std::array<Byte, 8>, StationBytes>, std::string>;

Status check_stop(const Network& network, const Stop& stop, CodeOwners& owners) {
  const std::string where = "network " + network.id + ", stop " + stop.code;
  if (!is_id(stop.code)) return bad(where, "code must be 1 to 64 letters, digits, - _ .");
  if (stop.number == 0) return bad(where, "number 0 is not allowed");
  if (!is_name(stop.name_zh) || !is_name(stop.name_en))
    return bad(where, "names must have 1 to 200 bytes");
  if (stop.also.size() > kOtherCodesMax) return bad(where, "has more than 32 other card codes");
  const auto claim = [&](StationBytes code) -> Status {
    const auto [at, is_new] =
        owners.emplace(std::tuple{network.city, network.acquirer, code}, where);
    if (is_new) return {};
    return bad(where, "card code is already that of " + at->second);
  };
  if (auto ok = claim(stop.card); !ok) return ok;
  for (const StationBytes& code : stop.also)
    if (auto ok = claim(code); !ok) return ok;
  return {};
}

Status check_stops(const Network& network, CodeOwners& owners) {
  const std::string where = "network " + network.id;
  if (network.stops.empty() || network.stops.size() > kStopsMax)
    return bad(where, "needs 1 to 2000 stops");
  std::set<std::uint16_t> numbers;
  for (std::size_t i = 0; i < network.stops.size(); ++i) {
    const Stop& stop = network.stops[i];
    if (auto ok = check_stop(network, stop, owners); !ok) return ok;
    if (i > 0 && network.stops[i - 1].code >= stop.code)
      return bad(where + ", stop " + stop.code, "stops are not sorted, or the code is there twice");
    if (!numbers.insert(stop.number).second)
      return bad(where + ", stop " + stop.code, "number is already another stop's");
  }
  return {};
}

Status check_riders(const BookModel& model) {
  if (model.riders.size() > kRiderNumbersMax) return bad("book", "has too many riders");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < model.riders.size(); ++i) {
    const Rider& rider = model.riders[i];
    const std::string where = "rider " + rider.name;
    if (std::to_underlying(rider.number) < kOwnRiderMin)
      return bad(where, "number is not between 32 and 255");
    if (i > 0 && model.riders[i - 1].number >= rider.number)
      return bad(where, "riders are not sorted, or the number is there twice");
    if (!is_id(rider.name)) return bad(where, "name must be 1 to 64 letters, digits, - _ .");
    if (!is_name(rider.name_zh) || !is_name(rider.name_en))
      return bad(where, "names must have 1 to 200 bytes");
    if (rider_from_name(rider.name)) return bad(where, "name is a built-in rider's");
    if (!names.insert(rider.name).second) return bad(where, "name is there twice");
  }
  return {};
}

bool has_days(const WeekSpan& span) {
  if (!span.by_calendar()) return span.days != 0;
  const int kinds = span.days & ~WeekSpan::kByCalendar;
  return kinds != 0 && (kinds & ~(WeekSpan::kWorking | WeekSpan::kNotWorking)) == 0;
}

Status check_timeframe(const Timeframe& frame, const std::string& where) {
  if (!is_id(frame.name)) return bad(where, "name must be 1 to 64 letters, digits, - _ .");
  if (frame.spans.empty() || frame.spans.size() > kSpansMax)
    return bad(where, "needs 1 to 64 spans");
  for (auto span = frame.spans.begin(); span != frame.spans.end(); ++span) {
    if (!has_days(*span)) return bad(where, "a span has no day of the week");
    if (span->from >= span->to || span->to > 24 * 60)
      return bad(where, "a span does not begin before it ends, or ends after 24:00");
    const bool overlaps = std::any_of(frame.spans.begin(), span, [&](const WeekSpan& other) {
      // Which weekdays the calendar's days are, no one can say.
      const bool same_days =
          other.by_calendar() != span->by_calendar() || (other.days & span->days & 0x7F) != 0;
      return same_days && other.from < span->to && span->from < other.to;
    });
    if (overlaps) return bad(where, "spans overlap");
  }
  return {};
}

Status check_timeframes(const BookModel& model) {
  if (model.timeframes.size() > kTimeframesMax) return bad("book", "has more than 256 timeframes");
  for (std::size_t i = 0; i < model.timeframes.size(); ++i) {
    const std::string where = "timeframe " + model.timeframes[i].name;
    if (auto ok = check_timeframe(model.timeframes[i], where); !ok) return ok;
    if (i > 0 && model.timeframes[i - 1].name >= model.timeframes[i].name)
      return bad(where, "timeframes are not sorted, or the name is there twice");
  }
  return {};
}

Status check_network(const BookModel& model, const Network& network, CodeOwners& owners) {
  const std::string where = "network " + network.id;
  if (!is_id(network.id)) return bad(where, "id must be 1 to 64 letters, digits, - _ .");
  if (network.code == 0) return bad(where, "code 0 is not allowed");
  if (!is_name(network.name_zh) || !is_name(network.name_en))
    return bad(where, "names must have 1 to 200 bytes");
  if (!is_bcd(network.city)) return bad(where, "city is not BCD");
  if (network.rollover_minutes >= 24 * 60) return bad(where, "rollover is not before 24:00");
  if (!is_fare(network.minimum_balance)) return bad(where, "minimum balance is above 16777215 fen");
  if (auto ok = check_stops(network, owners); !ok) return ok;
  if (auto ok = tariff_versions(model, network.id, network.versions, network.stops.size(), where);
      !ok)
    return ok;
  return check::journey_policy(model, network);
}

}  // namespace

CardCode card_code(const Network& network, StationBytes station, Byte line) {
  CardCode out{.city = network.city, .acquirer = network.acquirer, .line = line};
  write_be(std::span{out.station}.subspan(4, 2), station.line);
  write_be(std::span{out.station}.subspan(6, 2), station.station);
  return out;
}

Status check_declarations(const BookModel& model) {
  if (auto ok = check_riders(model); !ok) return ok;
  if (auto ok = check_timeframes(model); !ok) return ok;
  return check::calendar(model.calendar);
}

Status check_book(const BookModel& model) {
  if (!is_name(model.name)) return bad("book", "name must have 1 to 200 bytes");
  if (model.number == 0 || model.number > INT64_MAX)
    return bad("book", "number is not between 1 and 2^63-1");
  if (!is_day(model.valid_from)) return bad("book", "valid_from is not between 1970 and 2099");
  if (model.networks.empty() || model.networks.size() > kNetworksMax)
    return bad("book", "needs 1 to 4096 networks");
  if (model.golden.size() > kGoldenMax) return bad("book", "too many golden journeys");
  if (auto ok = check_declarations(model); !ok) return ok;
  CodeOwners owners;
  std::set<std::uint16_t> codes;
  for (std::size_t i = 0; i < model.networks.size(); ++i) {
    const Network& network = model.networks[i];
    if (auto ok = check_network(model, network, owners); !ok) return ok;
    if (i > 0 && model.networks[i - 1].id >= network.id)
      return bad("network " + network.id, "networks are not sorted, or the id is there twice");
    if (!codes.insert(network.code).second)
      return bad("network " + network.id, "code is already another network's");
  }
  if (auto ok = check::between_rides(model); !ok) return ok;
  if (auto ok = check::through_rules(model); !ok) return ok;
  return check::golden_journeys(model);
}

}  // namespace tidegate::fare
