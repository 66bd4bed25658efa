// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/naive_book.h"

#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tidegate::fare::naive {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::stringstream in{text};
  for (std::string part; std::getline(in, part, by);) out.push_back(part);
  if (text.ends_with(by)) out.emplace_back();
  return out;
}

std::string slurp(const fs::path& path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error{"cannot read " + path.string()};
  return {std::istreambuf_iterator<char>{in}, {}};
}

Table read_csv(const fs::path& path) {
  Table out;
  std::vector<std::string> header;
  for (const std::string& line : split(slurp(path), '\n')) {
    if (line.empty()) continue;
    const auto cells = split(line, ',');
    if (header.empty()) {
      header = cells;
      continue;
    }
    Row row;
    for (std::size_t i = 0; i < cells.size(); ++i) row[header.at(i)] = cells[i];
    out.push_back(row);
  }
  return out;
}

/// "Mo-Fr 07:00-09:00,17:00-19:00"
std::vector<Span> read_span(const std::string& text) {
  static const std::vector<std::string> kDays{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
  const auto number_of = [](const std::string& day) {
    return static_cast<int>(std::ranges::find(kDays, day) - kDays.begin());
  };
  const auto minutes = [](const std::string& time) {
    return std::stoll(time.substr(0, 2)) * 60 + std::stoll(time.substr(3, 2));
  };
  std::set<int> days;
  const auto words = split(text, ' ');
  for (const std::string& part : split(words.at(0), ',')) {
    const auto ends = split(part, '-');
    for (int day = number_of(ends.front()); day <= number_of(ends.back()); ++day) days.insert(day);
  }
  std::vector<Span> out;
  for (const std::string& hours : split(words.at(1), ',')) {
    const auto ends = split(hours, '-');
    out.push_back({days, minutes(ends.at(0)), minutes(ends.at(1))});
  }
  return out;
}

/// Every pair of stops, by trying every stop as a stop on the way.
std::map<std::pair<std::string, std::string>, std::int64_t> shortest_ways(
    const Table& segments, const std::vector<std::string>& stops) {
  std::map<std::pair<std::string, std::string>, std::int64_t> out;
  const auto shorten = [&out](const std::string& a, const std::string& b, std::int64_t metres) {
    const auto [at, is_new] = out.emplace(std::pair{a, b}, metres);
    if (!is_new) at->second = std::min(at->second, metres);
  };
  for (const Row& row : segments) {
    shorten(row.at("from"), row.at("to"), std::stoll(row.at("metres")));
    shorten(row.at("to"), row.at("from"), std::stoll(row.at("metres")));
  }
  for (const std::string& via : stops)
    for (const std::string& a : stops)
      for (const std::string& b : stops)
        if (out.contains({a, via}) && out.contains({via, b}))
          shorten(a, b, out.at({a, via}) + out.at({via, b}));
  return out;
}

std::int64_t number(const toml::table& in, std::string_view key, std::int64_t otherwise) {
  return in[key].value_or(otherwise);
}

Terms read_terms(const fs::path& dir, const toml::table& in,
                 const std::vector<std::string>& stops) {
  Terms out;
  out.kind = in["kind"].value_or("");
  out.percent = number(in, "percent", -1);
  out.fen = number(in, "fen", 0);
  out.symmetric = in["symmetric"].value_or(false);
  out.grace = number(in, "grace_m", 0);
  out.per_km = number(in, "fen_per_km", 0);
  out.floor = number(in, "floor_fen", 0);
  out.ceiling = number(in, "ceiling_fen", 0xFFFFFF);
  out.unit = number(in, "unit_fen", 1);
  out.rounding = in["rounding"].value_or("");
  out.same_station = in["same_station_fen"].value<std::int64_t>();
  if (const auto name = in["csv"].value<std::string>()) out.rows = read_csv(dir / *name);
  if (const auto name = in["fares"].value<std::string>()) out.rows = read_csv(dir / *name);
  if (const auto name = in["zones"].value<std::string>()) out.zones = read_csv(dir / *name);
  if (const auto name = in["segments"].value<std::string>())
    out.metres = shortest_ways(read_csv(dir / *name), stops);
  if (const auto* const bands = in["bands"].as_array())
    for (const toml::node& band : *bands) {
      const toml::table& one = *band.as_table();
      out.bands.push_back({.to = one["to_m"].value<std::int64_t>(),
                           .fen = number(one, "fen", 0),
                           .every = number(one, "every_m", 0),
                           .add = number(one, "add_fen", 0)});
    }
  return out;
}

std::set<std::string> texts(const toml::table& in, std::string_view key) {
  std::set<std::string> out;
  if (const auto* const list = in[key].as_array())
    for (const toml::node& one : *list) out.insert(*one.value<std::string>());
  return out;
}

std::int64_t day_of(const toml::table& in, std::string_view key) {
  const toml::date date = *in[key].value<toml::date>();
  return std::chrono::sys_days{std::chrono::year{date.year} / date.month / date.day}
      .time_since_epoch()
      .count();
}

Version read_version(const fs::path& dir, const toml::table& in, std::int64_t otherwise,
                     const std::vector<std::string>& stops) {
  Version out;
  out.from_day = in.contains("effective_from") ? day_of(in, "effective_from") : otherwise;
  out.terms = read_terms(dir, in, stops);
  if (const auto* const classes = in["classes"].as_array())
    for (const toml::node& node : *classes) {
      const toml::table& one = *node.as_table();
      out.classes.push_back({.riders = texts(one, "riders"),
                             .media = texts(one, "media"),
                             .timeframe = one["timeframe"].value_or(""),
                             .terms = read_terms(dir, one, stops)});
    }
  return out;
}

/// `amount` × `numerator` ÷ `denominator`, as a multiple of `unit`.
std::int64_t rounded(std::int64_t amount, std::int64_t numerator, std::int64_t denominator,
                     const std::string& rounding, std::int64_t unit) {
  const std::int64_t above = amount * numerator, below = denominator * unit;
  const std::int64_t whole = above / below, rest = above % below;
  bool up = false;
  if (rounding == "up") up = rest > 0;
  if (rounding == "half-up") up = 2 * rest >= below;
  if (rounding == "half-even") up = 2 * rest > below || (2 * rest == below && whole % 2 == 1);
  return (whole + (up ? 1 : 0)) * unit;
}

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

const Version* Network::on(Moment at) const {
  const std::int64_t day = (at.seconds - rollover * 60) / 86'400;
  const Version* out = nullptr;
  for (const Version& version : versions)
    if (version.from_day <= day) out = &version;
  return out;
}

Book read_book(const fs::path& dir) {
  const toml::table root = toml::parse(slurp(dir / "book.toml"));
  const std::int64_t valid_from = day_of(*root["book"].as_table(), "valid_from");
  const Table stops = read_csv(dir / "stops.csv");
  Book out;
  if (const auto* const frames = root["timeframe"].as_array())
    for (const toml::node& node : *frames) {
      const toml::table& one = *node.as_table();
      auto& spans = out.timeframes[*one["name"].value<std::string>()];
      for (const toml::node& text : *one["spans"].as_array())
        for (const Span& span : read_span(*text.value<std::string>())) spans.push_back(span);
    }
  for (const toml::node& node : *root["network"].as_array()) {
    const toml::table& in = *node.as_table();
    Network network;
    network.id = *in["id"].value<std::string>();
    const std::string rollover = in["rollover"].value_or(std::string{"02:00"});
    network.rollover = std::stoll(rollover.substr(0, 2)) * 60 + std::stoll(rollover.substr(3, 2));
    network.minimum_balance = number(in, "minimum_balance_fen", 0);
    for (const Row& row : stops)
      if (row.at("network") == network.id) network.stops.push_back(row.at("code"));
    const auto add = [&](const toml::table& one) {
      network.versions.push_back(read_version(dir, one, valid_from, network.stops));
    };
    if (const auto* const list = in["tariff"].as_array())
      for (const toml::node& one : *list) add(*one.as_table());
    else
      add(*in["tariff"].as_table());
    std::ranges::sort(network.versions, {}, &Version::from_day);
    out.networks[network.id] = network;
  }
  return out;
}

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
