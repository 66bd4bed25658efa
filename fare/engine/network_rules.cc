// SPDX-License-Identifier: Apache-2.0
// Sorts the rules between rides by network.
#include "fare/engine/network_rules.h"

#include <string_view>
#include <utility>

#include "fare/engine/prepared_version.h"
#include "fare/engine/spending_account.h"

namespace tidegate::fare {
namespace {

using AllRules = std::vector<NetworkRules>;

void add_sums(const BetweenRides& rules, AllRules& out) {
  const std::vector<SpendingAccount> accounts = spending_accounts(rules);
  // A book without such rules counts every ride, by months.
  if (accounts.empty())
    for (NetworkRules& network : out)
      network.sums = {.any = true, .in_period = true, .in_day = true};
  for (const SpendingAccount& account : accounts) {
    const auto sums_of = [&](std::uint16_t network) -> RideSums& {
      RideSums& sums = out[network].sums;
      sums.any = true;
      sums.account = account.number;
      sums.weeks = account.weeks;
      return sums;
    };
    for (const std::uint16_t network : account.period_networks) sums_of(network).in_period = true;
    for (const std::uint16_t network : account.day_networks) sums_of(network).in_day = true;
  }
}

PreparedScope prepared(const RuleScope& scope) {
  PreparedScope out;
  out.from = scope.from;
  out.until = scope.until;
  out.issuers = scope.issuers;
  if (out.until == ServiceDay{}) out.until = ServiceDay{std::chrono::sys_days::max()};
  out.names_riders = !scope.riders.empty();
  if (!out.names_riders) out.riders.set();
  for (const RiderCategory rider : scope.riders) out.riders.set(std::to_underlying(rider));
  if (scope.media.empty()) out.media = 0xFF;
  for (const MediumKind medium : scope.media)
    out.media = static_cast<std::uint8_t>(out.media | 1U << std::to_underlying(medium));
  return out;
}

template <class Rule>
std::vector<PreparedRule<Rule>> prepared(std::string_view kind, const std::vector<Rule>& rules) {
  std::vector<PreparedRule<Rule>> out;
  out.reserve(rules.size());
  for (const Rule& rule : rules)
    out.push_back({&rule, prepared(rule.scope), rule_name(kind, rule.name)});
  return out;
}

void add_transfers(const PreparedRules& all, AllRules& out) {
  for (const auto& one : all.transfers) {
    const TransferRule& rule = *one.rule;
    for (const std::uint16_t network : rule.to) out[network].transfers.push_back(&one);
    for (const std::uint16_t network : rule.from) {
      if (rule.measured == TransferRule::Measured::begin_to_begin)
        out[network].measures_begins = true;
      if (rule.effect == TransferRule::Effect::up_to_difference)
        out[network].pays_differences = true;
    }
  }
}

void add_interchanges(const BookModel& model, const PreparedRules& all, AllRules& out) {
  for (const auto& one : all.interchanges) {
    NetworkRules& network = out[one.rule->network];
    network.interchanges.push_back(&one);
    network.may_go_on.resize(model.networks[one.rule->network].stops.size());
    for (const InterchangeRule::Pair& pair : one.rule->pairs)
      network.may_go_on[pair.a] = network.may_go_on[pair.b] = true;
  }
}

void add_caps(const PreparedRules& all, AllRules& out) {
  for (const auto& one : all.caps) {
    for (const std::uint16_t network : one.rule->networks) {
      out[network].caps.push_back(&one);
      if (out[network].zones == nullptr && !one.rule->zones_of.empty())
        out[network].zones = one.rule;
    }
  }
}

}  // namespace

PreparedRules prepared_rules(const BookModel& model) {
  const BetweenRides& rules = model.between;
  PreparedRules out{.transfers = prepared("transfer", rules.transfers),
                    .interchanges = prepared("interchange", rules.interchanges),
                    .cumulative = prepared("cumulative", rules.cumulative),
                    .caps = prepared("cap", rules.caps),
                    .passes = prepared("pass", rules.passes),
                    .networks = AllRules(model.networks.size())};
  add_sums(rules, out.networks);
  add_transfers(out, out.networks);
  add_interchanges(model, out, out.networks);
  for (const auto& one : out.cumulative)
    for (const std::uint16_t network : one.rule->networks)
      out.networks[network].cumulative.push_back(&one);
  add_caps(out, out.networks);
  for (const auto& one : out.passes)
    for (const std::uint16_t network : one.rule->networks)
      out.networks[network].passes.push_back(&one);
  return out;
}

}  // namespace tidegate::fare
