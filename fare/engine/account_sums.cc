// SPDX-License-Identifier: Apache-2.0
// Exchanges the sums in a card state.
#include "fare/engine/account_sums.h"

namespace tidegate::fare {

void AccountSums::bring(std::uint8_t account, CardState& state) {
  if (account == state.account) return;
  last_.insert_or_assign(state.account, state);
  const auto found = last_.find(account);
  if (found == last_.end()) return;
  const CardState& sums = found->second;
  state.account = sums.account;
  state.weeks = sums.weeks;
  state.month = sums.month;
  state.month_spent = sums.month_spent;
  state.day = sums.day;
  state.day_spent = sums.day_spent;
  state.day_zones = sums.day_zones;
}

}  // namespace tidegate::fare
