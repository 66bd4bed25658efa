// SPDX-License-Identifier: Apache-2.0
// How long things take on the air at 106 kbit/s and on a serial line: ISO 14443-3/-4 arithmetic.
#pragma once

#include <chrono>
#include <cstddef>

namespace tidegate::sim::pn532 {

/// REQA, anticollision, SELECT and RATS together.
inline constexpr std::chrono::microseconds kActivationTime{4300};

/// Blocks of command and response with their gaps; both are chained above 61 bytes (FSD 64).
[[nodiscard]] std::chrono::microseconds air_time(std::size_t command_bytes,
                                                 std::size_t response_bytes);

/// 8N1: ten bits a byte. Zero for baud 0.
[[nodiscard]] std::chrono::microseconds line_time(std::size_t bytes, unsigned baud);

}  // namespace tidegate::sim::pn532
