// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim sam`: what the command line asks for, apart from the parsing of it.
#pragma once

#include <filesystem>
#include <string>

#include "simulators/sam/vpcd_link.h"

namespace tidegate::sim {

struct SamCommand {
  std::filesystem::path keys;      ///< TOML with purchase_key
  std::filesystem::path state;     ///< of the transaction numbers
  std::string terminal;            ///< 12 digits
  std::uint32_t first_number = 1;  ///< of a SAM without a state file
  PsamSpec spec;                   ///< key and terminal are filled in from above
  VpcdOptions link;
};

/// Is the SAM until SIGINT or SIGTERM. Returns the process's exit code.
[[nodiscard]] int run_sam_command(const SamCommand& command);

}  // namespace tidegate::sim
