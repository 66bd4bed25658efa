// SPDX-License-Identifier: Apache-2.0
// The command line of `tidegate card`.
#include "tools/card_command.h"

#include <memory>

#include "tools/commands.h"

namespace tidegate::tools {
namespace {

struct Texts {
  std::string dump, issuers, places, reader, config = "/etc/tidegate/box.toml";
  unsigned wait = 10;
  bool reveal = false, raw = false;
  [[nodiscard]] CardReport report() const { return {issuers, places, reveal}; }
};

void add_tables(CLI::App& command, const std::shared_ptr<Texts>& in) {
  command.add_option("--issuers", in->issuers, "signed issuer list (default: the shipped one)");
  command.add_option("--places", in->places, "signed table of places (default: the shipped one)");
  command.add_flag("--reveal", in->reveal, "print the whole card number");
}

}  // namespace

void add_card_command(CLI::App& app, int& exit_code) {
  CLI::App* const card = app.add_subcommand("card", "Cards: what a dump or a card says");
  card->require_subcommand(1);
  card->footer(
      "Examples:\n"
      "  tidegate card decode dump.json\n"
      "  tidegate card read --reader pn532_uart:/dev/ttyUSB0");
  const auto in = std::make_shared<Texts>();

  CLI::App* const decode = card->add_subcommand("decode", "Decode a recorded exchange to JSON");
  decode->footer(
      "Examples:\n"
      "  tidegate card decode dump.json             {\"apdu\":[[command,response],…]} in hex\n"
      "  tidegate card read --reader 1 --dump | tidegate card decode - --reveal\n"
      "  tidegate card decode dump.json --places city.places");
  decode->add_option("DUMP", in->dump, "file with the exchange, or - for standard input")
      ->required();
  add_tables(*decode, in);
  decode->callback([in, &exit_code] { exit_code = card_decode(in->dump, in->report()); });

  CLI::App* const read = card->add_subcommand("read", "Read the card on a reader; writes nothing");
  read->footer(
      "Examples:\n"
      "  tidegate card read --reader pn532_uart:/dev/ttyUSB0\n"
      "  tidegate card read --reader 2              the reader of aisle 2 in box.toml; its\n"
      "                                             tidegate-reader must not run meanwhile");
  read->add_option("--reader", in->reader, "libnfc device, or the number of an aisle")->required();
  read->add_option("--config", in->config, "box.toml for aisle numbers")->capture_default_str();
  read->add_option("--wait", in->wait, "seconds to wait for a card")
      ->check(CLI::Range(0U, 3600U))
      ->capture_default_str();
  read->add_flag("--dump", in->raw, "print the exchange itself; it has the whole card number");
  add_tables(*read, in);
  read->callback([in, &exit_code] {
    exit_code =
        card_read({in->reader, in->config, std::chrono::seconds{in->wait}, in->raw}, in->report());
  });
}

}  // namespace tidegate::tools
