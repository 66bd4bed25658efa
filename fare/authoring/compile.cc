// SPDX-License-Identifier: Apache-2.0
// Compiles book.toml with its tables into a fare book.
#include "fare/authoring/compile.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "fare/authoring/between_source.h"
#include "fare/authoring/csv.h"
#include "fare/authoring/journey_json.h"
#include "fare/authoring/policy_source.h"
#include "fare/authoring/proof_text.h"
#include "fare/authoring/source.h"
#include "fare/authoring/tariff_source.h"
#include "fare/authoring/through_source.h"
#include "fare/authoring/timeframe_text.h"
#include "fare/authoring/toml_reader.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/golden.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

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

Result<StopsByNetwork> read_stops(const fs::path& dir) {
  const auto table = read_table(
      dir, "stops.csv",
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
    for (const std::string_view name : {"name_zh", "name_en"})
      if (plain_text(cell(name)) != cell(name))
        return table->bad(row, name, "is not UTF-8: save the table as \"CSV UTF-8\"");
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

Byte read_industry(TomlReader& in) {
  const std::string name = in.text("industry");
  const auto industry = industry_from_name(name);
  if (!industry) in.bad("industry", "metro, bus, ferry, … was expected, not \"" + name + "\"");
  return industry.value_or(0);
}

Result<Network> read_network(const Source& source, const toml::table& table) {
  TomlReader in{"book.toml",
                table,
                {"id", "code", "name_zh", "name_en", "city", "acquirer", "industry", "operator",
                 "rollover", "minimum_balance_fen", "tariff", "policy"}};
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
  auto versions = read_versions(source, table,
                                {.owner = "network " + out.id,
                                 .stops = out.stops,
                                 .local_cities = local_cities(source, {out.city})});
  if (!versions) return fail(std::move(versions.error()));
  out.versions = *std::move(versions);
  auto policy = read_policy(table);
  if (!policy) return fail(std::move(policy.error()));
  out.policy = *std::move(policy);
  return out;
}

Result<std::vector<Rider>> read_riders(const std::vector<const toml::table*>& tables) {
  std::vector<Rider> out;
  for (const toml::table* table : tables) {
    TomlReader in{"book.toml", *table, {"number", "name", "name_zh", "name_en"}};
    out.push_back({.number = static_cast<RiderCategory>(in.number("number", kOwnRiderMin, 0xFF)),
                   .name = in.text("name"),
                   .name_zh = in.text("name_zh"),
                   .name_en = in.text("name_en")});
    if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  }
  std::ranges::sort(out, {}, &Rider::number);
  return out;
}

Result<std::vector<Timeframe>> read_timeframes(const std::vector<const toml::table*>& tables) {
  std::vector<Timeframe> out;
  for (const toml::table* table : tables) {
    TomlReader in{"book.toml", *table, {"name", "spans"}};
    Timeframe frame{.name = in.text("name"), .spans = {}};
    for (const std::string& text : in.texts("spans")) {
      const auto spans = parse_week_spans(text);
      if (!spans)
        in.bad("spans", spans.error().message());
      else
        frame.spans.insert(frame.spans.end(), spans->begin(), spans->end());
    }
    if (!in.has("spans")) in.bad("spans", "key is missing");
    if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
    out.push_back(std::move(frame));
  }
  std::ranges::sort(out, {}, &Timeframe::name);
  return out;
}

Result<DayCalendar> read_calendar(const toml::table& root) {
  const auto* const table = root.get_as<toml::table>("calendar");
  if (table == nullptr) return DayCalendar{};
  TomlReader in{"book.toml", *table, {"holidays", "working_days"}};
  DayCalendar out{.holidays = in.days("holidays"), .working_days = in.days("working_days")};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::optional<std::vector<std::uint16_t>>> read_region(const toml::table& root) {
  std::optional<std::vector<std::uint16_t>> out;
  const auto* const table = root.get_as<toml::table>("region");
  if (table == nullptr) return out;
  TomlReader in{"book.toml", *table, {"treat_as_local"}};
  out = in.cities("treat_as_local");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::vector<GoldenJourney>> read_golden(const fs::path& dir, std::span<const Rider> riders) {
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
    auto journey = parse_journey(line, JourneyUse::golden, riders);
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
    return fail(Errc::invalid, "book.toml:" + std::to_string(error.source().begin.line) +
                                   ": column " + std::to_string(error.source().begin.column) +
                                   ": " + std::string{error.description()});
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
  return read_completions(root, out.networks);
}

}  // namespace

std::optional<Byte> industry_from_name(std::string_view name) noexcept {
  for (const auto& [known, code] : kIndustries)
    if (known == name) return code;
  return std::nullopt;
}

Result<BookModel> read_book_source(const fs::path& dir) {
  const auto root = parse_toml(dir);
  if (!root) return fail(root.error());
  TomlReader top{"book.toml",
                 *root,
                 {"book", "network", "rider", "timeframe", "calendar", "region", "through",
                  "transfer", "interchange", "cap", "cumulative", "pass"}};
  const auto* const table = root->get_as<toml::table>("book");
  if (table == nullptr) top.bad("book", "the table [book] is missing");
  for (const char* const name : {"calendar", "region"})
    if (top.has(name) && !(*root)[name].is_table()) top.bad(name, "a table was expected");
  const auto rider_tables = top.tables("rider"), frame_tables = top.tables("timeframe");
  // The reader of rules between rides relies on arrays of tables.
  for (const std::string_view kind : {"transfer", "interchange", "cap", "cumulative", "pass"})
    static_cast<void>(top.tables(kind));
  if (auto ok = top.status(); !ok) return fail(std::move(ok.error()));
  TomlReader in{"book.toml", *table, {"name", "number", "valid_from"}};
  BookModel out{.name = in.text("name"),
                .number = static_cast<std::uint64_t>(in.number("number", 1, INT64_MAX)),
                .valid_from = in.date("valid_from")};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  auto stops = read_stops(dir);
  if (!stops) return fail(std::move(stops.error()));
  auto riders = read_riders(rider_tables);
  if (!riders) return fail(std::move(riders.error()));
  auto frames = read_timeframes(frame_tables);
  if (!frames) return fail(std::move(frames.error()));
  out.riders = *std::move(riders);
  out.timeframes = *std::move(frames);
  auto calendar = read_calendar(*root);
  if (!calendar) return fail(std::move(calendar.error()));
  out.calendar = *std::move(calendar);
  auto region = read_region(*root);
  if (!region) return fail(std::move(region.error()));
  // Rules name riders and timeframes: these are checked first.
  if (auto ok = check_declarations(out); !ok) return fail(std::move(ok.error()));
  Source source{.dir = dir,
                .stops = *std::move(stops),
                .valid_from = out.valid_from,
                .riders = out.riders,
                .timeframes = out.timeframes,
                .region = *std::move(region)};
  if (auto ok = read_networks(source, *root, out); !ok) return fail(std::move(ok.error()));
  const auto through = top.tables("through");
  if (auto ok = top.status(); !ok) return fail(std::move(ok.error()));
  if (auto ok = read_through(source, through, out); !ok) return fail(std::move(ok.error()));
  const auto alike =
      source.region ? std::span{std::as_const(*source.region)} : std::span<const std::uint16_t>{};
  auto between = read_between_rides(dir, *root, out, alike);
  if (!between) return fail(std::move(between.error()));
  out.between = *std::move(between);
  auto golden = read_golden(dir, out.riders);
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
