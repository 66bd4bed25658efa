// SPDX-License-Identifier: Apache-2.0
// What became of an intent without an outcome, by what the card itself remembers. Pure but for
// recover(), which asks the card. docs/tap.md tells how the pipeline uses it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "edge/ledger/entry.h"
#include "edge/ledger/ledger.h"
#include "nfc/flow/t_union_flow.h"

namespace tidegate::edge {

struct Judgement {
  OutcomeResult result = OutcomeResult::unknown;
  OutcomeEvidence evidence = OutcomeEvidence::card_log;
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// By EF 18, newest first, complete but for what ten newer records pushed out. Cards log their
/// purchase counter after the increment or before it: a judgement holds for both, and where the two
/// would differ it is unknown. Counters compare modulo 65,536; loads count separately.
[[nodiscard]] Judgement judge(const Intent& intent, std::span<const nfc::LogRecord> log);

/// By EF 18 and the journey record as it was read just now. A debit and its record are one step on
/// the card: the planned record is a debit also when the log has lost it or cannot be read
/// (nullopt), and a log and a record that contradict each other are not believed (unknown).
[[nodiscard]] Judgement judge(const Intent& intent,
                              const std::optional<std::vector<nfc::LogRecord>>& log,
                              const nfc::CardImage& image);

/// The journey record, 2701 or 2702, is what this intent planned. Never for one that planned none.
[[nodiscard]] bool wrote(const Intent& intent, const nfc::CardImage& image);
/// The newest purchase in the card's log is this intent's.
[[nodiscard]] bool newest_purchase_is(const Intent& intent, std::span<const nfc::LogRecord> log);
/// `now` lies behind `before` on the ring of 65,536.
[[nodiscard]] bool is_past(CardCounter now, CardCounter before) noexcept;

/// An unconfirmed intent with what became of it, and the proof where the card still had it.
struct Recovered {
  Unconfirmed unconfirmed;
  Judgement judgement;
  std::optional<nfc::DebitAnswer> proof;
  /// The newest purchase in the card's log is this one; nullopt: the log could not be read.
  std::optional<bool> newest;
  [[nodiscard]] const Intent& intent() const { return std::get<Intent>(unconfirmed.entry.body); }
};

/// Reads the card's log and judges each intent, oldest first. A card that left is the error.
[[nodiscard]] nfc::FlowResult<std::vector<Recovered>> recover(nfc::CardChannel& card,
                                                              const nfc::CardImage& image,
                                                              const nfc::FlowSettings& settings,
                                                              std::vector<Unconfirmed> open);

/// The answer of 805A for a purchase, if the card still has it.
[[nodiscard]] std::optional<nfc::DebitAnswer> fetch_proof(nfc::CardChannel& card,
                                                          const nfc::FlowSettings& settings,
                                                          Byte type, CardCounter after);

/// The outcome entry's body for a judged intent, once a right MAC2 has proven that the card is the
/// one it says it is and that its counter was `proven` before that debit. The counter overrules the
/// card's log: a counter that has not moved since the intent means that nothing was debited.
[[nodiscard]] Outcome outcome_of(const Recovered& recovered, CardCounter proven);

/// The card still stands at this intent's debit: its journey record is what the intent wrote. A
/// flat boarding leaves no journey that another operator's machine would close: there the card must
/// not have bought anything since.
[[nodiscard]] bool stands(const Recovered& item, const nfc::CardImage& image);
/// The debited intent that the card still stands at, and whose tap was accepted (a refused one may
/// have left a proof that settled older ones).
[[nodiscard]] const Recovered* standing(std::span<const Recovered> recovered,
                                        const nfc::CardImage& image);

}  // namespace tidegate::edge
