// SPDX-License-Identifier: Apache-2.0
// Makes networks, riders, timeframes and classes of the prices of a feed.
#include "fare/authoring/gtfs/book_plan.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "fare/authoring/gtfs/text.h"
#include "fare/engine/book_codec.h"

namespace tidegate::fare::gtfs {
namespace {

constexpr std::uint32_t kNoFare = NetworkPrices::kNoFare;
using Table = NetworkPrices::Table;

bool has_any(const Table& table) {
  return std::ranges::any_of(table, [](std::uint32_t fen) { return fen != kNoFare; });
}
bool is_uniform(const Table& table) {
  return std::ranges::adjacent_find(table, std::ranges::not_equal_to{}) == table.end();
}

/// What `route_type` is on a card (reference, routes.route_type, and its extended types).
std::string industry_of(int route_type) {
  if (route_type == 2 || (route_type >= 100 && route_type < 200)) return "suburban-rail";
  if (route_type == 3 || route_type == 11 || (route_type >= 700 && route_type < 900)) return "bus";
  if (route_type >= 200 && route_type < 300) return "coach";
  if (route_type == 4 || (route_type >= 1000 && route_type < 1100)) return "ferry";
  if (route_type == 0 || route_type == 1 || route_type == 5 || route_type == 7 ||
      route_type == 12 || (route_type >= 400 && route_type < 700) ||
      (route_type >= 900 && route_type < 1000))
    return "metro";
  return route_type < 0 ? "metro" : "other";
}

/// Classes of one network: what each rider pays with each medium in each period, as the shortest
/// list of which the first that matches counts.
class ClassList {
 public:
  ClassList(const NetworkPrices& prices, const std::vector<std::string>& riders,
            const std::vector<std::string>& timeframes, const std::vector<MediumKind>& media)
      : prices_{prices}, riders_{riders}, timeframes_{timeframes}, media_{media} {
    choose_base();
  }

  [[nodiscard]] const Table& base() const { return prices_.table(0, base_medium_, base_period_); }
  [[nodiscard]] std::size_t base_period() const noexcept { return base_period_; }

  /// From the most general to the most special: each is put in front of those before it.
  std::vector<PlannedClass> classes() {
    std::vector<bool> done(prices_.riders);
    for (std::size_t rider = 0; rider < prices_.riders; ++rider) {
      if (done[rider]) continue;
      std::vector<std::size_t> group{rider};
      for (std::size_t other = rider + 1; rider > 0 && other < prices_.riders; ++other)
        if (!done[other] && pay_alike(rider, other) && group.size() < kClassRidersMax) {
          group.push_back(other);
          done[other] = true;
        }
      add_group(group);
    }
    std::vector<PlannedClass> classes;
    for (auto entry = out_.rbegin(); entry != out_.rend(); ++entry)
      classes.push_back(entry->planned);
    return classes;
  }

  /// What a cell of the grid costs by the classes so far.
  [[nodiscard]] Table effective(std::size_t rider, std::size_t medium, std::size_t period) const {
    Table out = base();
    for (const Entry& entry : out_) {
      if (!entry.riders.empty() && std::ranges::find(entry.riders, rider) == entry.riders.end())
        continue;
      if (entry.medium && *entry.medium != medium) continue;
      if (entry.period && *entry.period != period) continue;
      for (std::size_t i = 0; i < out.size(); ++i)
        if (entry.planned.table[i] != kNoFare) out[i] = entry.planned.table[i];
    }
    return out;
  }

 private:
  struct Entry {
    std::vector<std::size_t> riders;
    std::optional<std::size_t> medium, period;
    PlannedClass planned;
  };

  /// The period without timeframes, else the longest, that everybody has a fare in.
  void choose_base() {
    for (std::size_t medium = 0; medium < prices_.media; ++medium)
      for (std::size_t period = 0; period < prices_.periods.size(); ++period) {
        const bool better =
            !has_any(base()) ||
            (medium == base_medium_ && prices_.periods[base_period_].name != "other-hours" &&
             prices_.periods[period].minutes.count() >
                 prices_.periods[base_period_].minutes.count());
        const bool plain = prices_.periods[period].name == "other-hours" && medium == base_medium_;
        if (!has_any(prices_.table(0, medium, period)) || !(better || plain)) continue;
        base_medium_ = medium;
        base_period_ = period;
      }
  }

  [[nodiscard]] bool pay_alike(std::size_t a, std::size_t b) const {
    for (std::size_t medium = 0; medium < prices_.media; ++medium)
      for (std::size_t period = 0; period < prices_.periods.size(); ++period)
        if (prices_.table(a, medium, period) != prices_.table(b, medium, period)) return false;
    return true;
  }

  void add_group(const std::vector<std::size_t>& group) {
    add(group, std::nullopt, std::nullopt);
    for (std::size_t medium = 0; medium < prices_.media; ++medium)
      if (medium != base_medium_) add(group, medium, std::nullopt);
    for (std::size_t period = 0; period < prices_.periods.size(); ++period)
      if (period != base_period_) add(group, std::nullopt, period);
    for (std::size_t medium = 0; medium < prices_.media; ++medium)
      for (std::size_t period = 0; period < prices_.periods.size(); ++period)
        if (medium != base_medium_ && period != base_period_) add(group, medium, period);
  }

  void add(const std::vector<std::size_t>& group, std::optional<std::size_t> medium,
           std::optional<std::size_t> period) {
    const std::size_t rider = group.front();
    const std::size_t of_medium = medium.value_or(base_medium_);
    const std::size_t of_period = period.value_or(base_period_);
    const Table& wanted = prices_.table(rider, of_medium, of_period);
    if (!has_any(wanted) || wanted == effective(rider, of_medium, of_period)) return;
    Entry entry{.riders = rider == 0 ? std::vector<std::size_t>{} : group,
                .medium = medium,
                .period = period,
                .planned = {.riders = {}, .timeframe = {}, .media = {}, .table = wanted}};
    for (const std::size_t one : entry.riders) entry.planned.riders.push_back(riders_[one]);
    if (period) entry.planned.timeframe = timeframes_[*period];
    if (medium) entry.planned.media = {media_[*medium]};
    out_.push_back(std::move(entry));
  }

  const NetworkPrices& prices_;
  const std::vector<std::string>& riders_;
  const std::vector<std::string>& timeframes_;
  const std::vector<MediumKind>& media_;
  std::size_t base_medium_ = 0, base_period_ = 0;
  std::vector<Entry> out_;
};

class Planner {
 public:
  Planner(const Feed& feed, const MediaMap& media, Report& report)
      : feed_{feed}, prices_{feed, media, report}, report_{report} {}

  BookPlan plan() {
    name_riders();
    for (std::size_t i = 0; i < feed_.networks.size(); ++i) add_network(i);
    prices_.finish();
    out_.products = prices_.product_prices();
    return std::move(out_);
  }

 private:
  void name_riders() {
    FitIds ids;
    for (const RiderCategory built_in :
         {RiderCategory::adult, RiderCategory::student, RiderCategory::senior, RiderCategory::child,
          RiderCategory::disabled, RiderCategory::military, RiderCategory::staff,
          RiderCategory::test})
      ids.reserve(name_of(built_in));
    for (const FeedRider* rider : prices_.riders()) {
      const bool everybody = riders_.empty();
      if (rider == nullptr || everybody) {
        riders_.emplace_back("adult");
        continue;
      }
      std::string id = rider->id;
      std::ranges::transform(id, id.begin(), [](unsigned char c) {
        return static_cast<char>(c < 0x80 ? std::tolower(c) : c);
      });
      if (id != "adult" && rider_from_name({}, id)) {
        riders_.push_back(id);
        continue;
      }
      riders_.push_back(ids.fit(rider->id));
      out_.riders.push_back({.name = riders_.back(),
                             .names = rider->names,
                             .number = kOwnRiderMin + static_cast<int>(out_.riders.size())});
    }
  }

  /// One name for the same hours in all networks.
  std::string timeframe(const Period& period) {
    for (const auto& [name, minutes] : out_.timeframes)
      if (minutes == period.minutes) return name;
    std::string name = timeframe_ids_.fit(period.name);
    for (int next = 2; out_.timeframes.contains(name); ++next)
      name = timeframe_ids_.fit(period.name + "-" + std::to_string(next));
    out_.timeframes.emplace(name, period.minutes);
    return name;
  }

  void add_network(std::size_t index) {
    const FeedNetwork& from = feed_.networks[index];
    const std::string id = from.id.empty() ? feed_.agency_name : from.id;
    const NetworkPrices prices = prices_.of(index);
    const bool priced = std::ranges::any_of(prices.tables, has_any);
    if (!priced) {
      if (!from.id.empty() || from.routes > 0)
        report_.note(from.place, "network " + id + " has no fare in the feed; it is left out");
      return;
    }
    if (prices.stops.size() > kStopsMax) {
      report_.lose(from.place, "network " + id + " has " + std::to_string(prices.stops.size()) +
                                   " stops, a book holds 2000 in one; it is left out");
      return;
    }
    PlannedNetwork out{.id = network_ids_.fit(id.empty() ? "network" : id),
                       .feed_id = from.id,
                       .names = from.names,
                       .industry = industry_of(from.route_type),
                       .stops = {},
                       .zones = prices.zones,
                       .table = {},
                       .classes = {}};
    for (std::size_t i = 0; i < prices.stops.size(); ++i) {
      const FeedStop& stop = feed_.stops[prices.stops[i]];
      out.stops.push_back({stop_ids_.fit(stop.id), stop.names, prices.zone_of[i]});
    }
    take_network_off(out);
    for (std::size_t i = 0; i < prices.stops.size(); ++i)
      out_.stop_codes[feed_.stops[prices.stops[i]].id] = out.stops[i].code;
    std::ranges::sort(out.stops, {}, &PlannedStop::code);
    out.leg_groups = prices.leg_groups;
    add_tariff(out, prices, from);
    out_.networks.push_back(std::move(out));
  }

  /// An export puts the network in front of codes that two networks use; a book needs no such
  /// thing.
  static void take_network_off(PlannedNetwork& out) {
    const std::string front = out.id + ".";
    std::set<std::string, std::less<>> codes;
    for (const PlannedStop& stop : out.stops) codes.insert(stop.code);
    for (PlannedStop& stop : out.stops) {
      if (!stop.code.starts_with(front) || stop.code.size() == front.size()) continue;
      std::string code = stop.code.substr(front.size());
      if (codes.insert(code).second) stop.code = std::move(code);
    }
  }

  void add_tariff(PlannedNetwork& out, const NetworkPrices& prices, const FeedNetwork& from) {
    std::vector<std::string> names(prices.periods.size());
    ClassList list{prices, riders_, names, prices_.media()};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (i != list.base_period()) names[i] = timeframe(prices.periods[i]);
    out.table = list.base();
    // Where only some riders have a fare, there is none for everybody.
    out.is_flat = has_any(out.table) && std::ranges::all_of(prices.tables, is_uniform);
    std::vector<PlannedClass> classes = list.classes();
    name_missing(list, prices, from);
    out.classes = std::move(classes);
    report_.taken.push_back(
        "network " + out.id + ": " + std::to_string(out.stops.size()) + " stops, " +
        (out.is_flat ? "one fare"
                     : "fares between " + std::to_string(out.zones.size()) + " groups of stops") +
        ", " + std::to_string(out.classes.size()) + " classes");
  }

  /// Where the feed knows no fare, a book charges what everybody pays.
  void name_missing(const ClassList& list, const NetworkPrices& prices, const FeedNetwork& from) {
    const std::string where = "network " + (from.id.empty() ? feed_.agency_name : from.id) + ": ";
    for (std::size_t rider = 0; rider < prices.riders; ++rider)
      for (std::size_t medium = 0; medium < prices.media; ++medium) {
        bool known = false;
        for (std::size_t period = 0; period < prices.periods.size(); ++period)
          known = known || has_any(prices.table(rider, medium, period));
        std::string whom = riders_[rider];
        if (prices.media > 1) whom.append(" with ").append(name_of(prices_.media()[medium]));
        if (!known) {
          std::string what = where;
          what.append("the feed has no fare for ").append(whom);
          report_.note(from.place, what.append(", who pays what everybody pays"));
          continue;
        }
        for (std::size_t period = 0; period < prices.periods.size(); ++period)
          name_missing_pairs(
              list.effective(rider, medium, period), prices.table(rider, medium, period),
              from.place,
              std::string{where}.append(whom).append(", ").append(prices.periods[period].name));
      }
  }

  void name_missing_pairs(const Table& charged, const Table& wanted, Place place,
                          const std::string& where) {
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) pairs += charged[i] != wanted[i] ? 1 : 0;
    if (pairs > 0)
      report_.lose(place, where + ": " + std::to_string(pairs) +
                              " pairs of areas have no fare, the " +
                              "book charges that of other hours or riders");
  }

  const Feed& feed_;
  LegPrices prices_;
  Report& report_;
  BookPlan out_;
  std::vector<std::string> riders_;  ///< names, in the order of the tables
  FitIds network_ids_, stop_ids_, timeframe_ids_;
};

}  // namespace

BookPlan plan_book(const Feed& feed, const MediaMap& media, Report& report) {
  return Planner{feed, media, report}.plan();
}

}  // namespace tidegate::fare::gtfs
