// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim code`: makes ride codes. `tidegate-sim scanner`: shows them to a gate.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/posix/fd.h"
#include "base/time.h"
#include "simulators/commands.h"
#include "simulators/qr/make_code.h"
#include "simulators/qr/sim_scanner.h"
#include "simulators/say.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kFileBytesMax = 65'536;
constexpr std::uint32_t kDay = 86'400;

struct NewCode {
  std::string file, issuer = "09981001", platform = "09981001", account = "0000000000000001";
  std::string card = "03105228000000000426", certificate_expiry = "1240", at;
  std::uint64_t seed = 1;
  unsigned cap = 5000, validity = 300, ca_index = 1, custom = 32;
  bool binary = false, keys = false;
};

template <std::size_t N>
Status take_hex(const std::string& option, const std::string& text, std::array<Byte, N>& out) {
  auto bytes = array_from_hex<N>(text);
  if (!bytes) return fail(Errc::invalid, option + " wants " + std::to_string(2 * N) + " digits");
  out = *bytes;
  return {};
}

Result<CodeRecipe> recipe_of(const NewCode& wish) {
  CodeRecipe out;
  if (auto ok = take_hex("--issuer", wish.issuer, out.issuer); !ok) return fail(ok.error());
  if (auto ok = take_hex("--platform", wish.platform, out.platform); !ok) return fail(ok.error());
  if (auto ok = take_hex("--certificate-expiry", wish.certificate_expiry, out.certificate_expiry);
      !ok)
    return fail(ok.error());
  if (wish.account.size() > 16) return fail(Errc::invalid, "--account has at most 16 characters");
  if (wish.card.size() != 20 || wish.card.find_first_not_of("0123456789") != std::string::npos)
    return fail(Errc::invalid, "--card-account wants 20 digits");
  Timestamp at = SystemClock{}.now();
  if (!wish.at.empty()) {
    auto parsed = parse_iso8601(wish.at);
    if (!parsed) return fail(Errc::invalid, "--at wants a time like 2026-11-02T08:00:00+08:00");
    at = *parsed;
  }
  out.certificate_issuer = out.issuer;
  out.account = wish.account;
  out.card_account = wish.card;
  out.cap_fen = wish.cap;
  out.validity = static_cast<std::uint16_t>(wish.validity);
  out.ca_index = static_cast<Byte>(wish.ca_index);
  out.custom = Bytes(wish.custom, 0);
  out.made = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  out.expiry = out.made + kDay;
  return out;
}

int make_new(const NewCode& wish) {
  const CodeKeys keys = code_keys(wish.seed);
  if (wish.keys) {
    std::printf("{\"ca_pub\":\"%s\",\"issuer_pub\":\"%s\",\"user_pub\":\"%s\"}\n",
                to_hex(keys.ca.public_key).c_str(), to_hex(keys.issuer.public_key).c_str(),
                to_hex(keys.user.public_key).c_str());
    return 0;
  }
  const auto recipe = recipe_of(wish);
  if (!recipe) return complain("code", recipe.error());
  const Bytes code = make_code(*recipe, keys);
  const std::string hex = to_hex(code) + "\n";
  const ByteView out = wish.binary ? ByteView{code} : as_bytes(hex);
  if (wish.file.empty() || wish.file == "-") {
    std::fwrite(out.data(), 1, out.size(), stdout);
    return 0;
  }
  if (auto written = posix::write_file_durably(wish.file, out); !written)
    return complain("code", written.error());
  return 0;
}

struct Scanner {
  std::string link, suffix;
  bool length_prefix = false;
  unsigned chunk = 0;
};

int run_scanner(const Scanner& wish) {
  const auto suffix = from_hex(wish.suffix);
  if (!suffix) return complain("scanner", {Errc::invalid, "--suffix wants hex digits"});
  auto scanner = SimScanner::open(
      wish.link, {.length_prefix = wish.length_prefix, .suffix = *suffix, .chunk = wish.chunk});
  if (!scanner) return complain("scanner", scanner.error());
  std::printf("ready link=%s\n", wish.link.c_str());
  std::fflush(stdout);
  std::string line;
  while (std::getline(std::cin, line)) {
    Bytes code;
    if (auto hex = from_hex(line); hex && !hex->empty()) {
      code = *std::move(hex);
    } else {
      auto file = posix::read_file(line, kFileBytesMax);
      if (!file) {
        std::fputs(("tidegate-sim scanner: " + file.error().message() + "\n").c_str(), stderr);
        continue;
      }
      code = *std::move(file);
      if (auto hex_file = from_hex(as_text(code)); hex_file && !hex_file->empty())
        code = *std::move(hex_file);
    }
    scanner->show(code);
    std::printf("shown %zu bytes\n", code.size());
    std::fflush(stdout);
  }
  return 0;
}

void add_new_code(CLI::App& code, int& exit_code) {
  const auto wish = std::make_shared<NewCode>();
  auto* sub = code.add_subcommand("new", "Makes a ride code (JT/T 1179), signed at all levels");
  sub->add_option("file", wish->file, "where it goes; -: standard output (the default)");
  sub->add_flag("--binary", wish->binary, "bytes instead of a line of hex digits");
  sub->add_flag("--public-keys", wish->keys, "print the seed's public keys instead, as JSON");
  sub->add_option("--seed", wish->seed, "keys of authority, issuer and user; default 1");
  sub->add_option("--issuer", wish->issuer, "8 digits, default 09981001");
  sub->add_option("--platform", wish->platform, "8 digits, default 09981001");
  sub->add_option("--account", wish->account, "payment account, at most 16 characters");
  sub->add_option("--card-account", wish->card, "20 digits");
  sub->add_option("--cap", wish->cap, "the most a ride may cost, fen; default 5000")
      ->check(CLI::Range(0U, 0xFFFFFFU));
  sub->add_option("--validity", wish->validity, "seconds, default 300")
      ->check(CLI::Range(0U, 65'535U));
  sub->add_option("--ca-index", wish->ca_index, "key of the authority, default 1")
      ->check(CLI::Range(0U, 255U));
  sub->add_option("--custom-bytes", wish->custom, "length of the custom data, default 32")
      ->check(CLI::Range(0U, 255U));
  sub->add_option("--certificate-expiry", wish->certificate_expiry, "MMYY, default 1240");
  sub->add_option("--at", wish->at, "when it is made, default now");
  sub->footer(
      "Examples:\n"
      "  tidegate-sim code new code.hex --cap 2000\n"
      "  tidegate-sim code new --seed 7 --public-keys");
  sub->callback([wish, &exit_code] { exit_code = make_new(*wish); });
}

}  // namespace

void add_code_command(CLI::App& app, int& exit_code) {
  auto* code = app.add_subcommand("code", "Makes ride codes");
  code->require_subcommand(1);
  add_new_code(*code, exit_code);
}

void add_scanner_command(CLI::App& app, int& exit_code) {
  const auto wish = std::make_shared<Scanner>();
  auto* sub = app.add_subcommand("scanner", "A simulated scanner of ride codes behind a symlink");
  sub->add_option("--link", wish->link, "symlink to the scanner's serial line")->required();
  sub->add_option("--suffix", wish->suffix, "hex bytes after each code: 0D0A, 0EC11EC1");
  sub->add_flag("--length-prefix", wish->length_prefix, "two bytes with the length before it");
  sub->add_option("--chunk", wish->chunk, "bytes at a time, 2 ms apart; default all at once");
  sub->footer(
      "Each line of standard input is shown: hex digits, or the name of a file.\n"
      "Example:\n"
      "  tidegate-sim code new | tidegate-sim scanner --link /tmp/scanner --suffix 0D");
  sub->callback([wish, &exit_code] { exit_code = run_scanner(*wish); });
}

}  // namespace tidegate::sim
