// SPDX-License-Identifier: Apache-2.0
// The rules between rides, sorted by the network they concern, once for a book: a decision looks at
// those of its own network alone. Only for the engine.
#pragma once

#include <cstdint>
#include <vector>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// Which sums of a card a ride counts to.
struct RideSums {
  bool any = false;          ///< false: the network is in no account, the sums stay as they are
  std::uint8_t account = 0;  ///< number on cards
  bool weeks = false;        ///< the longer sum is of a week; else of a calendar month
  bool in_period = false;    ///< counts in the sum of the week or month
  bool in_day = false;
};

/// Each kind in the order of the book. Points into the model.
struct NetworkRules {
  RideSums sums;
  bool measures_begins = false;   ///< windows that begin with a ride here begin with its begin
  bool pays_differences = false;  ///< a ride that follows may pay the difference
  std::vector<const TransferRule*> transfers;  ///< to here
  std::vector<const InterchangeRule*> interchanges;
  std::vector<const CumulativeRule*> cumulative;
  std::vector<const CapRule*> caps;
  const CapRule* zones = nullptr;  ///< that says the zones of stops; nullptr: none
  std::vector<const PassRule*> passes;
};

/// Of every network of a checked model, which stays where it is.
[[nodiscard]] std::vector<NetworkRules> rules_of_networks(const BookModel& model);

}  // namespace tidegate::fare
