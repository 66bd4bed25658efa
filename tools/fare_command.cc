// SPDX-License-Identifier: Apache-2.0
// The command line of `tidegate fare`.
#include "tools/fare_command.h"

#include <memory>

#include "tools/commands.h"
#include "tools/fare_check.h"
#include "tools/fare_diff.h"
#include "tools/fare_gtfs.h"

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

void add_import_matrix(CLI::App& fare, int& exit_code) {
  CLI::App* const command = subcommand(
      fare, "import-matrix",
      "Make a fare book from an operator's table of fares for pairs of stops",
      "  tidegate fare import-matrix od.csv --origin FROM --destination TO --fare adult=PRICE \\\n"
      "    --unit yuan --network metro -o metro.book\n"
      "  tidegate fare import-matrix od.csv --origin FROM --destination TO --fare adult=FULL \\\n"
      "    --fare student=HALF --fare pensioner@offpeak=FREE \\\n"
      "    --timeframe 'offpeak=Mo-Fr 09:00-16:00; Sa,Su 00:00-24:00' --unit fen \\\n"
      "    --network metro -o metro.book --key operator.key\n"
      "  tidegate fare import-matrix square.csv --square --unit yuan --network metro --folder "
      "metro");
  const auto in = std::make_shared<FareImportMatrix>();
  const auto realm = std::make_shared<std::string>("test");
  command->add_option("CSV", in->csv, "table with a header row")->required();
  command->add_option("--origin", in->origin, "column of the stop of entry");
  command->add_option("--destination", in->destination, "column of the stop of exit");
  command->add_option("--fare", in->fares,
                      "RIDER[@TIMEFRAME]=COLUMN, once for each column of prices; adult without a "
                      "timeframe is what everybody else pays");
  command->add_flag("--square", in->square,
                    "the table has a row for each stop of entry and a column for each stop of "
                    "exit, instead of --origin, --destination and --fare");
  command->add_option("--timeframe", in->timeframes,
                      "NAME=HOURS, such as 'peak=Mo-Fr 05:00-09:30,15:00-19:00'");
  command->add_option("--via", in->via,
                      "column of the way: of several ways of a pair the cheapest is charged");
  command->add_option("--unit", in->unit, "yuan (at most two decimals), fen or cents")
      ->required()
      ->check(CLI::IsMember({"yuan", "fen", "cents"}));
  command->add_option("--network", in->network, "id of the network")->required();
  command->add_option("-o,--output", in->out, "the signed fare book");
  command->add_option("--folder", in->folder,
                      "write a source folder for `fare compile` instead of a book, or beside it");
  command->add_option("--min-price", in->lowest, "the least of a plausible price (default 0)");
  command->add_option("--max-price", in->highest, "the most (default 1,000 yuan)");
  command->add_flag("--symmetric", in->symmetric, "a row also gives the way back");
  command->add_flag("--allow-gaps", in->allow_gaps,
                    "take a table that lacks more than half of the fares to or from a stop");
  command->add_option("--name", in->name, "name of network and book (default: its id)");
  command->add_option("--number", in->number, "number of the book (default 1)")
      ->check(CLI::PositiveNumber);
  command->add_option("--network-code", in->network_code, "permanent code, 1 to 65535 (default 1)")
      ->check(CLI::PositiveNumber);
  command->add_option("--valid-from", in->valid_from, "first service day (default 2000-01-01)");
  command->add_option("--city", in->city, "4 hex digits (default 0000)");
  command->add_option("--acquirer", in->acquirer, "16 hex digits (default all F)");
  command->add_option("--industry", in->industry, "metro, bus, ferry, … (default metro)");
  command->add_option("--operator", in->operator_code, "4 hex digits (default 0000)");
  command->add_option("--key", in->key, "as in `fare compile`");
  command->add_option("--realm", *realm, "test or live (default test)")
      ->check(CLI::IsMember({"test", "live"}));
  command->callback([in, realm, &exit_code] {
    in->realm = *realm == "live" ? Realm::live : Realm::test;
    exit_code = fare_import_matrix(*in);
  });
}

void add_show_price(CLI::App& fare, int& exit_code) {
  struct Texts {
    std::string book, input = "-", network;
    bool json = false, explain = false;
  };
  const auto in = std::make_shared<Texts>();

  CLI::App* const show = subcommand(fare, "show", "Print what a fare book contains",
                                    "  tidegate fare show demo.book\n"
                                    "  tidegate fare show tariffs/demo --network shanghai-metro\n"
                                    "  tidegate fare show demo.book --json");
  show->add_option("BOOK", in->book, "fare book, or its source folder")->required();
  show->add_option("--network", in->network, "this network alone, with all its stops");
  show->add_flag("--json", in->json, "one JSON object");
  show->callback([in, &exit_code] { exit_code = fare_show(in->book, in->json, in->network); });

  CLI::App* const price =
      subcommand(fare, "price", "Price journeys: one JSON object a line in, one out",
                 "  tidegate fare price demo.book journeys.jsonl\n"
                 "  tidegate fare price tariffs/demo journeys.jsonl --explain\n"
                 "  generate-journeys | tidegate fare price demo.book -");
  price->add_option("BOOK", in->book, "fare book, or its source folder")->required();
  price->add_option("JOURNEYS", in->input, "file of JSON lines, or - (default)");
  price->add_flag("--explain", in->explain,
                  "each step of each price in Chinese and English instead of JSON");
  price->callback([in, &exit_code] { exit_code = fare_price(in->book, in->input, in->explain); });
}

}  // namespace

void add_fare_command(CLI::App& app, int& exit_code) {
  CLI::App* const fare =
      app.add_subcommand("fare", "Fare books: compile, import, show, check, compare, price");
  fare->require_subcommand(1);
  fare->footer(
      "Examples:\n"
      "  tidegate fare keygen -o operator.key\n"
      "  tidegate fare compile tariffs/demo -o demo.book --key operator.key\n"
      "  tidegate fare price demo.book journeys.jsonl");
  add_keygen(*fare, exit_code);
  add_compile(*fare, exit_code);
  add_import_matrix(*fare, exit_code);
  add_fare_gtfs(*fare, exit_code);
  add_show_price(*fare, exit_code);
  add_fare_check(*fare, exit_code);
  add_fare_diff(*fare, exit_code);
}

}  // namespace tidegate::tools
