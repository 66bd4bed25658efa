// SPDX-License-Identifier: Apache-2.0
// Between the serial line and the chip: acknowledges, runs one command at a time, paces what goes
// out, and does to replies what the faults ask for. Is told the time; never sleeps.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "simulators/pn532/chip.h"
#include "simulators/pn532/faults.h"
#include "simulators/pn532/frames.h"

namespace tidegate::sim::pn532 {

class Link {
 public:
  /// `write` puts bytes on the line to the host. `baud` 0: no pacing.
  Link(Chip& chip, FaultSet& faults, unsigned baud, std::function<void(ByteView)> write)
      : chip_{&chip}, faults_{&faults}, power_up_baud_{baud}, write_{std::move(write)} {
    power_up();
  }

  void power_up();
  /// Bytes of the host.
  void receive(ByteView bytes, SteadyTime now);
  /// When run() wants to be called next.
  [[nodiscard]] std::optional<SteadyTime> due() const;
  void run(SteadyTime now);
  /// How many commands have come, those that nothing answers too.
  [[nodiscard]] unsigned commands() const { return commands_; }
  /// The fault `unplug` has struck: the owner pulls the cable.
  [[nodiscard]] bool wants_unplug() const { return wants_unplug_; }

 private:
  /// Bytes on their way out.
  struct Output {
    SteadyTime due;
    Bytes bytes;
    bool keep = false;  ///< neither a new command nor an abort drops it
  };
  void on_frame(const HostFrame& frame, SteadyTime now);
  void on_command(const HostFrame& frame, SteadyTime now);
  void on_ack(SteadyTime now);
  void drop_running();
  void carry_out(const Step& step, SteadyTime base);
  void reply(const Step& step, SteadyTime base);
  void send(Bytes bytes, SteadyTime due, bool keep = false);
  [[nodiscard]] bool deaf_to(const Striking& faults) const;

  Chip* chip_;
  FaultSet* faults_;
  unsigned power_up_baud_;
  std::function<void(ByteView)> write_;

  unsigned baud_ = 0;
  FrameParser parser_;
  std::deque<Output> outbox_;
  unsigned commands_ = 0;
  bool running_ = false;
  std::optional<SteadyTime> step_due_;  ///< the running command goes on then
  Striking striking_;                   ///< the running command's faults
  Bytes last_reply_;                    ///< for a host's NACK
  bool first_wake_ = true;              ///< not yet woken since power-up
  bool lose_next_command_ = false;
  bool silent_session_ = false;  ///< since a SAMConfiguration that was not answered
  std::optional<SteadyTime> deaf_until_;
  bool wants_unplug_ = false;
};

}  // namespace tidegate::sim::pn532
