// SPDX-License-Identifier: Apache-2.0
// What the readers of tariff sources share: files, cells, stops.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fare/authoring/csv.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

struct NetworkStops {
  std::size_t line = 0;                                   ///< of the first row, for messages
  std::map<std::string, std::size_t, std::less<>> lines;  ///< of each stop, by its code
  std::vector<Stop> stops;
};
using StopsByNetwork = std::map<std::string, NetworkStops, std::less<>>;

/// Where the source is, and what the whole book needs to know.
struct Source {
  std::filesystem::path dir;
  StopsByNetwork stops;
  ServiceDay valid_from;
  std::vector<Rider> riders;          ///< sorted by number
  std::vector<Timeframe> timeframes;  ///< sorted by name
  /// [region]: cities whose cards are treated as local; nullopt: the book has no such table.
  std::optional<std::vector<std::uint16_t>> region;
};

/// Of `cities` and those that the region treats alike, sorted.
[[nodiscard]] std::vector<std::uint16_t> local_cities(const Source& source,
                                                      std::vector<std::uint16_t> cities);

/// A file beside book.toml.
[[nodiscard]] Result<std::string> read_source(const std::filesystem::path& dir,
                                              const std::string& name);
/// Such a file as a table.
[[nodiscard]] Result<CsvTable> read_table(const std::filesystem::path& dir, const std::string& name,
                                          const std::vector<std::string_view>& required,
                                          const std::vector<std::string_view>& optional = {});
/// In stops sorted by code.
[[nodiscard]] std::optional<std::size_t> index_of(const std::vector<Stop>& stops,
                                                  std::string_view code);
/// Says that there is no such stop, and which may be meant.
[[nodiscard]] std::string no_such_stop(std::string_view code, const std::vector<Stop>& stops);
/// Index of the stop that a cell names, or an error that says it does not.
[[nodiscard]] Result<std::size_t> stop_cell(const CsvTable& table, const CsvRow& row,
                                            std::string_view column,
                                            const std::vector<Stop>& stops);
/// A pair without a fare gets that of its way back. `cells` is a matrix of stops × stops.
void fill_ways_back(std::vector<std::uint32_t>& cells, std::size_t stops);
/// A fare in a cell.
[[nodiscard]] Result<std::uint32_t> fen_cell(const CsvTable& table, const CsvRow& row);

}  // namespace tidegate::fare
