// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/ledger_call.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {

using std::chrono::steady_clock;

void LedgerCall::ends(bool well) {
  // Told here when nobody asked while it hung.
  if (hangs() && well) log(Priority::notice, "ledger_works_again");
  since_.reset();
  told_ = false;
  free_at_ = steady_clock::now();
}

bool LedgerCall::hangs() const {
  if (!since_) return false;
  const auto took = steady_clock::now() - *since_;
  if (took <= patience_) return false;
  if (!std::exchange(told_, true))
    log(Priority::alert, "ledger_stalled",
        {{"for_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
  return true;
}

}  // namespace tidegate::edge
