// SPDX-License-Identifier: Apache-2.0
// Reads through rules: border stations, or one tariff over the stops of two networks.
#include "fare/authoring/through_source.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "fare/authoring/reasons.h"
#include "fare/authoring/tariff_source.h"
#include "fare/authoring/toml_reader.h"
#include "fare/authoring/whom_source.h"

namespace tidegate::fare {
namespace {

/// Index of a network of the book.
std::uint16_t read_network(TomlReader& in, std::string_view key, const BookModel& book) {
  const std::string id = in.text(key);
  const auto at = std::ranges::find(book.networks, id, &Network::id);
  if (at != book.networks.end()) return static_cast<std::uint16_t>(at - book.networks.begin());
  in.bad(key, "\"" + id + "\" is not a [[network]] of this book");
  return 0;
}

/// Stops of both, as tables of a joined tariff name them: "network:stop". Sorted, as those of `a`
/// stand together: no id has a colon.
std::vector<Stop> stops_of_both(const Network& a, const Network& b) {
  std::vector<Stop> out;
  for (const Network* const network : {&a, &b})
    for (const Stop& stop : network->stops) {
      out.push_back(stop);
      out.back().code = network->id + ":" + stop.code;
    }
  std::ranges::sort(out, {}, &Stop::code);
  return out;
}

/// [["a-stop", "b-stop"], …]; `turned`: the first is b's.
std::vector<Border> read_borders(TomlReader& in, const toml::table& table, const Network& a,
                                 const Network& b, bool turned) {
  constexpr const char* kExpected =
      "pairs of stops such as [[\"huaqiao\", \"huaqiao-sz\"]] were expected";
  std::vector<Border> out;
  const auto* const list = table["borders"].as_array();
  if (list == nullptr || list->empty()) in.bad("borders", kExpected);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto* const pair = (*list)[i].as_array();
    const bool texts =
        pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string();
    if (!texts) {
      in.bad("borders", kExpected);
      break;
    }
    std::array<std::string, 2> codes{(*pair)[0].as_string()->get(), (*pair)[1].as_string()->get()};
    if (turned) std::swap(codes[0], codes[1]);
    const auto in_a = index_of(a.stops, codes[0]), in_b = index_of(b.stops, codes[1]);
    if (!in_a) in.bad("borders", "in " + a.id + ": " + no_such_stop(codes[0], a.stops));
    if (!in_b) in.bad("borders", "in " + b.id + ": " + no_such_stop(codes[1], b.stops));
    if (in_a && in_b)
      out.push_back({static_cast<std::uint16_t>(*in_a), static_cast<std::uint16_t>(*in_b)});
  }
  std::ranges::sort(out);
  return out;
}

Result<ThroughRule> read_rule(const Source& source, const toml::table& table,
                              const BookModel& book) {
  TomlReader in{"book.toml",
                table,
                {"name", "from", "to", "pricing", "borders", "tariff", "media", "effective_from"}};
  const std::uint16_t from = read_network(in, "from", book), to = read_network(in, "to", book);
  if (from == to) in.bad("to", "is the network of from");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  // A rule counts both ways, so it is kept one way: in the order in which both networks' stops
  // sort.
  const bool turned = book.networks[to].id + ":" < book.networks[from].id + ":";
  ThroughRule out{.name = {}, .a = turned ? to : from, .b = turned ? from : to};
  const Network &a = book.networks[out.a], &b = book.networks[out.b];
  out.name = in.text("name", a.id + "." + b.id);
  out.effective_from = in.date("effective_from", source.valid_from);
  out.media = read_media(in);
  const std::string pricing = in.text("pricing");
  if (pricing == "sum")
    out.borders = read_borders(in, table, a, b, turned);
  else if (pricing != "joined")
    in.bad("pricing", "sum or joined was expected");
  if (pricing == "sum" && in.has("tariff")) in.bad("tariff", "belongs to joined pricing");
  if (pricing == "joined" && in.has("borders")) in.bad("borders", "belong to pricing by sum");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (pricing == "sum") return out;
  const std::vector<Stop> stops = stops_of_both(a, b);
  auto versions = read_versions(source, table,
                                {.owner = "through " + out.name,
                                 .stops = stops,
                                 .local_cities = local_cities(source, {a.city, b.city})});
  if (!versions) return fail(std::move(versions.error()));
  out.versions = *std::move(versions);
  return out;
}

}  // namespace

Status read_through(const Source& source, const std::vector<const toml::table*>& tables,
                    BookModel& book) {
  Reasons reasons;
  for (const toml::table* table : tables)
    book.through.push_back(reasons.take(read_rule(source, *table, book)));
  if (auto ok = reasons.status(); !ok) return ok;
  std::ranges::sort(book.through, {}, &ThroughRule::name);
  return {};
}

}  // namespace tidegate::fare
