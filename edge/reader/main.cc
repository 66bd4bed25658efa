// SPDX-License-Identifier: Apache-2.0
// tidegate-reader: wiring of one aisle's contactless reader, or of its scanner.
#include <algorithm>
#include <csignal>
#include <cstdio>

#include "edge/config/box_config.h"
#include "edge/reader/command_line.h"
#include "edge/reader/reader_service.h"
#include "edge/reader/scanner_service.h"

namespace {

using namespace tidegate;

int fail_with(const Error& error) {
  std::fprintf(stderr, "tidegate-reader: %s\n", error.message().c_str());
  return error.code() == Errc::refused ? 2 : 1;
}

int run(const edge::ReaderCommand& command) {
  const auto config = edge::load_box_config(command.config);
  if (!config) return fail_with(config.error());
  const auto aisle = std::ranges::find(config->aisles, command.aisle, &edge::AisleConfig::number);
  if (aisle == config->aisles.end())
    return fail_with({Errc::not_found, "the configuration has no such aisle"});
  if (command.check) {
    const auto said = edge::ReaderService::check(aisle->device);
    if (!said) return fail_with(said.error());
    std::printf("aisle %u: %s\n", unsigned{command.aisle.get()}, said->c_str());
    return 0;
  }
  if (command.scanner) {
    if (aisle->scanner.empty())
      return fail_with({Errc::not_found, "the configuration has no scanner for this aisle"});
    edge::ScannerService scanner{
        {.socket = config->reader_socket(), .aisle = command.aisle, .device = aisle->scanner}};
    const auto done = scanner.run();
    return done ? 0 : fail_with(done.error());
  }
  edge::ReaderService service{
      {.socket = config->reader_socket(), .aisle = command.aisle, .connstring = aisle->device}};
  const auto done = service.run();
  return done ? 0 : fail_with(done.error());
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // a log nobody reads is no reason to die
  const auto command = edge::parse_reader_command({argv + 1, argv + argc});
  if (!command) return fail_with(command.error());
  if (command->help) std::fputs(edge::kReaderHelp, stdout);
  if (command->version) std::puts("tidegate-reader " TIDEGATE_VERSION);
  return command->help || command->version ? 0 : run(*command);
}
