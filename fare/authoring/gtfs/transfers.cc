// SPDX-License-Identifier: Apache-2.0
// Joins and transfers of a feed.
#include "fare/authoring/gtfs/transfers.h"

#include <algorithm>
#include <string>

namespace tidegate::fare::gtfs {
namespace {

const PlannedNetwork* network_of(const BookPlan& plan, const std::string& id) {
  const auto at = std::ranges::find(plan.networks, id, &PlannedNetwork::id);
  return at != plan.networks.end() ? &*at : nullptr;
}

void name_join(const JoinRule& join, const BookPlan& plan, Report& report) {
  if (join.from_network != join.to_network)
    return report.lose(join.place, "joins legs of two networks; a ride is priced in one");
  if (!join.from_stop.empty())
    return report.lose(join.place, "joins legs between " + join.from_stop + " and " + join.to_stop +
                                       ": passengers pass the gates there");
  const PlannedNetwork* const network = network_of(plan, join.from_network);
  if (network != nullptr && !network->is_flat) {
    report.note(join.place, "network " + network->id +
                                " has gates: a ride from entry to exit is one, "
                                "whatever the changes");
    return;
  }
  report.lose(join.place, "network " + join.from_network + " charges at each boarding");
}

}  // namespace

void name_transfers(const Feed& feed, const BookPlan& plan, Report& report) {
  for (const JoinRule& join : feed.joins) name_join(join, plan, report);
  for (const TransferRule& rule : feed.transfers)
    report.lose(rule.place, "transfers from " +
                                (rule.from_group.empty() ? "any" : rule.from_group) + " to " +
                                (rule.to_group.empty() ? "any" : rule.to_group) +
                                ": a book has no rule between rides");
}

}  // namespace tidegate::fare::gtfs
