// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim reader`: what the command line asks for, apart from the parsing of it.
#pragma once

#include <filesystem>
#include <vector>

#include "simulators/pn532/reader.h"

namespace tidegate::sim {

struct ReaderCommand {
  ReaderOptions reader;
  std::vector<std::filesystem::path> cards;  ///< images of the cards that lie on the reader
  std::optional<Tear> tear;
  bool save = false;  ///< write the images back at the end
};

/// The list of faults for --help, a line each.
[[nodiscard]] std::string fault_help();

/// Runs until SIGINT or SIGTERM; SIGUSR1 takes the cards away and puts them back, SIGUSR2 pulls the
/// cable and plugs it in again. Exit code.
[[nodiscard]] int run_reader_command(const ReaderCommand& command);

}  // namespace tidegate::sim
