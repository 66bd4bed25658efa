// SPDX-License-Identifier: Apache-2.0
// The tables of this bench, with each aim beside its figure. Nothing is asserted.
#pragma once

#include "tests/bench/percentiles.h"
#include "tests/bench/tap/box_run.h"

namespace tidegate::bench {

struct Limits {
  Distribution bare_at_once, bare_as_taps;  ///< ns for an APDU
  Distribution other_process;               ///< ns for a message and its answer
  Distribution append;                      ///< ns
};

/// A reader's line and a card as they are.
struct Pace {
  unsigned baud = 460'800;
  std::chrono::milliseconds card_time{5};
};

struct Runs {
  const BoxRunResult& lone;
  const BoxRunResult& busy;
  const BoxRunResult& paced;
  const BoxRunResult& slow;
  const BoxRunResult& paced_busy;
  const BoxRunResult& paced_slow;
  const Limits& limits;
  unsigned aisles;
  Pace pace;
  std::chrono::milliseconds slow_flush;
};

void report(const Runs& runs);

}  // namespace tidegate::bench
