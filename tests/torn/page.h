// SPDX-License-Identifier: Apache-2.0
// Writes docs/torn-taps.md from the accounts of all cells.
#pragma once

#include <string>
#include <vector>

#include "tests/torn/account.h"

namespace tidegate::edge::torn {

/// A line of a table: one exchange, before or after the other side acted; an account for each way
/// back, in the order of kBacks.
struct Row {
  unsigned exchange = 1;
  bool after_card = false;
  std::vector<Account> cells;
  friend bool operator==(const Row&, const Row&) = default;
};
struct Table {
  Setting setting;
  std::vector<Row> rows;
};

/// `tables`: entry torn, entry killed, exit torn, exit killed; and the same again for the cards
/// that log the counter before its increment.
[[nodiscard]] std::string torn_page(const std::vector<std::string>& exchanges,
                                    const std::vector<Table>& tables);

}  // namespace tidegate::edge::torn
