// SPDX-License-Identifier: Apache-2.0
// The data of the heat map: each grid as indices into its own list of (old, new) prices.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fare/authoring/html_report_parts.h"
#include "fare/authoring/json.h"
#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

Json number(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

/// A few hundred different prices stand for 173,056 cells: one or two bytes a cell, little-endian.
Json layer_json(const DiffLayer& layer) {
  std::map<std::pair<Outcome, Outcome>, std::uint32_t> index;
  std::vector<std::uint32_t> cells;
  cells.reserve(layer.before.size());
  JsonArray prices;
  for (std::size_t i = 0; i < layer.before.size(); ++i) {
    const auto [at, is_new] = index.try_emplace({layer.before[i], layer.after[i]},
                                                static_cast<std::uint32_t>(index.size()));
    if (is_new)
      prices.push_back(
          JsonArray{std::int64_t{layer.before[i].number()}, std::int64_t{layer.after[i].number()}});
    cells.push_back(at->second);
  }
  const std::size_t width = index.size() <= 0x100 ? 1 : index.size() <= 0x10000 ? 2 : 4;
  std::string bytes;
  bytes.reserve(cells.size() * width);
  for (const std::uint32_t cell : cells)
    for (std::size_t i = 0; i < width; ++i)
      bytes.push_back(static_cast<char>(cell >> (8 * i) & 0xFFU));
  return JsonObject{
      {"prices", std::move(prices)}, {"width", number(width)}, {"cells", base64(bytes)}};
}

Json network_json(const NetworkDiff& network) {
  JsonArray stops, moments, layer_of, layers;
  for (const StopName& stop : network.stops)
    stops.push_back(JsonArray{stop.code, stop.zh, stop.en});
  for (const Moment& moment : network.moments)
    moments.push_back(JsonArray{minute_text(moment.at), moment.name_zh, moment.name_en});
  for (const std::size_t layer : network.layer_of) layer_of.push_back(number(layer));
  for (const DiffLayer& layer : network.layers) layers.push_back(layer_json(layer));
  return JsonObject{{"id", network.id},
                    {"zh", network.name_zh},
                    {"en", network.name_en},
                    {"boarding", network.by_boarding},
                    {"stops", std::move(stops)},
                    {"moments", std::move(moments)},
                    {"layerOf", std::move(layer_of)},
                    {"layers", std::move(layers)}};
}

/// Texts of the refusals that occur, by number.
Json reasons_json(const DiffReport& report) {
  std::set<RefusalCode> codes;
  for (const NetworkDiff& network : report.networks)
    for (const DiffLayer& layer : network.layers)
      for (const auto* const side : {&layer.before, &layer.after})
        for (const Outcome outcome : *side)
          if (!outcome.accepted()) codes.insert(outcome.reason());
  JsonObject out;
  for (const RefusalCode code : codes) {
    const RefusalText& text = refusal_text(code);
    out.emplace_back(std::to_string(std::to_underlying(code)),
                     JsonArray{text.name, text.zh, text.en});
  }
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(k <= left ? kDigits[group >> (18 - 6 * k) & 0x3FU] : '=');
  }
  return out;
}

std::string report_data(const DiffReport& report) {
  JsonArray riders, networks;
  for (const RiderCategory rider : report.riders) {
    const RiderName name = rider_title(report.own_riders, rider);
    riders.push_back(JsonArray{name.zh, name.en});
  }
  for (const NetworkDiff& network : report.networks)
    if (!network.layers.empty()) networks.push_back(network_json(network));
  const std::string text = Json{JsonObject{{"riders", std::move(riders)},
                                           {"reasons", reasons_json(report)},
                                           {"networks", std::move(networks)}}}
                               .text();
  // Nothing in it may end the script element or begin a comment.
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&')
      out.append(c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026");
    else
      out.push_back(c);
  }
  return out;
}

}  // namespace tidegate::fare
