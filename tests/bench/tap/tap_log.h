// SPDX-License-Identifier: Apache-2.0
// The times of taps, as the gate's log tells them (docs/tap.md).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace tidegate::bench {

inline constexpr std::array<std::string_view, 6> kStages{"identify", "check", "price",
                                                         "intend",   "debit", "record"};
struct LoggedTap {
  std::array<std::int64_t, kStages.size()> stages{};  ///< µs, as all below
  std::int64_t commands = 0, card = 0, commit = 0, flush = 0, behind = 0;

  [[nodiscard]] std::int64_t total() const;
  /// Our processor time and queueing: whatever was neither card nor disk.
  [[nodiscard]] std::int64_t own() const { return total() - card - flush; }
};
/// Taps that opened, in order.
[[nodiscard]] std::vector<LoggedTap> read_tap_log(const std::filesystem::path& log);

}  // namespace tidegate::bench
