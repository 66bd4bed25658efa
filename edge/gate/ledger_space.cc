// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/ledger_space.h"

#include "base/log.h"

namespace tidegate::edge {
namespace {

/// Percent of the map.
constexpr unsigned kWarn = 70, kAlert = 90, kStop = 95;
/// Percent that the ledger must be below a threshold before it counts as not passed: each commit
/// frees and takes some pages.
constexpr unsigned kFallsBy = 3;

}  // namespace

void LedgerSpace::look(const LedgerUse& use) {
  const unsigned percent = use.percent();
  unsigned passed = 0;
  for (const unsigned threshold : {kWarn, kAlert, kStop})
    if (percent + (told_ >= threshold ? kFallsBy : 0) >= threshold) passed = threshold;
  full_ = passed >= kStop;
  hurry_ = passed >= kAlert;
  if (passed > told_)
    log(hurry_ ? Priority::alert : Priority::warning, full_ ? "ledger_full" : "ledger_filling",
        {{"percent", percent}, {"used_bytes", use.used_bytes}, {"map_bytes", use.map_bytes}});
  told_ = passed;
}

}  // namespace tidegate::edge
