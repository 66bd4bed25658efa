// SPDX-License-Identifier: Apache-2.0
// Reads the versions of a tariff, each of its kind, with its classes.
#include "fare/authoring/tariff_source.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "fare/authoring/class_source.h"
#include "fare/authoring/computed_tariffs.h"
#include "fare/authoring/toml_reader.h"
#include "fare/authoring/whom_source.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

/// The keys of each kind beside `kind` and those of a version.
struct Kind {
  std::string_view name;
  std::vector<std::string_view> keys;
};
const std::array<Kind, 5>& kinds() {
  static const std::array<Kind, 5> all{
      {{"flat", {"fen"}},
       {"matrix", {"csv", "symmetric", "rule"}},
       {"distance", {"segments", "bands", "grace_m", "same_station_fen", "rule"}},
       {"per-km",
        {"segments", "fen_per_km", "floor_fen", "ceiling_fen", "rounding", "unit_fen",
         "same_station_fen", "rule"}},
       {"zones", {"zones", "fares", "symmetric", "same_station_fen", "rule"}}}};
  return all;
}

/// Cells that the table does not name stay without a fare. `symmetric`: a row also gives the way
/// back, unless a row of its own does.
Result<MatrixTariff> read_matrix(const fs::path& dir, TomlReader& in,
                                 const std::vector<Stop>& stops) {
  const std::string name = in.file_in(dir, "csv");
  const bool symmetric = in.flag("symmetric", false);
  MatrixTariff out;
  out.rule = in.text("rule", std::string{MatrixTariff::kOriginDestination});
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto table = read_table(dir, name, {"from", "to", "fen"});
  if (!table) return fail(table.error());
  const std::size_t n = stops.size();
  out.cells.assign(n * n, MatrixTariff::kNoFare);
  Reasons reasons;
  std::map<std::size_t, std::size_t> lines;  // of each cell
  for (const CsvRow& row : table->rows()) {
    if (reasons.full()) break;
    const auto from = stop_cell(*table, row, "from", stops),
               to = stop_cell(*table, row, "to", stops);
    const auto fen = fen_cell(*table, row);
    if (!from) reasons.add(from.error());
    if (!to) reasons.add(to.error());
    if (!fen) reasons.add(fen.error());
    if (!from || !to || !fen) continue;
    const auto [first, is_new] = lines.emplace(*from * n + *to, row.line);
    if (!is_new) reasons.add(table->twice(row, "from", "this pair", first->second));
    out.cells[*from * n + *to] = *fen;
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  if (symmetric) fill_ways_back(out.cells, n);
  return out;
}

Result<Tariff> as_tariff(Result<MatrixTariff> matrix) {
  if (!matrix) return fail(std::move(matrix.error()));
  return Tariff{*std::move(matrix)};
}

std::vector<std::uint16_t> read_charge_at(TomlReader& in, const std::vector<Stop>& stops) {
  std::vector<std::uint16_t> out;
  for (const std::string& code : in.texts("charge_at")) {
    if (const auto stop = index_of(stops, code))
      out.push_back(static_cast<std::uint16_t>(*stop));
    else
      in.bad("charge_at", no_such_stop(code, stops));
  }
  if (in.has("charge_at") && out.empty()) in.bad("charge_at", "stops were expected");
  std::ranges::sort(out);
  return out;
}

RiderCategory read_rider(TomlReader& in, std::string_view key, std::string_view otherwise,
                         const Source& source) {
  const std::string name = in.text(key, std::string{otherwise});
  const auto rider = rider_from_name(source.riders, name);
  if (!rider) in.bad(key, no_such_rider(name, source.riders));
  return rider.value_or(RiderCategory::adult);
}

Result<CompanionRule> read_companions(const Source& source, const toml::table& table) {
  TomlReader in{"book.toml", table, {"free_children", "child", "max_companions", "companion"}};
  CompanionRule out{
      .free_children = static_cast<std::uint8_t>(in.number("free_children", 0, 100, 0)),
      .child = read_rider(in, "child", "child", source),
      .max_companions = static_cast<std::uint8_t>(in.number("max_companions", 0, 100, 0)),
      .companion = read_rider(in, "companion", "adult", source)};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<RepeatRule> read_repeat(const toml::table& table) {
  TomlReader in{"book.toml", table, {"card_kinds", "max", "within_seconds", "gap_seconds"}};
  RepeatRule out{
      .card_kinds = in.bytes("card_kinds"),
      .max = static_cast<std::uint8_t>(in.number("max", 1, 9)),
      .within_seconds = static_cast<std::uint32_t>(in.number("within_seconds", 1, 86'400)),
      .gap_seconds = static_cast<std::uint32_t>(in.number("gap_seconds", 0, 86'400, 0))};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// A table below `key`; nullptr: the version has none.
const toml::table* table_of(TomlReader& in, const toml::table& table, std::string_view key) {
  if (!in.has(key)) return nullptr;
  if (!table[key].is_table()) in.bad(key, "a table was expected");
  return table[key].as_table();
}

/// What a version says beside its prices.
Status read_rules(const Source& source, TomlReader& in, const toml::table& table,
                  const TariffScope& scope, TariffVersion& out) {
  out.charge_at = read_charge_at(in, scope.stops);
  if (const auto* const rule = table_of(in, table, "companions")) {
    auto parsed = read_companions(source, *rule);
    if (!parsed) return fail(std::move(parsed.error()));
    out.companions = *parsed;
  }
  if (const auto* const rule = table_of(in, table, "repeat")) {
    auto parsed = read_repeat(*rule);
    if (!parsed) return fail(std::move(parsed.error()));
    out.repeat = *std::move(parsed);
  }
  if (std::holds_alternative<FlatTariff>(out.tariff)) return in.status();
  for (const std::string_view key : {"charge_at", "repeat"})
    if (in.has(key)) in.bad(key, "belongs to a flat tariff");
  return in.status();
}

Result<TariffVersion> read_version(const Source& source, const toml::table& table,
                                   const TariffScope& scope) {
  TomlReader in{"book.toml", table,
                keys_of_all({"effective_from", "classes", "charge_at", "companions", "repeat"})};
  TariffVersion out;
  out.effective_from = in.date("effective_from", source.valid_from);
  auto tariff = read_tariff(source.dir, in, scope.stops);
  if (!tariff) return fail(std::move(tariff.error()));
  out.tariff = *std::move(tariff);
  if (auto ok = read_rules(source, in, table, scope, out); !ok) return fail(std::move(ok.error()));
  Reasons reasons;
  for (const toml::table* one : in.tables("classes"))
    out.classes.push_back(reasons.take(read_class(source, *one, scope, out.tariff)));
  reasons.take(in.status());
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace

std::vector<std::string_view> keys_of_all(std::vector<std::string_view> own) {
  own.push_back("kind");
  for (const Kind& kind : kinds()) own.insert(own.end(), kind.keys.begin(), kind.keys.end());
  return own;
}

void no_other_keys(TomlReader& in, const std::vector<std::string_view>& allowed,
                   const std::string& whose) {
  for (const Kind& kind : kinds())
    for (const std::string_view key : kind.keys)
      if (in.has(key) && std::ranges::find(allowed, key) == allowed.end())
        in.bad(key, "does not belong to " + whose);
}

Result<Tariff> read_tariff(const fs::path& dir, TomlReader& in, const std::vector<Stop>& stops) {
  const std::string name = in.text("kind");
  const auto kind = std::ranges::find(kinds(), name, &Kind::name);
  if (kind == kinds().end())
    in.bad("kind", "flat, matrix, distance, per-km or zones was expected");
  else
    no_other_keys(in, kind->keys, "a " + name + " tariff");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (name == "matrix") return as_tariff(read_matrix(dir, in, stops));
  if (name == "distance") return as_tariff(read_distance_tariff(dir, in, stops));
  if (name == "per-km") return as_tariff(read_per_km_tariff(dir, in, stops));
  if (name == "zones") return as_tariff(read_zones_tariff(dir, in, stops));
  const Fen fen{in.number("fen", 0, kFenMax)};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return Tariff{FlatTariff{fen}};
}

Result<std::vector<TariffVersion>> read_versions(const Source& source, const toml::table& table,
                                                 const TariffScope& scope) {
  std::vector<TariffVersion> out;
  Reasons reasons;
  std::map<ServiceDay, std::string> places;  // of the versions, by their first day
  const auto add = [&](const toml::node& node) {
    const std::string place = "book.toml:" + std::to_string(node.source().begin.line);
    if (!node.is_table()) return reasons.add(place + ": tariff: a table was expected");
    auto version = read_version(source, *node.as_table(), scope);
    if (!version) return reasons.add(version.error());
    const auto [first, is_new] = places.emplace(version->effective_from, place);
    if (!is_new)
      reasons.add(place + ": effective_from: " + first->first.text() +
                  " is already the first day of the version at " + first->second);
    out.push_back(*std::move(version));
  };
  const toml::node* const node = table.get("tariff");
  if (node == nullptr)
    return fail(Errc::invalid, "book.toml:" + std::to_string(table.source().begin.line) + ": " +
                                   scope.owner + ": tariff: key is missing");
  if (const auto* const list = node->as_array()) {
    for (const toml::node& one : *list) add(one);
  } else {
    add(*node);
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  std::ranges::sort(out, {}, &TariffVersion::effective_from);
  return out;
}

}  // namespace tidegate::fare
