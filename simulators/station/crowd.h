// SPDX-License-Identifier: Apache-2.0
// Passengers at the aisles: one thread an aisle puts cards into its reader's field, watches what
// the gate shows, passes or comes back, and holds the display against what was expected.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulators/station/foreign_terminal.h"
#include "simulators/station/hall.h"
#include "simulators/station/mischief.h"
#include "simulators/station/passengers.h"
#include "simulators/station/supervisor.h"

namespace tidegate::sim {

/// What the crowd meets.
struct Hall {
  const std::vector<Spot>& spots;
  Supervisor& daemons;
  Mischief& mischief;
  ForeignTerminal& foreign;
  Say say;
  std::uint64_t seed = 1;
  FaultSet faults;
  /// Asked when the last one is done: more people to come; none ends it. One thread at a time.
  std::function<std::vector<Passenger*>()> more;
};

struct CrowdReport {
  std::uint64_t taps = 0;
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  ///< by name
  std::vector<std::string> unexplained;          ///< sentences
};

/// Sends everybody through, from the first visit that is not settled; returns when the last one is
/// done. Adds to `report`.
void run_crowd(const Hall& hall, const std::vector<Passenger*>& passengers, CrowdReport& report);

}  // namespace tidegate::sim
