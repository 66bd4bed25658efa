// SPDX-License-Identifier: Apache-2.0
// Command line of `tidegate-sim station`.
#include "simulators/station_command.h"

#include <cstdio>
#include <memory>

#include "simulators/commands.h"

namespace tidegate::sim {

namespace {

void tell_left(const char* why, const LeftOpen& left) {
  std::fprintf(stderr, "%s: passenger %u, intent %llu of box %u, %s yuan, the card says %s\n", why,
               left.passenger, static_cast<unsigned long long>(left.intent.get()), left.box,
               left.amount.yuan().c_str(), left.paid ? "paid" : "not paid");
}

}  // namespace

int run_station_command(const StationOptions& options, bool json_only) {
  // With --json standard output carries the one object and nothing else.
  std::FILE* const people = json_only ? stderr : stdout;
  const auto say = [people](const std::string& line) {
    std::fprintf(people, "%s\n", line.c_str());
    std::fflush(people);
  };
  const auto report = run_station(options, say);
  if (!report) {
    std::fprintf(stderr, "tidegate-sim station: %s\n", report.error().message().c_str());
    return 1;
  }
  for (const std::string& complaint : report->complaints) {
    std::fprintf(stderr, "tidegate-sim station: %s\n", complaint.c_str());
  }
  std::printf("%s\n", to_json(*report).c_str());
  for (const LeftOpen& left : report->never_returned) tell_left("never came back", left);
  for (const LeftOpen& left : report->unknown) tell_left("unknown for ever", left);
  return report->good() ? 0 : 1;
}

void add_station_command(CLI::App& app, int& exit_code) {
  struct Arguments {
    StationOptions options;
    std::string faults = "none", sam = "soft";
    bool json = false;
  };
  constexpr int kWrongUsage = 2;
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("station", "A station full of passengers, run with the shipped daemons");
  command->footer(
      "Ends with one line of JSON; exits 0 when purses and ledger agree to the fen, the ledger\n"
      "verifies and every passenger saw what the tariff says. The folder is kept.\n"
      "Examples:\n"
      "  tidegate-sim station --aisles 4 --passengers 100 --seed 7\n"
      "  tidegate-sim station --boxes 3 --aisles 4 --passengers 300 --seed 7 --faults all --json\n"
      "  tidegate-sim station --boxes 2 --passengers 40 --kills 100\n"
      "  tidegate-sim station --aisles 4 --sam pcsc --faults sam\n"
      "  tidegate-sim station --seed 3 --dir /tmp/station && tidegate ledger verify "
      "/tmp/station/state/ledger");
  command
      ->add_option("--boxes", arguments->options.boxes,
                   "Number of boxes; with three or more the last stands in another station")
      ->check(CLI::Range(1U, kBoxesMax))
      ->capture_default_str();
  command->add_option("--aisles", arguments->options.aisles, "Number of aisles of each box")
      ->check(CLI::Range(1U, kAislesMax))
      ->capture_default_str();
  command->add_option("--passengers", arguments->options.passengers, "Number of passengers")
      ->check(CLI::Range(1U, 100'000U))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Draws passengers, cards and faults")
      ->capture_default_str();
  command
      ->add_option("--faults", arguments->faults,
                   "tear, reader-kill, gate-kill, sam, disk-full, clock; all, none")
      ->capture_default_str();
  command
      ->add_option("--sam", arguments->sam,
                   "soft: SAMs in software; pcsc: behind a pcscd of our own, at most 16 (as root, "
                   "when no pcscd runs)")
      ->check(CLI::IsMember({"soft", "pcsc"}))
      ->capture_default_str();
  command
      ->add_option("--kills", arguments->options.kills,
                   "Gates are killed so often at random; people keep coming until then")
      ->check(CLI::Range(0U, 100'000U))
      ->capture_default_str();
  command->add_option("--dir", arguments->options.dir, "Folder to make the box in (must be new)");
  command->add_option("--bin", arguments->options.bin, "Folder of the daemons");
  command->add_option("--tariff", arguments->options.tariff, "Sources of the fare book");
  command->add_flag("--json", arguments->json, "Nothing but the JSON object on standard output");
  command->callback([arguments, &exit_code] {
    const auto faults = parse_faults(arguments->faults);
    if (!faults) {
      std::fprintf(stderr, "tidegate-sim station: %s\n", faults.error().message().c_str());
      exit_code = kWrongUsage;
      return;
    }
    arguments->options.faults = *faults;
    arguments->options.pcsc = arguments->sam == "pcsc";
    exit_code = run_station_command(arguments->options, arguments->json);
  });
}

}  // namespace tidegate::sim
