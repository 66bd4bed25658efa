// SPDX-License-Identifier: Apache-2.0
// A box with its shipped daemons, simulated readers and barriers, whose start can be timed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/box_files.h"
#include "simulators/station/supervisor.h"

namespace tidegate::bench {

struct Start {
  std::chrono::nanoseconds beat{};      ///< to the gate's first heartbeat
  std::chrono::nanoseconds answered{};  ///< until the last aisle has answered a card
};

class Box {
 public:
  /// Makes keys, book and configuration in `folder`, and the readers' serial lines.
  Box(const std::filesystem::path& folder, unsigned aisles);

  /// Starts gate and readers with a card before each reader, and waits for an answer to each. The
  /// cards are not enabled: they are read, judged, refused and entered in the ledger.
  [[nodiscard]] Start start();
  void stop();
  [[nodiscard]] const sim::BoxFiles& files() const { return site_.boxes.front(); }

 private:
  sim::SiteFiles site_;
  std::vector<std::unique_ptr<sim::TUnionCard>> cards_;
  std::vector<std::unique_ptr<sim::SimReader>> readers_;
  std::unique_ptr<sim::Supervisor> daemons_;
  std::unique_ptr<sim::SimGate> gate_;
};

}  // namespace tidegate::bench
