// SPDX-License-Identifier: Apache-2.0
// Sorts the rules between rides by network.
#include "fare/engine/network_rules.h"

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

void add_transfers(const BetweenRides& rules, AllRules& out) {
  for (const TransferRule& rule : rules.transfers) {
    for (const std::uint16_t network : rule.to) out[network].transfers.push_back(&rule);
    for (const std::uint16_t network : rule.from) {
      if (rule.measured == TransferRule::Measured::begin_to_begin)
        out[network].measures_begins = true;
      if (rule.effect == TransferRule::Effect::up_to_difference)
        out[network].pays_differences = true;
    }
  }
}

}  // namespace

std::vector<NetworkRules> rules_of_networks(const BookModel& model) {
  const BetweenRides& rules = model.between;
  AllRules out(model.networks.size());
  add_sums(rules, out);
  add_transfers(rules, out);
  for (const InterchangeRule& rule : rules.interchanges)
    out[rule.network].interchanges.push_back(&rule);
  for (const CumulativeRule& rule : rules.cumulative)
    for (const std::uint16_t network : rule.networks) out[network].cumulative.push_back(&rule);
  for (const CapRule& rule : rules.caps) {
    for (const std::uint16_t network : rule.networks) {
      out[network].caps.push_back(&rule);
      if (out[network].zones == nullptr && !rule.zones_of.empty()) out[network].zones = &rule;
    }
  }
  for (const PassRule& rule : rules.passes)
    for (const std::uint16_t network : rule.networks) out[network].passes.push_back(&rule);
  return out;
}

}  // namespace tidegate::fare
