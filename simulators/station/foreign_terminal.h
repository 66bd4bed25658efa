// SPDX-License-Identifier: Apache-2.0
// A terminal of another operator: a shop or a bus in another city that takes money from the same
// purses between two taps of ours. It has the same purchase key, a number of its own and nothing of
// our terminal's code: it speaks JT/T 978 to the card by itself.
#pragma once

#include <mutex>
#include <vector>

#include "base/result.h"
#include "simulators/station/passengers.h"

namespace tidegate::sim {

class ForeignTerminal {
 public:
  ForeignTerminal(const TerminalNo& number, const crypto::Key16& purchase_key)
      : number_{number}, purchase_key_{purchase_key} {}

  [[nodiscard]] const TerminalNo& number() const noexcept { return number_; }

  /// A plain purchase (8050 01, 8054 01), as in a shop. An error when the card refuses it.
  [[nodiscard]] Result<ForeignDebit> purchase(TUnionCard& card, Fen amount, Timestamp at);
  /// A composite purchase: a trip of another city is appended, record 2701 is written again as it
  /// was found.
  [[nodiscard]] Result<ForeignDebit> composite(TUnionCard& card, Fen amount, Timestamp at);

 private:
  [[nodiscard]] Result<ForeignDebit> debit(TUnionCard& card, Fen amount, Timestamp at,
                                           bool composite);
  [[nodiscard]] std::uint32_t next_transaction();

  TerminalNo number_;
  crypto::Key16 purchase_key_;
  std::mutex mutex_;
  std::uint32_t transactions_ = 0;
};

/// Other operators' customer: `debits` purchases of some fen, never so much that a fare cannot be
/// paid afterwards. Notes them with the passenger. Cards that no terminal debits are left alone.
void shop_elsewhere(ForeignTerminal& terminal, Passenger& passenger, unsigned debits,
                    std::uint64_t seed);

}  // namespace tidegate::sim
