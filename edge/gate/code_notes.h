// SPDX-License-Identifier: Apache-2.0
// What the aisles of a box note together about ride codes while the gate runs: how many codes
// without a right signature were not written down, and which charges may be on disk though their
// append was said to have failed. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "edge/gate/services.h"

namespace tidegate::edge {

/// A charge that did not open.
struct DoubtfulCharge {
  CardHandle account;
  Timestamp made{};
  EntryHead head;
};

class CodeNotes {
 public:
  /// Anybody can show forged codes by the thousand. One refusal an aisle is written in this time.
  static constexpr std::chrono::seconds kBetweenForged{10};

  /// How many of this aisle were not written since the last that was; nullopt: nor is this one.
  [[nodiscard]] std::optional<unsigned> write_forged(AisleNo aisle, SteadyTime now);

  void doubt(const DoubtfulCharge& charge);
  [[nodiscard]] std::vector<DoubtfulCharge> take_doubts();

 private:
  struct Forged {
    SteadyTime written{};
    unsigned unwritten = 0;
  };
  static constexpr std::size_t kDoubtsMax = 256;
  std::mutex mutex_;
  std::map<AisleNo, Forged> forged_;
  std::vector<DoubtfulCharge> doubts_;
};

/// When the ledger works again: a charge that is there all the same gets its void, because nobody
/// was let through for it.
void settle_doubts(const Services& services, CodeNotes& notes);

}  // namespace tidegate::edge
