// SPDX-License-Identifier: Apache-2.0
// What a ride costs by the naive reading: the terms of a tariff, gone through each time.
#include <algorithm>

#include "tests/fare/naive_book.h"

namespace tidegate::fare::naive {
namespace {

std::optional<std::int64_t> matrix_fare(const Table& rows, bool symmetric, const std::string& from,
                                        const std::string& to) {
  for (const Row& row : rows)
    if (row.at("from") == from && row.at("to") == to) return std::stoll(row.at("fen"));
  if (!symmetric) return std::nullopt;
  for (const Row& row : rows)
    if (row.at("from") == to && row.at("to") == from) return std::stoll(row.at("fen"));
  return std::nullopt;
}

std::optional<std::int64_t> zone_fare(const Terms& terms, const std::string& from,
                                      const std::string& to) {
  std::optional<std::int64_t> lowest;
  for (const Row& a : terms.zones)
    for (const Row& b : terms.zones) {
      if (a.at("stop") != from || b.at("stop") != to) continue;
      std::optional<std::int64_t> fen;
      if (terms.rows.front().contains("zones")) {
        const std::int64_t touched =
            std::abs(std::stoll(a.at("zone")) - std::stoll(b.at("zone"))) + 1;
        for (const Row& row : terms.rows)
          if (std::stoll(row.at("zones")) == touched) fen = std::stoll(row.at("fen"));
      } else {
        fen = matrix_fare(terms.rows, terms.symmetric, a.at("zone"), b.at("zone"));
      }
      if (fen && (!lowest || *fen < *lowest)) lowest = fen;
    }
  return lowest;
}

std::optional<std::int64_t> distance_fare(const Terms& terms, std::int64_t metres) {
  metres = std::max<std::int64_t>(0, metres - terms.grace);
  std::int64_t fen = 0, end = 0;
  for (const Terms::Band& band : terms.bands) {
    if (band.every == 0) {
      fen = band.fen;
      if (metres <= *band.to) return fen;
      end = *band.to;
      continue;
    }
    // Step by step, as a passenger would count them.
    for (; !band.to || end < *band.to; end += band.every) {
      if (metres <= end) return fen;
      fen += band.add;
    }
    if (metres <= end) return fen;
  }
  return std::nullopt;
}

std::optional<std::int64_t> fare_of(const Terms& terms, const Terms& base, const std::string& from,
                                    const std::string& to) {
  if (terms.percent >= 0) {
    const auto full = fare_of(base, base, from, to);
    if (!full) return std::nullopt;
    const std::int64_t part = rounded(*full, terms.percent, 100, terms.rounding, terms.unit);
    return std::min(*full, std::max(part, terms.floor));
  }
  if (terms.kind == "flat") return terms.fen;
  if (terms.kind == "matrix") return matrix_fare(terms.rows, terms.symmetric, from, to);
  if (from == to) return terms.same_station;
  if (terms.kind == "zones") return zone_fare(terms, from, to);
  const auto way = terms.metres.find({from, to});
  if (way == terms.metres.end()) return std::nullopt;
  if (terms.kind == "distance") return distance_fare(terms, way->second);
  const std::int64_t fen = rounded(terms.per_km, way->second, 1'000, terms.rounding, terms.unit);
  return std::max(terms.floor, std::min(terms.ceiling, fen));
}

bool within(const std::vector<Span>& spans, Moment at) {
  return std::ranges::any_of(spans, [at](const Span& span) {
    return span.weekdays.contains(at.weekday()) && at.minute_of_day() >= span.from &&
           at.minute_of_day() < span.to;
  });
}

}  // namespace

std::optional<std::int64_t> ride_fare(const Book& book, const Version& version,
                                      const std::string& rider, const std::string& medium,
                                      Moment begun, const std::string& from,
                                      const std::string& to) {
  for (const Class& one : version.classes) {
    if (!one.riders.empty() && !one.riders.contains(rider)) continue;
    if (!one.media.empty() && !one.media.contains(medium)) continue;
    if (!one.timeframe.empty() && !within(book.timeframes.at(one.timeframe), begun)) continue;
    if (const auto fen = fare_of(one.terms, version.terms, from, to)) return fen;
  }
  return fare_of(version.terms, version.terms, from, to);
}

}  // namespace tidegate::fare::naive
