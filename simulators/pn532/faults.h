// SPDX-License-Identifier: Apache-2.0
// The faults a simulated reader can have: their names, when they strike, and how often.
//
//   name[=VALUE][/CC|/any][+S][@N][#K]
//
//   =VALUE  what the fault asks for: milliseconds, a hex byte or a number
//   /CC     the command it strikes, in hex, instead of its own (InDataExchange, 40, for most)
//   +S      not the first S times
//   @N      the next N times only
//   #K      only at the K-th APDU exchange since the card arrived, from 1
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::sim::pn532 {

enum class Fault : std::uint8_t {
  no_ack,
  ack_only,
  reply_delay,
  late_reply,
  garbage_before,
  garbage_between,
  garbage_after,
  bad_lcs,
  bad_dcs,
  bad_tfi,
  bad_cc,
  bad_postamble,
  no_preamble,
  double_preamble,
  nack,
  error_frame,
  truncate,
  dribble,
  two_parts,
  len_too_long,
  len_one,
  empty_reply,
  status,
  mi_chaining,
  slow_card,
  unplug,
  silent,
  silent_at_open,
  lost_firmware_version,
  ats_tl,
  lost_ats,
  first_open_fails,
  deaf_after_abort,
};
inline constexpr std::size_t kFaultCount = 33;

/// One row of the list that --help prints.
struct FaultInfo {
  Fault fault;
  std::string_view name;
  enum class Value : std::uint8_t { none, ms, hex, number } value;
  std::optional<unsigned> value_default;  ///< the value may be left out
  enum class Scope : std::uint8_t { exchange, any, open, firmware, selection, event } scope;
  std::string_view effect;
};
[[nodiscard]] std::span<const FaultInfo> fault_table();

/// The faults that strike one command.
class Striking {
 public:
  [[nodiscard]] bool has(Fault fault) const { return value(fault).has_value(); }
  [[nodiscard]] std::optional<unsigned> value(Fault fault) const {
    return values_[static_cast<std::size_t>(fault)];
  }
  void set(Fault fault, unsigned value) { values_[static_cast<std::size_t>(fault)] = value; }

 private:
  std::array<std::optional<unsigned>, kFaultCount> values_{};
};

/// The faults that are switched on.
class FaultSet {
 public:
  /// Errc::invalid for an unknown name or a value that does not fit it.
  [[nodiscard]] Status add(std::string_view text);
  void clear() { rules_.clear(); }
  /// What strikes a command with this code; counts it. `exchange`: 0 for none.
  [[nodiscard]] Striking strike(Byte code, unsigned exchange);
  /// The value of a fault that strikes an event and not a command; counts it.
  [[nodiscard]] std::optional<unsigned> strike_event(Fault fault);

 private:
  struct Rule {
    const FaultInfo* info = nullptr;
    unsigned value = 0;
    bool any_command = false;
    std::optional<Byte> code;
    unsigned spared = 0;
    std::optional<unsigned> left;
    std::optional<unsigned> exchange;
    [[nodiscard]] bool covers(Byte command) const;
  };
  [[nodiscard]] static Result<Rule> parse(std::string_view text);
  [[nodiscard]] static Status parse_limits(std::string_view limits, Rule& rule);
  std::vector<Rule> rules_;
};

}  // namespace tidegate::sim::pn532
