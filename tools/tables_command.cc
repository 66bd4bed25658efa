// SPDX-License-Identifier: Apache-2.0
// The command line of `tidegate tables`.
#include "tools/tables_command.h"

#include <memory>

#include "tools/commands.h"

namespace tidegate::tools {
namespace {

CLI::App* subcommand(CLI::App& tables, const char* name, const char* what, const char* examples) {
  CLI::App* const out = tables.add_subcommand(name, what);
  out->footer(std::string{"Examples:\n"} + examples);
  return out;
}

/// What a list is made of beside its rows: lists by list handle have a key, the others a name.
enum class ImportForm : std::uint8_t { named, by_handle };

void add_import(CLI::App& tables, const char* name, const char* what, const char* examples,
                ImportForm form, int (*action)(const TablesImport&), int& exit_code) {
  struct Texts {
    std::vector<std::string> files;
    std::string out, key, realm = "test", name, list_key;
    std::uint64_t number = 1;
  };
  const auto in = std::make_shared<Texts>();
  CLI::App* const command = subcommand(tables, name, what, examples);
  command->add_option("CSV", in->files, "tables; the header says which one it is")->required();
  command->add_option("-o,--output", in->out, "the signed file")->required();
  if (form == ImportForm::named)
    command->add_option("--name", in->name, "name of the table (default: the output file's)");
  else
    command
        ->add_option("--list-key", in->list_key,
                     "file with the region's list key, 32 hex digits: the file has handles made "
                     "with it and no card number")
        ->required();
  command->add_option("--number", in->number, "rising number of the file (default 1)")
      ->check(CLI::PositiveNumber);
  command->add_option("--key", in->key,
                      "file with the Ed25519 seed (tidegate fare keygen); without it (test realm "
                      "only) the file is signed with a key made for it, which no box trusts");
  command->add_option("--realm", in->realm, "test or live (default test)")
      ->check(CLI::IsMember({"test", "live"}));
  command->callback([in, action, &exit_code] {
    const std::filesystem::path out{in->out};
    exit_code = action({.files = {in->files.begin(), in->files.end()},
                        .out = out,
                        .name = in->name.empty() ? out.stem().string() : in->name,
                        .number = in->number,
                        .signing = {in->key, in->realm == "live" ? Realm::live : Realm::test},
                        .list_key = in->list_key});
  });
}

void add_show_verify(CLI::App& tables, int& exit_code) {
  struct Texts {
    std::string file, trust;
    bool json = false;
  };
  const auto in = std::make_shared<Texts>();
  CLI::App* const show = subcommand(tables, "show", "Print what a file holds",
                                    "  tidegate tables show delta.issuers\n"
                                    "  tidegate tables show delta.places --json");
  show->add_option("FILE", in->file, "a signed list or table")->required();
  show->add_flag("--json", in->json, "one JSON object");
  show->callback([in, &exit_code] { exit_code = tables_show(in->file, in->json); });

  CLI::App* const verify =
      subcommand(tables, "verify", "Verify a file: structure, ranges, signature",
                 "  tidegate tables verify delta.issuers\n"
                 "  tidegate tables verify delta.issuers --trust $(cat operator.pub)");
  verify->add_option("FILE", in->file, "a signed list or table")->required();
  verify->add_option("--trust", in->trust, "public key (hex) that must have signed");
  verify->callback([in, &exit_code] { exit_code = tables_verify(in->file, in->trust); });
}

void add_lookup(CLI::App& tables, int& exit_code) {
  const auto in = std::make_shared<TablesLookup>();
  CLI::App* const command = subcommand(
      tables, "lookup", "What a table says of a card's codes; exit 1: it is not in it",
      "  tidegate tables lookup city.places --city 2900 --line 0018 --station 0021\n"
      "  tidegate tables lookup city.places --city 3310 --terminal 413101784816\n"
      "  tidegate tables lookup delta.issuers --issuer 02002900 --iin 31047700 --kind 02\n"
      "  tidegate tables lookup city.denylist --card 3104770012345678901 --list-key list.key");
  command->add_option("FILE", in->file, "a signed list or table")->required();
  auto* const city = command->add_option("--city", in->city, "4 digits");
  command->add_option("--line", in->line, "bytes 10 and 11 of a trip record")->needs(city);
  command->add_option("--station", in->station, "bytes 12 and 13 of a trip record")->needs(city);
  command->add_option("--terminal", in->terminal, "terminal number, 6 or 8 bytes")->needs(city);
  command->add_option("--industry", in->industry, "01 metro, 02 bus, … (default 01)")->needs(city);
  auto* const issuer = command->add_option("--issuer", in->issuer, "8 digits")->excludes(city);
  auto* const iin = command->add_option("--iin", in->iin, "8 digits")->needs(issuer);
  issuer->needs(iin);
  command->add_option("--kind", in->kind, "card kind of EF 17")->needs(issuer);
  auto* const card = command->add_option("--card", in->number, "number of a card, 19 digits")
                         ->excludes(city)
                         ->excludes(issuer);
  card->needs(
      command->add_option("--list-key", in->list_key, "file with the list key")->needs(card));
  command->callback([in, city, issuer, card, &exit_code] {
    if (city->count() + issuer->count() + card->count() == 0)
      throw CLI::RequiredError("--city, --issuer or --card");
    exit_code = tables_lookup(*in);
  });
}

}  // namespace

void add_tables_command(CLI::App& app, int& exit_code) {
  CLI::App* const tables =
      app.add_subcommand("tables", "Lists of issuers, places and cards: import, show, look up");
  tables->require_subcommand(1);
  tables->footer(
      "Examples:\n"
      "  tidegate tables import-issuers tables/delta/issuers.csv -o delta.issuers\n"
      "  tidegate tables import-places Shanghai_metro-tu.csv -o shanghai.places\n"
      "  tidegate tables lookup shanghai.places --city 2900 --line 0018 --station 0021");
  add_import(*tables, "import-issuers", "CSV tables of issuers into one signed issuer list",
             "  tidegate tables import-issuers cardname-tu.csv -o all.issuers --key operator.key",
             ImportForm::named, tables_import_issuers, exit_code);
  add_import(*tables, "import-places", "CSV tables of stations into one signed table of places",
             "  tidegate tables import-places Shanghai_metro-tu.csv Jiangsu_*-tu.csv -o my.places",
             ImportForm::named, tables_import_places, exit_code);
  add_import(
      *tables, "import-denylist", "CSV tables of stopped cards into one signed denylist",
      "  tidegate tables import-denylist stopped.csv -o city.denylist --list-key list.key \\\n"
      "      --number 42 --key operator.key",
      ImportForm::by_handle, tables_import_denylist, exit_code);
  add_show_verify(*tables, exit_code);
  add_lookup(*tables, exit_code);
}

}  // namespace tidegate::tools
