// SPDX-License-Identifier: Apache-2.0
// What tidegate-reader is told on its command line.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace tidegate::edge {

extern const char* const kReaderHelp;

struct ReaderCommand {
  std::filesystem::path config;
  AisleNo aisle;
  bool check = false;
  bool scanner = false;
  bool help = false;
  bool version = false;
};

/// Errc::refused: wrong usage, with a sentence about it.
[[nodiscard]] Result<ReaderCommand> parse_reader_command(
    const std::vector<std::string_view>& words);

}  // namespace tidegate::edge
