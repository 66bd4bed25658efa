// SPDX-License-Identifier: Apache-2.0
// The JSON form of a diff. Field names stay.
#include <algorithm>
#include <array>
#include <utility>

#include "fare/authoring/diff_text.h"

namespace tidegate::fare {
namespace {

Json count(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

Json side_json(const DiffReport::Side& side) {
  return JsonObject{{"name", side.name},
                    {"number", static_cast<std::int64_t>(side.number)},
                    {"valid_from", side.valid_from.text()},
                    {"hash", side.hash}};
}

JsonObject counts_json(const ChangeCounts& counts) {
  JsonObject out{{"pairs", count(counts.all())}};
  for (std::size_t i = 0; i < counts.by_kind.size(); ++i)
    out.emplace_back(change_name(static_cast<ChangeKind>(i)), count(counts.by_kind[i]));
  return out;
}

Json stops_json(const std::vector<StopName>& stops) {
  JsonArray out;
  for (const StopName& stop : stops)
    out.push_back(JsonObject{{"code", stop.code}, {"name_zh", stop.zh}, {"name_en", stop.en}});
  return out;
}

Json riders_json(const std::vector<ChangeCounts>& by_rider, const DiffReport& report) {
  JsonArray out;
  for (std::size_t i = 0; i < by_rider.size(); ++i) {
    JsonObject one{{"rider", rider_name(report.own_riders, report.riders[i])}};
    std::ranges::move(counts_json(by_rider[i]), std::back_inserter(one));
    out.push_back(std::move(one));
  }
  return out;
}

Json network_json(const NetworkDiff& network, const DiffReport& report) {
  constexpr std::array kIn{"both", "old", "new"};
  JsonArray moments;
  for (const Moment& moment : network.moments)
    moments.push_back(JsonObject{
        {"at", iso8601(moment.at)}, {"name_zh", moment.name_zh}, {"name_en", moment.name_en}});
  return JsonObject{{"id", network.id},
                    {"name_zh", network.name_zh},
                    {"name_en", network.name_en},
                    {"in", kIn[static_cast<std::size_t>(network.in)]},
                    {"by_boarding", network.by_boarding},
                    {"stops", count(network.stops.size())},
                    {"appeared", stops_json(network.appeared)},
                    {"vanished", stops_json(network.vanished)},
                    {"moments", std::move(moments)},
                    {"counts", counts_json(network.counts)},
                    {"riders", riders_json(network.by_rider, report)}};
}

Json price_json(const RidePrice& price) {
  JsonArray trace;
  for (const TraceStep& step : price.trace)
    if (!step.rule.empty())
      trace.push_back(JsonObject{{"rule", step.rule.view()}, {"fen", step.fen.count()}});
  JsonObject out{{"fen", price.outcome.fen().count()},
                 {"decision", price.outcome.accepted() ? "accept" : "refuse"}};
  if (!price.outcome.accepted()) out.emplace_back("reason", refusal_name(price.outcome.reason()));
  out.emplace_back("trace", std::move(trace));
  return out;
}

Json whom_json(const PriceChange& change, const DiffReport& report) {
  JsonArray out;
  for (const ForWhom& whom : change.whom) {
    JsonArray riders, moments;
    for (const std::size_t rider : whom.riders)
      riders.push_back(rider_name(report.own_riders, report.riders[rider]));
    for (const std::size_t moment : whom.moments)
      moments.push_back(iso8601(report.networks[change.network].moments[moment].at));
    out.push_back(JsonObject{{"riders", std::move(riders)}, {"at", std::move(moments)}});
  }
  return out;
}

Json change_json(const PriceChange& change, const DiffReport& report) {
  const NetworkDiff& network = report.networks[change.network];
  const StopName& from = network.stops[change.from];
  const StopName& to = network.stops[change.to];
  JsonObject out{{"kind", change_name(change.kind)},
                 {"network", network.id},
                 {"from", from.code},
                 {"from_zh", from.zh},
                 {"from_en", from.en},
                 {"to", to.code},
                 {"to_zh", to.zh},
                 {"to_en", to.en},
                 {"old", price_json(change.before)},
                 {"new", price_json(change.after)}};
  if (change.before.outcome.accepted() && change.after.outcome.accepted())
    out.emplace_back("difference_fen", change.difference());
  out.emplace_back("for", whom_json(change, report));
  return out;
}

Json journey_json(const JourneyDiff& journey) {
  JsonArray taps;
  for (const JourneyDiff::TapDiff& tap : journey.taps)
    taps.push_back(JsonObject{{"at", iso8601(tap.tap.tap.at)},
                              {"network", tap.tap.context.network.get()},
                              {"stop", tap.tap.context.stop.get()},
                              {"kind", name_of(tap.tap.tap.kind)},
                              {"old", price_json(tap.before)},
                              {"new", price_json(tap.after)}});
  return JsonObject{{"id", journey.id},
                    {"source", journey.from_en},
                    {"weeks_later", journey.weeks_later},
                    {"changed", journey.changed()},
                    {"old_fen", journey.total_before.count()},
                    {"new_fen", journey.total_after.count()},
                    {"taps", std::move(taps)}};
}

JsonArray lines_json(const std::vector<Bilingual>& lines) {
  JsonArray out;
  for (const Bilingual& line : lines) out.push_back(JsonObject{{"zh", line.zh}, {"en", line.en}});
  return out;
}

}  // namespace

Json diff_json(const DiffReport& report, std::size_t limit) {
  JsonArray networks, changes, journeys;
  for (const NetworkDiff& network : report.networks)
    networks.push_back(network_json(network, report));
  for (std::size_t i = 0; i < std::min(limit, report.changes.size()); ++i)
    changes.push_back(change_json(report.changes[i], report));
  for (const JourneyDiff& journey : report.journeys) journeys.push_back(journey_json(journey));
  JsonArray rules, rule_changes;
  for (const RuleChange& rule : report.rules) {
    rules.emplace_back(rule.what.en);
    rule_changes.push_back(JsonObject{{"zh", rule.what.zh},
                                      {"en", rule.what.en},
                                      {"old", lines_json(rule.before)},
                                      {"new", lines_json(rule.after)}});
  }
  return JsonObject{{"changed", report.changed()},
                    {"old", side_json(report.before)},
                    {"new", side_json(report.after)},
                    {"rides_priced", static_cast<std::int64_t>(report.rides_priced)},
                    {"counts", counts_json(report.counts)},
                    {"riders", riders_json(report.by_rider, report)},
                    {"networks", std::move(networks)},
                    {"changes_found", count(report.changes_found)},
                    {"changes", std::move(changes)},
                    {"journeys", std::move(journeys)},
                    {"rules", std::move(rules)},
                    {"rule_changes", std::move(rule_changes)}};
}

}  // namespace tidegate::fare
