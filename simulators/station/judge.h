// SPDX-License-Identifier: Apache-2.0
// What a passenger makes of what the gate shows: this is right, I come again, or this is wrong.
#pragma once

#include <optional>
#include <string>

#include "simulators/station/hall.h"
#include "simulators/station/passengers.h"

namespace tidegate::sim {

/// Where and under which run of the gate somebody went through.
struct Passed {
  unsigned box = 0;  ///< 0: never yet
  unsigned gate_starts = 0;
  std::string stop;
};

/// A passenger on the way to settle one visit.
struct Job {
  Passenger* passenger = nullptr;
  std::size_t visit = 0;
  unsigned attempt = 0;
  bool uncertain = false;  ///< an earlier attempt ended without a clear word
  bool overrun = false;    ///< since then others made more debits than the card's log has lines
  std::optional<std::size_t> spot{};  ///< where the last attempt was
  Passed passed{};

  [[nodiscard]] const Visit& now() const { return passenger->visits[visit]; }
};

enum class Verdict : std::uint8_t { settled, again, wrong };

/// What is not judged alike in every run.
struct HouseRules {
  FaultSet faults;
  unsigned gate_starts = 0;  ///< of the box at hand, now
};

/// The barrier opened the way this passenger wants to go.
[[nodiscard]] bool opened_this_way(const Visit& visit, const Seen& seen);

[[nodiscard]] Verdict judge(const Job& job, const Spot& spot, const std::optional<Seen>& seen,
                            const HouseRules& rules);

/// For people, in Chinese and English.
[[nodiscard]] std::string what_was_shown(const std::optional<Seen>& seen);

}  // namespace tidegate::sim
