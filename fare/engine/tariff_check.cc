// SPDX-License-Identifier: Apache-2.0
// Checks the tariffs of a fare book: prices, classes and the rules of a version.
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fare/engine/check_parts.h"

namespace tidegate::fare::check {
namespace {

Status check_tariff(const Tariff& tariff, std::size_t stops, const std::string& where) {
  if (const auto* flat = std::get_if<FlatTariff>(&tariff)) {
    if (!is_fare(flat->fen)) return bad(where, "fare is above 16777215 fen");
    return {};
  }
  const auto& matrix = std::get<MatrixTariff>(tariff);
  if (!is_id(matrix.rule)) return bad(where, "rule must be 1 to 64 letters, digits, - _ .");
  if (matrix.cells.size() != stops * stops)
    return bad(where, "matrix has " + std::to_string(matrix.cells.size()) + " cells, not " +
                          std::to_string(stops * stops));
  for (std::size_t i = 0; i < matrix.cells.size(); ++i)
    if (matrix.cells[i] != MatrixTariff::kNoFare && matrix.cells[i] > kFenMax)
      return bad(where, "cell " + std::to_string(i) + " is above 16777215 fen");
  return {};
}

/// Issuers, items and what the timeframe is judged by.
Status check_conditions(const FareClass& one, const std::string& where) {
  if (one.issuers.size() > kClassIssuersMax || !is_set(one.issuers))
    return bad(where, "issuers are not sorted, there twice, or more than 64");
  if (!std::ranges::all_of(one.issuers, is_bcd)) return bad(where, "an issuer's city is not BCD");
  if (one.issuers.empty() && one.other_issuers)
    return bad(where, "other issuers than none are every issuer");
  if (one.items.size() > kClassItemsMax || !is_set(one.items))
    return bad(where, "items are not sorted, or there twice");
  for (const ItemClass item : one.items)
    if (item < ItemClass::person || item > ItemClass::motorcycle)
      return bad(where, "item does not exist");
  if (one.judged > JudgedBy::exit) return bad(where, "is judged by a tap that does not exist");
  return {};
}

Status check_class(const BookModel& model, const TariffVersion& version, const FareClass& one,
                   std::size_t stops, const std::string& where) {
  if (!is_label(one.name)) return bad(where, "name must be 1 to 200 letters, digits, - _ . + @ /");
  if (one.riders.size() > kClassRidersMax || !is_set(one.riders))
    return bad(where, "riders are not sorted, there twice, or more than 32");
  for (const RiderCategory rider : one.riders)
    if (!is_known(model, rider)) return bad(where, "rider category does not exist");
  if (one.timeframe && *one.timeframe >= model.timeframes.size())
    return bad(where, "timeframe does not exist");
  if (one.media.size() > kClassMediaMax || !is_set(one.media))
    return bad(where, "media are not sorted, or there twice");
  if (!are_media(one.media)) return bad(where, "medium does not exist");
  if (auto ok = check_conditions(one, where); !ok) return ok;
  // Whether a boarding pays or opens a journey may not depend on who boards.
  if (std::holds_alternative<FlatTariff>(version.tariff) &&
      !std::holds_alternative<FlatTariff>(one.tariff))
    return bad(where, "must be flat, as the tariff that it belongs to");
  return check_tariff(one.tariff, stops, where);
}

std::size_t rule_size(const Tariff& tariff) {
  const auto* matrix = std::get_if<MatrixTariff>(&tariff);
  return matrix != nullptr ? matrix->rule.size() : std::string_view{"flat"}.size();
}

/// Network, rule and class stand in one name of a trace.
Status check_rule_names(std::string_view owner, const TariffVersion& version,
                        const std::string& where) {
  for (const FareClass& one : version.classes)
    if (owner.size() + rule_size(one.tariff) + one.name.size() + 2 > kRuleNameMax)
      return bad(where + ", class " + one.name,
                 "its name, the rule and the network's id have together more than 125 characters");
  return {};
}

Status check_classes(const BookModel& model, const TariffVersion& version, std::size_t stops,
                     const std::string& where) {
  if (version.classes.size() > kClassesMax) return bad(where, "has more than 64 classes");
  std::set<std::string_view> names;
  for (const FareClass& one : version.classes) {
    const std::string at = where + ", class " + one.name;
    if (auto ok = check_class(model, version, one, stops, at); !ok) return ok;
    if (!names.insert(one.name).second) return bad(at, "is there twice");
  }
  return {};
}

Status check_rules(const BookModel& model, const TariffVersion& version, std::size_t stops,
                   const std::string& where) {
  const bool flat = std::holds_alternative<FlatTariff>(version.tariff);
  if (!version.charge_at.empty() && !flat) return bad(where, "charge_at belongs to a flat tariff");
  if (!is_set(version.charge_at) ||
      (!version.charge_at.empty() && version.charge_at.back() >= stops))
    return bad(where, "charge_at is not sorted, or names a stop that does not exist");
  if (const auto& rule = version.companions)
    if (!is_known(model, rule->child) || !is_known(model, rule->companion))
      return bad(where, "child or companion is not a rider");
  const auto& rule = version.repeat;
  if (!rule) return {};
  if (!flat) return bad(where, "a card is repeated on a flat tariff only: else the tap alights");
  if (!is_set(rule->card_kinds)) return bad(where, "card kinds are not sorted, or there twice");
  // Cards keep ten trips, of which the last may be another ride.
  if (rule->max < 1 || rule->max > 9) return bad(where, "repeat takes 1 to 9 persons");
  if (rule->within_seconds == 0 || rule->within_seconds > 86'400 ||
      rule->gap_seconds > rule->within_seconds)
    return bad(where, "repeat is within 1 to 86400 seconds, and its gap not longer");
  return {};
}

Status check_days(const std::vector<std::chrono::sys_days>& days, const std::string& where) {
  if (days.size() > kCalendarDaysMax || !is_set(days))
    return bad(where, "are not sorted, there twice, or more than 4000");
  if (!std::ranges::all_of(days, [](auto day) { return is_day(ServiceDay{day}); }))
    return bad(where, "are not between 1970 and 2099");
  return {};
}

}  // namespace

Status tariff_versions(const BookModel& model, std::string_view owner,
                       const std::vector<TariffVersion>& versions, std::size_t stops,
                       const std::string& where) {
  if (versions.empty() || versions.size() > kVersionsMax)
    return bad(where, "needs 1 to 64 tariff versions");
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const TariffVersion& version = versions[i];
    const std::string at = where + ", tariff " + std::to_string(i + 1);
    if (!is_day(version.effective_from))
      return bad(at, "effective_from is not between 1970 and 2099");
    if (i > 0 && versions[i - 1].effective_from >= version.effective_from)
      return bad(at, "versions are not in order of effective_from");
    if (auto ok = check_tariff(version.tariff, stops, at); !ok) return ok;
    if (auto ok = check_classes(model, version, stops, at); !ok) return ok;
    if (auto ok = check_rule_names(owner, version, at); !ok) return ok;
    if (auto ok = check_rules(model, version, stops, at); !ok) return ok;
  }
  return {};
}

Status calendar(const DayCalendar& days) {
  if (auto ok = check_days(days.holidays, "calendar, holidays"); !ok) return ok;
  if (auto ok = check_days(days.working_days, "calendar, working_days"); !ok) return ok;
  for (const auto day : days.holidays)
    if (std::ranges::binary_search(days.working_days, day))
      return bad("calendar", "a day is a holiday and a working day");
  return {};
}

}  // namespace tidegate::fare::check
