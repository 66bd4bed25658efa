// SPDX-License-Identifier: Apache-2.0
// Where the crowd meets the gates: each aisle of each box with its reader and its controllers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/box_files.h"

namespace tidegate::sim {

struct Spot {
  const BoxFiles* box = nullptr;
  const SimAisle* aisle = nullptr;
  SimReader* reader = nullptr;
  SimGate* gate = nullptr;
};

/// A line for people; from any thread.
using Say = std::function<void(const std::string&)>;

/// Names of the units with the supervisor.
inline constexpr const char* kPcscdUnit = "pcscd";
[[nodiscard]] inline std::string sam_unit(const BoxFiles& box, const SimAisle& aisle) {
  return "box " + std::to_string(box.number) + " SAM " + std::to_string(aisle.number);
}
[[nodiscard]] inline std::string gate_unit(const BoxFiles& box) {
  return "box " + std::to_string(box.number) + " gate";
}
[[nodiscard]] inline std::string reader_unit(const BoxFiles& box, const SimAisle& aisle) {
  return "box " + std::to_string(box.number) + " reader " + std::to_string(aisle.number);
}

}  // namespace tidegate::sim
