// SPDX-License-Identifier: Apache-2.0
// Imports the fares of a GTFS feed into a tariff's source folder, and exports a fare book to GTFS.
#include "tools/fare_gtfs.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/gtfs/export.h"
#include "fare/authoring/gtfs/import.h"
#include "fare/engine/types.h"
#include "tools/fare_book_file.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;
namespace gtfs = fare::gtfs;

int wrong_usage(const Error& error) {
  std::fprintf(stderr, "tidegate: %s\n", error.message().c_str());
  return 2;
}

/// "compass_card=t-union,qr", "cash=none"
Status read_medium(const std::string& text, gtfs::MediaMap& out) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0)
    return fail(Errc::invalid,
                "--medium: ID=t-union, ID=qr, ID=t-union,qr or ID=none was expected");
  auto& kinds = out[text.substr(0, equals)];
  std::string rest = text.substr(equals + 1);
  if (rest == "none") return {};
  while (!rest.empty()) {
    const std::string one = rest.substr(0, rest.find(','));
    rest.erase(0, one.size() + 1);
    const auto kind = fare::medium_from_name(one);
    if (!kind) return fail(Errc::invalid, "--medium: t-union, qr or none was expected, not " + one);
    kinds.push_back(*kind);
  }
  return {};
}

Result<gtfs::ImportOptions> read_options(const FareImportGtfs& in) {
  gtfs::ImportOptions out{.name = in.name,
                          .number = in.number,
                          .city = in.city,
                          .acquirer = in.acquirer,
                          .operator_code = in.operator_code};
  for (const auto& [option, text, digits] :
       {std::tuple{"--city", in.city, 4U}, std::tuple{"--acquirer", in.acquirer, 16U},
        std::tuple{"--operator", in.operator_code, 4U}})
    if (text.size() != digits || !from_hex(text))
      return fail(Errc::invalid, std::string{option} + ": " + std::to_string(digits) +
                                     " hex digits were expected");
  if (in.interchange_minutes > 0) out.interchange_minutes = in.interchange_minutes;
  for (const std::string& text : in.media)
    if (auto ok = read_medium(text, out.media); !ok) return fail(std::move(ok.error()));
  if (in.valid_from.empty()) return out;
  const auto day = parse_date(in.valid_from);
  if (!day) return fail(Errc::invalid, "--valid-from: a date such as 2026-11-01 was expected");
  out.valid_from = *day;
  return out;
}

/// Writes into a new or empty folder; `replace`: over files of the same names.
Status write_files(const fs::path& folder, const gtfs::TextFiles& files, bool replace) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Errc::io, folder.string() + ": " + error.message());
  if (!replace && !fs::is_empty(folder, error))
    return fail(Errc::exists, folder.string() + ": is not empty (--replace writes into it)");
  for (const auto& [name, text] : files)
    if (auto ok = posix::write_file_durably(folder / name, as_bytes(text)); !ok) return ok;
  return {};
}

int done(const gtfs::Report& report, bool accept_losses) {
  std::printf("%s", report.text().c_str());
  if (report.losses.empty() || accept_losses) return 0;
  return no(Error{Errc::refused, "not everything could be expressed, " +
                                     std::to_string(report.losses.size()) +
                                     " losses are listed above " + "(--accept-losses)"});
}

}  // namespace

int fare_import_gtfs(const FareImportGtfs& options) {
  const auto import = read_options(options);
  if (!import) return wrong_usage(import.error());
  const auto book = gtfs::import_feed(options.feed, *import);
  if (!book) return no(book.error());
  if (auto ok = write_files(options.out, book->files, options.replace); !ok) return no(ok.error());
  // What was written is what `fare compile` will read.
  if (const auto compiled = fare::compile_book(options.out); !compiled)
    return no(Error{compiled.error()}.with_context(options.out.string()));
  print(options.out.string() + ": the source of a fare book, `tidegate fare compile` makes it");
  return done(book->report, options.accept_losses);
}

int fare_export_gtfs(const FareExportGtfs& options) {
  gtfs::ExportOptions how;
  if (!options.on.empty()) {
    const auto day = parse_date(options.on);
    if (!day) return wrong_usage({Errc::invalid, "--on: a date such as 2026-11-01 was expected"});
    how.on = *day;
  }
  const auto file = open_fare_book(options.book, options.trust);
  if (!file) return no(file.error());
  auto feed = gtfs::export_feed(file->model, how);
  if (!feed) return no(feed.error());
  feed->files["not-expressed.txt"] = feed->report.text();
  if (auto ok = write_files(options.out, feed->files, false); !ok) return no(ok.error());
  print(options.out.string() + ": the fares of " + options.book.string() + " as GTFS");
  return done(feed->report, options.accept_losses);
}

namespace {

void add_import(CLI::App& fare, int& exit_code) {
  CLI::App* const command = fare.add_subcommand(
      "import-gtfs", "Make a tariff's source folder from the fares of a GTFS feed (V2, else V1)");
  command->footer(
      "Examples:\n"
      "  tidegate fare import-gtfs feed -o tariff && tidegate fare compile tariff -o my.book\n"
      "  tidegate fare import-gtfs feed -o tariff --medium contactless=t-union --medium cash=none\n"
      "  tidegate fare import-gtfs feed.zip -o tariff --accept-losses\n"
      "Prints what was taken over, how it was read, and by file and line what a book cannot say;\n"
      "with such losses the exit code is 1 (the folder is written). Format: docs/gtfs.md.");
  const auto in = std::make_shared<FareImportGtfs>();
  command->add_option("FEED", in->feed, "folder or ZIP archive with the files of the feed")
      ->required();
  command->add_option("-o,--output", in->out, "folder for book.toml and tables")->required();
  command->add_option("--medium", in->media,
                      "what a fare medium is at a gate: ID=t-union, ID=qr, ID=t-union,qr, ID=none");
  command->add_flag("--accept-losses", in->accept_losses, "exit with 0 although something is lost");
  command->add_flag("--replace", in->replace, "write into a folder that has files");
  command
      ->add_option("--interchange-minutes", in->interchange_minutes,
                   "limit of changes outside of gates (fare_leg_join_rules.txt), which GTFS lacks")
      ->check(CLI::Range(1, 1440));
  command->add_option("--name", in->name, "name of the book (default: the agency's)");
  command->add_option("--number", in->number, "number of the book (default 1)")
      ->check(CLI::PositiveNumber);
  command->add_option("--valid-from", in->valid_from,
                      "first service day (default: when its timeframes begin, else 2000-01-01)");
  command->add_option("--city", in->city, "4 hex digits (default 0000)");
  command->add_option("--acquirer", in->acquirer, "16 hex digits (default all F)");
  command->add_option("--operator", in->operator_code, "4 hex digits (default 0000)");
  command->callback([in, &exit_code] { exit_code = fare_import_gtfs(*in); });
}

void add_export(CLI::App& fare, int& exit_code) {
  CLI::App* const command =
      fare.add_subcommand("export-gtfs", "Write a fare book as GTFS Fares V2, as far as it can be");
  command->footer(
      "Examples:\n"
      "  tidegate fare export-gtfs demo.book -o feed\n"
      "  tidegate fare export-gtfs demo.book -o feed --on 2026-11-01 --accept-losses\n"
      "What GTFS cannot say is printed and stands in feed/not-expressed.txt; the exit code is then "
      "1.");
  const auto in = std::make_shared<FareExportGtfs>();
  command->add_option("BOOK", in->book, "fare book")->required();
  command->add_option("-o,--output", in->out, "folder for the files; new or empty")->required();
  command->add_option("--on", in->on, "service day whose tariffs count (default: the last ones)");
  command->add_option("--trust", in->trust, "public key (hex) that must have signed");
  command->add_flag("--accept-losses", in->accept_losses, "exit with 0 although something is lost");
  command->callback([in, &exit_code] { exit_code = fare_export_gtfs(*in); });
}

}  // namespace

void add_fare_gtfs(CLI::App& fare, int& exit_code) {
  add_import(fare, exit_code);
  add_export(fare, exit_code);
}

}  // namespace tidegate::tools
