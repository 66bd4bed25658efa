// SPDX-License-Identifier: Apache-2.0
// Compiles book.toml with its tables into a fare book.
#include "fare/authoring/compile.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/csv.h"
#include "fare/authoring/journey_json.h"
#include "fare/authoring/toml_reader.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/golden.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSourceBytesMax = 64UL << 20U;

constexpr std::array<std::pair<std::string_view, Byte>, 14> kIndustries{{{"metro", 0x01},
                                                                         {"bus", 0x02},
                                                                         {"water-bus", 0x03},
                                                                         {"taxi", 0x04},
                                                                         {"car-rental", 0x05},
                                                                         {"public-bike", 0x06},
                                                                         {"parking", 0x07},
                                                                         {"coach", 0x08},
                                                                         {"ferry", 0x09},
                                                                         {"intercity-rail", 0x0A},
                                                                         {"aviation", 0x0B},
                                                                         {"toll", 0x0C},
                                                                         {"suburban-rail", 0x0E},
                                                                         {"other", 0x00}}};

Result<std::string> read_source(const fs::path& dir, const std::string& name) {
  if (name.empty() || name.contains('/'))
    return fail(Errc::invalid, "\"" + name + "\" is not the name of a file beside book.toml");
  auto bytes = posix::read_file(dir / name, kSourceBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), name);
  return std::string{as_text(*bytes)};
}

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

struct NetworkStops {
  std::size_t line = 0;  ///< of the first row, for messages
  std::vector<Stop> stops;
};
using StopsByNetwork = std::map<std::string, NetworkStops, std::less<>>;

Result<StopsByNetwork> read_stops(const fs::path& dir) {
  const auto text = read_source(dir, "stops.csv");
  if (!text) return fail(text.error());
  const auto table = CsvTable::parse(
      "stops.csv", *text,
      {"network", "code", "number", "name_zh", "name_en", "card_line", "card_station", "line"},
      {"also"});
  if (!table) return fail(table.error());
  StopsByNetwork out;
  for (const CsvRow& row : table->rows()) {
    const auto cell = [&](std::string_view column) { return table->cell(row, column); };
    const auto number = parse_count(cell("number"), 0xFFFF);
    const auto line = parse_count(cell("line"), 0xFF);
    const auto card_line = hex16(cell("card_line")), card_station = hex16(cell("card_station"));
    auto also = parse_also(cell("also"));
    if (!number || *number == 0)
      return table->bad(row, "number", "a whole number from 1 to 65535 was expected");
    if (!line) return table->bad(row, "line", "a whole number from 0 to 255 was expected");
    if (!card_line) return table->bad(row, "card_line", "4 hex digits were expected");
    if (!card_station) return table->bad(row, "card_station", "4 hex digits were expected");
    if (!also) return table->bad(row, "also", "codes such as 0001/0021;0004/0003 were expected");
    auto& [first_line, stops] = out[std::string{cell("network")}];
    if (first_line == 0) first_line = row.line;
    stops.push_back({.code = std::string{cell("code")},
                     .number = static_cast<std::uint16_t>(*number),
                     .name_zh = std::string{cell("name_zh")},
                     .name_en = std::string{cell("name_en")},
                     .card = {*card_line, *card_station},
                     .line = static_cast<Byte>(*line),
                     .also = *std::move(also)});
  }
  for (auto& [network, rows] : out) std::ranges::sort(rows.stops, {}, &Stop::code);
  return out;
}

std::optional<std::size_t> index_of(const std::vector<Stop>& stops, std::string_view code) {
  const auto at = std::ranges::lower_bound(stops, code, {}, &Stop::code);
  if (at == stops.end() || at->code != code) return std::nullopt;
  return static_cast<std::size_t>(at - stops.begin());
}

/// Cells that the table does not name stay without a fare. `symmetric`: a row also gives the way
/// back, unless a row of its own does.
Result<MatrixTariff> read_matrix(const fs::path& dir, const std::string& name,
                                 const std::vector<Stop>& stops, bool symmetric) {
  const auto text = read_source(dir, name);
  if (!text) return fail(text.error());
  const auto table = CsvTable::parse(name, *text, {"from", "to", "fen"});
  if (!table) return fail(table.error());
  const std::size_t n = stops.size();
  MatrixTariff out;
  out.cells.assign(n * n, MatrixTariff::kNoFare);
  for (const CsvRow& row : table->rows()) {
    const auto from = index_of(stops, table->cell(row, "from"));
    const auto to = index_of(stops, table->cell(row, "to"));
    const auto fen = parse_count(table->cell(row, "fen"), kFenMax);
    if (!from) return table->bad(row, "from", "is not a stop of this network in stops.csv");
    if (!to) return table->bad(row, "to", "is not a stop of this network in stops.csv");
    if (!fen) return table->bad(row, "fen", "a whole number from 0 to 16777215 was expected");
    std::uint32_t& cell = out.cells[*from * n + *to];
    if (cell != MatrixTariff::kNoFare) return table->bad(row, "from", "this pair is there twice");
    cell = static_cast<std::uint32_t>(*fen);
  }
  if (!symmetric) return out;
  const auto given = out.cells;
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = 0; to < n; ++to)
      if (given[from * n + to] == MatrixTariff::kNoFare)
        out.cells[from * n + to] = given[to * n + from];
  return out;
}

/// Where the source is, and what the whole book needs to know.
struct Source {
  fs::path dir;
  StopsByNetwork stops;
  ServiceDay valid_from;
};

Result<TariffVersion> read_tariff(const Source& source, const toml::table& table,
                                  const std::vector<Stop>& stops) {
  TomlReader in{"book.toml", table, {"kind", "fen", "csv", "symmetric", "effective_from"}};
  TariffVersion out;
  out.effective_from = in.date("effective_from", source.valid_from);
  const std::string kind = in.text("kind");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (kind == "flat") {
    if (in.has("csv") || in.has("symmetric")) in.bad("csv", "does not belong to a flat tariff");
    out.tariff = FlatTariff{Fen{in.number("fen", 0, kFenMax)}};
  } else if (kind == "matrix") {
    if (in.has("fen")) in.bad("fen", "does not belong to a matrix tariff");
    const std::string csv = in.text("csv");
    const bool symmetric = in.flag("symmetric", false);
    if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
    auto matrix = read_matrix(source.dir, csv, stops, symmetric);
    if (!matrix) return fail(std::move(matrix.error()));
    out.tariff = *std::move(matrix);
  } else {
    in.bad("kind", "flat or matrix was expected");
  }
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// `tariff = {…}` for one version, or [[network.tariff]] for several.
Status read_versions(const Source& source, const toml::table& table, Network& network) {
  const auto add = [&](const toml::node& node) -> Status {
    if (!node.is_table())
      return fail(Errc::invalid, "book.toml:" + std::to_string(node.source().begin.line) +
                                     ": tariff: a table was expected");
    auto version = read_tariff(source, *node.as_table(), network.stops);
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

Byte read_industry(TomlReader& in) {
  const std::string name = in.text("industry");
  for (const auto& [known, code] : kIndustries)
    if (known == name) return code;
  in.bad("industry", "metro, bus, ferry, … was expected, not \"" + name + "\"");
  return 0;
}

Result<Network> read_network(const Source& source, const toml::table& table) {
  TomlReader in{"book.toml",
                table,
                {"id", "code", "name_zh", "name_en", "city", "acquirer", "industry", "operator",
                 "rollover", "minimum_balance_fen", "tariff"}};
  Network out{.id = in.text("id"),
              .code = static_cast<std::uint16_t>(in.number("code", 1, 0xFFFF)),
              .name_zh = in.text("name_zh"),
              .name_en = in.text("name_en"),
              .city = static_cast<std::uint16_t>(read_be(in.hex<2>("city"))),
              .acquirer = in.hex<8>("acquirer"),
              .industry = read_industry(in),
              .operator_code = static_cast<std::uint16_t>(read_be(in.hex<2>("operator"))),
              .rollover_minutes = in.time_of_day("rollover", "02:00"),
              .minimum_balance = Fen{in.number("minimum_balance_fen", 0, kFenMax, 0)}};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  const auto stops = source.stops.find(out.id);
  if (stops == source.stops.end())
    return fail(Errc::invalid, in.place("id") + ": network " + out.id + " has no row in stops.csv");
  out.stops = stops->second.stops;
  if (auto ok = read_versions(source, table, out); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::vector<GoldenJourney>> read_golden(const fs::path& dir) {
  constexpr const char* kName = "golden.jsonl";
  std::vector<GoldenJourney> out;
  std::error_code ignored;
  if (!fs::exists(dir / kName, ignored)) return out;
  const auto text = read_source(dir, kName);
  if (!text) return fail(text.error());
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto journey = parse_journey(line, JourneyUse::golden);
    if (!journey)
      return fail(std::move(journey.error()), std::string{kName} + ":" + std::to_string(number));
    out.push_back(*std::move(journey));
  }
  return out;
}

Result<toml::table> parse_toml(const fs::path& dir) {
  const auto text = read_source(dir, "book.toml");
  if (!text) return fail(text.error());
  try {
    return toml::parse(*text);
  } catch (const toml::parse_error& error) {
    return fail(Errc::invalid, "book.toml:" + std::to_string(error.source().begin.line) + ": " +
                                   std::string{error.description()});
  }
}

Status read_networks(Source& source, const toml::table& root, BookModel& out) {
  const auto* const networks = root.get_as<toml::array>("network");
  if (networks == nullptr || networks->empty())
    return fail(Errc::invalid, "book.toml:1: at least one [[network]] was expected");
  for (const toml::node& node : *networks) {
    if (!node.is_table())
      return fail(Errc::invalid, "book.toml:" + std::to_string(node.source().begin.line) +
                                     ": network: a table was expected");
    auto network = read_network(source, *node.as_table());
    if (!network) return fail(std::move(network.error()));
    source.stops.erase(network->id);
    out.networks.push_back(*std::move(network));
  }
  if (!source.stops.empty())
    return fail(Errc::invalid, "stops.csv:" + std::to_string(source.stops.begin()->second.line) +
                                   ": network \"" + source.stops.begin()->first +
                                   "\" is not in book.toml, or is there twice");
  std::ranges::sort(out.networks, {}, &Network::id);
  return {};
}

}  // namespace

Result<BookModel> read_book_source(const fs::path& dir) {
  const auto root = parse_toml(dir);
  if (!root) return fail(root.error());
  TomlReader top{"book.toml", *root, {"book", "network"}};
  const auto* const table = root->get_as<toml::table>("book");
  if (table == nullptr) top.bad("book", "the table [book] is missing");
  if (auto ok = top.status(); !ok) return fail(std::move(ok.error()));
  TomlReader in{"book.toml", *table, {"name", "number", "valid_from"}};
  BookModel out{.name = in.text("name"),
                .number = static_cast<std::uint64_t>(in.number("number", 1, INT64_MAX)),
                .valid_from = in.date("valid_from")};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  auto stops = read_stops(dir);
  if (!stops) return fail(std::move(stops.error()));
  Source source{.dir = dir, .stops = *std::move(stops), .valid_from = out.valid_from};
  if (auto ok = read_networks(source, *root, out); !ok) return fail(std::move(ok.error()));
  auto golden = read_golden(dir);
  if (!golden) return fail(std::move(golden.error()));
  out.golden = *std::move(golden);
  return out;
}

Result<Bytes> compile_book(const fs::path& dir, const CompileOptions& options) {
  auto model = read_book_source(dir);
  if (!model) return fail(std::move(model.error()));
  if (options.number) model->number = *options.number;
  if (auto ok = check_book(*model); !ok) return fail(std::move(ok.error()));
  Bytes payload = encode_book(*model);
  const auto book = Book::load(payload);
  if (!book) return fail(book.error());
  if (auto ok = check_golden_journeys(**book); !ok) return fail(std::move(ok.error()));
  return payload;
}

}  // namespace tidegate::fare
