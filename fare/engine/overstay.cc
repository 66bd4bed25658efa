// SPDX-License-Identifier: Apache-2.0
// Time limits, and what is due beyond them.
#include "fare/engine/overstay.h"

#include <algorithm>
#include <chrono>

namespace tidegate::fare {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// The dearest ride that ends here, of those that begin in the ride's network.
std::optional<Fen> highest_here(const TapFacts& facts, const Ride& ride, const Traveller& who) {
  const BookData& book = facts.book;
  const Network& network = *facts.network;
  const RideTimes when{.begun = ride.begun, .ended = facts.tap.at};
  if (ride.from.network == &network) {
    const auto range = RideFares{book, network.city, *ride.version, who, when}.range_to(
        network.stops.size(), *facts.here);
    return range ? std::optional{range->highest} : std::nullopt;
  }
  for (const ThroughRule& rule : book.model().through) {
    if (leads_to(book.model(), rule, *ride.from.network, who.medium.kind, ride.begun) != &network)
      continue;
    if (const auto one =
            ThroughFares{book, rule, *ride.from.network, who, when}.highest_to(*facts.here))
      return one;
  }
  return std::nullopt;
}

/// What one person pays in all; `base`: without the overstay.
std::optional<Fen> overstayed(const TapFacts& facts, const Ride& ride, const Traveller& who,
                              const std::optional<Fen>& base) {
  const JourneyPolicy& policy = ride.from.network->policy;
  switch (policy.overstay) {
    case Overstay::none: break;
    case Overstay::exit_maximum: return highest_here(facts, ride, who);
    case Overstay::network_maximum: return policy.maximum;
    case Overstay::minimum_fare:
      if (base) return *base + policy.minimum;
      break;
    case Overstay::added:
      if (base) return *base + policy.overstay_fen;
      break;
  }
  return std::nullopt;
}

/// Of limits that are there.
const LimitBand& limit_of(const TapFacts& facts, const Ride& ride) {
  const Network& network = *ride.from.network;
  const JourneyPolicy& policy = network.policy;
  const auto last = std::prev(policy.limits.end());
  if (&network != facts.network) return *last;
  const std::size_t from = ride.from.stop, to = *facts.here, stops = network.stops.size();
  if (!policy.limit_of.empty()) return policy.limits[policy.limit_of[from * stops + to]];
  const auto full = ride.version->own().fare(stops, from, to);
  if (!full) return *last;
  return *std::find_if(policy.limits.begin(), last,
                       [&](const LimitBand& band) { return *full <= band.to; });
}

}  // namespace

bool beyond_limit(const TapFacts& facts, const Ride& ride) {
  if (ride.from.network->policy.limits.empty()) return false;
  return since_entry(facts) > minutes{limit_of(facts, ride).minutes};
}

std::optional<RuleName> time_forgiven(const TapFacts& facts, const Ride& ride) {
  const Tap& tap = facts.tap;
  if (!tap.clock_trusted || facts.mode(Modes::kTimeFree)) return RuleName{"mode/time-free"};
  const Network& network = *ride.from.network;
  for (const ModeInterval& one : tap.history) {
    const bool of_entry =
        one.network.view() == network.id &&
        (one.stop.empty() || one.stop.view() == network.stops[ride.from.stop].code);
    const bool during = one.from <= tap.at && ride.begun < one.until;
    if (of_entry && during && one.modes.has(Modes::kTimeFree))
      return mode_rule(one, Modes::kTimeFree);
  }
  return std::nullopt;
}

std::optional<Fen> overstay_penalty(const TapFacts& facts, const Ride& ride,
                                    const std::optional<Fen>& instead, bool has_fare) {
  const auto party = party_of(facts, *ride.version->version, holder_of(facts));
  if (party.groups.empty()) return std::nullopt;
  Fen out;
  for (const Group& group : party.groups) {
    std::optional<Fen> base = instead;
    if (!base && has_fare) {
      RideParts parts;
      find_parts(facts, ride, group.who, parts);
      if (!parts.empty()) base = sum_of(parts);
    }
    const auto total = overstayed(facts, ride, group.who, base);
    if (!total) return std::nullopt;
    // Too far and too long together are one maximum, never two.
    const Fen before = base.value_or(Fen{});
    out += (std::max(held(ride.from.network->policy, *total), before) - before) * group.persons;
  }
  return out;
}

seconds since_entry(const TapFacts& facts) {
  return std::chrono::floor<seconds>(facts.tap.at) - std::chrono::floor<seconds>(facts.open->at);
}

Fen held(const JourneyPolicy& policy, Fen fen) {
  return policy.maximum == Fen{} ? fen : std::min(fen, policy.maximum);
}

RuleName mode_rule(const ModeInterval& interval, std::uint16_t wanted) {
  RuleName out{"mode"};
  for (const auto& [name, bit] : kModeNames) {
    if ((interval.modes.bits & wanted & bit) == 0) continue;
    out.append("/");
    out.append(name);
    break;
  }
  out.append("/");
  out.append(interval.stop.empty() ? interval.network.view() : interval.stop.view());
  return out;
}

}  // namespace tidegate::fare
