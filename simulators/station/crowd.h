// SPDX-License-Identifier: Apache-2.0
// Passengers at the aisles: one thread an aisle puts cards into its reader's field, watches what
// the gate shows, passes or comes back, and holds the display against what was expected.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/passengers.h"
#include "simulators/station/supervisor.h"

namespace tidegate::sim {

/// What the crowd meets.
struct Hall {
  const std::vector<SimAisle>& aisles;
  std::vector<std::unique_ptr<SimReader>>& readers;  ///< in the order of `aisles`
  SimGate& gate;
  Supervisor& daemons;
  std::function<void(const std::string&)> say;  ///< a line for people; any thread
  std::uint64_t seed = 1;
};

struct CrowdReport {
  std::uint64_t taps = 0;
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  ///< by name
  std::vector<std::string> unexplained;          ///< sentences
};

/// Sends everybody through; returns when the last one is done.
[[nodiscard]] CrowdReport run_crowd(const Hall& hall, std::vector<Passenger>& passengers);

/// Name of the unit that drives an aisle's reader.
[[nodiscard]] std::string reader_unit(std::uint16_t aisle);
inline constexpr const char* kGateUnit = "gate";

}  // namespace tidegate::sim
