// SPDX-License-Identifier: Apache-2.0
// Joined legs of a feed.
#include <algorithm>
#include <string>

#include "fare/authoring/gtfs/transfers.h"

namespace tidegate::fare::gtfs {
namespace {

bool has_stop(const PlannedNetwork& network, const std::string& code) {
  return std::ranges::binary_search(network.stops, code, {}, &PlannedStop::code);
}

void plan_between_stops(const JoinRule& join, const PlannedNetwork& network,
                        std::optional<int> minutes, BookPlan& plan, Report& report) {
  const auto from = plan.stop_codes.find(join.from_stop), to = plan.stop_codes.find(join.to_stop);
  if (from == plan.stop_codes.end() || to == plan.stop_codes.end() ||
      !has_stop(network, from->second) || !has_stop(network, to->second))
    return report.lose(join.place, "network " + network.id + " does not have both stops");
  if (!minutes)
    return report.lose(join.place, "joins legs between " + join.from_stop + " and " + join.to_stop +
                                       ", outside of gates: a book needs a limit in minutes, say " +
                                       "--interchange-minutes");
  auto at = std::ranges::find(plan.interchanges, network.id, &PlannedInterchange::network);
  if (at == plan.interchanges.end())
    at = plan.interchanges.insert(at, {.network = network.id, .pairs = {}});
  const auto [low, high] = std::minmax(from->second, to->second);
  const std::string pair = low + "/" + high;
  if (std::ranges::find(at->pairs, pair) == at->pairs.end()) at->pairs.push_back(pair);
}

}  // namespace

void plan_interchanges(const Feed& feed, std::optional<int> minutes, BookPlan& plan,
                       Report& report) {
  for (const JoinRule& join : feed.joins) {
    const auto network =
        std::ranges::find(plan.networks, join.from_network, &PlannedNetwork::feed_id);
    if (join.from_network != join.to_network)
      report.lose(join.place, "joins legs of two networks; a ride is priced in one");
    else if (network == plan.networks.end())
      report.note(join.place, "network " + join.from_network + " is left out");
    else if (network->is_flat)
      report.lose(join.place,
                  "network " + network->id + " has one fare, which is charged at each boarding");
    else if (join.from_stop.empty() || join.from_stop == join.to_stop)
      report.note(join.place, "network " + network->id +
                                  " has gates: a ride from entry to exit is " +
                                  "one, whatever the changes");
    else
      plan_between_stops(join, *network, minutes, plan, report);
  }
  // A join leads one way, an interchange both.
  for (const JoinRule& join : feed.joins) {
    const bool back = std::ranges::any_of(feed.joins, [&](const JoinRule& other) {
      return other.from_network == join.from_network && other.from_stop == join.to_stop &&
             other.to_stop == join.from_stop;
    });
    if (minutes && !join.from_stop.empty() && !back)
      report.lose(join.place, "joins legs one way; an interchange of a book holds both ways");
  }
}

}  // namespace tidegate::fare::gtfs
