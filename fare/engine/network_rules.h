// SPDX-License-Identifier: Apache-2.0
// The rules between rides, sorted by the network they concern, once for a book: a decision looks at
// those of its own network alone. Only for the engine.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
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

/// A RuleScope as it is asked.
struct PreparedScope {
  ServiceDay from, until;                  ///< both inside
  std::bitset<256> riders;                 ///< for whom it holds
  bool names_riders = false;               ///< else it holds for every one
  std::uint8_t media = 0;                  ///< bit 1: MediumKind 1
  std::span<const std::uint16_t> issuers;  ///< of the model; empty: every card
};

template <class Rule>
struct PreparedRule {
  const Rule* rule = nullptr;  ///< of the model
  PreparedScope scope;
  RuleName trace;  ///< "transfer/weekend"
};
template <class Rule>
using RuleList = std::vector<const PreparedRule<Rule>*>;

/// Each kind in the order of the book.
struct NetworkRules {
  RideSums sums;
  bool measures_begins = false;      ///< windows that begin with a ride here begin with its begin
  bool pays_differences = false;     ///< a ride that follows may pay the difference
  RuleList<TransferRule> transfers;  ///< to here
  RuleList<InterchangeRule> interchanges;
  std::vector<bool> may_go_on;  ///< by stop: an interchange lists it; empty: there is none
  RuleList<CumulativeRule> cumulative;
  RuleList<CapRule> caps;
  const CapRule* zones = nullptr;  ///< that says the zones of stops; nullptr: none
  RuleList<PassRule> passes;
};

/// Of a checked model, which stays where it is.
struct PreparedRules {
  std::vector<PreparedRule<TransferRule>> transfers;
  std::vector<PreparedRule<InterchangeRule>> interchanges;
  std::vector<PreparedRule<CumulativeRule>> cumulative;
  std::vector<PreparedRule<CapRule>> caps;
  std::vector<PreparedRule<PassRule>> passes;
  std::vector<NetworkRules> networks;  ///< points into the others
};
[[nodiscard]] PreparedRules prepared_rules(const BookModel& model);

}  // namespace tidegate::fare
