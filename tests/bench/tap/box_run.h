// SPDX-License-Identifier: Apache-2.0
// Taps at a box of the shipped daemons: simulated readers and cards around tidegate-gate and one
// tidegate-reader an aisle, as many passengers one after the other at each aisle as were asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "tests/bench/block_device.h"
#include "tests/bench/percentiles.h"
#include "tests/bench/tap/exchange.h"
#include "tests/bench/tap/process_times.h"
#include "tests/bench/tap/tap_log.h"

namespace tidegate::bench {

struct BoxRunOptions {
  std::filesystem::path dir;  ///< on the disk that is measured; must not hold a box
  unsigned aisles = 1;
  std::size_t taps = 100;                  ///< of all aisles
  unsigned baud = 0;                       ///< 0: no pacing
  std::chrono::microseconds card_time{0};  ///< for each APDU
  std::chrono::milliseconds flush{0};      ///< each flush takes so much longer
};

struct BoxRunResult {
  std::vector<LoggedTap> taps;
  std::vector<std::int64_t> felt_us;  ///< card put down to barrier and display
  std::chrono::duration<double> took{};
  ProcessTimes used;
  Distribution woken;                        ///< how late a thread that sleeps meanwhile is, ns
  std::optional<DiskCounts> disk;            ///< of the device, by everybody
  std::optional<DiskCounts> background;      ///< in one second before the first tap
  std::uint64_t commits = 0;                 ///< of the ledger
  std::chrono::nanoseconds card_thinking{};  ///< of all simulated cards
  sim::CardImageData card;                   ///< the last one as it came, and what it was asked
  Exchange exchange;
};

/// A passenger who is not let through is told on standard error and left out. An error: it could
/// not be run, or there were more of them than one in a thousand.
[[nodiscard]] Result<BoxRunResult> run_box(const BoxRunOptions& options);

}  // namespace tidegate::bench
