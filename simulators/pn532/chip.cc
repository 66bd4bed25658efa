// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/chip.h"

#include <algorithm>

namespace tidegate::sim::pn532 {
namespace {

constexpr Byte kRfTimeoutDefault = 0x0A;
constexpr Byte kInfinite = 0xFF;
constexpr Byte kAutomaticAtrAndRats = 0x14;
constexpr std::array<unsigned, 9> kBauds{9600,   19200,  38400,  57600,  115200,
                                         230400, 460800, 921600, 1288000};

/// Parameter bytes of each RFConfiguration item.
std::optional<std::size_t> rf_item_size(Byte item) {
  switch (item) {
    case 0x01: return 1;
    case 0x02: return 3;
    case 0x04: return 1;
    case 0x05: return 3;
    case 0x0A: return 11;
    case 0x0B: return 8;
    case 0x0C: return 3;
    case 0x0D: return 9;
    default: return std::nullopt;
  }
}

std::uint16_t address(ByteView two) {
  return static_cast<std::uint16_t>(read_be(two));
}

}  // namespace

std::span<const Chip::Command> Chip::commands() {
  static constexpr std::array kCommands{
      Command{0x00, 1, 263, &Chip::diagnose},
      Command{0x02, 0, 0, &Chip::firmware_version},
      Command{0x04, 0, 0, &Chip::general_status},
      Command{0x06, 2, 263, &Chip::read_registers},
      Command{0x08, 3, 263, &Chip::write_registers},
      Command{0x0C, 0, 0, &Chip::read_gpio},
      Command{0x0E, 2, 2, &Chip::write_gpio},
      Command{0x10, 1, 1, &Chip::set_baud},
      Command{0x12, 1, 1, &Chip::set_parameters},
      Command{0x14, 1, 3, &Chip::sam_configuration},
      Command{0x16, 1, 2, &Chip::power_down},
      Command{0x32, 2, 12, &Chip::rf_configuration},
      Command{0x40, 1, 263, &Chip::data_exchange},
      Command{0x42, 0, 263, &Chip::communicate_thru},
      Command{0x44, 1, 1, &Chip::deselect},
      Command{0x4A, 2, 16, &Chip::list_passive_target},
      Command{0x4E, 3, 3, &Chip::change_speed},
      Command{0x52, 1, 1, &Chip::release},
      Command{0x54, 1, 1, &Chip::select},
      Command{0x60, 3, 17, &Chip::auto_poll},
  };
  return kCommands;
}

void Chip::power_up() {
  asleep_ = true;
  settings_ = kAutomaticAtrAndRats;
  last_error_ = 0;
  rf_timeout_code_ = kRfTimeoutDefault;
  activation_retries_ = kInfinite;
  gpio_ = {0xFF, 0xFF};
  // TxMode, RxMode: CRC on; TxAuto: modulation set for type A. All others read as zero.
  registers_ = {{0x6302, 0x80}, {0x6303, 0x80}, {0x6305, 0x40}};
  new_baud_.reset();
  forget_targets();
  chain_in_.clear();
  chain_out_.clear();
  pending_ = nullptr;
}

Step Chip::begin(ByteView command, const Striking& faults, SteadyTime now) {
  pending_ = nullptr;
  new_baud_.reset();
  faults_ = faults;
  const ByteView parameters = command.subspan(1);
  const auto known = commands();
  const auto entry = std::find_if(known.begin(), known.end(),
                                  [&command](const Command& c) { return c.code == command[0]; });
  if (entry == known.end() || parameters.size() < entry->parameters_min ||
      parameters.size() > entry->parameters_max)
    return {};
  if (command[0] != 0x40) {
    chain_in_.clear();
    chain_out_.clear();
  }
  return (this->*entry->handler)(parameters, now);
}

Step Chip::again(SteadyTime now) {
  ASSERT(pending_);
  const auto then = std::exchange(pending_, nullptr);
  return then(now);
}

Step Chip::wait_then(microseconds wait, std::function<Step(SteadyTime)> then) {
  pending_ = std::move(then);
  return Step::after(wait);
}

Step Chip::status_reply(Byte reply_code, Byte status) {
  last_error_ = status;
  return Step::answer({reply_code, status});
}

Step Chip::diagnose(ByteView parameters, SteadyTime) {
  switch (parameters[0]) {
    case 0x00: {  // communication line: echo
      Bytes out{0x01};
      append(out, parameters);
      return Step::answer(std::move(out));
    }
    case 0x01:  // ROM
    case 0x02:  // RAM
    case 0x07:  // antenna
      return Step::answer({0x01, 0x00});
    case 0x04:  // polling a FeliCa target 128 times: all fail
      return Step::answer({0x01, 0x80});
    case 0x05:  // echo back as a target, until aborted
      return {Step::Kind::forever, {}};
    case 0x06:  // presence of an ISO 14443-4 card
      if (!current_) return status_reply(0x01, 0x27);
      if (!current()) return no_answer(0x01);
      return Step::answer({0x01, 0x00});
    default: return {};
  }
}

Step Chip::firmware_version(ByteView, SteadyTime) {
  return Step::answer({0x03, 0x32, 0x01, 0x06, 0x07});
}

Step Chip::general_status(ByteView, SteadyTime) {
  Bytes out{0x05, last_error_, 0x00, static_cast<Byte>(targets_.size())};
  for (std::size_t i = 0; i < targets_.size(); ++i)
    append(out, Bytes{static_cast<Byte>(i + 1), 0x00, 0x00, 0x00});  // 106 kbit/s both ways, type A
  out.push_back(0x00);
  return Step::answer(std::move(out));
}

Step Chip::read_registers(ByteView parameters, SteadyTime) {
  if (parameters.size() % 2 != 0) return {};
  Bytes out{0x07};
  for (std::size_t i = 0; i < parameters.size(); i += 2) {
    const auto found = registers_.find(address(parameters.subspan(i, 2)));
    out.push_back(found == registers_.end() ? Byte{0} : found->second);
  }
  return Step::answer(std::move(out));
}

Step Chip::write_registers(ByteView parameters, SteadyTime) {
  if (parameters.size() % 3 != 0) return {};
  for (std::size_t i = 0; i < parameters.size(); i += 3)
    registers_[address(parameters.subspan(i, 2))] = parameters[i + 2];
  return Step::answer({0x09});
}

Step Chip::read_gpio(ByteView, SteadyTime) {
  return Step::answer({0x0D, gpio_[0], gpio_[1], 0x00});  // I0 and I1 low: HSU
}

Step Chip::write_gpio(ByteView parameters, SteadyTime) {
  for (std::size_t i = 0; i < 2; ++i)
    if (parameters[i] & 0x80U) gpio_[i] = parameters[i] & 0x7FU;  // bit 7: the value is meant
  return Step::answer({0x0F});
}

Step Chip::set_baud(ByteView parameters, SteadyTime) {
  if (parameters[0] >= kBauds.size()) return {};
  new_baud_ = kBauds[parameters[0]];
  return Step::answer({0x11});
}

Step Chip::set_parameters(ByteView parameters, SteadyTime) {
  settings_ = parameters[0];
  return Step::answer({0x13});
}

Step Chip::sam_configuration(ByteView parameters, SteadyTime) {
  if (parameters[0] < 1 || parameters[0] > 4) return {};
  return Step::answer({0x15});
}

Step Chip::power_down(ByteView, SteadyTime now) {
  field_->switch_off(now);
  forget_targets();
  asleep_ = true;
  return Step::answer({0x17, 0x00});
}

Step Chip::rf_configuration(ByteView parameters, SteadyTime now) {
  const auto size = rf_item_size(parameters[0]);
  if (!size || parameters.size() != *size + 1) return {};
  switch (parameters[0]) {
    case 0x01:
      if (parameters[1] & 0x01U) {
        field_->switch_on(now);
      } else {
        field_->switch_off(now);
        forget_targets();
      }
      break;
    case 0x02: rf_timeout_code_ = parameters[3]; break;
    case 0x05: activation_retries_ = parameters[3]; break;
    default: break;  // analogue settings and communication retries change nothing here
  }
  return Step::answer({0x33});
}

}  // namespace tidegate::sim::pn532
