// SPDX-License-Identifier: Apache-2.0
// Journeys that go wrong, by the naive reading of [network.policy].
#include <algorithm>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

constexpr std::int64_t kSecondLook = 60;  ///< seconds

using Fares = std::vector<std::int64_t>;

std::int64_t held(const Policy& policy, std::int64_t fen) {
  return std::min(fen, policy.maximum.value_or(fen));
}

/// All fares of rides between `from` and `to`, of which one is empty: any stop.
Fares fares_between(const Book& book, const Card& card, const Network& network, Moment begun,
                    const std::string& from, const std::string& to) {
  Fares out;
  for (const std::string& stop : network.stops)
    if (const auto fen =
            fare_in(book, card, network, begun, from.empty() ? stop : from, to.empty() ? stop : to))
      out.push_back(*fen);
  return out;
}

/// Of rides that the open one could have been, from any stop of its network.
Fares fares_to(const Book& book, const Card& card, const Network& network, const Spot& to) {
  const Moment begun = card.open->at;
  if (network.id == to.first) return fares_between(book, card, network, begun, "", to.second);
  Fares out;
  for (const std::string& stop : network.stops)
    if (const auto fen = through_fare(book, card, {network.id, stop}, begun, to))
      out.push_back(*fen);
  return out;
}

/// What a journey costs of which one end is not known; `fares`: all that it could have been.
std::optional<std::int64_t> unseen(const Policy& policy, const std::string& rule,
                                   std::int64_t fixed, const Fares& fares) {
  const bool is_certain = policy.complete_certain && !fares.empty() &&
                          std::ranges::min(fares) == std::ranges::max(fares);
  if (is_certain) return fares.front();
  if (rule == "station-maximum" && !fares.empty()) return held(policy, std::ranges::max(fares));
  if (rule == "network-maximum") return policy.maximum;
  if (rule == "fixed") return held(policy, fixed);
  return std::nullopt;
}

/// `size`: of the ride, in fen of the full fare or in metres.
std::int64_t limit_minutes(const Policy& policy, const std::optional<std::int64_t>& size) {
  for (const auto& [to, minutes] : policy.limits)
    if (!to || (size && *size <= *to)) return minutes;
  return policy.limits.back().second;
}

std::optional<std::int64_t> shortest_way(const Policy& policy, const std::string& from,
                                         const std::string& to) {
  if (from == to) return 0;
  const auto way = policy.metres->find({from, to});
  if (way == policy.metres->end()) return std::nullopt;
  return way->second;
}

/// What the version's own tariff says, whatever the passenger's class.
std::optional<std::int64_t> full_fare(const Book& book, const Version& version,
                                      const std::string& from, const std::string& to) {
  Version plain = version;
  plain.classes.clear();
  return ride_fare(book, plain, "", "", {}, from, to);
}

/// What the open journey, of which nobody saw the end, cost.
std::optional<std::int64_t> missed_exit(const Book& book, const Card& card, const Tap& tap) {
  const Open& open = *card.open;
  const Network& owner = book.networks.at(open.where.first);
  const std::int64_t passed = tap.at.seconds - open.at.seconds;
  for (const auto& [next, exit, minutes] : owner.policy.completions) {
    if (next != tap.where || !tap.clock_trusted || passed < 0 || passed > minutes * 60) continue;
    if (const auto fen = fare_in(book, card, owner, open.at, open.where.second, exit)) return fen;
    break;
  }
  return unseen(owner.policy, owner.policy.no_exit, owner.policy.no_exit_fen,
                fares_between(book, card, owner, open.at, open.where.second, ""));
}

/// Longer than the ride that ends with this tap may take.
bool is_too_long(const Book& book, const Card& card, const Tap& tap) {
  const Open& open = *card.open;
  const Network& network = book.networks.at(open.where.first);
  const Policy& policy = network.policy;
  if (policy.limits.empty()) return false;
  const std::string &from = open.where.second, &to = tap.where.second;
  std::optional<std::int64_t> size;  // to another network: the longest limit
  if (network.id == tap.where.first)
    size = policy.metres ? shortest_way(policy, from, to)
                         : full_fare(book, *network.on(open.at), from, to);
  return tap.at.seconds - open.at.seconds > limit_minutes(policy, size) * 60;
}

}  // namespace

std::optional<std::int64_t> fare_in(const Book& book, const Card& card, const Network& network,
                                    Moment begun, const std::string& from, const std::string& to) {
  const Version* const version = network.on(begun);
  if (version == nullptr) return std::nullopt;
  return ride_fare(book, *version, card.rider, card.medium, begun, from, to);
}

ExitRule exit_rule(const Book& book, const Card& card, const Tap& tap) {
  const Open& open = *card.open;
  const Policy& policy = book.networks.at(open.where.first).policy;
  const std::int64_t passed = tap.at.seconds - open.at.seconds;
  ExitRule out;
  if (open.where == tap.where) {
    if (policy.free_minutes > 0 && (!tap.time_counts() || passed <= policy.free_minutes * 60))
      out.fen = 0;
    else if (policy.same_station == "minimum-fare")
      out.fen = policy.minimum;
    else if (policy.same_station == "fixed")
      out.fen = policy.same_station_fen;
    else
      out.is_refused = policy.same_station == "refused";
  }
  out.is_overstayed =
      policy.overstay != "none" && tap.time_counts() && is_too_long(book, card, tap);
  return out;
}

std::optional<std::int64_t> penalty(const Book& book, const Card& card, const Tap& tap,
                                    const std::optional<std::int64_t>& base) {
  const Network& network = book.networks.at(card.open->where.first);
  const Policy& policy = network.policy;
  std::optional<std::int64_t> total;
  const Fares to_here = fares_to(book, card, network, tap.where);
  if (policy.overstay == "exit-maximum" && !to_here.empty()) total = std::ranges::max(to_here);
  if (policy.overstay == "network-maximum") total = policy.maximum;
  if (policy.overstay == "minimum-fare" && base) total = *base + policy.minimum;
  if (policy.overstay == "added" && base) total = *base + policy.overstay_fen;
  if (!total) return std::nullopt;
  return std::max<std::int64_t>(0, held(policy, *total) - base.value_or(0));
}

bool is_another_ride(const Book& book, const Card& card, const Tap& tap) {
  if (!tap.clock_trusted) return false;
  const Network& network = book.networks.at(card.open->where.first);
  if (!network.policy.limits.empty()) return is_too_long(book, card, tap);
  return network.service_day(card.open->at) != network.service_day(tap.at);
}

std::optional<std::int64_t> exit_without_entry(const Book& book, const Card& card, const Tap& tap) {
  const Network& network = book.networks.at(tap.where.first);
  if (card.medium == "qr" || network.on(tap.at) == nullptr) return std::nullopt;
  return unseen(network.policy, network.policy.no_entry, network.policy.no_entry_fen,
                fares_between(book, card, network, tap.at, "", tap.where.second));
}

LeftOpen left_open(const Book& book, const Card& card, const Tap& tap) {
  const Open& open = *card.open;
  const Network &here = book.networks.at(tap.where.first),
                &owner = book.networks.at(open.where.first);
  const std::int64_t passed = tap.at.seconds - open.at.seconds;
  if (open.where == tap.where && tap.clock_trusted && passed >= 0 && passed <= kSecondLook)
    return {.is_refused = true};
  const bool collects =
      here.id == owner.id || (owner.policy.collected_in == "city" && owner.city == here.city);
  if (collects)
    if (const auto fen = missed_exit(book, card, tap))
      return {.fen = tap.mode == "fare-free" ? 0 : *fen};
  if (here.id == owner.id) return {.is_refused = true};
  return {.is_refused = tap.kind == "entry" && here.policy.open_elsewhere == "refused"};
}

}  // namespace tidegate::fare::naive
