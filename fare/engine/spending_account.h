// SPDX-License-Identifier: Apache-2.0
// Whose spending the sums of a card state are: caps and cumulative discounts that count the same
// rides share one account. Only for the engine.
#pragma once

#include <cstdint>
#include <vector>

#include "fare/engine/between_model.h"

namespace tidegate::fare {

struct SpendingAccount {
  std::uint8_t number = 0;     ///< on cards
  bool weeks = false;          ///< the longer sum is of a week; else of a calendar month
  NetworkSet period_networks;  ///< that count in the sum of the week or month
  NetworkSet day_networks;     ///< that count in the sum of the day
};

/// In order of their numbers. Rules of one account agree (check_book()).
[[nodiscard]] std::vector<SpendingAccount> spending_accounts(const BetweenRides& rules);

}  // namespace tidegate::fare
