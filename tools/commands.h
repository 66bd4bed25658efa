// SPDX-License-Identifier: Apache-2.0
// The command families of the `tidegate` program. Each adds its subcommands to the application and
// leaves its verdict in `exit_code`: 0 success, 1 the answer is no, 2 wrong usage.
#pragma once

#include <CLI/CLI.hpp>

namespace tidegate::tools {

/// `exit_code` must outlive the application's parse().
void add_fare_command(CLI::App& app, int& exit_code);
void add_ledger_command(CLI::App& app, int& exit_code);
void add_card_command(CLI::App& app, int& exit_code);
void add_tables_command(CLI::App& app, int& exit_code);

}  // namespace tidegate::tools
