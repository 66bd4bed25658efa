// SPDX-License-Identifier: Apache-2.0
// tidegate-sim: everything that is hardware or crowd, simulated. Wiring only.
#include <CLI/CLI.hpp>

#include "simulators/commands.h"

namespace {

constexpr int kWrongUsage = 2;

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulated hardware and passengers for Tidegate."};
  app.footer(
      "Examples:\n"
      "  tidegate-sim card new card.json --balance 5000\n"
      "  tidegate-sim reader --link /tmp/pn532 --card card.json\n"
      "  tidegate-sim station --aisles 4 --passengers 100 --seed 7\n"
      "  tidegate-sim station --aisles 2 --passengers 40 --seed 7 --faults tear,gate-kill --json");
  app.set_version_flag("--version", TIDEGATE_VERSION);
  app.require_subcommand(1);
  int exit_code = 0;
  tidegate::sim::add_reader_command(app, exit_code);
  tidegate::sim::add_card_command(app, exit_code);
  tidegate::sim::add_code_command(app, exit_code);
  tidegate::sim::add_scanner_command(app, exit_code);
  tidegate::sim::add_sam_command(app, exit_code);
  tidegate::sim::add_station_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way too, with code 0.
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return exit_code;
}
