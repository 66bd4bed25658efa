// SPDX-License-Identifier: Apache-2.0
// The subcommands of tidegate-sim: each adds itself to the program and writes its exit code when it
// was asked for. 0 success, 1 the answer is no, 2 wrong usage.
#pragma once

#include <CLI/CLI.hpp>

namespace tidegate::sim {

/// `reader`: a simulated PN532 behind a symlink.
void add_reader_command(CLI::App& app, int& exit_code);
/// `card`: makes and shows card images.
void add_card_command(CLI::App& app, int& exit_code);
/// `sam`: a SAM in a virtual PC/SC reader.
void add_sam_command(CLI::App& app, int& exit_code);
/// `station`: a whole station with passengers, run with the shipped daemons.
void add_station_command(CLI::App& app, int& exit_code);
/// `code`: makes ride codes.
void add_code_command(CLI::App& app, int& exit_code);
/// `scanner`: a simulated scanner of ride codes behind a symlink.
void add_scanner_command(CLI::App& app, int& exit_code);

}  // namespace tidegate::sim
