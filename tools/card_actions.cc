// SPDX-License-Identifier: Apache-2.0
// What the subcommands of `tidegate card` do.
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <thread>
#include <utility>

#include "base/posix/fd.h"
#include "edge/config/box_config.h"
#include "nfc/dump/read_card.h"
#include "nfc/libnfc/pn532_port.h"
#include "tools/card_command.h"
#include "tools/card_json.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

constexpr std::size_t kDumpBytesMax = 16UL << 20U;
constexpr std::chrono::milliseconds kApduTimeout{1000};
constexpr std::chrono::seconds kReadingMax{60};  // a hundred commands, each far below a second

Result<std::string> read_dump(const std::string& path) {
  if (path != "-") {
    const auto bytes = posix::read_file(path, kDumpBytesMax);
    if (!bytes) return fail(bytes.error(), path);
    return std::string{as_text(*bytes)};
  }
  std::string text;
  for (char c = 0; text.size() <= kDumpBytesMax && std::cin.get(c);) text.push_back(c);
  if (std::cin.bad()) return fail(Errc::io, "standard input cannot be read to its end");
  if (text.size() > kDumpBytesMax) return fail(Errc::full, "standard input: above 16 MiB");
  return text;
}

int print_report(std::span<const nfc::Exchange> exchanges, const CardReport& options) {
  const auto tables = open_tables(options.issuers, options.places);
  if (!tables) return no(tables.error());
  print(report_json(nfc::decode_dump(exchanges), *tables, options.reveal));
  return 0;
}

void print_dump(std::span<const nfc::Exchange> exchanges) {
  std::string out = "{\"apdu\":[";
  for (const nfc::Exchange& exchange : exchanges) {
    if (out.back() != '[') out += ',';
    out += "[\"" + to_hex(exchange.command) + "\",\"" + to_hex(exchange.response) + "\"]";
  }
  print(out + "]}");
}

/// The card that libnfc has selected.
class SelectedCard final : public nfc::CardChannel {
 public:
  explicit SelectedCard(nfc::NfcReader& reader) : reader_{reader} {}
  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds timeout) override {
    return reader_.transceive(command, timeout);
  }

 private:
  nfc::NfcReader& reader_;
};

/// libnfc can hang: the command ends all the same. Nothing but system calls in here.
void on_alarm(int) {
  constexpr std::string_view kText = "tidegate: the reader hangs\n";
  const auto ignored = ::write(STDERR_FILENO, kText.data(), kText.size());
  static_cast<void>(ignored);
  ::_exit(1);
}

/// A number stands for the reader of that aisle.
Result<std::string> connstring(const CardRead& options) {
  unsigned number = 0;
  const std::string& text = options.reader;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return text;
  const auto config = edge::load_box_config(options.config);
  if (!config) return fail(config.error());
  for (const edge::AisleConfig& aisle : config->aisles)
    if (aisle.number.get() == number) return aisle.device;
  return fail(Errc::not_found, options.config.string() + ": has no aisle " + text);
}

Result<std::vector<nfc::Exchange>> read_from(nfc::NfcReader& reader, std::chrono::seconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  for (;;) {
    auto target = reader.select();
    if (target && *target) break;
    if (!target && target.error().code() != Errc::exists) return fail(std::move(target.error()));
    if (std::chrono::steady_clock::now() >= until) {
      if (!target) return fail(Errc::exists, "more than one card is on the reader");
      return fail(Errc::not_found, "no card came to the reader");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  SelectedCard card{reader};
  return nfc::read_card(card, kApduTimeout);
}

}  // namespace

int card_decode(const std::string& dump, const CardReport& report) {
  const auto text = read_dump(dump);
  if (!text) return no(text.error());
  const auto exchanges = parse_dump(*text);
  if (!exchanges) return no(Error{exchanges.error()}.with_context(dump));
  return print_report(*exchanges, report);
}

int card_read(const CardRead& options, const CardReport& report) {
  const auto device = connstring(options);
  if (!device) return no(device.error());
  std::signal(SIGALRM, on_alarm);
  ::alarm(static_cast<unsigned>((options.wait + kReadingMax).count()));
  const auto reader = nfc::open_reader(*device);
  if (!reader) return no(reader.error());
  const auto exchanges = read_from(**reader, options.wait);
  ::alarm(0);
  if (!exchanges) return no(exchanges.error());
  if (!options.dump) return print_report(*exchanges, report);
  print_dump(*exchanges);
  return 0;
}

}  // namespace tidegate::tools
