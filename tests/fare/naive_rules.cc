// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/naive_rules.h"

#include <algorithm>

namespace tidegate::fare::naive {
namespace {

namespace fs = std::filesystem;
using Cities = std::map<std::string, std::string>;

std::string word(const toml::table& in, std::string_view key, const char* otherwise) {
  return in[key].value_or(std::string{otherwise});
}

/// Each table of `[[kind]]`.
template <class Each>
void for_each(const toml::table& root, std::string_view kind, Each each) {
  if (const auto* const list = root[kind].as_array())
    for (const toml::node& one : *list) each(*one.as_table());
}

/// Ids, and "bus-*" for all that begin so.
Names networks(const toml::table& in, std::string_view key, const Cities& city_of) {
  Names out;
  for (const std::string& wanted : texts(in, key))
    for (const auto& [id, city] : city_of)
      if (id == wanted ||
          (wanted.ends_with('*') && id.starts_with(wanted.substr(0, wanted.size() - 1))))
        out.insert(id);
  return out;
}

/// `lowered`: the networks where the rule lowers a price. Their cities' cards are those it is for.
Scope read_scope(const toml::table& in, const Names& lowered, const Cities& city_of) {
  Scope out{.riders = texts(in, "riders"),
            .media = texts(in, "media"),
            .issuers = texts(in, "issuers"),
            .from_day = {},
            .until_day = {}};
  if (out.issuers.empty())
    for (const std::string& network : lowered) out.issuers.insert(city_of.at(network));
  if (out.issuers.contains("any")) out.issuers.clear();
  if (in.contains("effective_from")) out.from_day = day_of(in, "effective_from");
  if (in.contains("until")) out.until_day = day_of(in, "until");
  return out;
}

Transfer read_transfer(const toml::table& in, const Cities& city_of) {
  Transfer out;
  out.name = word(in, "name", "");
  out.from = networks(in, "from", city_of);
  out.to = networks(in, "to", city_of);
  out.scope = read_scope(in, out.to, city_of);
  out.window = number(in, "window_minutes", 0);
  out.measured = word(in, "measured", "");
  out.window_from = word(in, "window_from", "last-leg");
  out.effect = word(in, "effect", "");
  out.fen = number(in, "fen", 0);
  out.percent = number(in, "percent", 0);
  out.rounding = word(in, "rounding", "down");
  out.unit = number(in, "unit_fen", 1);
  out.max_transfers = number(in, "max_transfers", 0);
  out.same_line = in["same_line"].value_or(true);
  return out;
}

Interchange read_interchange(const toml::table& in, const Cities& city_of) {
  Interchange out;
  out.name = word(in, "name", "");
  out.network = word(in, "network", "");
  out.scope = read_scope(in, {out.network}, city_of);
  out.minutes = number(in, "minutes", 0);
  out.max_links = number(in, "max_links", 3);
  for (const std::string& pair : texts(in, "pairs")) {
    const auto stops = split(pair, '/');
    out.pairs.insert({stops.at(0), stops.at(1)});
    out.pairs.insert({stops.at(1), stops.at(0)});
  }
  return out;
}

Cap read_cap(const fs::path& dir, const toml::table& in, const Cities& city_of) {
  Cap out;
  out.name = word(in, "name", "");
  out.account = number(in, "account", 0);
  out.networks = networks(in, "networks", city_of);
  out.scope = read_scope(in, out.networks, city_of);
  out.period = word(in, "period", "");
  out.fen = number(in, "fen", 0);
  for_each(in, "by_zones", [&out](const toml::table& one) {
    std::set<int> zones;
    for (const std::string& zone : split(word(one, "zones", ""), '+'))
      zones.insert(std::stoi(zone));
    out.by_zones.emplace_back(zones, number(one, "fen", 0));
  });
  if (const auto name = in["zones"].value<std::string>())
    for (const Row& row : read_csv(dir / *name))
      out.zone_of[{row.at("network"), row.at("stop")}] = std::stoi(row.at("zone"));
  return out;
}

Cumulative read_cumulative(const toml::table& in, const Cities& city_of) {
  Cumulative out;
  out.name = word(in, "name", "");
  out.account = number(in, "account", 0);
  out.networks = networks(in, "networks", city_of);
  out.scope = read_scope(in, out.networks, city_of);
  out.reaches = word(in, "starts", "") == "reaches";
  for_each(in, "tiers", [&out](const toml::table& one) {
    out.tiers.emplace_back(number(one, "fen", 0), number(one, "percent_off", 0));
  });
  std::ranges::sort(out.tiers);
  out.rounding = word(in, "rounding", "down");
  out.unit = number(in, "unit_fen", 1);
  return out;
}

Pass read_pass(const toml::table& in, const Cities& city_of) {
  Pass out;
  out.name = word(in, "name", "");
  out.product = number(in, "product", 0);
  out.networks = networks(in, "networks", city_of);
  out.scope = read_scope(in, {}, city_of);
  out.days = word(in, "counts", "") == "days";
  return out;
}

}  // namespace

Rules read_rules(const fs::path& dir, const toml::table& root, const Cities& city_of) {
  Rules out;
  for_each(root, "transfer",
           [&](const toml::table& one) { out.transfers.push_back(read_transfer(one, city_of)); });
  for_each(root, "interchange", [&](const toml::table& one) {
    out.interchanges.push_back(read_interchange(one, city_of));
  });
  for_each(root, "cap",
           [&](const toml::table& one) { out.caps.push_back(read_cap(dir, one, city_of)); });
  for_each(root, "cumulative", [&](const toml::table& one) {
    out.cumulative.push_back(read_cumulative(one, city_of));
  });
  for_each(root, "pass",
           [&](const toml::table& one) { out.passes.push_back(read_pass(one, city_of)); });
  return out;
}

Policy read_policy(const toml::table& network) {
  Policy out;
  const auto* const found = network["policy"].as_table();
  if (found == nullptr) return out;
  const toml::table& in = *found;
  out.maximum = in["maximum_fen"].value<std::int64_t>();
  out.minimum = number(in, "minimum_fen", 0);
  if (const auto minutes = in["time_limit_minutes"].value<std::int64_t>())
    out.limits.emplace_back(std::nullopt, *minutes);
  for_each(in, "time_limits", [&out](const toml::table& one) {
    const char* const end = one.contains("to_m") ? "to_m" : "to_fen";
    out.limits.emplace_back(one[end].value<std::int64_t>(), number(one, "minutes", 0));
  });
  out.overstay = word(in, "overstay", "none");
  out.overstay_fen = number(in, "overstay_fen", 0);
  out.same_station = word(in, "same_station", "tariff");
  out.same_station_fen = number(in, "same_station_fen", 0);
  out.free_minutes = number(in, "same_station_free_minutes", 0);
  out.no_entry = word(in, "no_entry", "refused");
  out.no_entry_fen = number(in, "no_entry_fen", 0);
  out.no_exit = word(in, "no_exit", "refused");
  out.no_exit_fen = number(in, "no_exit_fen", 0);
  out.collected_in = word(in, "collected_in", "network");
  out.open_elsewhere = word(in, "open_elsewhere", "refused");
  out.complete_certain = in["complete_certain"].value_or(false);
  for_each(in, "completions", [&out](const toml::table& one) {
    const auto next = split(word(one, "next", ""), '/');
    out.completions.push_back(
        {{next.at(0), next.at(1)}, word(one, "exit", ""), number(one, "minutes", 0)});
  });
  return out;
}

}  // namespace tidegate::fare::naive
