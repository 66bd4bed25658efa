// SPDX-License-Identifier: Apache-2.0
// Watches the one call of the ledger that may be under way: whether it hangs, and when the last one
// was over. Its owner's lock is held at every use.
#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"

namespace tidegate::edge {

class LedgerCall {
 public:
  /// A call that takes longer hangs.
  explicit LedgerCall(std::chrono::milliseconds patience) : patience_{patience} {}

  void begins() { since_ = std::chrono::steady_clock::now(); }
  /// `well`: it did what it was called for.
  void ends(bool well);
  /// The log is told of it, once a call.
  [[nodiscard]] bool hangs() const;
  /// When the last call was over.
  [[nodiscard]] SteadyTime free_at() const noexcept { return free_at_; }

 private:
  std::chrono::milliseconds patience_;
  std::optional<SteadyTime> since_;  ///< nullopt: none is under way
  SteadyTime free_at_{};
  mutable bool told_ = false;
};

}  // namespace tidegate::edge
