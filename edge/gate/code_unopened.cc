// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/code_unopened.h"

namespace tidegate::edge {

Result<std::optional<UnopenedCharge>> unopened_charge(const Ledger& ledger, const RecentDebit& last,
                                                      const ThisRun& run, Timestamp now) {
  if (!is_recent(last.at, now)) return std::nullopt;
  const bool of_this_run = last.outcome >= run.first;
  if (of_this_run && run.passages.of(last.outcome) != false) return std::nullopt;
  std::optional<UnopenedCharge> out;
  bool passed = false;
  const auto status = ledger.read(last.outcome, [&](const StoredEntry& stored) {
    if (const auto* charge = std::get_if<AccountCharge>(&stored.entry.body);
        charge != nullptr && stored.sequence == last.outcome) {
      const bool again = charge->settlement == Settlement::resumed;
      out = UnopenedCharge{again ? charge->entry : stored.sequence, charge->tap.kind};
    }
    if (const auto* passage = std::get_if<Passage>(&stored.entry.body))
      passed = passed || (passage->passed && passage->outcome == last.outcome);
    return out && !of_this_run && stored.sequence < run.first;
  });
  if (!status) return fail(Error{status.error()});
  return passed ? std::nullopt : out;
}

}  // namespace tidegate::edge
