// SPDX-License-Identifier: Apache-2.0
// The barrier and display controllers of a simulated station: connects to gate.sock, remembers what
// each aisle was told, reports passages, opens all barriers by itself without heartbeat or on fire.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "edge/protocol/gate_protocol.h"

namespace tidegate::sim {

/// What the passenger in front of an aisle got to see.
struct Seen {
  edge::gate_protocol::Display display;
  std::optional<edge::gate_protocol::Open> open;  ///< the barrier was told to open
  std::chrono::steady_clock::time_point at{};
};

class SimGate {
 public:
  /// Connects (retrying until `patience` is over) and starts a thread; reconnects by itself.
  [[nodiscard]] static Result<std::unique_ptr<SimGate>> start(
      const std::filesystem::path& gate_socket, std::chrono::milliseconds patience);
  virtual ~SimGate() = default;

  /// Forgets what the aisle was told so far: before a card is put into the field.
  virtual void arm(AisleNo aisle) = 0;
  /// Waits for a decision (accepted, refused, try_again or out_of_service) shown at this aisle
  /// since arm(). For `accepted` also the barrier. nullopt: none within `patience`.
  [[nodiscard]] virtual std::optional<Seen> wait(AisleNo aisle,
                                                 std::chrono::milliseconds patience) = 0;
  /// Waits until the aisle shows `ready` (its last display). false: not within `patience`.
  [[nodiscard]] virtual bool wait_ready(AisleNo aisle, std::chrono::milliseconds patience) = 0;
  /// The same for any screen, so also for what an aisle shows behind a tap.
  [[nodiscard]] virtual bool wait_screen(AisleNo aisle, edge::gate_protocol::Screen screen,
                                         std::chrono::milliseconds patience) = 0;
  /// Somebody went through (or did not).
  virtual void report_passage(AisleNo aisle, bool passed) = 0;
  virtual void report_fire(bool on) = 0;
  /// When the first heartbeat came over the connection that stands now; nullopt: none did.
  [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> first_heartbeat()
      const = 0;
  /// Barriers stand open because of fire, or because no heartbeat came for 500 ms.
  [[nodiscard]] virtual bool emergency_open() const = 0;
};

}  // namespace tidegate::sim
