// SPDX-License-Identifier: Apache-2.0
// What became of an intent without an outcome, by what the card itself remembers. Pure but for
// fetch_tac(). docs/tap.md tells how the pipeline uses it.
#pragma once

#include <array>
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

/// `log` is EF 18, newest first. Cards log their purchase counter after the increment;
/// `counter_logged_before` is for those that log it before. Counters compare modulo 65,536, and
/// loads, which count separately, are skipped. The card's counter now is taken from its newest
/// purchase in the log.
[[nodiscard]] Judgement judge(const Intent& intent, std::span<const nfc::LogRecord> log,
                              bool counter_logged_before);

/// An unconfirmed intent with what became of it, and the proof where the card still had it.
struct Recovered {
  Unconfirmed unconfirmed;
  Judgement judgement;
  std::optional<nfc::DebitAnswer> proof;
  [[nodiscard]] const Intent& intent() const { return std::get<Intent>(unconfirmed.entry.body); }
};

/// Reads the card's log and judges each intent, oldest first. A log the card does not give makes
/// all of them unknown; a card that left is the error. `image` is the card as it was read just now:
/// a debit that is its newest one wrote record 2701 in the same breath, so a card that shows the
/// one without the other is not believed (unknown).
[[nodiscard]] nfc::FlowResult<std::vector<Recovered>> recover(nfc::CardChannel& card,
                                                              const nfc::CardImage& image,
                                                              const nfc::FlowSettings& settings,
                                                              std::vector<Unconfirmed> open);

/// The outcome entry's body for a judged intent.
[[nodiscard]] Outcome outcome_of(const Recovered& recovered);

/// The debited intent that the card still stands at: its record 2701 is what that intent wrote.
[[nodiscard]] const Recovered* standing(std::span<const Recovered> recovered,
                                        const nfc::CardImage& image);

}  // namespace tidegate::edge
