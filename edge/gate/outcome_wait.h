// SPDX-License-Identifier: Apache-2.0
// When the next commit had better wait a moment: an intent has just landed, so its outcome is about
// to come, and one that misses a commit stands still for all of it and then for its own.
//
// Both times are measured, none is configured: how long a commit takes here, and how long from an
// intent's landing to its outcome. Nothing waits longer than half a commit, and nothing at all
// where outcomes are not that much faster than the disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "base/time.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

class OutcomeWait {
 public:
  /// An entry has been handed in.
  void submitted(const Entry& entry, SteadyTime now);
  /// An entry is on disk; `commit` is how long the disk took.
  void landed(const Entry& entry, SequenceNo at, SteadyTime now, std::chrono::microseconds commit);
  /// No commit before then. SteadyTime::min(): no outcome is expected soon.
  [[nodiscard]] SteadyTime until(SteadyTime now) const;

 private:
  using Span = std::chrono::microseconds;
  struct Debit {
    SequenceNo intent;
    SteadyTime landed{};
  };
  /// Within that an outcome comes, nearly always.
  [[nodiscard]] Span patience() const { return debit_ + 4 * deviation_; }

  std::deque<Debit> debits_;  ///< landed intents whose outcome has not come, oldest first
  Span commit_{}, debit_{}, deviation_{};  ///< moving averages; 0: nothing measured yet
};

}  // namespace tidegate::edge
