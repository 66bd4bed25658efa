// SPDX-License-Identifier: Apache-2.0
// How full the ledger's map is: a warning, an alarm, and no more intents. What is left then is for
// outcomes.
#pragma once

#include "edge/ledger/ledger.h"

namespace tidegate::edge {

class LedgerSpace {
 public:
  /// At the start, and after each commit and each piece of quiet work. When a higher threshold is
  /// passed than the log knows of, it is told.
  void look(const LedgerUse& use);

  /// No intent may go in.
  [[nodiscard]] bool full() const noexcept { return full_; }
  /// Pruning cannot wait for a quiet moment.
  [[nodiscard]] bool hurry() const noexcept { return hurry_; }

 private:
  bool full_ = false;
  bool hurry_ = false;
  unsigned told_ = 0;  ///< the highest threshold the log knows of
};

}  // namespace tidegate::edge
