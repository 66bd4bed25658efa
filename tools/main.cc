// SPDX-License-Identifier: Apache-2.0
// The `tidegate` program: reads the command line and hands over to a command family.
#include <cstdio>
#include <string>

#include "tools/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Tidegate: open transit gate and fare appliance. Operator's commands."};
  app.name("tidegate");
  app.set_version_flag("--version", std::string{"tidegate " TIDEGATE_VERSION});
  app.require_subcommand(1);
  int exit_code = 0;
  tidegate::tools::add_fare_command(app, exit_code);
  tidegate::tools::add_ledger_command(app, exit_code);
  tidegate::tools::add_card_command(app, exit_code);
  tidegate::tools::add_tables_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return app.exit(error);  // --help and --version
    }
    std::fprintf(stderr, "tidegate: %s (see --help)\n", error.what());
    return 2;
  }
  return exit_code;
}
