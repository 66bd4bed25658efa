// SPDX-License-Identifier: Apache-2.0
// Checks a book: structure, golden journeys, signature and declared invariants.
#include "tools/fare_check.h"

#include <memory>
#include <utility>

#include "fare/authoring/json.h"
#include "fare/authoring/proof_invariants.h"
#include "fare/engine/golden.h"
#include "tools/fare_book_file.h"
#include "tools/progress_line.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

fare::Json result_json(const fare::InvariantResult& result) {
  fare::JsonArray places;
  for (const std::string& place : result.places) places.emplace_back(place);
  return fare::JsonObject{{"network", result.network},
                          {"invariant", result.name},
                          {"value", result.value},
                          {"checked", static_cast<std::int64_t>(result.checked)},
                          {"broken", static_cast<std::int64_t>(result.broken)},
                          {"broken_pairs", static_cast<std::int64_t>(result.broken_pairs)},
                          {"places", std::move(places)}};
}

void print_json(const FareCheck& options, const FareBookFile& file,
                const fare::InvariantReport& report) {
  fare::JsonArray invariants;
  for (const fare::InvariantResult& result : report.results)
    invariants.push_back(result_json(result));
  print(fare::Json{
      fare::JsonObject{
          {"book", options.book.string()},
          {"number", static_cast<std::int64_t>(file.book->number())},
          {"hash", file.hash},
          {"sound", report.broken() == 0},
          {"golden_journeys", static_cast<std::int64_t>(fare::golden_journey_count(*file.book))},
          {"signature", options.trust.empty() ? "not checked" : "right"},
          {"rides_priced", static_cast<std::int64_t>(report.rides_priced)},
          {"invariants", std::move(invariants)}}}
            .text());
}

void print_people(const FareCheck& options, const FareBookFile& file,
                  const fare::InvariantReport& report) {
  print(options.book.string() + ": book " + std::to_string(file.book->number()) +
        (report.broken() == 0 ? " is sound, " : " is whole, ") +
        std::to_string(fare::golden_journey_count(*file.book)) + " golden journeys reproduced, " +
        (options.trust.empty() ? "signature not checked" : "signature right"));
  if (report.results.empty()) return;
  print(std::to_string(report.results.size()) + " invariants held against " +
        std::to_string(report.rides_priced) + " rides:");
  for (const fare::InvariantResult& result : report.results) {
    print((result.broken == 0 ? "  holds   " : "  BROKEN  ") + result.network + " " + result.name +
          (result.value.empty() ? "" : " = " + result.value) + ": " +
          (result.broken == 0 ? "" : std::to_string(result.broken) + " of ") +
          std::to_string(result.checked) + (result.broken == 0 ? " comparisons" : " break it"));
    for (const std::string& place : result.places) print("            " + place);
    if (result.broken_pairs > result.places.size())
      print("            … and " + std::to_string(result.broken_pairs - result.places.size()) +
            " other pairs of stops");
  }
}

Result<fare::InvariantReport> hold(const FareCheck& options, const FareBookFile& file) {
  if (options.invariants.empty()) return fare::InvariantReport{};
  const auto declared = fare::read_invariants(options.invariants, file.model.riders);
  if (!declared) return fail(declared.error());
  ProgressLine progress{"rides priced"};
  return fare::check_invariants(
      *file.book, file.model, *declared,
      [&](std::uint64_t done, std::uint64_t total) { progress.tell(done, total); });
}

}  // namespace

int fare_check(const FareCheck& options) {
  const auto file = open_fare_book(options.book, options.trust);
  if (!file) return no(file.error());
  if (auto ok = fare::check_golden_journeys(*file->book); !ok) return no(ok.error());
  const auto report = hold(options, *file);
  if (!report) return no(report.error());
  if (options.json)
    print_json(options, *file, *report);
  else
    print_people(options, *file, *report);
  if (report->broken() == 0) return 0;
  return no(Error{Errc::refused, options.book.string() + ": " + std::to_string(report->broken()) +
                                     " of " + std::to_string(report->results.size()) +
                                     " invariants are broken"});
}

void add_fare_check(CLI::App& fare, int& exit_code) {
  CLI::App* const command = fare.add_subcommand(
      "check", "Verify a fare book: structure, golden journeys, signature, declared invariants");
  command->footer(
      "Examples:\n"
      "  tidegate fare check demo.book\n"
      "  tidegate fare check demo.book --trust $(cat operator.pub)\n"
      "  tidegate fare check demo.book --invariants tariffs/demo/invariants.toml");
  const auto in = std::make_shared<FareCheck>();
  command->add_option("BOOK", in->book, "fare book, or its source folder")->required();
  command->add_option("--trust", in->trust, "public key (hex) that must have signed");
  command->add_option("--invariants", in->invariants,
                      "TOML file of what must hold of every fare (docs/fare-proof.md)");
  command->add_flag("--json", in->json, "one JSON object");
  command->callback([in, &exit_code] { exit_code = fare_check(*in); });
}

}  // namespace tidegate::tools
