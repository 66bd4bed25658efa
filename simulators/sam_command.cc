// SPDX-License-Identifier: Apache-2.0
// Command line of `tidegate-sim sam`.
#include "simulators/sam_command.h"

#include <sys/signalfd.h>
#include <toml++/toml.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "simulators/commands.h"
#include "simulators/say.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;

/// Other fields are left alone: a key file of cards, or of a software SAM, serves as well.
Result<crypto::Key16> load_purchase_key(const std::filesystem::path& file) {
  const auto content = posix::read_file(file, kKeyFileBytesMax);
  if (!content) return fail(Error{content.error()}, "reading the keys");
  try {
    const toml::table table = toml::parse(as_text(*content));
    auto key = array_from_hex<16>(table["purchase_key"].value_or(std::string_view{}));
    if (!key) return fail(Errc::invalid, file.string() + ": purchase_key is not 32 hex digits");
    return key;
  } catch (const toml::parse_error& error) {
    return fail(Errc::invalid,
                file.string() + ": not TOML at line " + std::to_string(error.source().begin.line));
  }
}

Result<posix::Fd> stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  posix::Fd fd{::signalfd(-1, &set, SFD_CLOEXEC)};
  if (!fd) return fail_errno("waiting for signals");
  return fd;
}

}  // namespace

int run_sam_command(const SamCommand& command) {
  PsamSpec spec = command.spec;
  const auto terminal = array_from_hex<6>(command.terminal);
  if (!terminal || !bcd_digits(*terminal))
    return complain("sam", Error{Errc::invalid, "--terminal is not 12 decimal digits"});
  spec.terminal = *terminal;
  const auto key = load_purchase_key(command.keys);
  if (!key) return complain("sam", key.error());
  spec.purchase_key = *key;
  VpcdOptions link = command.link;
  link.was_in = TxnStore::used(command.state);
  auto numbers = TxnStore::open(command.state, command.first_number);
  if (!numbers) return complain("sam", numbers.error());
  const auto stop = stop_signals();
  if (!stop) return complain("sam", stop.error());
  Psam sam{spec, std::move(*numbers)};
  const Status served = serve_vpcd(sam, link, stop->get(), say);
  return served ? 0 : complain("sam", served.error());
}

void add_sam_command(CLI::App& app, int& exit_code) {
  struct Parsed {
    SamCommand command;
    std::string keys, state;
    unsigned answer_ms = 0, key_index = 1, key_version = 1;
    bool no_application = false;
  };
  const auto parsed = std::make_shared<Parsed>();
  auto* sub = app.add_subcommand("sam", "A simulated SAM in a virtual PC/SC reader (vpcd)");
  SamCommand& command = parsed->command;
  sub->add_option("--keys", parsed->keys, "TOML with purchase_key (32 hex digits)")->required();
  sub->add_option("--terminal", command.terminal, "terminal number, 12 digits")->required();
  sub->add_option("--state", parsed->state, "file of the transaction numbers")->required();
  sub->add_option("--host", command.link.host, "where vpcd listens")->capture_default_str();
  sub->add_option("--port", command.link.port, "port of the reader's slot")->capture_default_str();
  sub->add_option("--first-number", command.first_number, "first transaction number of a new SAM")
      ->check(CLI::Range(1U, 0xFFFF'FFFFU))
      ->capture_default_str();
  sub->add_option("--key-index", parsed->key_index, "content of file 17 in DF 8011")
      ->check(CLI::Range(0U, 0xFFU))
      ->capture_default_str();
  sub->add_option("--key-version", parsed->key_version, "the key version it has")
      ->check(CLI::Range(0U, 0xFFU))
      ->capture_default_str();
  sub->add_option("--serial-bytes", command.spec.serial_bytes,
                  "length of file 15; a read of another length is answered 6Cxx")
      ->check(CLI::Range(6U, 0xFFU))
      ->capture_default_str();
  sub->add_flag("--no-application", parsed->no_application, "DF 8011 is missing");
  sub->add_option("--answer-ms", parsed->answer_ms, "time an answer takes")
      ->check(CLI::Range(0U, 60'000U))
      ->capture_default_str();
  sub->footer(
      "Runs until SIGINT or SIGTERM and goes back into the reader when pcscd was restarted. Its\n"
      "transaction numbers never repeat, however it ends.\n"
      "Examples:\n"
      "  tidegate-sim sam --keys keys.toml --terminal 413100000002 --state sam.txn\n"
      "  tidegate-sim sam --keys keys.toml --terminal 413100000004 --state sam2.txn --port 35964");
  sub->callback([parsed, &exit_code] {
    SamCommand& wanted = parsed->command;
    wanted.keys = parsed->keys;
    wanted.state = parsed->state;
    wanted.spec.key_index = static_cast<Byte>(parsed->key_index);
    wanted.spec.key_version = static_cast<Byte>(parsed->key_version);
    wanted.spec.application = !parsed->no_application;
    wanted.link.answer_time = std::chrono::milliseconds{parsed->answer_ms};
    exit_code = run_sam_command(wanted);
  });
}

}  // namespace tidegate::sim
