// SPDX-License-Identifier: Apache-2.0
// What the ledgers of all boxes say about each card, put together as a clearing house would.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "edge/ledger/ledger.h"
#include "simulators/station/box_files.h"
#include "simulators/station/passengers.h"

namespace tidegate::sim {

/// An intent and what became of it.
struct Claim {
  unsigned box = 0;
  SequenceNo intent;
  Fen amount;
  CardCounter after;  ///< the card's counter when it debited
  TerminalNo terminal;
  LocalTime card_time;
  std::optional<edge::OutcomeResult> result;  ///< nullopt: no outcome
  bool voided = false;

  [[nodiscard]] bool debited() const { return result == edge::OutcomeResult::debited; }
  /// The ledger does not say whether the card was debited.
  [[nodiscard]] bool open() const {
    return !voided && (!result || result == edge::OutcomeResult::unknown);
  }
};

/// Another box has seen the card's own record of a debit.
struct SeenDebit {
  TerminalNo terminal;
  CardCounter logged;  ///< before or after the debit, as the card does it
};

struct CardClaims {
  std::vector<Claim> claims;
  std::vector<SeenDebit> sightings;
};

struct BoxAccount {
  std::uint64_t head = 0;
  std::uint64_t suspect = 0;
};

struct SiteAccount {
  std::map<unsigned, CardClaims> cards;  ///< by passenger
  std::vector<BoxAccount> boxes;
  std::vector<std::string> complaints;  ///< debits of cards that were never there
};

/// Of stopped or running boxes.
[[nodiscard]] Result<SiteAccount> read_site(const SiteFiles& site,
                                            const std::deque<Passenger>& passengers);

}  // namespace tidegate::sim
