// SPDX-License-Identifier: Apache-2.0
// What a gate does to its ledger, in small: groups of intents, outcomes and other entries, each one
// announced before it is tried and acknowledged when append has returned ok. The words go to
// <root>/marks, one a line, where the interposer sees them.
//
//   try ATTEMPT ENTRIES   append is about to be called
//   ack EPOCH SEQ HASH    this is durable, and all before it (open and append have returned ok)
//   err ATTEMPT CODE      append has returned an error
//   new-epoch             new_epoch is about to be called
//
// Pruning has no mark of its own: what it appends counts for nothing, and an ack follows it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "edge/ledger/ledger.h"

namespace tidegate::crash {

struct WorkloadOptions {
  std::uint64_t seed = 1;
  int groups = 24;
  /// Groups before which the gate is stopped and started again; 0: never.
  int restart_every = 0;
  /// Before this group the ledger is sealed and a new epoch begins; 0: never.
  int new_epoch_at = 0;
  /// Behind every so many-th group a few of the oldest entries are pruned; 0: never.
  int prune_every = 0;
  /// Faults to switch on (or off: "") before a group, by its number; written to `control`.
  std::map<int, std::string> faults;
  std::filesystem::path control;
};
struct WorkloadResult {
  int acknowledged = 0;  ///< groups
  int failed = 0;
  bool last_failed = false;
  std::string first_error;
};

[[nodiscard]] edge::LedgerIdentity workload_identity();
[[nodiscard]] edge::LedgerOptions workload_options();
/// An entry that always fits: for a sign of life.
[[nodiscard]] edge::Entry sample_refusal();

/// Works on the ledger `root`/ledger. A ledger that cannot be opened ends it with first_error set.
[[nodiscard]] WorkloadResult run_workload(const std::filesystem::path& root,
                                          const WorkloadOptions& options);

}  // namespace tidegate::crash
