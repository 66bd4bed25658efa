// SPDX-License-Identifier: Apache-2.0
// Distance, per-kilometre and zone tariffs and percentages, as matrices of fen.
#include "fare/authoring/computed_tariffs.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "fare/authoring/reasons.h"
#include "fare/authoring/source.h"
#include "fare/authoring/station_graph.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMetresMax = 10'000'000;  ///< of a band's end

/// Distances above the band before it and up to `to` (inclusive).
struct Band {
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::int64_t fen = 0;    ///< of the whole band, or what is added for each step begun
  std::int64_t every = 0;  ///< length of a step; 0: one price
};

/// { to_m, fen } | { to_m, every_m, add_fen } | { every_m, add_fen }, the last one only.
Result<Band> read_band(const toml::table& table, std::int64_t begin, const std::string& before,
                       bool is_first, bool is_last) {
  TomlReader in{"book.toml", table, {"to_m", "fen", "every_m", "add_fen"}};
  Band out;
  if (const auto to = table["to_m"].value<std::int64_t>(); to && !is_first && *to <= begin)
    in.bad("to_m", std::to_string(*to) + " overlaps the band before, which ends at " +
                       std::to_string(begin) + " m (" + before + ")");
  if (in.has("fen")) {
    if (in.has("every_m") || in.has("add_fen"))
      in.bad("fen", "stands with to_m alone; steps have every_m and add_fen");
    out.to = in.number("to_m", begin + 1, kMetresMax);
    out.fen = in.number("fen", 0, kFenMax);
  } else {
    out.every = in.number("every_m", 1, kMetresMax);
    out.fen = in.number("add_fen", 0, kFenMax);
    if (is_first) in.bad("every_m", "the first band needs to_m and fen");
    if (in.has("to_m")) {
      out.to = in.number("to_m", begin + 1, kMetresMax);
      if (out.every > 0 && (out.to - begin) % out.every != 0)
        in.bad("to_m", "is not a whole number of steps behind " + std::to_string(begin) + " m");
    } else if (!is_last) {
      in.bad("to_m", "only the last band has no end");
    }
  }
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::vector<Band>> read_bands(TomlReader& in) {
  const auto tables = in.tables("bands");
  if (tables.empty()) in.bad("bands", "bands such as [{ to_m = 6000, fen = 200 }] were expected");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  std::vector<Band> out;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    auto band = read_band(*tables[i], i == 0 ? -1 : out.back().to,
                          in.place("bands", i == 0 ? 0 : i - 1), i == 0, i + 1 == tables.size());
    if (!band) return fail(std::move(band.error()));
    out.push_back(*band);
  }
  return out;
}

/// nullopt: beyond the last band, or above what a purse can pay.
std::optional<std::uint32_t> band_fare(const std::vector<Band>& bands, std::int64_t metres) {
  std::int64_t fen = 0, begin = 0;
  for (const Band& band : bands) {
    if (band.every == 0) {
      fen = band.fen;
    } else {
      const std::int64_t within = std::min(metres, band.to) - begin;
      fen += band.fen * ((within + band.every - 1) / band.every);
    }
    if (metres <= band.to) {
      if (fen > kFenMax) return std::nullopt;
      return static_cast<std::uint32_t>(fen);
    }
    begin = band.to;
  }
  return std::nullopt;
}

/// A fare for each pair that a way connects. The way from a stop to itself has a fare only where
/// the book gives it one.
template <class Price>
MatrixTariff priced(const std::vector<Stop>& stops, const StationGraph& graph,
                    std::optional<std::uint32_t> same_station, std::string rule, Price price) {
  const std::size_t n = stops.size();
  MatrixTariff out{.cells = std::vector<std::uint32_t>(n * n, MatrixTariff::kNoFare),
                   .rule = std::move(rule)};
  for (std::size_t from = 0; from < n; ++from) {
    const auto metres = graph.shortest_from(from);
    for (std::size_t to = 0; to < n; ++to) {
      if (from == to || metres[to] == StationGraph::kNoWay) continue;
      out.cells[from * n + to] =
          std::optional<std::uint32_t>{price(metres[to])}.value_or(MatrixTariff::kNoFare);
    }
    if (same_station) out.cells[from * n + from] = *same_station;
  }
  return out;
}

std::optional<std::uint32_t> read_same_station(TomlReader& in) {
  if (!in.has("same_station_fen")) return std::nullopt;
  return static_cast<std::uint32_t>(in.number("same_station_fen", 0, kFenMax));
}

/// The lowest fare of a pair where a stop lies in several zones.
void take_lower(std::uint32_t& cell, std::uint32_t fen) {
  cell = std::min(cell, fen);  // kNoFare is the largest number
}

struct ZoneTable {
  std::vector<std::vector<std::string>> of_stop;  ///< zones of each stop
};

Result<ZoneTable> read_zones(const fs::path& dir, const std::string& name,
                             const std::vector<Stop>& stops) {
  const auto table = read_table(dir, name, {"stop", "zone"});
  if (!table) return fail(table.error());
  ZoneTable out{.of_stop = std::vector<std::vector<std::string>>(stops.size())};
  Reasons reasons;
  for (const CsvRow& row : table->rows()) {
    if (reasons.full()) break;
    const auto stop = stop_cell(*table, row, "stop", stops);
    const std::string zone{table->cell(row, "zone")};
    if (!stop) reasons.add(stop.error());
    if (zone.empty())
      reasons.add(table->bad(row, "zone", "the name of a zone was expected").error());
    if (!stop || zone.empty()) continue;
    auto& zones = out.of_stop[*stop];
    if (std::ranges::find(zones, zone) != zones.end())
      reasons.add(table->bad(row, "zone", "this stop is in this zone already").error());
    zones.push_back(zone);
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  for (std::size_t i = 0; i < stops.size(); ++i)
    if (out.of_stop[i].empty()) reasons.add(name + ": stop " + stops[i].code + " has no zone");
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// Fares by the number of zones touched, zones numbered along the line or outwards.
struct FaresByCount {
  std::vector<std::uint32_t> fen;  ///< [0]: within one zone
};
/// Fares by pair of zones.
struct FaresByPair {
  std::map<std::pair<std::string, std::string>, std::uint32_t> fen;
};
using ZoneFares = std::variant<FaresByCount, FaresByPair>;

Result<ZoneFares> read_counted(const CsvTable& table) {
  FaresByCount out;
  for (const CsvRow& row : table.rows()) {
    const auto fen = fen_cell(table, row);
    if (!fen) return fail(fen.error());
    const auto count = parse_count(table.cell(row, "zones"), 1'000);
    if (!count || static_cast<std::size_t>(*count) != out.fen.size() + 1)
      return table.bad(row, "zones", std::to_string(out.fen.size() + 1) + " was expected");
    out.fen.push_back(*fen);
  }
  return ZoneFares{std::move(out)};
}

Result<ZoneFares> read_paired(const CsvTable& table, const ZoneTable& zones, bool symmetric) {
  const auto is_zone = [&zones](std::string_view name) {
    return std::ranges::any_of(zones.of_stop, [name](const auto& some) {
      return std::ranges::find(some, name) != some.end();
    });
  };
  FaresByPair out;
  Reasons reasons;
  std::map<std::pair<std::string, std::string>, std::size_t> lines;
  for (const CsvRow& row : table.rows()) {
    if (reasons.full()) break;
    const auto fen = fen_cell(table, row);
    if (!fen) reasons.add(fen.error());
    for (const std::string_view column : {"from", "to"})
      if (!is_zone(table.cell(row, column)))
        reasons.add(
            table
                .bad(row, column,
                     "\"" + std::string{table.cell(row, column)} + "\": no stop is in this zone")
                .error());
    const std::pair pair{std::string{table.cell(row, "from")}, std::string{table.cell(row, "to")}};
    const auto [first, is_new] = lines.emplace(pair, row.line);
    if (!is_new) reasons.add(table.twice(row, "from", "this pair", first->second));
    out.fen.emplace(pair, fen.value_or(0));
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  if (symmetric)
    for (const auto& [pair, fen] : std::map{out.fen})
      out.fen.try_emplace({pair.second, pair.first}, fen);
  return ZoneFares{std::move(out)};
}

Result<ZoneFares> read_zone_fares(const fs::path& dir, const std::string& name,
                                  const ZoneTable& zones, bool symmetric) {
  const auto text = read_source(dir, name);
  if (!text) return fail(text.error());
  // Which of the two tables it is, its header says.
  const std::string_view header = std::string_view{*text}.substr(0, text->find('\n'));
  const bool by_count = header.contains("zones");
  const auto table = by_count ? CsvTable::parse(name, *text, {"zones", "fen"})
                              : CsvTable::parse(name, *text, {"from", "to", "fen"});
  if (table) return by_count ? read_counted(*table) : read_paired(*table, zones, symmetric);
  Reasons reasons;
  reasons.add(table.error());
  if (!by_count && !header.contains("from"))
    reasons.add(name + ": columns zones,fen (by number of zones) or from,to,fen (by pair)");
  return fail(reasons.status().error());
}

/// kNoFare: the table has none.
std::uint32_t zone_fare(const ZoneFares& fares, const std::string& from, const std::string& to) {
  if (const auto* const counted = std::get_if<FaresByCount>(&fares)) {
    // Names were checked to be numbers.
    const std::int64_t a = parse_count(from, 9'999).value_or(0);
    const std::int64_t b = parse_count(to, 9'999).value_or(0);
    const auto apart = static_cast<std::size_t>(std::max(a, b) - std::min(a, b));
    return apart < counted->fen.size() ? counted->fen[apart] : MatrixTariff::kNoFare;
  }
  const auto& pairs = std::get<FaresByPair>(fares).fen;
  const auto at = pairs.find({from, to});
  return at != pairs.end() ? at->second : MatrixTariff::kNoFare;
}

Status zones_are_numbers(const ZoneTable& zones, const std::string& name) {
  for (const auto& some : zones.of_stop) {
    const auto odd = std::ranges::find_if_not(
        some, [](const std::string& zone) { return parse_count(zone, 9'999).has_value(); });
    if (odd == some.end()) continue;
    std::string what = name;
    what.append(": zone \"").append(*odd);
    what.append("\": fares by number of zones need zones numbered 0 to 9999");
    return fail(Errc::invalid, std::move(what));
  }
  return {};
}

}  // namespace

Result<MatrixTariff> read_distance_tariff(const fs::path& dir, TomlReader& in,
                                          const std::vector<Stop>& stops) {
  const std::string segments = in.file_in(dir, "segments");
  const std::string rule = in.text("rule", "distance");
  const std::int64_t grace = in.number("grace_m", 0, kMetresMax, 0);
  const auto same_station = read_same_station(in);
  const auto bands = read_bands(in);
  if (!bands) return fail(bands.error());
  const auto graph = StationGraph::read(dir, segments, stops);
  if (!graph) return fail(graph.error());
  // Every breakpoint moves by the grace, which is the same as a way that is so much shorter.
  return priced(stops, *graph, same_station, rule, [&](std::int64_t metres) {
    return band_fare(*bands, std::max<std::int64_t>(metres - grace, 0));
  });
}

Result<MatrixTariff> read_per_km_tariff(const fs::path& dir, TomlReader& in,
                                        const std::vector<Stop>& stops) {
  const std::string segments = in.file_in(dir, "segments");
  const std::string rule = in.text("rule", "per-km");
  const Fen per_km{in.number("fen_per_km", 0, 100'000)};
  const Fen floor{in.number("floor_fen", 0, kFenMax, 0)};
  const Fen ceiling{in.number("ceiling_fen", floor.count(), kFenMax, kFenMax)};
  const Rounding rounding = in.rounding("rounding");
  const std::int64_t unit = in.number("unit_fen", 1, 100'000, 1);
  const auto same_station = read_same_station(in);
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto graph = StationGraph::read(dir, segments, stops);
  if (!graph) return fail(graph.error());
  return priced(stops, *graph, same_station, rule, [&](std::int64_t metres) {
    const Fen fen = per_km.scaled({metres, 1'000}, rounding, unit);
    return static_cast<std::uint32_t>(std::clamp(fen, floor, ceiling).count());
  });
}

Result<MatrixTariff> read_zones_tariff(const fs::path& dir, TomlReader& in,
                                       const std::vector<Stop>& stops) {
  const std::string zones_file = in.file_in(dir, "zones"), fares_file = in.file_in(dir, "fares");
  const std::string rule = in.text("rule", "zones");
  const bool symmetric = in.flag("symmetric", false);
  const auto same_station = read_same_station(in);
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto zones = read_zones(dir, zones_file, stops);
  if (!zones) return fail(zones.error());
  const auto fares = read_zone_fares(dir, fares_file, *zones, symmetric);
  if (!fares) return fail(fares.error());
  if (std::holds_alternative<FaresByCount>(*fares))
    if (auto ok = zones_are_numbers(*zones, zones_file); !ok) return fail(std::move(ok.error()));
  const std::size_t n = stops.size();
  MatrixTariff out{.cells = std::vector<std::uint32_t>(n * n, MatrixTariff::kNoFare), .rule = rule};
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = 0; to < n; ++to) {
      std::uint32_t& cell = out.cells[from * n + to];
      if (from == to) {
        cell = same_station.value_or(MatrixTariff::kNoFare);
        continue;
      }
      for (const std::string& a : zones->of_stop[from])
        for (const std::string& b : zones->of_stop[to]) take_lower(cell, zone_fare(*fares, a, b));
    }
  return out;
}

Result<Tariff> read_percentage(TomlReader& in, const Tariff& base) {
  const Ratio ratio{.numerator = in.number("percent", 0, 100), .denominator = 100};
  const Rounding rounding = in.rounding("rounding");
  const std::int64_t unit = in.number("unit_fen", 1, 100'000, 1);
  const Fen floor{in.number("floor_fen", 0, kFenMax, 0)};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  // Neither floor nor rounding makes a reduced fare dearer than the full one.
  const auto reduced = [&](Fen full) {
    return std::min(full, std::max(floor, full.scaled(ratio, rounding, unit)));
  };
  if (const auto* const flat = std::get_if<FlatTariff>(&base))
    return Tariff{FlatTariff{reduced(flat->fen)}};
  MatrixTariff out = std::get<MatrixTariff>(base);
  for (std::uint32_t& cell : out.cells)
    if (cell != MatrixTariff::kNoFare)
      cell = static_cast<std::uint32_t>(reduced(Fen{cell}).count());
  return Tariff{std::move(out)};
}

}  // namespace tidegate::fare
