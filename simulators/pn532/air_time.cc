// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/air_time.h"

#include <algorithm>

namespace tidegate::sim::pn532 {
namespace {

constexpr std::size_t kInfBytes = 61;
constexpr std::size_t kEtuNs = 9440;         // 128 / 13.56 MHz
constexpr std::size_t kFrameGapNs = 91'200;  // 1236 / 13.56 MHz

/// PCB, INF and CRC: 8 bits and parity a byte, start and end of frame; then the gap.
std::size_t block_ns(std::size_t inf) {
  return (9 * (inf + 3) + 2) * kEtuNs + kFrameGapNs;
}

/// A message in blocks, each but the last one acknowledged.
std::size_t message_ns(std::size_t bytes) {
  std::size_t ns = 0;
  for (; bytes > kInfBytes; bytes -= kInfBytes) ns += block_ns(kInfBytes) + block_ns(0);
  return ns + block_ns(bytes);
}

}  // namespace

std::chrono::microseconds air_time(std::size_t command_bytes, std::size_t response_bytes) {
  return std::chrono::microseconds{(message_ns(command_bytes) + message_ns(response_bytes)) / 1000};
}

std::chrono::microseconds line_time(std::size_t bytes, unsigned baud) {
  if (baud == 0) return std::chrono::microseconds{0};
  return std::chrono::microseconds{bytes * 10'000'000 / baud};
}

}  // namespace tidegate::sim::pn532
