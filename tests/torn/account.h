// SPDX-License-Identifier: Apache-2.0
// Holds a cell's card against the ledgers of both boxes: what must be true of every cell, and the
// one word that says how it came out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "edge/ledger/entry.h"
#include "tests/torn/cells.h"

namespace tidegate::edge::torn {

/// A box's ledger, by card.
class Books {
 public:
  struct Item {
    SequenceNo sequence;
    Intent intent;
    std::vector<std::pair<SequenceNo, Outcome>> outcomes;  ///< one at most, if all is well
    [[nodiscard]] bool has(OutcomeResult result) const {
      return outcomes.size() == 1 && outcomes.front().second.result == result;
    }
    [[nodiscard]] bool open() const { return outcomes.empty(); }
  };
  struct OfCard {
    std::vector<Item> intents;
    std::vector<std::pair<SequenceNo, Sighting>> sightings;
  };
  /// Verifies the chain and reads it; what is wrong with it is a failure of the test.
  explicit Books(const BoxSpec& box);
  [[nodiscard]] OfCard of(const sim::CardImageData& card) const;

 private:
  BoxSpec box_;
  std::map<CardHandle, OfCard> cards_;
};

/// A number of debits and their sum.
struct Sum {
  unsigned count = 0;
  Fen fen;
  void add(Fen amount) {
    ++count;
    fen += amount;
  }
  friend bool operator==(const Sum&, const Sum&) = default;
};

/// How a cell came out. Proofs (0 fen) count as debits.
struct Account {
  std::string word;
  unsigned taps = 0;
  bool opened = false;
  Sum purse;        ///< what the card gave to this station
  Sum debited;      ///< … and both ledgers have as debited
  Sum unknown;      ///< listed with outcome unknown
  Sum unconfirmed;  ///< listed without an outcome
  unsigned sightings = 0;
  friend bool operator==(const Account&, const Account&) = default;
};

struct Verdict {
  Account account;
  std::vector<std::string> complaints;  ///< each breaks a promise
};

[[nodiscard]] Verdict judge_cell(const Setting& setting, const CellRun& run, const Books& here,
                                 const Books& there);

}  // namespace tidegate::edge::torn
