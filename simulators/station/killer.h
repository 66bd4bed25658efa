// SPDX-License-Identifier: Apache-2.0
// Kills gates at moments of no choice and measures how long each next life takes to begin.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "simulators/station/hall.h"
#include "simulators/station/station.h"
#include "simulators/station/supervisor.h"

namespace tidegate::sim {

/// A gate process, and those it gives heartbeats.
struct BoxGate {
  const BoxFiles* box = nullptr;
  SimGate* controllers = nullptr;
};

/// From the start of the gate's process to its first heartbeat, when its ledger stands open again;
/// nullopt: it is not there yet, or no process runs.
[[nodiscard]] std::optional<std::chrono::steady_clock::duration> ready_after(
    const Supervisor& daemons, const BoxGate& gate);

class Killer {
 public:
  /// One thread a gate; together they kill `kills` times.
  Killer(Supervisor& daemons, const std::vector<BoxGate>& victims, unsigned kills,
         std::uint64_t seed);
  ~Killer();
  Killer(const Killer&) = delete;
  Killer& operator=(const Killer&) = delete;

  /// All kills are done and the gates are back.
  [[nodiscard]] bool done() const { return working_.load() == 0; }
  [[nodiscard]] KillReport report() const;

 private:
  void run(const BoxGate& victim, std::uint64_t seed);
  void kill_once(const BoxGate& victim);

  Supervisor& daemons_;
  std::atomic<int> left_;
  std::atomic<unsigned> working_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  KillReport report_;
  std::vector<std::thread> threads_;
};

}  // namespace tidegate::sim
