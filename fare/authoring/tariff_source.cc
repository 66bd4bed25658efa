// SPDX-License-Identifier: Apache-2.0
// Reads the versions of a tariff, each of its kind, with its classes.
#include "fare/authoring/tariff_source.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "fare/authoring/computed_tariffs.h"
#include "fare/authoring/toml_reader.h"

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

/// Every key of a kind, and `own`.
std::vector<std::string_view> keys_of_all(std::vector<std::string_view> own) {
  own.push_back("kind");
  for (const Kind& kind : kinds()) own.insert(own.end(), kind.keys.begin(), kind.keys.end());
  return own;
}

/// Cells that the table does not name stay without a fare. `symmetric`: a row also gives the way
/// back, unless a row of its own does.
Result<MatrixTariff> read_matrix(const fs::path& dir, TomlReader& in,
                                 const std::vector<Stop>& stops) {
  const std::string name = in.text("csv");
  const bool symmetric = in.flag("symmetric", false);
  MatrixTariff out;
  out.rule = in.text("rule", std::string{MatrixTariff::kOriginDestination});
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto table = read_table(dir, name, {"from", "to", "fen"});
  if (!table) return fail(table.error());
  const std::size_t n = stops.size();
  out.cells.assign(n * n, MatrixTariff::kNoFare);
  for (const CsvRow& row : table->rows()) {
    const auto from = stop_cell(*table, row, "from", stops),
               to = stop_cell(*table, row, "to", stops);
    const auto fen = fen_cell(*table, row);
    if (!from) return fail(from.error());
    if (!to) return fail(to.error());
    if (!fen) return fail(fen.error());
    std::uint32_t& cell = out.cells[*from * n + *to];
    if (cell != MatrixTariff::kNoFare) return table->bad(row, "from", "this pair is there twice");
    cell = *fen;
  }
  if (symmetric) fill_ways_back(out.cells, n);
  return out;
}

Result<Tariff> as_tariff(Result<MatrixTariff> matrix) {
  if (!matrix) return fail(std::move(matrix.error()));
  return Tariff{*std::move(matrix)};
}

/// Of the keys of every kind, only `allowed`.
void no_other_keys(TomlReader& in, const std::vector<std::string_view>& allowed,
                   const std::string& whose) {
  for (const Kind& kind : kinds())
    for (const std::string_view key : kind.keys)
      if (in.has(key) && std::ranges::find(allowed, key) == allowed.end())
        in.bad(key, "does not belong to " + whose);
}

/// `in` knows the keys of every kind (keys_of_all).
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

std::vector<RiderCategory> read_riders(TomlReader& in, const Source& source) {
  std::vector<RiderCategory> out;
  for (const std::string& name : in.texts("riders")) {
    if (const auto rider = rider_from_name(source.riders, name))
      out.push_back(*rider);
    else
      in.bad("riders", "\"" + name + "\" is neither a built-in rider nor a [[rider]] of this book");
  }
  std::ranges::sort(out);
  return out;
}

std::vector<MediumKind> read_media(TomlReader& in) {
  std::vector<MediumKind> out;
  for (const std::string& name : in.texts("media")) {
    if (const auto medium = medium_from_name(name))
      out.push_back(*medium);
    else
      in.bad("media", "t-union or qr was expected, not \"" + name + "\"");
  }
  std::ranges::sort(out);
  return out;
}

std::optional<std::uint16_t> read_timeframe(TomlReader& in, const Source& source) {
  if (!in.has("timeframe")) return std::nullopt;
  const std::string name = in.text("timeframe");
  const auto at = std::ranges::find(source.timeframes, name, &Timeframe::name);
  if (at == source.timeframes.end()) {
    in.bad("timeframe", "\"" + name + "\" is not a [[timeframe]] of this book");
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(at - source.timeframes.begin());
}

/// "student+child@peak/qr"
std::string class_name(const FareClass& one, const Source& source) {
  std::string out;
  for (const RiderCategory rider : one.riders)
    out.append(out.empty() ? "" : "+").append(rider_name(source.riders, rider));
  if (out.empty()) out = "all";
  if (one.timeframe) out.append("@").append(source.timeframes[*one.timeframe].name);
  for (const MediumKind medium : one.media) out.append("/").append(name_of(medium));
  return out;
}

Result<FareClass> read_class(const Source& source, const toml::table& table,
                             const std::vector<Stop>& stops, const Tariff& base) {
  TomlReader in{"book.toml", table,
                keys_of_all({"name", "riders", "timeframe", "media", "percent", "floor_fen",
                             "rounding", "unit_fen"})};
  FareClass out{.name = {},
                .riders = read_riders(in, source),
                .timeframe = read_timeframe(in, source),
                .media = read_media(in),
                .tariff = {}};
  out.name = in.text("name", class_name(out, source));
  if (in.has("kind") == in.has("percent")) in.bad("percent", "either percent or kind was expected");
  if (in.has("percent")) no_other_keys(in, {"rounding", "unit_fen", "floor_fen"}, "a percentage");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  auto tariff = in.has("percent") ? read_percentage(in, base) : read_tariff(source.dir, in, stops);
  if (!tariff) return fail(std::move(tariff.error()));
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  out.tariff = *std::move(tariff);
  return out;
}

Result<TariffVersion> read_version(const Source& source, const toml::table& table,
                                   const std::vector<Stop>& stops) {
  TomlReader in{"book.toml", table, keys_of_all({"effective_from", "classes"})};
  TariffVersion out;
  out.effective_from = in.date("effective_from", source.valid_from);
  auto tariff = read_tariff(source.dir, in, stops);
  if (!tariff) return fail(std::move(tariff.error()));
  out.tariff = *std::move(tariff);
  for (const toml::table* one : in.tables("classes")) {
    auto parsed = read_class(source, *one, stops, out.tariff);
    if (!parsed) return fail(std::move(parsed.error()));
    out.classes.push_back(*std::move(parsed));
  }
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace

Status read_versions(const Source& source, const toml::table& table, Network& network) {
  const auto add = [&](const toml::node& node) -> Status {
    if (!node.is_table())
      return fail(Errc::invalid, "book.toml:" + std::to_string(node.source().begin.line) +
                                     ": tariff: a table was expected");
    auto version = read_version(source, *node.as_table(), network.stops);
    if (!version) return fail(std::move(version.error()));
    network.versions.push_back(*std::move(version));
    return {};
  };
  const toml::node* const node = table.get("tariff");
  if (node == nullptr)
    return fail(Errc::invalid, "book.toml:" + std::to_string(table.source().begin.line) +
                                   ": network " + network.id + ": tariff: key is missing");
  if (const auto* const list = node->as_array()) {
    for (const toml::node& one : *list)
      if (auto ok = add(one); !ok) return ok;
  } else if (auto ok = add(*node); !ok) {
    return ok;
  }
  std::ranges::sort(network.versions, {}, &TariffVersion::effective_from);
  return {};
}

}  // namespace tidegate::fare
