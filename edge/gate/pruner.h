// SPDX-License-Identifier: Apache-2.0
// When the ledger is pruned, and how far: what is older than a year once a day, and the oldest
// acknowledged entries when the map fills up. One small step at a time, in the committer's quiet
// moments. docs/formats/ledger.md has the rules.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "edge/gate/ack_inbox.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

class Pruner {
 public:
  struct Options {
    /// Percent of the map: a run begins, a run ends, and slices come as fast as they may.
    unsigned begin_at = 70, end_below = 65, hurry_at = 90;
    std::chrono::hours kept{365 * 24};      ///< while there is room
    std::chrono::hours kept_always{4};      ///< CodeRide and barriers that did not open
    std::chrono::hours kept_every{24};      ///< how often what is older is looked for
    std::chrono::seconds look_every{10};    ///< for an acknowledgement
    std::chrono::seconds futile_pause{60};  ///< after a run that made no room
    std::chrono::milliseconds slice_every{1000}, hurry_every{100};
    std::size_t entries_max = 512;
  };
  /// All must outlive it. `head` makes the head of an entry written now.
  Pruner(Ledger& ledger, const BoxConfig& config, const Clock& clock,
         std::function<EntryHead()> head, Options options);

  /// Looks for an acknowledgement or prunes a slice; returns how long the next step can wait. On
  /// the appending thread.
  [[nodiscard]] std::chrono::milliseconds step();

 private:
  enum class Run : std::uint8_t { none, age, space };
  void begin_run(unsigned percent);
  [[nodiscard]] PruneOrder order(const Acknowledgement& ack, bool last) const;
  void end_run(bool futile);

  Ledger& ledger_;
  AckInbox inbox_;
  const Clock& clock_;
  std::function<EntryHead()> head_;
  Options options_;
  Run run_ = Run::none;
  std::size_t gone_ = 0;  ///< in this run
  std::optional<SteadyTime> next_look_, next_age_, next_space_;
};

}  // namespace tidegate::edge
