// SPDX-License-Identifier: Apache-2.0
// Prices of legs by the rules of a feed.
#include "fare/authoring/gtfs/leg_prices.h"

#include <algorithm>
#include <utility>

namespace tidegate::fare::gtfs {
namespace {

std::uint64_t ends_key(int from, int to) {
  return static_cast<std::uint64_t>(from + 1) << 32U | static_cast<std::uint64_t>(to + 1);
}

/// The media that a row of products is for: all of them where it names none.
bool is_for(const FeedProduct& row, MediumKind kind, const MediaMap& media) {
  if (row.medium.empty()) return true;
  const auto at = media.find(row.medium);
  return at != media.end() && std::ranges::find(at->second, kind) != at->second.end();
}

}  // namespace

LegPrices::LegPrices(const Feed& feed, const MediaMap& media, Report& report)
    : feed_{feed},
      media_map_{media},
      report_{report},
      is_used_(feed.products.size()),
      is_dearer_(feed.products.size()) {
  choose_riders();
  const bool by_medium = std::ranges::any_of(feed.products, [&](const FeedProduct& row) {
    const auto at = media.find(row.medium);
    return row.is_usable && at != media.end() && !at->second.empty();
  });
  if (by_medium) kinds_ = {MediumKind::t_union, MediumKind::qr};
  take_rules();
}

void LegPrices::choose_riders() {
  const auto& riders = feed_.riders;
  auto first = std::ranges::find(riders, true, &FeedRider::is_default);
  if (first == riders.end() && !riders.empty()) {
    first = std::ranges::find(riders, "adult", &FeedRider::id);
    if (first == riders.end()) first = riders.begin();
    report_.note(first->place,
                 "no category is the default: " + first->id + " is what everybody pays");
  }
  riders_.push_back(first != riders.end() ? &*first : nullptr);
  for (const FeedRider& rider : riders)
    if (&rider != riders_.front()) riders_.push_back(&rider);
}

void LegPrices::take_rules() {
  std::map<std::string, std::size_t, std::less<>> products;
  for (std::size_t i = 0; i < feed_.products.size(); ++i) {
    const auto [at, is_new] = products.try_emplace(feed_.products[i].id, products_.size());
    if (is_new) products_.emplace_back();
    products_[at->second].rows.push_back(i);
  }
  const auto area = [&](const std::string& id) {
    if (id.empty()) return -1;
    const auto [at, is_new] = areas_.try_emplace(id, static_cast<int>(area_names_.size()));
    if (is_new) area_names_.push_back(id);
    return at->second;
  };
  std::set<std::size_t> told;
  for (const LegRule& rule : feed_.leg_rules) {
    listed_networks_.insert(rule.network);
    listed_from_.insert(rule.from_area);
    listed_to_.insert(rule.to_area);
    if (!rule.to_time.empty()) {
      report_.lose(rule.place,
                   "to_timeframe_group_id: a book judges by the tap that begins the ride; "
                   "the rule is left out");
      continue;
    }
    rules_.push_back({.rule = &rule,
                      .from = area(rule.from_area),
                      .to = area(rule.to_area),
                      .product = products.at(rule.product)});
    for (const std::size_t row : products_[rules_.back().product].rows)
      if (feed_.products[row].is_usable && feed_.products[row].hundredths < 0 &&
          told.insert(row).second)
        report_.lose(rule.place,
                     "product " + rule.product + " is negative; a ride costs at least 0");
  }
}

bool LegPrices::concerns(const Rule& rule, const FeedNetwork& network) const {
  const std::string& wanted = rule.rule->network;
  if (!wanted.empty()) return wanted == network.id;
  return feed_.has_priority || network.id.empty() || !listed_networks_.contains(network.id);
}

/// The week cut where timeframes of these rules begin and end.
std::vector<LegPrices::Part> LegPrices::parts_of(const std::vector<std::size_t>& rules) const {
  Ids groups;
  for (const std::size_t rule : rules)
    if (!rules_[rule].rule->from_time.empty()) groups.insert(rules_[rule].rule->from_time);
  std::vector<Part> out(1);
  out.front().minutes.set();
  for (const std::string& group : groups) {
    const WeekMinutes& minutes = feed_.timeframes.find(group)->second;
    std::vector<Part> next;
    for (Part& part : out) {
      Part inside{part.name, part.minutes & minutes, part.groups};
      part.minutes &= ~minutes;
      if (part.minutes.any()) next.push_back(std::move(part));
      if (inside.minutes.none()) continue;
      inside.name.append(inside.name.empty() ? "" : ".").append(group);
      inside.groups.insert(group);
      next.push_back(std::move(inside));
    }
    out = std::move(next);
  }
  for (Part& part : out)
    if (part.name.empty()) part.name = "other-hours";
  return out;
}

/// Stops in the same areas, of those that rules name, are one zone.
void LegPrices::group_stops(NetworkPrices& out, std::vector<std::vector<int>>& zone_areas) const {
  const FeedNetwork& network = feed_.networks[out.network];
  std::map<std::vector<int>, std::size_t> zones;
  for (std::size_t i = 0; i < feed_.stops.size(); ++i) {
    const FeedStop& stop = feed_.stops[i];
    if (network.stops && !network.stops->contains(stop.id)) continue;
    std::vector<int> areas;
    std::string name;
    for (const std::string& id : stop.areas) {
      const auto at = areas_.find(id);
      if (at == areas_.end()) continue;
      areas.push_back(at->second);
      name.append(name.empty() ? "" : "+").append(id);
    }
    const auto [at, is_new] = zones.try_emplace(areas, out.zones.size());
    if (is_new) {
      out.zones.push_back(name.empty() ? "elsewhere" : name);
      zone_areas.push_back(areas);
    }
    out.stops.push_back(i);
    out.zone_of.push_back(at->second);
  }
}

/// Areas of rules that match a stop, -1 for an empty field.
std::vector<int> LegPrices::matching(const std::vector<int>& areas, const Ids& listed) const {
  std::vector<int> out = areas;
  const bool is_listed = std::ranges::any_of(areas, [&](int area) {
    return listed.contains(area_names_[static_cast<std::size_t>(area)]);
  });
  if (feed_.has_priority || !is_listed) out.push_back(-1);
  return out;
}

NetworkPrices LegPrices::of(std::size_t network) {
  NetworkPrices out{.network = network,
                    .stops = {},
                    .zone_of = {},
                    .zones = {},
                    .periods = {},
                    .riders = riders_.size(),
                    .media = std::max<std::size_t>(1, kinds_.size())};
  std::vector<std::size_t> own;
  RulesByEnds by_ends;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!concerns(rules_[i], feed_.networks[network])) continue;
    own.push_back(i);
    by_ends[ends_key(rules_[i].from, rules_[i].to)].push_back(i);
  }
  const std::vector<Part> parts = parts_of(own);
  std::vector<std::vector<int>> zone_areas;
  group_stops(out, zone_areas);
  fill(out, parts, by_ends, zone_areas);
  merge_periods(out);
  if (!feed_.networks[network].stops) drop_unserved(out);
  return out;
}

void LegPrices::fill(NetworkPrices& out, const std::vector<Part>& parts, const RulesByEnds& rules,
                     const std::vector<std::vector<int>>& zone_areas) {
  for (const Part& part : parts) out.periods.push_back({part.name, part.minutes});
  const std::size_t zones = out.zones.size();
  out.tables.assign(out.riders * out.media * parts.size(),
                    NetworkPrices::Table(zones * zones, NetworkPrices::kNoFare));
  std::vector<std::vector<int>> froms, tos;
  for (const auto& areas : zone_areas) {
    froms.push_back(matching(areas, listed_from_));
    tos.push_back(matching(areas, listed_to_));
  }
  std::vector<std::size_t> found;
  for (std::size_t cell = 0; cell < zones * zones; ++cell) {
    found.clear();
    for (const int from : froms[cell / zones])
      for (const int to : tos[cell % zones])
        if (const auto at = rules.find(ends_key(from, to)); at != rules.end())
          found.insert(found.end(), at->second.begin(), at->second.end());
    if (found.empty()) continue;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const auto& prices = fares(found, parts[part], out);
      for (std::size_t i = 0; i < prices.size(); ++i)
        out.tables[i * parts.size() + part][cell] = prices[i];
    }
  }
}

const std::vector<std::uint32_t>& LegPrices::fares(const std::vector<std::size_t>& rules,
                                                   const Part& part, NetworkPrices& out) {
  const auto is_in_effect = [&](const Rule& rule) {
    return rule.rule->from_time.empty() || part.groups.contains(rule.rule->from_time);
  };
  std::int64_t top = -1;
  for (const std::size_t rule : rules)
    if (is_in_effect(rules_[rule])) top = std::max(top, rules_[rule].rule->priority);
  std::vector<std::size_t> products;
  Ids groups;
  for (const std::size_t i : rules) {
    Rule& rule = rules_[i];
    if (rule.rule->priority != top || !is_in_effect(rule)) continue;
    rule.is_used = true;
    groups.insert(rule.rule->group);
    products.push_back(rule.product);
  }
  std::ranges::sort(products);
  const auto [last, end] = std::ranges::unique(products);
  products.erase(last, end);
  const auto [at, is_new] = priced_.try_emplace(products);
  if (is_new) at->second = price(products);
  for (const std::string& group : groups) out.leg_groups[group].insert(at->second);
  return at->second;
}

/// The cheapest of the products for each rider and medium.
std::vector<std::uint32_t> LegPrices::price(const std::vector<std::size_t>& products) {
  const std::size_t media = std::max<std::size_t>(1, kinds_.size());
  std::vector<std::uint32_t> out(riders_.size() * media, NetworkPrices::kNoFare);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::vector<Chosen> offers;
    for (const std::size_t product : products)
      if (const Chosen one = best_row(products_[product], i / media, i % media); one.row != nullptr)
        offers.push_back(one);
    for (const Chosen& one : offers)
      out[i] = std::min(out[i], static_cast<std::uint32_t>(one.row->hundredths));
    for (const Chosen& one : offers) {
      auto& flag =
          static_cast<std::uint32_t>(one.row->hundredths) == out[i] ? is_used_ : is_dearer_;
      flag[one.index] = true;
    }
  }
  return out;
}

/// A row that names the rider goes before one that names the medium, and that before one for
/// anybody; of equals the cheaper (two media of the feed may be one of ours).
LegPrices::Chosen LegPrices::best_row(const Product& product, std::size_t rider, std::size_t medium,
                                      bool negative) const {
  Chosen out;
  int best = -1;
  for (const std::size_t index : product.rows) {
    const FeedProduct& row = feed_.products[index];
    if (!row.is_usable || (row.hundredths < 0 && !negative)) continue;
    if (!row.rider.empty() && (riders_[rider] == nullptr || row.rider != riders_[rider]->id))
      continue;
    if (!row.medium.empty() && (kinds_.empty() || !is_for(row, kinds_[medium], media_map_)))
      continue;
    const int score = (row.rider.empty() ? 0 : 2) + (row.medium.empty() ? 0 : 1);
    if (score > best || (score == best && row.hundredths < out.row->hundredths)) {
      best = score;
      out = {&row, index};
    }
  }
  return out;
}

std::map<std::string, std::vector<std::optional<std::int64_t>>, std::less<>>
LegPrices::product_prices() const {
  const std::size_t media = std::max<std::size_t>(1, kinds_.size());
  std::map<std::string, std::vector<std::optional<std::int64_t>>, std::less<>> out;
  for (const Product& product : products_) {
    auto& prices = out[feed_.products[product.rows.front()].id];
    for (std::size_t i = 0; i < riders_.size() * media; ++i) {
      const Chosen one = best_row(product, i / media, i % media, true);
      prices.push_back(one.row != nullptr ? std::optional{one.row->hundredths} : std::nullopt);
    }
  }
  return out;
}

/// Periods with the same fares for everybody become one.
void LegPrices::merge_periods(NetworkPrices& out) {
  const std::size_t count = out.periods.size(), each = out.riders * out.media;
  std::vector<std::size_t> kept;
  for (std::size_t period = 0; period < count; ++period) {
    const auto same = std::ranges::find_if(kept, [&](std::size_t other) {
      for (std::size_t i = 0; i < each; ++i)
        if (out.tables[i * count + period] != out.tables[i * count + other]) return false;
      return true;
    });
    if (same == kept.end()) {
      kept.push_back(period);
      continue;
    }
    Period& into = out.periods[*same];
    into.minutes |= out.periods[period].minutes;
    into.name.append(".").append(out.periods[period].name);
  }
  std::vector<NetworkPrices::Table> tables;
  for (std::size_t i = 0; i < each; ++i)
    for (const std::size_t period : kept)
      tables.push_back(std::move(out.tables[i * count + period]));
  std::vector<Period> periods;
  for (const std::size_t period : kept) periods.push_back(std::move(out.periods[period]));
  out.tables = std::move(tables);
  out.periods = std::move(periods);
}

/// Without a timetable, the stops of a network are those with a fare to or from them.
void LegPrices::drop_unserved(NetworkPrices& out) const {
  const std::size_t zones = out.zones.size();
  std::vector<std::size_t> new_zone(zones, zones);
  std::vector<std::size_t> kept;
  for (std::size_t zone = 0; zone < zones; ++zone) {
    const auto served = [&](const NetworkPrices::Table& table) {
      for (std::size_t other = 0; other < zones; ++other)
        if (table[zone * zones + other] != NetworkPrices::kNoFare ||
            table[other * zones + zone] != NetworkPrices::kNoFare)
          return true;
      return false;
    };
    if (!std::ranges::any_of(out.tables, served)) continue;
    new_zone[zone] = kept.size();
    kept.push_back(zone);
  }
  if (kept.size() == zones) return;
  for (NetworkPrices::Table& table : out.tables) {
    NetworkPrices::Table next;
    for (const std::size_t from : kept)
      for (const std::size_t to : kept) next.push_back(table[from * zones + to]);
    table = std::move(next);
  }
  std::vector<std::string> names;
  for (const std::size_t zone : kept) names.push_back(out.zones[zone]);
  out.zones = std::move(names);
  std::vector<std::size_t> stops, zone_of;
  for (std::size_t i = 0; i < out.stops.size(); ++i) {
    if (new_zone[out.zone_of[i]] == zones) continue;
    stops.push_back(out.stops[i]);
    zone_of.push_back(new_zone[out.zone_of[i]]);
  }
  out.stops = std::move(stops);
  out.zone_of = std::move(zone_of);
}

void LegPrices::finish() {
  for (const Rule& rule : rules_)
    if (!rule.is_used)
      report_.note(rule.rule->place,
                   "prices no ride: no stop is in its areas, or another rule goes "
                   "before it");
  for (std::size_t i = 0; i < feed_.products.size(); ++i) {
    if (!is_dearer_[i]) continue;
    const std::string product = "product " + feed_.products[i].id;
    if (is_used_[i])
      report_.note(
          feed_.products[i].place,
          product + ": for some of its rides another product is cheaper, which is charged");
    else
      report_.lose(feed_.products[i].place,
                   product +
                       ": its rides can be paid with a cheaper product, which is charged; as a " +
                       "choice (a pass?) it is left out");
  }
}

}  // namespace tidegate::fare::gtfs
