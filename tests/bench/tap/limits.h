// SPDX-License-Identifier: Apache-2.0
// What machine and libraries can do at all, without any of our daemons.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/result.h"
#include "simulators/pn532/reader.h"
#include "tests/bench/percentiles.h"
#include "tests/bench/tap/exchange.h"

namespace tidegate::bench {

/// A bare libnfc loop: the exchange `rounds` times with `pause` before each. One sample a round,
/// ns for one APDU.
[[nodiscard]] Result<Distribution> bare_libnfc(const sim::ReaderOptions& reader,
                                               const sim::CardImageData& card,
                                               const Exchange& exchange, std::size_t rounds,
                                               std::chrono::milliseconds pause);

/// A message to another process and its answer, `messages` times in turn with `pause` before each
/// turn. One sample a turn, ns for one message and its answer.
[[nodiscard]] Result<Distribution> other_process(std::size_t turns, std::size_t messages,
                                                 std::chrono::milliseconds pause);

/// Appends 256 bytes and waits for the disk, `times` times. ns.
[[nodiscard]] Result<Distribution> raw_append(const std::filesystem::path& folder,
                                              std::size_t times);

}  // namespace tidegate::bench
