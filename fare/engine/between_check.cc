// SPDX-License-Identifier: Apache-2.0
// Checks the rules between rides of a fare book: references and ranges, and that what they need to
// remember of a card has room in its state.
#include <map>
#include <set>
#include <span>

#include "fare/engine/changes.h"
#include "fare/engine/check_parts.h"
#include "fare/engine/spending_account.h"

namespace tidegate::fare::check {
namespace {

constexpr std::uint32_t kPercentMax = 100;
constexpr std::uint32_t kUnitMax = 10'000;
constexpr std::int64_t kDaySpentMax = 0xFFFF;

Status check_scope(const BookModel& model, const RuleScope& scope, const std::string& where) {
  if (scope.riders.size() > kClassRidersMax || !is_set(scope.riders))
    return bad(where, "riders are not sorted, there twice, or more than 32");
  for (const RiderCategory rider : scope.riders)
    if (!is_known(model, rider)) return bad(where, "rider category does not exist");
  if (scope.media.size() > kClassMediaMax || !is_set(scope.media))
    return bad(where, "media are not sorted, or there twice");
  for (const MediumKind medium : scope.media)
    if (medium != MediumKind::t_union && medium != MediumKind::qr)
      return bad(where, "medium does not exist");
  if (scope.issuers.size() > kRuleIssuersMax || !is_set(scope.issuers))
    return bad(where, "issuers are not sorted, there twice, or more than 1024");
  if (!is_day(scope.from) || !is_day(scope.until))
    return bad(where, "a date is not between 1970 and 2099");
  if (scope.until != ServiceDay{} && scope.until < scope.from)
    return bad(where, "until is before effective_from");
  return {};
}

Status check_networks(const BookModel& model, const NetworkSet& networks,
                      const std::string& where) {
  if (networks.empty() || !is_set(networks) || networks.back() >= model.networks.size())
    return bad(where, "networks are none, not sorted, there twice, or not in the book");
  return {};
}

/// What a rule counts has to be written by every ride of its networks.
Status check_counted(const BookModel& model, const NetworkSet& networks, const std::string& what,
                     const std::string& where) {
  for (const std::uint16_t network : networks)
    if (is_staged(model.networks[network]))
      return bad(where, what + " in " + model.networks[network].id +
                            ", where one boards and alights at a fare that depends on the way: "
                            "record 2702 has no room for the card state");
  return {};
}

Status check_rounding(Rounding rounding, std::uint32_t unit, const std::string& where) {
  if (std::to_underlying(rounding) > std::to_underlying(Rounding::up))
    return bad(where, "rounding does not exist");
  if (unit == 0 || unit > kUnitMax) return bad(where, "unit is not between 1 and 10000 fen");
  return {};
}

bool meet(const NetworkSet& a, const NetworkSet& b) {
  return std::ranges::any_of(a, [&b](auto one) { return std::ranges::binary_search(b, one); });
}

Status check_effect(const TransferRule& rule, const std::string& where) {
  using Effect = TransferRule::Effect;
  if (std::to_underlying(rule.effect) > std::to_underlying(Effect::up_to_difference))
    return bad(where, "effect does not exist");
  if (rule.effect == Effect::amount_off && !is_fare(Fen{rule.value}))
    return bad(where, "amount off is above 16777215 fen");
  if (rule.effect == Effect::percent_off && rule.value > kPercentMax)
    return bad(where, "takes more than 100 percent off");
  return check_rounding(rule.rounding, rule.unit, where);
}

Status check_transfer(const BookModel& model, const TransferRule& rule, const std::string& where) {
  if (rule.number == 0 || rule.number > 15)
    return bad(where, "number is not between 1 and 15: the card state has room for no other");
  if (rule.max_transfers > 15)
    return bad(where, "max_transfers is above 15: the card state counts no further");
  if (auto ok = check_scope(model, rule.scope, where); !ok) return ok;
  if (auto ok = check_networks(model, rule.from, where); !ok) return ok;
  if (auto ok = check_networks(model, rule.to, where); !ok) return ok;
  if (rule.window_minutes == 0 || rule.window_minutes > 24 * 60)
    return bad(where, "window is not between 1 and 1440 minutes");
  if (std::to_underlying(rule.measured) > std::to_underlying(TransferRule::Measured::end_to_end))
    return bad(where, "way to measure does not exist");
  if (auto ok = check_effect(rule, where); !ok) return ok;
  if (rule.max_transfers == 0) return {};
  if (auto ok = check_counted(model, rule.from, "counts transfers", where); !ok) return ok;
  return check_counted(model, rule.to, "counts transfers", where);
}

bool measures_begin(const TransferRule& rule) {
  return rule.measured == TransferRule::Measured::begin_to_begin;
}

/// The state has one time of the last leg, and one number for the rule of a chain.
Status check_transfer_state(std::span<const TransferRule> rules, const TransferRule& rule,
                            const std::string& where) {
  for (const TransferRule& other : rules) {
    if (&other == &rule) continue;
    if (other.number == rule.number && meet(other.to, rule.to))
      return bad(where, "has the number of transfer " + other.name + " into the same network");
    if (meet(other.from, rule.from) && measures_begin(other) != measures_begin(rule))
      return bad(where, "measures from the begin or end of a ride, transfer " + other.name +
                            " the other way: the card state has room for one time");
    if (rule.from_first_leg && !other.from_first_leg && meet(other.from, rule.to))
      return bad(where, "measures from the first leg, transfer " + other.name +
                            " from the last one: the card state has room for one time");
  }
  return {};
}

Status check_interchange(const BookModel& model, const InterchangeRule& rule,
                         const std::string& where) {
  if (auto ok = check_scope(model, rule.scope, where); !ok) return ok;
  if (rule.network >= model.networks.size()) return bad(where, "network is not in the book");
  if (rule.minutes == 0 || rule.minutes > 24 * 60)
    return bad(where, "minutes are not between 1 and 1440");
  if (rule.max_links == 0 || rule.max_links > kChangesMax)
    return bad(where, "max_links is not between 1 and 15: the card state counts no further");
  for (const TransferRule& chain : model.between.transfers)
    if (std::ranges::binary_search(chain.to, rule.network) &&
        transfer_values(chain) * (rule.max_links + 1U) > kChangesMax + 1)
      return bad(where, "goes on " + std::to_string(rule.max_links) + " times, and transfer " +
                            chain.name + " into the same network counts " +
                            std::to_string(transfer_values(chain) - 1) +
                            ": the card state has no room for both");
  if (rule.pairs.empty() || rule.pairs.size() > kRulePairsMax || !is_set(rule.pairs))
    return bad(where, "pairs are none, not sorted, there twice, or more than 512");
  const std::size_t stops = model.networks[rule.network].stops.size();
  for (const auto& [a, b] : rule.pairs)
    if (a > b || b >= stops) return bad(where, "a pair is not of stops of the network");
  return {};
}

Status check_zones(const BookModel& model, const CapRule& rule, const std::string& where) {
  if (rule.by_zones.empty()) {
    if (!rule.zones_of.empty()) return bad(where, "has zones, but no amounts for them");
    return {};
  }
  if (rule.period != Period::day)
    return bad(where, "goes by zones of a week or month: the card state has room for a day's");
  if (rule.by_zones.size() > kRuleTiersMax) return bad(where, "has more than 32 amounts");
  for (const auto& [zones, fen] : rule.by_zones)
    if (zones == 0 || fen.count() > kDaySpentMax)
      return bad(where, "an amount is for no zone, or above 65535 fen");
  if (rule.zones_of.empty() || rule.zones_of.size() > kRuleZonesMax || !is_set(rule.zones_of))
    return bad(where, "stops with zones are none, not sorted, there twice, or more than 20000");
  for (std::size_t i = 0; i < rule.zones_of.size(); ++i) {
    const auto& [network, stop, zone] = rule.zones_of[i];
    if (network >= model.networks.size() || stop >= model.networks[network].stops.size())
      return bad(where, "a stop with a zone is not in the book");
    if (zone == 0 || zone > 8)
      return bad(where, "a zone is not between 1 and 8: the card state has room for no other");
    if (i > 0 && rule.zones_of[i - 1].network == network && rule.zones_of[i - 1].stop == stop)
      return bad(where, "a stop is in two zones");
  }
  for (const std::uint16_t network : rule.networks) {
    const auto with_zone = std::ranges::count(rule.zones_of, network, &CapRule::StopZone::network);
    if (static_cast<std::size_t>(with_zone) != model.networks[network].stops.size())
      return bad(where, "gives " + std::to_string(with_zone) + " of the " +
                            std::to_string(model.networks[network].stops.size()) + " stops of " +
                            model.networks[network].id +
                            " a zone: a ride from another one would have the least cap");
  }
  return {};
}

Status check_cap(const BookModel& model, const CapRule& rule, const std::string& where) {
  if (rule.account > 7)
    return bad(where, "account is not between 0 and 7: the card state has room for no other");
  if (auto ok = check_scope(model, rule.scope, where); !ok) return ok;
  if (auto ok = check_networks(model, rule.networks, where); !ok) return ok;
  if (std::to_underlying(rule.period) > std::to_underlying(Period::month))
    return bad(where, "period does not exist");
  if (!is_fare(rule.fen)) return bad(where, "amount is above 16777215 fen");
  if (rule.period == Period::day && rule.fen.count() > kDaySpentMax)
    return bad(where, "is above 65535 fen: the card state has room for no more in a day");
  if (auto ok = check_counted(model, rule.networks, "counts spending", where); !ok) return ok;
  return check_zones(model, rule, where);
}

Status check_cumulative(const BookModel& model, const CumulativeRule& rule,
                        const std::string& where) {
  if (rule.account > 7)
    return bad(where, "account is not between 0 and 7: the card state has room for no other");
  if (auto ok = check_scope(model, rule.scope, where); !ok) return ok;
  if (auto ok = check_networks(model, rule.networks, where); !ok) return ok;
  if (auto ok = check_counted(model, rule.networks, "counts spending", where); !ok) return ok;
  if (rule.tiers.empty() || rule.tiers.size() > kRuleTiersMax)
    return bad(where, "needs 1 to 32 tiers");
  for (std::size_t i = 0; i < rule.tiers.size(); ++i) {
    const auto& [above, percent] = rule.tiers[i];
    if (!is_fare(above) || above.count() == kFenMax)
      return bad(where, "a tier is above 16777214 fen: the card state counts no further");
    if (percent > kPercentMax) return bad(where, "a tier takes more than 100 percent off");
    if (i > 0 && rule.tiers[i - 1].above >= above)
      return bad(where, "tiers are not sorted, or there twice");
  }
  return check_rounding(rule.rounding, rule.unit, where);
}

Status check_pass(const BookModel& model, const PassRule& rule, const std::string& where) {
  if (rule.product == 0 || rule.product > 15)
    return bad(where, "product is not between 1 and 15: the card state has room for no other");
  if (auto ok = check_scope(model, rule.scope, where); !ok) return ok;
  if (auto ok = check_networks(model, rule.networks, where); !ok) return ok;
  if (!rule.days)
    if (auto ok = check_counted(model, rule.networks, "counts rides", where); !ok) return ok;
  for (const PassRule& other : model.between.passes)
    if (other.product == rule.product && other.days != rule.days)
      return bad(where,
                 "counts rides or days, pass " + other.name + " of the same product the other way");
  return {};
}

/// What one rule asks a card to count.
struct Counted {
  std::string where;
  std::uint8_t account = 0;
  Period period = Period::day;
  const NetworkSet* networks = nullptr;
  const CapRule* zoned = nullptr;
};

/// Two rules of one account: one sum for the day, one for the week or month, one set of zones.
Status check_pair(const Counted& first, const Counted& second) {
  const bool days = first.period == Period::day, other_days = second.period == Period::day;
  if (!days && !other_days && first.period != second.period)
    return bad(second.where,
               "counts a " + std::string{second.period == Period::week ? "week" : "month"} + ", " +
                   first.where + " the other: the card state has room for one of them");
  if (days == other_days && *first.networks != *second.networks)
    return bad(second.where, "counts other networks than " + first.where +
                                 ": the card state has room for one sum of them");
  if (first.zoned != nullptr && second.zoned != nullptr &&
      first.zoned->zones_of != second.zoned->zones_of)
    return bad(second.where, "has other zones than " + first.where +
                                 ": the card state has room for the zones of one");
  return {};
}

/// The day of a card is the day of all networks that count to its account.
Status check_days(const BookModel& model, const std::vector<Counted>& all) {
  std::map<std::uint8_t, const Network*> first;  // of each account
  for (const Counted& one : all)
    for (const std::uint16_t index : *one.networks) {
      const Network& network = model.networks[index];
      const Network& other = *first.emplace(one.account, &network).first->second;
      if (other.rollover_minutes != network.rollover_minutes)
        return bad(one.where, "counts " + network.id + " in the account of " + other.id +
                                  ", whose service day turns at another time: the card state has "
                                  "room for one day");
    }
  return {};
}

/// The sums of a card are those of one account, and a network counts to one only.
Status check_accounts(const BookModel& model) {
  const BetweenRides& rules = model.between;
  std::vector<Counted> all;
  for (const CumulativeRule& rule : rules.cumulative)
    all.push_back({"cumulative " + rule.name, rule.account, Period::month, &rule.networks});
  for (const CapRule& rule : rules.caps)
    all.push_back({"cap " + rule.name, rule.account, rule.period, &rule.networks,
                   rule.by_zones.empty() ? nullptr : &rule});
  for (auto second = all.begin(); second != all.end(); ++second)
    for (auto first = all.begin(); first != second; ++first) {
      if (first->account == second->account) {
        if (auto ok = check_pair(*first, *second); !ok) return ok;
      } else if (meet(*first->networks, *second->networks)) {
        return bad(second->where, "counts a network in another account than " + first->where +
                                      ": the card state has room for one");
      }
    }
  return check_days(model, all);
}

/// Each rule by itself, with its name in front of what is wrong.
template <class Rule, class Check>
Status check_each(const BookModel& model, const std::vector<Rule>& rules, std::string_view kind,
                  Check check) {
  if (rules.size() > kBetweenRulesMax)
    return bad("book", "has more than 64 rules of kind " + std::string{kind});
  std::set<std::string_view> names;
  for (const Rule& rule : rules) {
    const std::string where = std::string{kind} + " " + rule.name;
    if (!is_id(rule.name)) return bad(where, "name must be 1 to 64 letters, digits, - _ .");
    if (!names.insert(rule.name).second) return bad(where, "is there twice");
    if (auto ok = check(model, rule, where); !ok) return ok;
  }
  return {};
}

}  // namespace

Status between_rides(const BookModel& model) {
  const BetweenRides& rules = model.between;
  if (auto ok = check_each(model, rules.transfers, "transfer", check_transfer); !ok) return ok;
  for (const TransferRule& rule : rules.transfers)
    if (auto ok = check_transfer_state(rules.transfers, rule, "transfer " + rule.name); !ok)
      return ok;
  if (auto ok = check_each(model, rules.interchanges, "interchange", check_interchange); !ok)
    return ok;
  if (auto ok = check_each(model, rules.caps, "cap", check_cap); !ok) return ok;
  if (auto ok = check_each(model, rules.cumulative, "cumulative", check_cumulative); !ok) return ok;
  if (auto ok = check_each(model, rules.passes, "pass", check_pass); !ok) return ok;
  return check_accounts(model);
}

}  // namespace tidegate::fare::check
