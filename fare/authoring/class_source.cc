// SPDX-License-Identifier: Apache-2.0
// Reads a class of a tariff.
#include "fare/authoring/class_source.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "fare/authoring/computed_tariffs.h"
#include "fare/authoring/journey_json.h"
#include "fare/authoring/whom_source.h"

namespace tidegate::fare {
namespace {

std::optional<std::uint16_t> read_timeframe(TomlReader& in, const Source& source) {
  if (!in.has("timeframe")) return std::nullopt;
  const std::string name = in.text("timeframe");
  const auto at = std::ranges::find(source.timeframes, name, &Timeframe::name);
  if (at == source.timeframes.end()) {
    std::vector<std::string> known;
    for (const Timeframe& one : source.timeframes) known.push_back(one.name);
    in.bad("timeframe",
           "\"" + name + "\" is not a [[timeframe]] of this book" + did_you_mean(name, known));
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(at - source.timeframes.begin());
}

std::vector<ItemClass> read_items(TomlReader& in) {
  std::vector<ItemClass> out;
  for (const std::string& name : in.texts("items")) {
    if (const auto item = item_from_name(name))
      out.push_back(*item);
    else
      in.bad("items", "person, bicycle or motorcycle was expected, not \"" + name + "\"");
  }
  std::ranges::sort(out);
  return out;
}

JudgedBy read_judged(TomlReader& in) {
  const std::string name = in.text("judged", "entry");
  if (name == "exit") return JudgedBy::exit;
  if (name != "entry") in.bad("judged", "entry or exit was expected");
  return JudgedBy::entry;
}

/// A class that names riders is a concession: where the book has a [region], it is for cards of the
/// region alone unless it says otherwise.
void read_issuers(TomlReader& in, const toml::table& table, const Source& source,
                  const TariffScope& scope, FareClass& out) {
  if (table["issuers"].is_array()) {
    out.issuers = in.cities("issuers");
    if (out.issuers.empty()) in.bad("issuers", "cities were expected");
    return;
  }
  const std::string word =
      in.text("issuers", source.region && !out.riders.empty() ? "local" : "any");
  if (word == "any") return;
  if (word != "local" && word != "foreign")
    in.bad("issuers", "local, foreign, any or an array of cities was expected");
  out.issuers = scope.local_cities;
  out.other_issuers = word == "foreign";
}

/// "student+child@peak/qr"; what a class says of its own accord beside riders stands behind them.
std::string class_name(const FareClass& one, TomlReader& in, const toml::table& table,
                       const Source& source) {
  std::string out;
  for (const RiderCategory rider : one.riders)
    out.append(out.empty() ? "" : "+").append(rider_name(source.riders, rider));
  if (out.empty()) out = "all";
  if (one.timeframe) out.append("@").append(source.timeframes[*one.timeframe].name);
  for (const MediumKind medium : one.media) out.append("/").append(name_of(medium));
  for (const ItemClass item : one.items) out.append("/").append(item_name(item));
  if (const auto* const word = table["issuers"].as_string())
    out.append("/").append(word->get());
  else if (in.has("issuers"))
    out.append("/issuers");
  if (in.has("between")) out.append("/between");
  return out;
}

/// Which stops a class is confined to.
Result<std::vector<bool>> read_between(TomlReader& in, const toml::table& table,
                                       const Source& source, const TariffScope& scope) {
  std::vector<bool> out(scope.stops.size(), false);
  if (table["between"].is_string()) {
    const std::string file = in.file_in(source.dir, "between");
    if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
    const auto rows = read_table(source.dir, file, {"stop"});
    if (!rows) return fail(rows.error());
    Reasons reasons;
    for (const CsvRow& row : rows->rows())
      if (!reasons.full()) out[reasons.take(stop_cell(*rows, row, "stop", scope.stops))] = true;
    if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
    return out;
  }
  for (const std::string& code : in.texts("between")) {
    if (const auto stop = index_of(scope.stops, code))
      out[*stop] = true;
    else
      in.bad("between", no_such_stop(code, scope.stops));
  }
  if (std::ranges::count(out, true) < 2) in.bad("between", "two stops or more were expected");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// Rides with an end elsewhere have no fare in it.
MatrixTariff confined(const Tariff& tariff, const std::vector<bool>& between) {
  const std::size_t n = between.size();
  MatrixTariff out;
  if (const auto* const flat = std::get_if<FlatTariff>(&tariff))
    out = {
        .cells = std::vector<std::uint32_t>(n * n, static_cast<std::uint32_t>(flat->fen.count())),
        .rule = "flat"};
  else
    out = std::get<MatrixTariff>(tariff);
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = 0; to < n; ++to)
      if (!between[from] || !between[to]) out.cells[from * n + to] = MatrixTariff::kNoFare;
  return out;
}

/// The version's own tariff and so much more, or less; never below 0.
Result<Tariff> read_surcharge(TomlReader& in, const Tariff& base) {
  const Fen more{in.number("add_fen", -kFenMax, kFenMax)};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto added = [more](Fen fen) { return std::clamp(fen + more, Fen{0}, Fen{kFenMax}); };
  if (const auto* const flat = std::get_if<FlatTariff>(&base))
    return Tariff{FlatTariff{added(flat->fen)}};
  MatrixTariff out = std::get<MatrixTariff>(base);
  for (std::uint32_t& cell : out.cells)
    if (cell != MatrixTariff::kNoFare) cell = static_cast<std::uint32_t>(added(Fen{cell}).count());
  return Tariff{std::move(out)};
}

/// What it costs: a kind of tariff, a percentage of the version's own, or a sum on top of it.
Result<Tariff> read_price(const Source& source, TomlReader& in, const TariffScope& scope,
                          const Tariff& base) {
  if (in.has("kind") + in.has("percent") + in.has("add_fen") != 1)
    in.bad("percent", "one of percent, add_fen and kind was expected");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (in.has("percent")) no_other_keys(in, {"rounding", "unit_fen", "floor_fen"}, "a percentage");
  if (in.has("add_fen")) no_other_keys(in, {}, "a surcharge");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (in.has("percent")) return read_percentage(in, base);
  if (in.has("add_fen")) return read_surcharge(in, base);
  return read_tariff(source.dir, in, scope.stops);
}

}  // namespace

Result<FareClass> read_class(const Source& source, const toml::table& table,
                             const TariffScope& scope, const Tariff& base) {
  TomlReader in{
      "book.toml", table,
      keys_of_all({"name", "riders", "timeframe", "judged", "media", "issuers", "items", "between",
                   "percent", "add_fen", "floor_fen", "rounding", "unit_fen"})};
  FareClass out{.name = {},
                .riders = read_riders(in, source.riders),
                .timeframe = read_timeframe(in, source),
                .media = read_media(in),
                .tariff = {},
                .items = read_items(in),
                .judged = read_judged(in)};
  read_issuers(in, table, source, scope, out);
  if (in.has("judged") && !out.timeframe) in.bad("judged", "stands beside a timeframe");
  out.name = in.text("name", class_name(out, in, table, source));
  auto tariff = read_price(source, in, scope, base);
  if (!tariff) return fail(std::move(tariff.error()));
  if (in.has("between")) {
    if (std::holds_alternative<FlatTariff>(base))
      in.bad("between", "a flat tariff does not see where one leaves");
    const auto between = read_between(in, table, source, scope);
    if (!between) return fail(between.error());
    *tariff = confined(*tariff, *between);
  }
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  out.tariff = *std::move(tariff);
  return out;
}

}  // namespace tidegate::fare
