// SPDX-License-Identifier: Apache-2.0
// What happens to the box itself, written down: start and stop, lists, modes, steps of the clock.
// It has what that takes, and what every aisle writes with: clock, modes, and the committer with
// its quiet work.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "base/result.h"
#include "edge/config/box_config.h"
#include "edge/gate/book_store.h"
#include "edge/gate/committer.h"
#include "edge/gate/gate_clock.h"
#include "edge/gate/pruner.h"
#include "edge/gate/services.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

class BoxJournal {
 public:
  /// Both must outlive it.
  BoxJournal(const BoxConfig& config, Ledger& ledger);

  [[nodiscard]] GateClock& clock() noexcept { return clock_; }
  [[nodiscard]] const ModeSwitch& modes() const noexcept { return modes_; }
  [[nodiscard]] Committer& committer() noexcept { return committer_; }
  /// The time of the newest entry of earlier runs; nullopt: the ledger was begun just now.
  [[nodiscard]] std::optional<Timestamp> earlier_runs_end() const;

  /// The first entries of this run, on disk; returns the last one's number.
  [[nodiscard]] Result<SequenceNo> start(std::string_view version, std::uint32_t boot,
                                         const ActiveBook& book,
                                         std::span<const ListActivation> lists);
  void stop();
  void list_taken(const ListActivation& list) { write(list); }
  /// The controllers have opened already; this notes it and stops taking cards.
  void fire(bool on);
  void clock_step(std::chrono::milliseconds by, std::string_view source);

 private:
  [[nodiscard]] EntryHead head() const { return entry_head(clock_, AisleNo{}, modes_.get()); }
  void write(EntryBody body) { committer_.post({head(), std::move(body)}, Commit::must_land); }

  const BoxConfig& config_;
  Ledger& ledger_;
  SystemClock machine_;
  EntryHead last_;  ///< of earlier runs
  SequenceNo last_sequence_;
  GateClock clock_;
  ModeSwitch modes_;
  Pruner pruner_;
  Committer committer_;
};

}  // namespace tidegate::edge
