// SPDX-License-Identifier: Apache-2.0
// The command line of `tidegate fare`.
#include "tools/fare_command.h"

#include <memory>

#include "tools/commands.h"
#include "tools/fare_check.h"
#include "tools/fare_diff.h"

namespace tidegate::tools {
namespace {

CLI::App* subcommand(CLI::App& fare, const char* name, const char* what, const char* examples) {
  CLI::App* const out = fare.add_subcommand(name, what);
  out->footer(std::string{"Examples:\n"} + examples);
  return out;
}

void add_keygen(CLI::App& fare, int& exit_code) {
  CLI::App* const command = subcommand(
      fare, "keygen", "Make a signing key; prints its public key",
      "  tidegate fare keygen -o operator.key      the seed, mode 0600; keep it off the boxes");
  const auto out = std::make_shared<std::string>();
  command->add_option("-o,--output", *out, "file for the seed; must not exist")->required();
  command->callback([out, &exit_code] { exit_code = fare_keygen(*out); });
}

void add_compile(CLI::App& fare, int& exit_code) {
  CLI::App* const command =
      subcommand(fare, "compile", "Compile a tariff's source folder into a signed fare book",
                 "  tidegate fare compile tariffs/demo -o demo.book\n"
                 "  tidegate fare compile tariffs/demo -o demo.book --key operator.key\n"
                 "  tidegate fare compile tariff -o live.book --key operator.key --realm live "
                 "--number 12");
  struct Texts {
    std::string dir, out, key, realm = "test";
    std::uint64_t number = 0;
  };
  const auto in = std::make_shared<Texts>();
  command->add_option("DIR", in->dir, "folder with book.toml")->required();
  command->add_option("-o,--output", in->out, "the signed fare book")->required();
  command->add_option(
      "--key", in->key,
      "file with the Ed25519 seed, one line of hex; without it (test realm only) the book "
      "is signed with a key made for it, which no box trusts");
  command->add_option("--realm", in->realm, "test or live (default test)")
      ->check(CLI::IsMember({"test", "live"}));
  CLI::Option* const number =
      command->add_option("--number", in->number, "number of the book instead of the source's")
          ->check(CLI::PositiveNumber);
  command->callback([in, number, &exit_code] {
    FareCompile options{.dir = in->dir,
                        .out = in->out,
                        .key = in->key,
                        .realm = in->realm == "live" ? Realm::live : Realm::test};
    if (number->count() > 0) options.number = in->number;
    exit_code = fare_compile(options);
  });
}

void add_show_price(CLI::App& fare, int& exit_code) {
  struct Texts {
    std::string book, input = "-";
    bool json = false;
  };
  const auto in = std::make_shared<Texts>();

  CLI::App* const show = subcommand(fare, "show", "Print what a fare book contains",
                                    "  tidegate fare show demo.book\n"
                                    "  tidegate fare show demo.book --json");
  show->add_option("BOOK", in->book, "fare book")->required();
  show->add_flag("--json", in->json, "one JSON object");
  show->callback([in, &exit_code] { exit_code = fare_show(in->book, in->json); });

  CLI::App* const price =
      subcommand(fare, "price", "Price journeys: one JSON object a line in, one out",
                 "  tidegate fare price demo.book journeys.jsonl\n"
                 "  generate-journeys | tidegate fare price demo.book -");
  price->add_option("BOOK", in->book, "fare book")->required();
  price->add_option("JOURNEYS", in->input, "file of JSON lines, or - (default)");
  price->callback([in, &exit_code] { exit_code = fare_price(in->book, in->input); });
}

}  // namespace

void add_fare_command(CLI::App& app, int& exit_code) {
  CLI::App* const fare =
      app.add_subcommand("fare", "Fare books: compile, show, check, compare, price");
  fare->require_subcommand(1);
  fare->footer(
      "Examples:\n"
      "  tidegate fare keygen -o operator.key\n"
      "  tidegate fare compile tariffs/demo -o demo.book --key operator.key\n"
      "  tidegate fare price demo.book journeys.jsonl");
  add_keygen(*fare, exit_code);
  add_compile(*fare, exit_code);
  add_show_price(*fare, exit_code);
  add_fare_check(*fare, exit_code);
  add_fare_diff(*fare, exit_code);
}

}  // namespace tidegate::tools
