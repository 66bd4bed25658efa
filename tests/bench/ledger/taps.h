// SPDX-License-Identifier: Apache-2.0
// Entries as taps of a metro exit make them, and what they weigh in the ledger.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "edge/ledger/ledger.h"

namespace tidegate::bench {

[[nodiscard]] edge::LedgerIdentity bench_identity();
/// Must succeed: a benchmark has nobody to tell of an error but its reader.
[[nodiscard]] std::unique_ptr<edge::Ledger> open_ledger(const std::filesystem::path& folder,
                                                        const edge::LedgerOptions& options);

/// Groups of entries, half of them intents of new cards and half the outcomes of earlier intents:
/// what a committer finds when many aisles are at work. A group of one is by turns one or the
/// other.
class Taps {
 public:
  [[nodiscard]] std::vector<edge::Entry> next_group(std::size_t size);
  /// The places the group was given.
  void landed(std::span<const edge::Entry> group, std::span<const SequenceNo> places);

 private:
  struct Open {
    SequenceNo place;
    edge::Intent intent;
  };
  [[nodiscard]] edge::Intent next_intent();
  [[nodiscard]] edge::EntryHead next_head();

  std::deque<Open> open_;
  std::uint64_t cards_ = 0;
  std::int64_t entries_ = 0;
};

/// The row of each entry in the ledger's main table: chain hash and bytes.
[[nodiscard]] std::vector<Bytes> rows_of(std::span<const edge::Entry> group);

}  // namespace tidegate::bench
