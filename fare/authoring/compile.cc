// SPDX-License-Identifier: Apache-2.0
// Compiles book.toml with its tables into a fare book.
#include "fare/authoring/compile.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "fare/authoring/between_source.h"
#include "fare/authoring/declarations_source.h"
#include "fare/authoring/journey_lines.h"
#include "fare/authoring/places.h"
#include "fare/authoring/policy_source.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/refusal_detail.h"
#include "fare/authoring/source.h"
#include "fare/authoring/stops_source.h"
#include "fare/authoring/tariff_source.h"
#include "fare/authoring/through_source.h"
#include "fare/authoring/toml_reader.h"
#include "fare/authoring/toml_text.h"
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

Byte read_industry(TomlReader& in) {
  const std::string name = in.text("industry");
  const auto industry = industry_from_name(name);
  if (!industry) {
    std::string all;
    for (const auto& [known, code] : kIndustries) all.append(all.empty() ? "" : ", ").append(known);
    in.bad("industry", "one of " + all + " was expected, not \"" + name + "\"");
  }
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
  if (stops == source.stops.end()) {
    std::vector<std::string> known;
    for (const auto& [network, rows] : source.stops) known.push_back(network);
    return fail(Errc::invalid, in.place("id") + ": network " + out.id + " has no row in stops.csv" +
                                   did_you_mean(out.id, known));
  }
  out.stops = stops->second.stops;
  auto versions = read_versions(source, table,
                                {.owner = "network " + out.id,
                                 .stops = out.stops,
                                 .local_cities = local_cities(source, {out.city})});
  Reasons reasons;
  out.versions = reasons.take(std::move(versions));
  out.policy = reasons.take(read_policy(source.dir, table, out.stops));
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::vector<JourneyLine>> read_golden(const fs::path& dir, std::span<const Rider> riders) {
  constexpr const char* kName = "golden.jsonl";
  std::error_code ignored;
  if (!fs::exists(dir / kName, ignored)) return {};
  const auto text = read_source(dir, kName);
  if (!text) return fail(text.error());
  return parse_journeys(kName, *text, JourneyUse::golden, riders);
}

Status read_networks(const Source& source, const toml::table& root, BookModel& out) {
  const auto* const networks = root.get_as<toml::array>("network");
  if (networks == nullptr || networks->empty())
    return fail(Errc::invalid, "book.toml:1: at least one [[network]] was expected");
  Reasons reasons;
  std::map<std::string, std::string, std::less<>> ids;  // and their places
  std::map<std::uint16_t, std::string> codes;
  for (const toml::node& node : *networks) {
    const std::string place = "book.toml:" + std::to_string(node.source().begin.line);
    if (!node.is_table()) {
      reasons.add(place + ": network: a table was expected");
      continue;
    }
    const std::string id = (*node.as_table())["id"].value<std::string>().value_or("");
    const auto [same_id, new_id] = ids.emplace(id, place);
    if (!new_id && !id.empty())
      reasons.add(std::string{place}
                      .append(": network ")
                      .append(id)
                      .append(" is there twice, first ")
                      .append(same_id->second));
    auto network = read_network(source, *node.as_table());
    if (!network) {
      reasons.add(network.error());
      continue;
    }
    const auto [same_code, new_code] = codes.emplace(
        network->code, std::string{"network "}.append(id).append(" (").append(place).append(")"));
    if (!new_code && new_id)
      reasons.add(place + ": code: " + std::to_string(network->code) + " is already that of " +
                  same_code->second);
    out.networks.push_back(*std::move(network));
  }
  for (const auto& [id, rows] : source.stops)
    if (!ids.contains(id))
      reasons.add("stops.csv:" + std::to_string(rows.line) + ": network \"" + id +
                  "\" is not in book.toml");
  if (auto ok = reasons.status(); !ok) return ok;
  std::ranges::sort(out.networks, {}, &Network::id);
  return read_completions(root, out.networks);
}

/// A book as its source says it, and where.
struct SourceBook {
  BookModel model;
  Places places;
};

/// The tables of book.toml that it must have, and that are what they should be.
Status check_top(TomlReader& top, const toml::table& root) {
  if (root.get_as<toml::table>("book") == nullptr) top.bad("book", "the table [book] is missing");
  for (const char* const name : {"calendar", "region"})
    if (top.has(name) && !root[name].is_table()) top.bad(name, "a table was expected");
  // The readers of rules rely on arrays of tables.
  for (const std::string_view kind :
       {"rider", "timeframe", "through", "transfer", "interchange", "cap", "cumulative", "pass"})
    static_cast<void>(top.tables(kind));
  return top.status();
}

/// What networks and rules name. What is wrong here would be wrong there again, so it is told
/// alone.
Result<Source> read_declarations(const fs::path& dir, TomlReader& top, const toml::table& root,
                                 BookModel& out) {
  Reasons reasons;
  reasons.take(check_top(top, root));
  if (const auto* const table = root.get_as<toml::table>("book")) {
    TomlReader in{"book.toml", *table, {"name", "number", "valid_from"}};
    out.name = in.text("name");
    out.number = static_cast<std::uint64_t>(in.number("number", 1, INT64_MAX));
    out.valid_from = in.date("valid_from");
    reasons.take(in.status());
  }
  Source source{.dir = dir, .stops = reasons.take(read_stops(dir)), .valid_from = out.valid_from};
  out.riders = source.riders = reasons.take(read_own_riders(top.tables("rider")));
  out.timeframes = source.timeframes = reasons.take(read_timeframes(top.tables("timeframe")));
  out.calendar = reasons.take(read_calendar(root));
  source.region = reasons.take(read_region(root));
  if (reasons.none())
    if (auto ok = check_declarations(out); !ok)
      reasons.add(Places{root, source.stops, out.valid_from}.located(ok.error()));
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return source;
}

Result<SourceBook> read_source_book(const fs::path& dir) {
  const auto text = read_source(dir, "book.toml");
  if (!text) return fail(text.error());
  const auto root = parse_toml("book.toml", *text);
  if (!root) return fail(root.error());
  TomlReader top{"book.toml",
                 *root,
                 {"book", "network", "rider", "timeframe", "calendar", "region", "through",
                  "transfer", "interchange", "cap", "cumulative", "pass"}};
  BookModel out;
  const auto source = read_declarations(dir, top, *root, out);
  if (!source) return fail(source.error());
  Reasons reasons;
  reasons.take(read_networks(*source, *root, out));
  const auto golden = reasons.take(read_golden(dir, out.riders));
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  for (const JourneyLine& one : golden) {
    for (const GoldenTap& tap : one.journey.taps) {
      if (reasons.full()) break;
      if (const auto unknown = unknown_place(out, tap.context))
        reasons.add("golden.jsonl:" + std::to_string(one.line) + ": " + unknown->en);
    }
    out.golden.push_back(one.journey);
  }
  reasons.take(read_through(*source, top.tables("through"), out));
  const auto alike = source->region ? std::span{*source->region} : std::span<const std::uint16_t>{};
  out.between = reasons.take(read_between_rides(dir, *root, out, alike));
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  Places places{*root, source->stops, out.valid_from};
  places.add_golden(golden);
  return SourceBook{std::move(out), std::move(places)};
}

Result<Bytes> compile_source(const fs::path& dir, const CompileOptions& options) {
  auto read = read_source_book(dir);
  if (!read) return fail(std::move(read.error()));
  auto& [model, places] = *read;
  if (options.number) model.number = *options.number;
  if (auto ok = check_book(model); !ok) return fail(places.located(ok.error()));
  Bytes payload = encode_book(model);
  const auto book = Book::load(payload);
  if (!book) return fail(places.located(book.error()));
  if (auto ok = check_golden_journeys(**book, INT_MAX); !ok)
    return fail(places.located(ok.error()));
  return payload;
}

}  // namespace

std::optional<Byte> industry_from_name(std::string_view name) noexcept {
  for (const auto& [known, code] : kIndustries)
    if (known == name) return code;
  return std::nullopt;
}

Result<BookModel> read_book_source(const fs::path& dir) {
  auto book = read_source_book(dir);
  if (!book) return fail(first_ten(book.error()));
  return std::move(book->model);
}

Result<Bytes> compile_book(const fs::path& dir, const CompileOptions& options) {
  auto payload = compile_source(dir, options);
  if (!payload) return fail(first_ten(payload.error()));
  return payload;
}

}  // namespace tidegate::fare
