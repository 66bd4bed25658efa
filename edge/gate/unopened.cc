// SPDX-License-Identifier: Apache-2.0
// Looks for a recorded debit without a passage, in the few entries behind it.
#include "edge/gate/unopened.h"

#include <set>

namespace tidegate::edge {
namespace {

constexpr std::chrono::minutes kWindow{3};
/// A clock that was set back by no more than this still knows what it has just seen.
constexpr std::chrono::minutes kSetBackMax{2};

/// The entry at `at`; nullopt: there is none.
Result<std::optional<StoredEntry>> entry_at(const Ledger& ledger, SequenceNo at) {
  std::optional<StoredEntry> out;
  const auto status = ledger.read(at, [&](const StoredEntry& stored) {
    if (stored.sequence == at) out = stored;
    return false;
  });
  if (!status) return fail(Error{status.error()});
  return out;
}

/// Whether an entry of an earlier run, behind the intent, says that this card's holder went
/// through.
Result<bool> passed_before(const Ledger& ledger, const CardHandle& card, SequenceNo intent,
                           SequenceNo first_of_run) {
  std::set<SequenceNo> outcomes;  // of this card: a proof has one of its own
  bool passed = false;
  const auto status = ledger.read(intent, [&](const StoredEntry& stored) {
    if (stored.sequence >= first_of_run) return false;
    if (const auto* outcome = std::get_if<Outcome>(&stored.entry.body);
        outcome != nullptr && outcome->card == card)
      outcomes.insert(stored.sequence);
    if (const auto* passage = std::get_if<Passage>(&stored.entry.body))
      passed = passed || (passage->passed && outcomes.contains(passage->outcome));
    return true;
  });
  if (!status) return fail(Error{status.error()});
  return passed;
}

}  // namespace

bool is_recent(Timestamp at, Timestamp now) {
  // A clock that was set back by more makes an old debit look young.
  return at - now <= kSetBackMax && now - at <= kWindow;
}

Result<std::optional<RecordedDebit>> recorded_debit(const Ledger& ledger, const CardHandle& card) {
  const auto recent = ledger.recent_debit(card);
  if (!recent) return fail(Error{recent.error()});
  if (!*recent) return std::nullopt;
  const auto outcome = entry_at(ledger, (*recent)->outcome);
  if (!outcome) return fail(Error{outcome.error()});
  const auto* settled = *outcome ? std::get_if<Outcome>(&(*outcome)->entry.body) : nullptr;
  if (settled == nullptr) return std::nullopt;
  auto intent = entry_at(ledger, settled->intent);
  if (!intent) return fail(Error{intent.error()});
  if (!*intent || !std::holds_alternative<Intent>((*intent)->entry.body)) return std::nullopt;
  return RecordedDebit{(*recent)->outcome,
                       (*recent)->at,
                       {{(*intent)->sequence, std::move((*intent)->entry)},
                        {settled->result, settled->evidence},
                        std::nullopt}};
}

Result<std::optional<Recovered>> unopened_debit(const Ledger& ledger, const CardHandle& card,
                                                const ThisRun& run, Timestamp now) {
  auto recorded = recorded_debit(ledger, card);
  if (!recorded) return fail(Error{recorded.error()});
  if (!*recorded) return std::nullopt;
  RecordedDebit& newest = **recorded;
  if (!is_recent(newest.at, now)) return std::nullopt;
  if (newest.outcome >= run.first) {
    if (run.passages.of(newest.outcome) != false) return std::nullopt;
    return std::move(newest.debit);
  }
  const auto passed = passed_before(ledger, card, newest.debit.unconfirmed.sequence, run.first);
  if (!passed) return fail(Error{passed.error()});
  if (*passed) return std::nullopt;
  return std::move(newest.debit);
}

}  // namespace tidegate::edge
