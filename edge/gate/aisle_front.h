// SPDX-License-Identifier: Apache-2.0
// One aisle's barrier and display for its two threads, that of the cards and that of the codes.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "edge/gate/gate_link.h"

namespace tidegate::edge {

/// What passengers are served by. One telephone may show a code while its purse wakes.
enum class Medium : std::uint8_t { card, code };

class AisleFront final : public Front {
 public:
  /// How long the other medium waits for the passage of somebody who was let through.
  static constexpr std::chrono::milliseconds kOtherWaits{2000};

  AisleFront(GateLink& link, AisleNo aisle) : front_{link, aisle} {}

  void open(gate_protocol::Direction direction, SequenceNo outcome) override {
    const std::lock_guard lock{mutex_};
    if (outcome != SequenceNo{}) {
      opened_by_ = serving_;
      other_until_ = std::chrono::steady_clock::now() + kOtherWaits;
    }
    front_.open(direction, outcome);
  }
  /// Who is served from now on.
  void serve(Medium medium) {
    const std::lock_guard lock{mutex_};
    serving_ = medium;
  }
  /// The barrier is open for a passage that no controller has reported yet.
  [[nodiscard]] bool waits_for_passage() const {
    const std::lock_guard lock{mutex_};
    return opened_by_.has_value();
  }
  /// The barrier was just opened for somebody with the other medium, who may be this one's holder.
  [[nodiscard]] bool is_taken_from(Medium medium) const {
    const std::lock_guard lock{mutex_};
    return opened_by_ && *opened_by_ != medium && std::chrono::steady_clock::now() < other_until_;
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
  [[nodiscard]] SequenceNo opened_for(bool passed) {
    const std::lock_guard lock{mutex_};
    opened_by_.reset();
    return front_.opened_for(passed);
  }

 private:
  mutable std::mutex mutex_;
  GateFront front_;
  std::string shown_;
  SteadyTime held_until_{};
  Medium serving_ = Medium::card;
  std::optional<Medium> opened_by_;  ///< until a controller says how it ended
  SteadyTime other_until_{};
};

}  // namespace tidegate::edge
