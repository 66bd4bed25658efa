// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/command_line.h"

#include <charconv>
#include <optional>
#include <string>

namespace tidegate::edge {
namespace {

constexpr std::uint16_t kAisleMost = 32;

std::unexpected<Error> wrong(std::string text) {
  return fail(Errc::refused, std::move(text) + "; see tidegate-reader --help");
}

Result<AisleNo> parse_aisle(std::string_view word) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size() || number < 1 || number > kAisleMost)
    return wrong("\"" + std::string{word} + "\" is no aisle: a number from 1 to 32 is");
  return AisleNo{number};
}

}  // namespace

const char* const kReaderHelp =
    "tidegate-reader --config box.toml --aisle N [--check | --scanner]\n"
    "\n"
    "Runs the contactless reader of one aisle for tidegate-gate, or its scanner of ride codes.\n"
    "\n"
    "  --config FILE   configuration of the box\n"
    "  --aisle N       aisle whose reader this is, 1 to 32\n"
    "  --check         open the reader, look for a card, say what is there, and end\n"
    "  --scanner       the aisle's scanner instead of its reader\n"
    "  --version       print the version, and end\n"
    "  --help          print this text, and end\n"
    "\n"
    "Examples:\n"
    "  tidegate-reader --config /etc/tidegate/box.toml --aisle 1\n"
    "  tidegate-reader --config /etc/tidegate/box.toml --aisle 2 --check\n"
    "  tidegate-reader --config /etc/tidegate/box.toml --aisle 1 --scanner\n"
    "\n"
    "Exit code: 0 ended as asked, 1 the reader or the configuration does not work, 2 wrong "
    "usage.\n";

Result<ReaderCommand> parse_reader_command(const std::vector<std::string_view>& words) {
  ReaderCommand command;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    std::optional<std::string_view> value;
    if (const auto equals = word.find('='); equals != std::string_view::npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    if (word == "--config" || word == "--aisle") {
      if (!value && ++i == words.size()) return wrong(std::string{word} + " wants a value");
      if (!value) value = words[i];
    } else if (value) {
      return wrong(std::string{word} + " is not an option with a value");
    }
    if (word == "--config") {
      command.config = *value;
    } else if (word == "--aisle") {
      const auto aisle = parse_aisle(*value);
      if (!aisle) return fail(aisle.error());
      command.aisle = *aisle;
    } else if (word == "--check") {
      command.check = true;
    } else if (word == "--scanner") {
      command.scanner = true;
    } else if (word == "--help" || word == "-h") {
      command.help = true;
    } else if (word == "--version") {
      command.version = true;
    } else {
      return wrong("\"" + std::string{word} + "\" is not an option");
    }
  }
  if (command.help || command.version) return command;
  if (command.config.empty()) return wrong("--config is missing");
  if (command.aisle.get() == 0) return wrong("--aisle is missing");
  if (command.check && command.scanner) return wrong("--check is for readers");
  return command;
}

}  // namespace tidegate::edge
