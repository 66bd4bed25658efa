// SPDX-License-Identifier: Apache-2.0
// One aisle's barrier and display for its two threads, that of the cards and that of the codes.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "base/time.h"
#include "edge/gate/gate_link.h"

namespace tidegate::edge {

class AisleFront final : public Front {
 public:
  AisleFront(GateLink& link, AisleNo aisle) : front_{link, aisle} {}

  void open(gate_protocol::Direction direction, SequenceNo outcome) override {
    const std::lock_guard lock{mutex_};
    front_.open(direction, outcome);
  }
  /// What a passenger is told; the aisle's state is shown anew afterwards.
  void show(const gate_protocol::Display& display) override {
    const std::lock_guard lock{mutex_};
    shown_.clear();
    held_until_ = {};
    front_.show(display);
  }
  /// Only when it is another state than the display shows, and nobody is to read something else.
  void show_state(const gate_protocol::Display& display) {
    const std::lock_guard lock{mutex_};
    if (shown_ == display.en || std::chrono::steady_clock::now() < held_until_) return;
    shown_ = display.en;
    front_.show(display);
  }
  /// A state that the passenger caused: shown again even if the display shows it.
  void show_state_anew(const gate_protocol::Display& display) {
    const std::lock_guard lock{mutex_};
    shown_ = display.en;
    held_until_ = {};
    front_.show(display);
  }
  /// Leaves the passenger time to read: a code, unlike a card, has nothing that leaves.
  void hold(std::chrono::milliseconds time) {
    const std::lock_guard lock{mutex_};
    held_until_ = std::chrono::steady_clock::now() + time;
  }
  /// As GateFront::opened_for(). Any thread.
  [[nodiscard]] SequenceNo opened_for(bool passed) { return front_.opened_for(passed); }

 private:
  std::mutex mutex_;
  GateFront front_;
  std::string shown_;
  SteadyTime held_until_{};
};

}  // namespace tidegate::edge
