// SPDX-License-Identifier: Apache-2.0
// Prices the rides of both books and keeps what differs.
#include "fare/authoring/diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "fare/authoring/diff_rank.h"
#include "fare/authoring/diff_rules.h"
#include "fare/authoring/proof_text.h"
#include "fare/engine/journey.h"

namespace tidegate::fare {
namespace {

StopName name_of_stop(const Stop& stop) {
  return {.code = stop.code, .zh = plain_text(stop.name_zh), .en = plain_text(stop.name_en)};
}

/// Sorts the stops of both sides into common, vanished and appeared; both are sorted by code.
void match_stops(const std::vector<Stop>& before, const std::vector<Stop>& after,
                 NetworkDiff& out) {
  std::map<std::string_view, const Stop*> old_ones;
  for (const Stop& stop : before) old_ones.emplace(stop.code, &stop);
  for (const Stop& stop : after)
    (old_ones.erase(stop.code) > 0 ? out.stops : out.appeared).push_back(name_of_stop(stop));
  for (const auto& [code, stop] : old_ones) out.vanished.push_back(name_of_stop(*stop));
}

/// With two calendars the moments of both: what changes on a holiday of one of them is seen.
std::vector<Moment> moments_for(const std::vector<Timestamp>& at, const Network& before,
                                const Network& after, ServiceDay valid_from,
                                const std::array<DayCalendar, 2>& calendars) {
  std::vector<Moment> out;
  for (const Timestamp one : at) out.push_back({.at = one});
  if (!out.empty()) return out;
  std::set<ServiceDay> days{valid_from};
  for (const Network* const network : {&before, &after})
    for (const TariffVersion& version : network->versions)
      if (version.effective_from > valid_from) days.insert(version.effective_from);
  const std::vector<ServiceDay> from{days.begin(), days.end()};
  for (const DayCalendar& calendar : calendars)
    for (Moment& moment : moments_of(from, calendar))
      if (std::ranges::find(out, moment.at, &Moment::at) == out.end())
        out.push_back(std::move(moment));
  std::ranges::sort(out, {}, &Moment::at);
  return out;
}

/// Everything about networks before a ride is priced.
std::vector<NetworkDiff> plan(const DiffBook& before, const DiffBook& after,
                              const DiffOptions& options) {
  struct Sides {
    const Network* before = nullptr;
    const Network* after = nullptr;
  };
  std::array<DayCalendar, 2> calendars{calendar_that_counts(after.model),
                                       calendar_that_counts(before.model)};
  // A book that looks at no calendar has no days of its own to be tried.
  if (calendars[1].empty()) calendars[1] = calendars[0];
  if (calendars[0].empty()) calendars[0] = calendars[1];
  std::map<std::string, Sides> by_id;
  for (const Network& network : before.model.networks) by_id[network.id].before = &network;
  for (const Network& network : after.model.networks) by_id[network.id].after = &network;
  std::vector<NetworkDiff> out;
  for (const auto& [id, sides] : by_id) {
    const Network& named = sides.after != nullptr ? *sides.after : *sides.before;
    NetworkDiff one{
        .id = id, .name_zh = plain_text(named.name_zh), .name_en = plain_text(named.name_en)};
    one.in = sides.before == nullptr  ? NetworkDiff::In::only_new
             : sides.after == nullptr ? NetworkDiff::In::only_old
                                      : NetworkDiff::In::both;
    match_stops(sides.before != nullptr ? sides.before->stops : std::vector<Stop>{},
                sides.after != nullptr ? sides.after->stops : std::vector<Stop>{}, one);
    if (one.in == NetworkDiff::In::both && !one.stops.empty()) {
      one.moments =
          moments_for(options.at, *sides.before, *sides.after, after.model.valid_from, calendars);
      const NetworkId network{id};
      const StopCode first{one.stops.front().code};
      one.by_boarding = std::ranges::all_of(one.moments, [&](const Moment& moment) {
        return boarding_is_the_ride(before.book, network, first, moment.at) &&
               boarding_is_the_ride(after.book, network, first, moment.at);
      });
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<StopCode> codes_of(const std::vector<StopName>& stops) {
  std::vector<StopCode> out;
  out.reserve(stops.size());
  for (const StopName& stop : stops) out.emplace_back(stop.code);
  return out;
}

/// Prices a network for one rider and moment after another; equal grids are kept once.
class NetworkPricing {
 public:
  NetworkPricing(const DiffBook& before, const DiffBook& after, NetworkDiff& network)
      : before_{before}, after_{after}, network_{network}, codes_{codes_of(network.stops)} {}

  void price_all(const std::vector<RiderCategory>& riders,
                 const std::function<void(std::uint64_t)>& rides_done) {
    const std::size_t columns = network_.columns();
    std::uint64_t rides = 0;
    for (const RiderCategory rider : riders) {
      for (const Moment& moment : network_.moments) {
        DiffLayer layer;
        layer.before.resize(codes_.size() * columns);
        layer.after.resize(codes_.size() * columns);
        for_each_row(
            codes_.size(), [&](std::size_t row) { price_one(layer, row, rider, moment.at); },
            [&](std::size_t rows) { rides_done(rides + rows * columns * 2); });
        rides += codes_.size() * columns * 2;
        keep(std::move(layer));
      }
    }
  }

 private:
  void price_one(DiffLayer& layer, std::size_t row, RiderCategory rider, Timestamp at) const {
    const std::size_t columns = network_.columns();
    const Ride ride{.network = NetworkId{network_.id},
                    .from = codes_[row],
                    .to = {},
                    .rider = rider,
                    .at = at,
                    .by_boarding = network_.by_boarding};
    price_row(before_.book, ride, codes_, std::span{layer.before}.subspan(row * columns, columns));
    price_row(after_.book, ride, codes_, std::span{layer.after}.subspan(row * columns, columns));
  }
  void keep(DiffLayer layer) {
    const auto known = std::ranges::find(network_.layers, layer);
    network_.layer_of.push_back(static_cast<std::size_t>(known - network_.layers.begin()));
    if (known == network_.layers.end()) network_.layers.push_back(std::move(layer));
  }

  const DiffBook& before_;
  const DiffBook& after_;
  NetworkDiff& network_;
  std::vector<StopCode> codes_;
};

void price_networks(const DiffBook& before, const DiffBook& after, const Progress& progress,
                    DiffReport& report) {
  const auto rides_of = [&](const NetworkDiff& network) -> std::uint64_t {
    return std::uint64_t{2} * network.stops.size() * network.columns() * network.moments.size() *
           report.riders.size();
  };
  for (const NetworkDiff& network : report.networks) report.rides_priced += rides_of(network);
  std::uint64_t earlier = 0;
  for (NetworkDiff& network : report.networks) {
    NetworkPricing{before, after, network}.price_all(report.riders, [&](std::uint64_t rides) {
      if (progress) progress(earlier + rides, report.rides_priced);
    });
    earlier += rides_of(network);
  }
}

RidePrice price_tap(const Book& book, Medium& medium, const GoldenTap& tap) {
  const Decision decision = price(book, medium, tap.context, tap.tap);
  carry_on(book, medium, tap.context, tap.tap, decision);
  RidePrice out;
  out.outcome =
      decision.accepted() ? Outcome::fare(decision.total()) : Outcome::refused(*decision.refusal);
  for (const Charge& charge : decision.charges)
    out.trace.insert(out.trace.end(), charge.trace.begin(), charge.trace.end());
  return out;
}

/// Whole weeks, so that a weekday stays what it is, until the new book is in force.
std::int64_t weeks_to_move(const GoldenJourney& journey, const BookModel& after) {
  constexpr std::chrono::days kWeek{7};
  const GoldenTap& first = journey.taps.front();
  const auto network = std::ranges::find(after.networks, first.context.network.get(), &Network::id);
  ServiceCalendar calendar;
  if (network != after.networks.end())
    calendar.rollover = std::chrono::minutes{network->rollover_minutes};
  const auto late = after.valid_from.get() - calendar.day_of(first.tap.at).get();
  return late.count() <= 0 ? 0 : (late + kWeek - std::chrono::days{1}) / kWeek;
}

JourneyDiff diff_journey(const DiffBook& before, const DiffBook& after, GoldenJourney journey) {
  JourneyDiff out{.id = plain_text(journey.id)};
  out.weeks_later = weeks_to_move(journey, after.model);
  const std::chrono::days later{7 * out.weeks_later};
  for (HistoryTrip& trip : journey.medium.history) trip.at += later;
  Medium old_medium = journey.medium, new_medium = journey.medium;
  for (GoldenTap& tap : journey.taps) {
    tap.tap.at += later;
    JourneyDiff::TapDiff one{.tap = tap,
                             .before = price_tap(before.book, old_medium, tap),
                             .after = price_tap(after.book, new_medium, tap)};
    out.total_before += one.before.outcome.fen();
    out.total_after += one.after.outcome.fen();
    out.taps.push_back(std::move(one));
  }
  return out;
}

/// The same taps on the same medium; what a book expects of them is not compared.
bool same_question(const GoldenJourney& a, const GoldenJourney& b) {
  return a.id == b.id && a.medium == b.medium &&
         std::ranges::equal(a.taps, b.taps, [](const GoldenTap& x, const GoldenTap& y) {
           return x.context == y.context && x.tap == y.tap;
         });
}

void diff_journeys(const DiffBook& before, const DiffBook& after,
                   const std::vector<GoldenJourney>& journeys, DiffReport& report) {
  const auto add = [&](const GoldenJourney& journey, const char* zh, const char* en) {
    report.journeys.push_back(diff_journey(before, after, journey));
    report.journeys.back().from_zh = zh;
    report.journeys.back().from_en = en;
  };
  std::map<std::string_view, const GoldenJourney*> old_ones;
  for (const GoldenJourney& journey : before.model.golden) old_ones.emplace(journey.id, &journey);
  for (const GoldenJourney& journey : journeys) add(journey, "给定行程", "given");
  for (const GoldenJourney& journey : after.model.golden) {
    const auto twin = old_ones.find(journey.id);
    const bool both = twin != old_ones.end() && same_question(*twin->second, journey);
    if (both) old_ones.erase(twin);
    add(journey, both ? "新旧票价表校验" : "新票价表校验",
        both ? "golden of both" : "golden of the new");
  }
  for (const GoldenJourney& journey : before.model.golden)
    if (const auto left = old_ones.find(journey.id);
        left != old_ones.end() && left->second == &journey)
      add(journey, "旧票价表校验", "golden of the old");
}

DiffReport::Side side_of(const DiffBook& book) {
  return {.name = plain_text(book.model.name),
          .hash = book.hash,
          .number = book.model.number,
          .valid_from = book.model.valid_from};
}

}  // namespace

std::size_t ChangeCounts::all() const noexcept {
  return std::accumulate(by_kind.begin(), by_kind.end(), std::size_t{0});
}
void ChangeCounts::add(const ChangeCounts& other) noexcept {
  for (std::size_t i = 0; i < by_kind.size(); ++i) by_kind[i] += other.by_kind[i];
}

bool JourneyDiff::changed() const noexcept {
  return std::ranges::any_of(
      taps, [](const TapDiff& tap) { return tap.before.outcome != tap.after.outcome; });
}

bool DiffReport::changed() const noexcept {
  return counts.changed() > 0 || !rules.empty() ||
         std::ranges::any_of(journeys, &JourneyDiff::changed) ||
         std::ranges::any_of(networks, [](const NetworkDiff& network) {
           return network.in != NetworkDiff::In::both || !network.vanished.empty() ||
                  !network.appeared.empty();
         });
}

std::vector<Rider> declared_riders(const BookModel& before, const BookModel& after) {
  std::vector<Rider> out = after.riders;
  for (const Rider& rider : before.riders)
    if (std::ranges::find(out, rider.number, &Rider::number) == out.end()) out.push_back(rider);
  std::ranges::sort(out, {}, &Rider::number);
  for (Rider& rider : out) {
    rider.name_zh = plain_text(rider.name_zh);
    rider.name_en = plain_text(rider.name_en);
  }
  return out;
}

DiffReport diff_books(const DiffBook& before, const DiffBook& after, const DiffOptions& options) {
  DiffReport report{.before = side_of(before),
                    .after = side_of(after),
                    .riders = options.riders,
                    .own_riders = declared_riders(before.model, after.model)};
  if (report.riders.empty()) report.riders = paying_riders(report.own_riders);
  report.rules = changed_rules(before.model, after.model);
  report.networks = plan(before, after, options);
  price_networks(before, after, options.progress, report);
  count_changes(report);
  rank_changes(before, after, options.limit, report);
  diff_journeys(before, after, options.journeys, report);
  return report;
}

}  // namespace tidegate::fare
