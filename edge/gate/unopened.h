// SPDX-License-Identifier: Apache-2.0
// Finds the debit that is in the ledger while nobody went through for it: the gate ended between
// the two, or the passenger was too slow for the barrier. Without it somebody would have paid and
// be told "already entered" or "not entered".
#pragma once

#include <optional>

#include "edge/gate/recovery.h"
#include "edge/gate/run_memory.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

/// A card's newest debit at this box, kept for 3 minutes at least.
struct RecordedDebit {
  SequenceNo outcome;
  Timestamp at{};
  Recovered debit;  ///< the intent, judged as its outcome says
};
[[nodiscard]] Result<std::optional<RecordedDebit>> recorded_debit(const Ledger& ledger,
                                                                  const CardHandle& card);

/// Less than 3 minutes before `now`, or behind it as far as a clock is set back in daily life.
[[nodiscard]] bool is_recent(Timestamp at, Timestamp now);

/// Which run of the gate it was, and what it knows of passages.
struct ThisRun {
  SequenceNo first;  ///< the first entry it wrote; 0: none that counts
  const Passages& passages;
};
/// The newest debit of a card that a barrier opened for or should have, less than 3 minutes before
/// `now`, unless somebody passed on it. Of this run's debits it must be known that nobody did: it
/// has opened for them, and a controller without a sensor says nothing.
[[nodiscard]] Result<std::optional<Recovered>> unopened_debit(const Ledger& ledger,
                                                              const CardHandle& card,
                                                              const ThisRun& run, Timestamp now);

}  // namespace tidegate::edge
