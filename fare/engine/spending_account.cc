// SPDX-License-Identifier: Apache-2.0
// Collects the accounts of a book from its rules.
#include "fare/engine/spending_account.h"

#include <algorithm>

namespace tidegate::fare {

std::vector<SpendingAccount> spending_accounts(const BetweenRides& rules) {
  std::vector<SpendingAccount> out;
  const auto account = [&out](std::uint8_t number) -> SpendingAccount& {
    const auto at = std::ranges::lower_bound(out, number, {}, &SpendingAccount::number);
    if (at != out.end() && at->number == number) return *at;
    return *out.insert(at, SpendingAccount{.number = number});
  };
  for (const CumulativeRule& rule : rules.cumulative)
    account(rule.account).period_networks = rule.networks;
  for (const CapRule& rule : rules.caps) {
    SpendingAccount& of = account(rule.account);
    if (rule.period == Period::day) {
      of.day_networks = rule.networks;
    } else {
      of.weeks = rule.period == Period::week;
      of.period_networks = rule.networks;
    }
  }
  return out;
}

}  // namespace tidegate::fare
