// SPDX-License-Identifier: Apache-2.0
// The PN532's command set: what each command does to chip, field and cards, and what it answers.
// Knows nothing of frames or of real time: it is told the time and says how long it wants to wait.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/time.h"
#include "simulators/pn532/faults.h"
#include "simulators/pn532/field.h"

namespace tidegate::sim::pn532 {

using std::chrono::microseconds;

/// What comes next with the running command.
struct Step {
  enum class Kind : std::uint8_t {
    reply,        ///< this answer: code and data
    error_frame,  ///< 7F: unknown command or wrong parameters
    wait,         ///< ask again after `wait`
    forever,      ///< no answer until the host gives up
  };
  Kind kind = Kind::error_frame;
  Bytes reply;
  microseconds wait{0};

  [[nodiscard]] static Step answer(Bytes reply) { return {Kind::reply, std::move(reply)}; }
  [[nodiscard]] static Step after(microseconds wait) { return {Kind::wait, {}, wait}; }
};

struct ChipTiming {
  microseconds card_time{0};
  microseconds activation_try{5000};
  microseconds rf_timeout{0};  ///< for APDUs; 0: as RFConfiguration says
  bool air = false;            ///< add the time on the air
};

class Chip {
 public:
  Chip(Field& field, ChipTiming timing) : field_{&field}, timing_{timing} { power_up(); }

  /// As after its supply came: asleep, default registers, no target.
  void power_up();
  /// Asleep, it hears nothing but a wake-up (55).
  [[nodiscard]] bool asleep() const { return asleep_; }
  void wake() { asleep_ = false; }

  /// Starts a command (code and parameters), instead of the one that may be running.
  [[nodiscard]] Step begin(ByteView command, const Striking& faults, SteadyTime now);
  /// Goes on after Step::wait.
  [[nodiscard]] Step again(SteadyTime now);
  /// The host gave up.
  void abort() { pending_ = nullptr; }
  /// The host acknowledged a reply: the new speed of the line, if it asked for one.
  [[nodiscard]] std::optional<unsigned> confirmed_baud() { return std::exchange(new_baud_, {}); }
  /// Which APDU exchange of its card this command is; 0: none.
  [[nodiscard]] unsigned exchange_number(ByteView command);

 private:
  using Handler = Step (Chip::*)(ByteView parameters, SteadyTime now);
  struct Command {
    Byte code;
    std::size_t parameters_min;
    std::size_t parameters_max;
    Handler handler;
  };
  static std::span<const Command> commands();

  // Housekeeping: chip.cc.
  Step diagnose(ByteView parameters, SteadyTime now);
  Step firmware_version(ByteView parameters, SteadyTime now);
  Step general_status(ByteView parameters, SteadyTime now);
  Step read_registers(ByteView parameters, SteadyTime now);
  Step write_registers(ByteView parameters, SteadyTime now);
  Step read_gpio(ByteView parameters, SteadyTime now);
  Step write_gpio(ByteView parameters, SteadyTime now);
  Step set_baud(ByteView parameters, SteadyTime now);
  Step set_parameters(ByteView parameters, SteadyTime now);
  Step sam_configuration(ByteView parameters, SteadyTime now);
  Step power_down(ByteView parameters, SteadyTime now);
  Step rf_configuration(ByteView parameters, SteadyTime now);

  // Cards: chip_radio.cc.
  Step list_passive_target(ByteView parameters, SteadyTime now);
  Step auto_poll(ByteView parameters, SteadyTime now);
  Step data_exchange(ByteView parameters, SteadyTime now);
  Step communicate_thru(ByteView parameters, SteadyTime now);
  Step deselect(ByteView parameters, SteadyTime now);
  Step release(ByteView parameters, SteadyTime now);
  Step select(ByteView parameters, SteadyTime now);
  Step change_speed(ByteView parameters, SteadyTime now);

  struct Target {
    std::uint64_t stay = 0;
    bool iso14443_4 = false;
  };
  [[nodiscard]] Step wait_then(microseconds wait, std::function<Step(SteadyTime)> then);
  [[nodiscard]] Step no_answer(Byte reply_code);
  [[nodiscard]] Step status_reply(Byte reply_code, Byte status);
  [[nodiscard]] Step try_list(std::size_t targets_max, const std::optional<Bytes>& uid,
                              unsigned tries);
  [[nodiscard]] Step try_poll(const Bytes& types, microseconds period, std::size_t slot,
                              std::size_t slots);
  [[nodiscard]] Step take_response(std::uint64_t stay, Bytes response, std::size_t part);
  [[nodiscard]] Step next_part();
  [[nodiscard]] Step presence(Byte reply_code);
  /// A card was found by REQA: activates it as the settings say and describes it for the host.
  [[nodiscard]] Bytes adopt(Stay& stay);
  [[nodiscard]] Stay* current();
  void put_to_sleep(std::size_t index);
  void forget_targets();
  [[nodiscard]] bool make_current(std::size_t index);
  [[nodiscard]] Step request(bool wakes_halted);
  [[nodiscard]] microseconds configured_timeout() const;
  /// The firmware prepares the radio for blocks: whole bytes and a CRC.
  void set_up_frames();
  [[nodiscard]] bool frames_are_whole();
  /// 7 bits without a CRC, as REQA is.
  [[nodiscard]] bool frames_are_short();

  Field* field_;
  ChipTiming timing_;
  bool asleep_ = true;
  Byte settings_ = 0;  ///< SetParameters
  Byte last_error_ = 0;
  Byte rf_timeout_code_ = 0;
  Byte activation_retries_ = 0;
  std::array<Byte, 2> gpio_{};
  std::map<std::uint16_t, Byte> registers_;
  std::optional<unsigned> new_baud_;

  std::vector<Target> targets_;  ///< Tg = index + 1
  std::optional<std::size_t> current_;
  Bytes chain_in_;   ///< from the host, MI set
  Bytes chain_out_;  ///< of the card, not yet fetched
  std::size_t chain_part_ = 0;

  Striking faults_;  ///< of the running command
  std::function<Step(SteadyTime)> pending_;
};

}  // namespace tidegate::sim::pn532
