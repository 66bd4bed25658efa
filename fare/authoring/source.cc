// SPDX-License-Identifier: Apache-2.0
// Files and cells of a tariff's source folder.
#include "fare/authoring/source.h"

#include <algorithm>

#include "base/posix/fd.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/text_check.h"

namespace tidegate::fare {
namespace {

constexpr std::size_t kSourceBytesMax = 64UL << 20U;

}  // namespace

std::vector<std::uint16_t> local_cities(const Source& source, std::vector<std::uint16_t> cities) {
  if (source.region) cities.insert(cities.end(), source.region->begin(), source.region->end());
  std::ranges::sort(cities);
  const auto repeated = std::ranges::unique(cities);
  cities.erase(repeated.begin(), repeated.end());
  return cities;
}

Result<std::string> read_source(const std::filesystem::path& dir, const std::string& name) {
  if (name.empty() || name.contains('/'))
    return fail(Errc::invalid, "\"" + name + "\" is not the name of a file beside book.toml");
  auto bytes = posix::read_file(dir / name, kSourceBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), name);
  if (auto ok = check_text(name, as_text(*bytes)); !ok) return fail(std::move(ok.error()));
  return std::string{without_mark(as_text(*bytes))};
}

Result<CsvTable> read_table(const std::filesystem::path& dir, const std::string& name,
                            const std::vector<std::string_view>& required,
                            const std::vector<std::string_view>& optional) {
  const auto text = read_source(dir, name);
  if (!text) return fail(text.error());
  return CsvTable::parse(name, *text, required, optional);
}

std::optional<std::size_t> index_of(const std::vector<Stop>& stops, std::string_view code) {
  const auto at = std::ranges::lower_bound(stops, code, {}, &Stop::code);
  if (at == stops.end() || at->code != code) return std::nullopt;
  return static_cast<std::size_t>(at - stops.begin());
}

Result<std::size_t> stop_cell(const CsvTable& table, const CsvRow& row, std::string_view column,
                              const std::vector<Stop>& stops) {
  const std::string_view code = table.cell(row, column);
  if (const auto index = index_of(stops, code)) return *index;
  return table.bad(row, column, no_such_stop(code, stops));
}

std::string no_such_stop(std::string_view code, const std::vector<Stop>& stops) {
  std::vector<std::string> codes;
  for (const Stop& stop : stops) {
    if (stop.name_zh == code || stop.name_en == code)
      return "\"" + std::string{code} + "\" is a name: its code is " + stop.code;
    codes.push_back(stop.code);
  }
  return "\"" + std::string{code} + "\" is not a stop of this network in stops.csv" +
         did_you_mean(code, codes);
}

void fill_ways_back(std::vector<std::uint32_t>& cells, std::size_t stops) {
  const auto given = cells;
  for (std::size_t from = 0; from < stops; ++from)
    for (std::size_t to = 0; to < stops; ++to)
      if (given[from * stops + to] == MatrixTariff::kNoFare)
        cells[from * stops + to] = given[to * stops + from];
}

Result<std::uint32_t> fen_cell(const CsvTable& table, const CsvRow& row) {
  const std::string_view cell = table.cell(row, "fen");
  if (const auto fen = parse_count(cell, kFenMax)) return static_cast<std::uint32_t>(*fen);
  return table.bad(row, "fen",
                   "\"" + std::string{cell} + "\": a whole number from 0 to 16777215 was expected" +
                       (cell.contains('.') ? ": fen, so 1.50 yuan is 150" : ""));
}

}  // namespace tidegate::fare
