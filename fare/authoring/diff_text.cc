// SPDX-License-Identifier: Apache-2.0
// The terminal's form of a diff.
#include "fare/authoring/diff_text.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

constexpr std::array kShownKinds{ChangeKind::unchanged,      ChangeKind::dearer,
                                 ChangeKind::cheaper,        ChangeKind::newly_refused,
                                 ChangeKind::newly_accepted, ChangeKind::other_reason};

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string side_text(const DiffReport::Side& side) {
  return side.name + ", number " + std::to_string(side.number) + ", from " +
         side.valid_from.text() + ", hash " + side.hash.substr(0, 16);
}

std::string stop_text(const StopName& stop) {
  return stop.zh + " / " + stop.en + " (" + stop.code + ")";
}

std::string rider_list(const std::vector<std::size_t>& riders, const DiffReport& report) {
  std::string out;
  for (const std::size_t rider : riders)
    out.append(out.empty() ? "" : ", ")
        .append(rider_title(report.own_riders, report.riders[rider]).en);
  return out;
}

/// The moments of all networks, each once, with the networks that were tried then if not all.
std::string moments_text(const DiffReport& report) {
  std::map<std::pair<Timestamp, std::string>, std::vector<std::string>> networks;
  std::size_t compared = 0;
  for (const NetworkDiff& network : report.networks) {
    if (!network.moments.empty()) ++compared;
    for (const Moment& moment : network.moments)
      networks[{moment.at,
                moment.name_en.empty() ? "" : "  " + moment.name_zh + " / " + moment.name_en}]
          .push_back(network.id);
  }
  std::string out;
  for (const auto& [moment, ids] : networks) {
    out += "  at      " + minute_text(moment.first) + moment.second;
    if (ids.size() < compared) {
      out += "  (";
      for (const std::string& id : ids) out += (&id == &ids.front() ? "" : ", ") + id;
      out += ")";
    }
    out += "\n";
  }
  return out;
}

std::string counts_row(const ChangeCounts& counts, const std::string& tail) {
  std::string out = padded(std::to_string(counts.all()), 12);
  for (const ChangeKind kind : kShownKinds) out += padded(std::to_string(counts.of(kind)), 12);
  return out + "  " + tail + "\n";
}

std::string summary_text(const DiffReport& report) {
  std::string out =
      "       pairs   unchanged      dearer     cheaper  newly ref.  newly acc. other reas.\n";
  out += counts_row(report.counts, "all together / 合计");
  for (std::size_t i = 0; i < report.riders.size(); ++i) {
    const RiderName name = rider_title(report.own_riders, report.riders[i]);
    out += counts_row(report.by_rider[i], std::string{name.en} + " / " + std::string{name.zh});
  }
  return out;
}

void list_stops(const char* what, const std::vector<StopName>& stops, std::string& out) {
  for (const StopName& stop : stops) out += std::string{"  "} + what + stop_text(stop) + "\n";
}

std::string network_text(const NetworkDiff& network) {
  std::string out = "network   " + network.id + "  " + network.name_zh + " / " + network.name_en;
  if (network.in == NetworkDiff::In::only_new) out += ": new";
  if (network.in == NetworkDiff::In::only_old) out += ": gone";
  if (network.in == NetworkDiff::In::both)
    out += ": " + std::to_string(network.stops.size()) + " stops in both" +
           (network.by_boarding ? ", a boarding is the ride" : "") + ", " +
           std::to_string(network.counts.changed()) + " of " +
           std::to_string(network.counts.all()) + (network.by_boarding ? " stops" : " pairs") +
           " change";
  out += "\n";
  list_stops("new       ", network.appeared, out);
  list_stops("gone      ", network.vanished, out);
  return out;
}

std::string change_text(const PriceChange& change, const DiffReport& report, std::size_t place) {
  const NetworkDiff& network = report.networks[change.network];
  const std::string margin(6, ' ');
  const std::string difference = difference_text(change);
  std::string out =
      padded(std::to_string(place), 4) + "  " + std::string{change_sign(change.kind)} + " " +
      std::string{change_name_en(change.kind)} + " / " + std::string{change_name_zh(change.kind)} +
      "  " + outcome_text(change.before.outcome) + " → " + outcome_text(change.after.outcome) +
      (difference.empty() ? "" : "  (" + difference + " yuan)") + "\n";
  out += margin + network.id + ": " + stop_text(network.stops[change.from]);
  if (!network.by_boarding) out += " → " + stop_text(network.stops[change.to]);
  out += "\n" + margin + whom_text(change, report) + "\n";
  return out + margin + "rules " + rules_text(change.before.trace) + " → " +
         rules_text(change.after.trace) + "\n";
}

std::string journeys_text(const DiffReport& report) {
  const auto changed = std::ranges::count_if(report.journeys, &JourneyDiff::changed);
  std::string out = "journeys  " + std::to_string(report.journeys.size()) + " tried, " +
                    std::to_string(changed) + " change\n";
  for (const JourneyDiff& journey : report.journeys) {
    if (!journey.changed()) continue;
    out += "  " + journey.id + " (" + journey.from_en + " / " + journey.from_zh +
           (journey.weeks_later > 0 ? ", " + std::to_string(journey.weeks_later) + " weeks later"
                                    : "") +
           "): " + journey.total_before.yuan() + " → " + journey.total_after.yuan() + "\n";
    for (const JourneyDiff::TapDiff& tap : journey.taps)
      if (tap.before.outcome != tap.after.outcome)
        out += "    " + minute_text(tap.tap.tap.at) + " " + std::string{name_of(tap.tap.tap.kind)} +
               " " + plain_text(tap.tap.context.network.get()) + " " +
               plain_text(tap.tap.context.stop.get()) + ": " + outcome_text(tap.before.outcome) +
               " → " + outcome_text(tap.after.outcome) + "  rules " + rules_text(tap.before.trace) +
               " → " + rules_text(tap.after.trace) + "\n";
  }
  return out;
}

/// The change, and what the rule said and says.
std::string rule_text_of(const RuleChange& rule) {
  std::string out = "rule      " + rule.what.en + " / " + rule.what.zh +
                    ": pairs do not show it, prove it by --journeys\n";
  for (const Bilingual& line : rule.before) out += "      - " + line.en + " / " + line.zh + "\n";
  for (const Bilingual& line : rule.after) out += "      + " + line.en + " / " + line.zh + "\n";
  return out;
}

}  // namespace

std::string difference_text(const PriceChange& change) {
  if (!change.before.outcome.accepted() || !change.after.outcome.accepted()) return {};
  return (change.difference() > 0 ? "+" : "") + Fen{change.difference()}.yuan();
}

std::string whom_text(const PriceChange& change, const DiffReport& report) {
  std::string out;
  for (const ForWhom& whom : change.whom) {
    out += out.empty() ? "" : "; ";
    out += whom.riders.size() == report.riders.size() ? "every rider"
                                                      : rider_list(whom.riders, report);
    const auto& moments = report.networks[change.network].moments;
    if (whom.moments.size() == moments.size()) {
      out += ", always";
      continue;
    }
    for (const std::size_t moment : whom.moments)
      out += (moment == whom.moments.front() ? ": " : ", ") + minute_text(moments[moment].at);
  }
  return out;
}

std::string diff_text(const DiffReport& report, std::size_t limit) {
  std::string out =
      "old       " + side_text(report.before) + "\nnew       " + side_text(report.after) + "\n";
  out += "tried     " + std::to_string(report.rides_priced) +
         " rides priced: a card with enough money comes in and leaves 30 minutes later\n" +
         moments_text(report);
  for (const NetworkDiff& network : report.networks) out += network_text(network);
  out += summary_text(report);
  const std::size_t shown = std::min(limit, report.changes.size());
  if (report.changes_found > 0)
    out += "worst     " + std::to_string(shown) + " of " + std::to_string(report.changes_found) +
           " changes, in yuan\n";
  for (std::size_t i = 0; i < shown; ++i) out += change_text(report.changes[i], report, i + 1);
  for (const RuleChange& rule : report.rules) out += rule_text_of(rule);
  out += journeys_text(report);
  return out + (report.changed() ? "something changes\n" : "nothing changes\n");
}

}  // namespace tidegate::fare
