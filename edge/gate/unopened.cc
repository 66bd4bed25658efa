// SPDX-License-Identifier: Apache-2.0
// Looks for a recorded debit without a passage, in the few entries behind it.
#include "edge/gate/unopened.h"

#include <set>

namespace tidegate::edge {
namespace {

constexpr std::chrono::minutes kWindow{3};

/// The intent that the outcome at `at` settles; nullopt: there is no such outcome.
Result<std::optional<SequenceNo>> intent_of(const Ledger& ledger, SequenceNo at) {
  std::optional<SequenceNo> out;
  const auto status = ledger.read(at, [&](const StoredEntry& stored) {
    if (const auto* outcome = std::get_if<Outcome>(&stored.entry.body)) out = outcome->intent;
    return false;
  });
  if (!status) return fail(Error{status.error()});
  return out;
}

}  // namespace

Result<std::optional<Recovered>> unopened_debit(const Ledger& ledger, const CardHandle& card,
                                                SequenceNo first_of_run, Timestamp now) {
  const auto recent = ledger.recent_debit(card);
  if (!recent) return fail(Error{recent.error()});
  if (!*recent || (*recent)->outcome >= first_of_run) return std::nullopt;
  // A clock that was set back makes an old debit look young: not before it, either.
  if (now < (*recent)->at || now - (*recent)->at > kWindow) return std::nullopt;
  const auto intent = intent_of(ledger, (*recent)->outcome);
  if (!intent) return fail(Error{intent.error()});
  if (!*intent) return std::nullopt;

  std::optional<Recovered> out;
  std::set<SequenceNo> outcomes;  // of this card: a proof has one of its own
  bool passed = false;
  const auto status = ledger.read(**intent, [&](const StoredEntry& stored) {
    if (stored.sequence >= first_of_run) return false;
    if (stored.sequence == **intent)
      out = Recovered{{stored.sequence, stored.entry},
                      {OutcomeResult::debited, OutcomeEvidence::mac2},
                      std::nullopt};
    if (const auto* outcome = std::get_if<Outcome>(&stored.entry.body);
        outcome != nullptr && outcome->card == card)
      outcomes.insert(stored.sequence);
    if (const auto* passage = std::get_if<Passage>(&stored.entry.body))
      passed = passed || (passage->passed && outcomes.contains(passage->outcome));
    return true;
  });
  if (!status) return fail(Error{status.error()});
  if (passed) return std::nullopt;
  return out;
}

}  // namespace tidegate::edge
