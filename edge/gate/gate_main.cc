// SPDX-License-Identifier: Apache-2.0
// The command line of tidegate-gate.
#include <signal.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "edge/gate/app.h"

namespace tidegate::edge {
namespace {

constexpr std::string_view kHelp =
    "tidegate-gate: decides taps, keeps the ledger, opens barriers\n"
    "\n"
    "usage: tidegate-gate --config box.toml [--check]\n"
    "  --config FILE  what the box is told (systemd/box.toml.example explains it)\n"
    "  --check        checks configuration, keys and fare book, prints ok, changes nothing\n"
    "  --version      prints the version\n"
    "  --help         prints this\n"
    "\n"
    "examples:\n"
    "  tidegate-gate --config /etc/tidegate/box.toml --check\n"
    "  tidegate-gate --config /etc/tidegate/box.toml\n"
    "\n"
    "exit status: 0 stopped by SIGTERM or SIGINT, 1 could not start, 2 wrong usage\n";

void print(int fd, std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(fd, text.data(), text.size());
}

int complain(const Error& error) {
  print(STDERR_FILENO, "tidegate-gate: " + error.message() + "\n");
  return 1;
}

int wrong_usage(const std::string& what) {
  print(STDERR_FILENO, "tidegate-gate: " + what + "; --help tells how to use it\n");
  return 2;
}

}  // namespace

int gate_main(int argc, char** argv, std::string_view version) {
  std::optional<std::string> config_file;
  bool check = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help") return print(STDOUT_FILENO, kHelp), 0;
    if (argument == "--version")
      return print(STDOUT_FILENO, "tidegate-gate " + std::string{version} + "\n"), 0;
    if (argument == "--check") {
      check = true;
    } else if (argument == "--config" && i + 1 < argc) {
      config_file = argv[++i];
    } else if (argument.starts_with("--config=")) {
      config_file = argument.substr(9);
    } else {
      return wrong_usage("unknown argument " + std::string{argument});
    }
  }
  if (!config_file) return wrong_usage("--config is missing");
  if (check) {
    if (auto ok = check_gate(*config_file); !ok) return complain(ok.error());
    return print(STDOUT_FILENO, "ok\n"), 0;
  }
  // Before any thread is there, so that all of them inherit it: only sigwait() below is told.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error like a full disk, not an end
  const auto config = load_box_config(*config_file);
  if (!config) return complain(config.error());
  const Status ran = run_gate(*config, version, [&] {
    int signal = 0;
    while (sigwait(&stop_signals, &signal) != 0) {
    }
  });
  if (!ran) return complain(ran.error());
  return 0;
}

}  // namespace tidegate::edge
