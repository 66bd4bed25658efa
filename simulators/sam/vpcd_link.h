// SPDX-License-Identifier: Apache-2.0
// Puts a simulated SAM into a virtual reader of vsmartcard's vpcd, the driver that listens inside
// pcscd: a two-byte length before each message; a single byte is power off (00), power on (01),
// reset (02) or a question for the ATR (04), anything longer a command.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "simulators/sam/psam.h"

namespace tidegate::sim {

struct VpcdOptions {
  std::string host = "127.0.0.1";  ///< a numeric address
  std::uint16_t port = 0x8C7B;     ///< of the reader's first slot; the second has the next
  bool was_in = false;             ///< it may have left that reader just now
  std::chrono::milliseconds answer_time{0};  ///< what a command takes
};

/// Serves until `stop_fd` is readable; connects again whenever pcscd went away. `say` gets a line
/// for each change. An error: it could not be tried at all.
[[nodiscard]] Status serve_vpcd(Psam& sam, const VpcdOptions& options, int stop_fd,
                                const std::function<void(const std::string&)>& say);

}  // namespace tidegate::sim
