// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/naive_book.h"

#include <algorithm>

namespace tidegate::fare::naive {
namespace {

namespace fs = std::filesystem;

/// "Mo-Fr 07:00-09:00,17:00-19:00"
std::vector<Span> read_span(const std::string& text) {
  static const std::vector<std::string> kDays{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
  const auto number_of = [](const std::string& day) {
    return static_cast<int>(std::ranges::find(kDays, day) - kDays.begin());
  };
  const auto minutes = [](const std::string& time) {
    return std::stoll(time.substr(0, 2)) * 60 + std::stoll(time.substr(3, 2));
  };
  std::set<int> days;
  const auto words = split(text, ' ');
  for (const std::string& part : split(words.at(0), ',')) {
    const auto ends = split(part, '-');
    for (int day = number_of(ends.front()); day <= number_of(ends.back()); ++day) days.insert(day);
  }
  std::vector<Span> out;
  for (const std::string& hours : split(words.at(1), ',')) {
    const auto ends = split(hours, '-');
    out.push_back({days, minutes(ends.at(0)), minutes(ends.at(1))});
  }
  return out;
}

/// Every pair of stops, by trying every stop as a stop on the way.
std::map<std::pair<std::string, std::string>, std::int64_t> shortest_ways(
    const Table& segments, const std::vector<std::string>& stops) {
  std::map<std::pair<std::string, std::string>, std::int64_t> out;
  const auto shorten = [&out](const std::string& a, const std::string& b, std::int64_t metres) {
    const auto [at, is_new] = out.emplace(std::pair{a, b}, metres);
    if (!is_new) at->second = std::min(at->second, metres);
  };
  for (const Row& row : segments) {
    shorten(row.at("from"), row.at("to"), std::stoll(row.at("metres")));
    shorten(row.at("to"), row.at("from"), std::stoll(row.at("metres")));
  }
  for (const std::string& via : stops)
    for (const std::string& a : stops)
      for (const std::string& b : stops)
        if (out.contains({a, via}) && out.contains({via, b}))
          shorten(a, b, out.at({a, via}) + out.at({via, b}));
  return out;
}

Terms read_terms(const fs::path& dir, const toml::table& in,
                 const std::vector<std::string>& stops) {
  Terms out;
  out.kind = in["kind"].value_or("");
  out.percent = number(in, "percent", -1);
  out.fen = number(in, "fen", 0);
  out.symmetric = in["symmetric"].value_or(false);
  out.grace = number(in, "grace_m", 0);
  out.per_km = number(in, "fen_per_km", 0);
  out.floor = number(in, "floor_fen", 0);
  out.ceiling = number(in, "ceiling_fen", 0xFFFFFF);
  out.unit = number(in, "unit_fen", 1);
  out.rounding = in["rounding"].value_or("");
  out.same_station = in["same_station_fen"].value<std::int64_t>();
  if (const auto name = in["csv"].value<std::string>()) out.rows = read_csv(dir / *name);
  if (const auto name = in["fares"].value<std::string>()) out.rows = read_csv(dir / *name);
  if (const auto name = in["zones"].value<std::string>()) out.zones = read_csv(dir / *name);
  if (const auto name = in["segments"].value<std::string>())
    out.metres = shortest_ways(read_csv(dir / *name), stops);
  if (const auto* const bands = in["bands"].as_array())
    for (const toml::node& band : *bands) {
      const toml::table& one = *band.as_table();
      out.bands.push_back({.to = one["to_m"].value<std::int64_t>(),
                           .fen = number(one, "fen", 0),
                           .every = number(one, "every_m", 0),
                           .add = number(one, "add_fen", 0)});
    }
  return out;
}

Version read_version(const fs::path& dir, const toml::table& in, std::int64_t otherwise,
                     const std::vector<std::string>& stops) {
  Version out;
  out.from_day = in.contains("effective_from") ? day_of(in, "effective_from") : otherwise;
  out.terms = read_terms(dir, in, stops);
  if (const auto* const classes = in["classes"].as_array())
    for (const toml::node& node : *classes) {
      const toml::table& one = *node.as_table();
      out.classes.push_back({.riders = texts(one, "riders"),
                             .media = texts(one, "media"),
                             .timeframe = one["timeframe"].value_or(""),
                             .terms = read_terms(dir, one, stops)});
    }
  if (const auto* const company = in["companions"].as_table())
    out.company = Company{.free_children = number(*company, "free_children", 0),
                          .max_companions = number(*company, "max_companions", 0),
                          .child = (*company)["child"].value_or(std::string{"child"}),
                          .companion = (*company)["companion"].value_or(std::string{"adult"})};
  return out;
}

}  // namespace

std::int64_t Network::service_day(Moment at) const {
  return (at.seconds - rollover * 60) / 86'400;
}

const Version* Network::on(Moment at) const {
  return on_day(versions, service_day(at));
}

const Version* on_day(const std::vector<Version>& versions, std::int64_t day) {
  const Version* out = nullptr;
  for (const Version& version : versions)
    if (version.from_day <= day) out = &version;
  return out;
}

namespace {

std::vector<Version> read_versions(const fs::path& dir, const toml::table& in,
                                   std::int64_t valid_from, const std::vector<std::string>& stops) {
  std::vector<Version> out;
  const auto add = [&](const toml::table& one) {
    out.push_back(read_version(dir, one, valid_from, stops));
  };
  if (const auto* const list = in["tariff"].as_array())
    for (const toml::node& one : *list) add(*one.as_table());
  else if (const auto* const only = in["tariff"].as_table())
    add(*only);
  std::ranges::sort(out, {}, &Version::from_day);
  return out;
}

Through read_through(const fs::path& dir, const toml::table& in, std::int64_t valid_from,
                     const Book& book) {
  Through out;
  out.from = *in["from"].value<std::string>();
  out.to = *in["to"].value<std::string>();
  out.name = in["name"].value_or(std::min(out.from, out.to) + "." + std::max(out.from, out.to));
  out.media = texts(in, "media");
  out.from_day = in.contains("effective_from") ? day_of(in, "effective_from") : valid_from;
  out.is_joined = in["pricing"].value_or(std::string{}) == "joined";
  if (const auto* const borders = in["borders"].as_array())
    for (const toml::node& pair : *borders) {
      const toml::array& ends = *pair.as_array();
      out.borders.emplace_back(*ends[0].value<std::string>(), *ends[1].value<std::string>());
    }
  std::vector<std::string> stops;
  for (const std::string& id : {out.from, out.to})
    for (const std::string& stop : book.networks.at(id).stops)
      stops.push_back(std::string{id}.append(":").append(stop));
  out.versions = read_versions(dir, in, valid_from, stops);
  return out;
}

}  // namespace

Book read_book(const fs::path& dir) {
  const toml::table root = toml::parse(slurp(dir / "book.toml"));
  const std::int64_t valid_from = day_of(*root["book"].as_table(), "valid_from");
  const Table stops = read_csv(dir / "stops.csv");
  Book out;
  if (const auto* const frames = root["timeframe"].as_array())
    for (const toml::node& node : *frames) {
      const toml::table& one = *node.as_table();
      auto& spans = out.timeframes[*one["name"].value<std::string>()];
      for (const toml::node& text : *one["spans"].as_array())
        for (const Span& span : read_span(*text.value<std::string>())) spans.push_back(span);
    }
  std::map<std::string, std::string> city_of;
  for (const toml::node& node : *root["network"].as_array()) {
    const toml::table& in = *node.as_table();
    Network network;
    network.id = *in["id"].value<std::string>();
    const std::string rollover = in["rollover"].value_or(std::string{"02:00"});
    network.rollover = std::stoll(rollover.substr(0, 2)) * 60 + std::stoll(rollover.substr(3, 2));
    network.minimum_balance = number(in, "minimum_balance_fen", 0);
    for (const Row& row : stops)
      if (row.at("network") == network.id) network.stops.push_back(row.at("code"));
    network.city = *in["city"].value<std::string>();
    for (const Row& row : stops)
      if (row.at("network") == network.id) network.line_of[row.at("code")] = row.at("card_line");
    network.versions = read_versions(dir, in, valid_from, network.stops);
    network.policy = read_policy(in);
    if (const auto segments = in["policy"]["segments"].value<std::string>())
      network.policy.metres = shortest_ways(read_csv(dir / *segments), network.stops);
    city_of[network.id] = network.city;
    out.networks[network.id] = network;
  }
  out.rules = read_rules(dir, root, city_of);
  if (const auto* const throughs = root["through"].as_array())
    for (const toml::node& one : *throughs)
      out.throughs.push_back(read_through(dir, *one.as_table(), valid_from, out));
  std::ranges::sort(out.throughs, {}, &Through::name);
  return out;
}

}  // namespace tidegate::fare::naive
