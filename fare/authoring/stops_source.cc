// SPDX-License-Identifier: Apache-2.0
// Reads stops and finds those that are there twice.
#include "fare/authoring/stops_source.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "fare/authoring/reasons.h"

namespace tidegate::fare {
namespace {

/// Two bytes written as four hex digits, the way card records are printed.
std::optional<std::uint16_t> hex16(std::string_view text) {
  const auto bytes = array_from_hex<2>(text);
  if (!bytes || text.size() != 4) return std::nullopt;
  return static_cast<std::uint16_t>(read_be(*bytes));
}

/// "0001/0021;0004/0003": other card codes of a stop.
std::optional<std::vector<StationBytes>> parse_also(std::string_view text) {
  std::vector<StationBytes> out;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (one.size() != 9 || one[4] != '/') return std::nullopt;
    const auto line = hex16(one.substr(0, 4)), station = hex16(one.substr(5));
    if (!line || !station) return std::nullopt;
    out.push_back({*line, *station});
  }
  return out;
}

/// Reads rows; what is wrong with a row does not keep the next one from being read.
class StopRows {
 public:
  explicit StopRows(const CsvTable& table) : table_{table} {}

  Result<StopsByNetwork> read() {
    for (const CsvRow& row : table_.rows())
      if (!reasons_.full()) read(row);
    if (auto ok = reasons_.status(); !ok) return fail(std::move(ok.error()));
    for (auto& [network, rows] : out_) std::ranges::sort(rows.stops, {}, &Stop::code);
    return std::move(out_);
  }

 private:
  void bad(const CsvRow& row, std::string_view column, std::string_view what) {
    reasons_.add(table_.bad(row, column, what).error());
  }

  std::uint16_t hex(const CsvRow& row, std::string_view column) {
    const std::string_view cell = table_.cell(row, column);
    const auto value = hex16(cell);
    if (!value)
      bad(row, column,
          "4 hex digits were expected, not \"" + std::string{cell} + "\"" +
              (cell.size() < 4 ? " (a spreadsheet drops zeros in front: make the column text)"
                               : ""));
    return value.value_or(0);
  }

  void read(const CsvRow& row) {
    const auto cell = [&](std::string_view column) { return table_.cell(row, column); };
    const auto number = parse_count(cell("number"), 0xFFFF);
    const auto line = parse_count(cell("line"), 0xFF);
    const StationBytes card{hex(row, "card_line"), hex(row, "card_station")};
    auto also = parse_also(cell("also"));
    if (!number || *number == 0) bad(row, "number", "a whole number from 1 to 65535 was expected");
    if (!line) bad(row, "line", "a whole number from 0 to 255 was expected");
    if (!also) bad(row, "also", "codes such as 0001/0021;0004/0003 were expected");
    const std::string network{cell("network")};
    once(row, "code", network, std::string{cell("code")});
    if (number) once(row, "number", network, std::to_string(*number));
    NetworkStops& rows = out_[network];
    if (rows.line == 0) rows.line = row.line;
    rows.lines.emplace(cell("code"), row.line);
    rows.stops.push_back({.code = std::string{cell("code")},
                          .number = static_cast<std::uint16_t>(number.value_or(0)),
                          .name_zh = std::string{cell("name_zh")},
                          .name_en = std::string{cell("name_en")},
                          .card = card,
                          .line = static_cast<Byte>(line.value_or(0)),
                          .also = also.value_or(std::vector<StationBytes>{})});
  }

  /// Codes and numbers are one stop's in their network.
  void once(const CsvRow& row, std::string_view column, const std::string& network,
            const std::string& value) {
    const auto [first, is_new] =
        lines_.emplace(std::string{column} + '\n' + network + '\n' + value, row.line);
    if (is_new) return;
    reasons_.add(table_.twice(row, column, "\"" + value + "\"", first->second));
  }

  const CsvTable& table_;
  Reasons reasons_;
  StopsByNetwork out_;
  std::map<std::string, std::size_t> lines_;
};

}  // namespace

Result<StopsByNetwork> read_stops(const std::filesystem::path& dir) {
  const auto table = read_table(
      dir, "stops.csv",
      {"network", "code", "number", "name_zh", "name_en", "card_line", "card_station", "line"},
      {"also"});
  if (!table) return fail(table.error());
  return StopRows{*table}.read();
}

}  // namespace tidegate::fare
