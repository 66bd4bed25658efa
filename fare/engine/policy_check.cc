// SPDX-License-Identifier: Apache-2.0
// Checks the journey policy of a network: choices that exist, amounts below its maximum, stops that
// are in the book.
#include "fare/engine/check_parts.h"

namespace tidegate::fare::check {
namespace {

constexpr std::uint16_t kAllModes = 127;
constexpr std::uint16_t kMinutesMax = 10'080;  // a week

Status check_choices(const JourneyPolicy& policy, const std::string& where) {
  if (policy.overstay > Overstay::added) return bad(where, "overstay does not exist");
  if (policy.same_station > SameStation::refused) return bad(where, "same_station does not exist");
  if (policy.no_entry > Unseen::fixed) return bad(where, "no_entry does not exist");
  if (policy.no_exit > Unseen::fixed) return bad(where, "no_exit does not exist");
  if (policy.collected_in > CollectedIn::city) return bad(where, "collected_in does not exist");
  if (policy.open_elsewhere > OpenElsewhere::overwritten)
    return bad(where, "open_elsewhere does not exist");
  if (policy.forgiven_modes.bits > kAllModes) return bad(where, "a forgiven mode does not exist");
  if (policy.same_station_free_minutes > kMinutesMax)
    return bad(where, "same_station_free_minutes is above a week");
  return {};
}

/// By fare or by distance: where each limit ends, in fen or metres.
Status check_ends(const JourneyPolicy& policy, const std::string& where) {
  const auto& limits = policy.limits;
  const bool by_distance = !policy.limit_of.empty();
  const std::string of = by_distance ? "distance" : "fare";
  const auto end = [&](const LimitBand& band) {
    return by_distance ? std::int64_t{band.to_m} : band.to.count();
  };
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const bool last = i + 1 == limits.size();
    const LimitBand& band = limits[i];
    if (by_distance ? band.to != Fen{} : band.to_m != 0)
      return bad(where, "time limits go by fare or by distance, not by both");
    if (!last && (end(band) == 0 || (!by_distance && !is_fare(band.to))))
      return bad(where, "a time limit has no " + of + " up to which it counts");
    if (last && end(band) != 0) return bad(where, "the last time limit has no end");
    if (i == 0) continue;
    if (limits[i - 1].minutes >= band.minutes || (!last && end(limits[i - 1]) >= end(band)))
      return bad(where, "time limits do not grow with the " + of);
  }
  return {};
}

Status check_limits(const JourneyPolicy& policy, std::size_t stops, const std::string& where) {
  const auto& limits = policy.limits;
  if (limits.size() > kLimitBandsMax) return bad(where, "has more than 32 time limits");
  for (const LimitBand& band : limits)
    if (band.minutes == 0 || band.minutes > kMinutesMax)
      return bad(where, "a time limit is not between a minute and a week");
  if (auto ok = check_ends(policy, where); !ok) return ok;
  const auto& limit_of = policy.limit_of;
  if (!limit_of.empty() && limit_of.size() != stops * stops)
    return bad(where, "time limits by distance are not there for each pair of stops");
  if (std::ranges::any_of(limit_of, [&](std::uint8_t index) { return index >= limits.size(); }))
    return bad(where, "a pair of stops has a time limit that is not there");
  if (limits.empty() && policy.overstay != Overstay::none)
    return bad(where, "overstay needs a time limit");
  return {};
}

/// Whatever the tables do not say may not be more than the highest single fare, so that is said.
Status check_amounts(const JourneyPolicy& policy, const std::string& where) {
  if (!is_fare(policy.maximum) || !is_fare(policy.minimum))
    return bad(where, "an amount is above 16777215 fen");
  if (policy.minimum > policy.maximum) return bad(where, "minimum_fen is above maximum_fen");
  const bool needs_minimum =
      policy.overstay == Overstay::minimum_fare || policy.same_station == SameStation::minimum_fare;
  if (needs_minimum && policy.minimum == Fen{})
    return bad(where, "needs minimum_fen, the lowest single fare");
  const bool needs_maximum =
      policy.overstay != Overstay::none || needs_minimum ||
      policy.same_station == SameStation::fixed || policy.no_entry == Unseen::network_maximum ||
      policy.no_entry == Unseen::fixed || policy.no_exit == Unseen::network_maximum ||
      policy.no_exit == Unseen::fixed;
  if (needs_maximum && policy.maximum == Fen{})
    return bad(where, "needs maximum_fen, the highest single fare: no rule here takes more");
  const auto amount = [&](bool used, Fen fen, std::string_view key) -> Status {
    if (!used && fen != Fen{}) return bad(where, std::string{key} + " belongs to no rule");
    if (fen < Fen{} || fen > policy.maximum)
      if (used) return bad(where, std::string{key} + " is above maximum_fen");
    return {};
  };
  if (auto ok = amount(policy.overstay == Overstay::added, policy.overstay_fen, "overstay_fen");
      !ok)
    return ok;
  if (auto ok = amount(policy.same_station == SameStation::fixed, policy.same_station_fen,
                       "same_station_fen");
      !ok)
    return ok;
  if (auto ok = amount(policy.no_entry == Unseen::fixed, policy.no_entry_fen, "no_entry_fen"); !ok)
    return ok;
  return amount(policy.no_exit == Unseen::fixed, policy.no_exit_fen, "no_exit_fen");
}

Status check_below(const Tariff& tariff, Fen maximum, const std::string& where) {
  const auto over = [&](Fen fen) {
    return bad(where, "a fare of " + std::to_string(fen.count()) + " fen is above maximum_fen");
  };
  if (const auto* flat = std::get_if<FlatTariff>(&tariff)) {
    if (flat->fen > maximum) return over(flat->fen);
    return {};
  }
  for (const std::uint32_t cell : std::get<MatrixTariff>(tariff).cells)
    if (cell != MatrixTariff::kNoFare && Fen{cell} > maximum) return over(Fen{cell});
  return {};
}

Status check_maximum(const Network& network) {
  const Fen maximum = network.policy.maximum;
  if (maximum == Fen{}) return {};
  for (std::size_t i = 0; i < network.versions.size(); ++i) {
    const TariffVersion& version = network.versions[i];
    const std::string at = "network " + network.id + ", tariff " + std::to_string(i + 1);
    if (auto ok = check_below(version.tariff, maximum, at); !ok) return ok;
    for (const FareClass& one : version.classes)
      if (auto ok = check_below(one.tariff, maximum, at + ", class " + one.name); !ok) return ok;
  }
  return {};
}

Status check_completions(const BookModel& model, const Network& network, const std::string& where) {
  if (network.policy.completions.size() > kCompletionsMax)
    return bad(where, "has more than 1000 completions");
  for (const Completion& one : network.policy.completions) {
    const auto next = std::ranges::find(model.networks, one.network, &Network::code);
    if (next == model.networks.end() ||
        std::ranges::find(next->stops, one.next, &Stop::number) == next->stops.end() ||
        std::ranges::find(network.stops, one.exit, &Stop::number) == network.stops.end())
      return bad(where, "a completion names a stop that is not in the book");
    if (one.minutes == 0 || one.minutes > kMinutesMax)
      return bad(where, "a completion's time is not between a minute and a week");
  }
  return {};
}

}  // namespace

Status journey_policy(const BookModel& model, const Network& network) {
  const std::string where = "network " + network.id + ", policy";
  if (auto ok = check_choices(network.policy, where); !ok) return ok;
  if (auto ok = check_limits(network.policy, network.stops.size(), where); !ok) return ok;
  if (auto ok = check_amounts(network.policy, where); !ok) return ok;
  if (auto ok = check_completions(model, network, where); !ok) return ok;
  return check_maximum(network);
}

Status mode_history(const ModeHistory& history, const std::string& where) {
  for (const ModeInterval& one : history) {
    if (!is_id(one.network.view()) || (!one.stop.empty() && !is_id(one.stop.view())))
      return bad(where, "mode history names no network or stop");
    if (one.modes.bits == 0 || one.modes.bits > kAllModes)
      return bad(where, "a mode of the mode history does not exist");
    if (one.from >= one.until)
      return bad(where, "a mode of the mode history ends before it begins");
    for (const Timestamp at : {one.from, one.until})
      if (!is_day(ServiceDay{std::chrono::floor<std::chrono::days>(at)}))
        return bad(where, "time of the mode history is not between 1970 and 2099");
  }
  return {};
}

}  // namespace tidegate::fare::check
