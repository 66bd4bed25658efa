// SPDX-License-Identifier: Apache-2.0
// Compares two books: reads them, compares, prints and writes the report.
#include "tools/fare_diff.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/diff.h"
#include "fare/authoring/diff_text.h"
#include "fare/authoring/html_report.h"
#include "fare/authoring/journey_lines.h"
#include "fare/authoring/reasons.h"
#include "tools/fare_book_file.h"
#include "tools/progress_line.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

constexpr std::size_t kJourneyBytesMax = 256UL << 20U;
constexpr std::size_t kRowsInReport = 500;
constexpr int kTrouble = 2;

int trouble(const Error& error) {
  no(error);
  return kTrouble;
}

Result<std::vector<fare::GoldenJourney>> read_journeys(const std::filesystem::path& path,
                                                       std::span<const fare::Rider> own) {
  std::vector<fare::GoldenJourney> out;
  if (path.empty()) return out;
  const auto bytes = posix::read_file(path, kJourneyBytesMax);
  if (!bytes) return fail(bytes.error(), path.string());
  auto journeys =
      fare::parse_journeys(path.string(), as_text(*bytes), fare::JourneyUse::price, own);
  if (!journeys) return fail(fare::first_ten(journeys.error()));
  for (fare::JourneyLine& one : *journeys) out.push_back(std::move(one.journey));
  return out;
}

Result<fare::DiffOptions> diff_options(const FareDiff& options,
                                       const std::vector<fare::Rider>& own) {
  fare::DiffOptions out;
  if (!options.riders.empty()) {
    auto riders = fare::parse_riders(options.riders, own);
    if (!riders) return fail(std::move(riders.error()), "--riders");
    out.riders = *std::move(riders);
  }
  for (const std::string& text : options.at) {
    const auto at = parse_iso8601(text);
    if (!at)
      return fail(Errc::invalid,
                  "--at: \"" + text + "\": a time such as 2026-11-02T08:00:00+08:00 was expected");
    out.at.push_back(*at);
  }
  std::ranges::sort(out.at);
  const auto repeated = std::ranges::unique(out.at);
  out.at.erase(repeated.begin(), repeated.end());
  auto journeys = read_journeys(options.journeys, own);
  if (!journeys) return fail(std::move(journeys.error()));
  out.journeys = *std::move(journeys);
  out.limit = std::max(options.limit, options.html.empty() ? 0 : kRowsInReport);
  return out;
}

}  // namespace

int fare_diff(const FareDiff& options) {
  const auto before = open_fare_book(options.before, {});
  if (!before) return trouble(before.error());
  const auto after = open_fare_book(options.after, {});
  if (!after) return trouble(after.error());
  auto what = diff_options(options, fare::declared_riders(before->model, after->model));
  if (!what) return trouble(what.error());
  fare::DiffReport report;
  {
    ProgressLine progress{"rides priced"};
    what->progress = [&](std::uint64_t done, std::uint64_t total) { progress.tell(done, total); };
    report = fare::diff_books({*before->book, before->model, before->hash},
                              {*after->book, after->model, after->hash}, *what);
  }
  if (!options.html.empty()) {
    const std::string page = fare::html_report(report);
    if (auto ok = posix::write_file_durably(options.html, as_bytes(page), 0644); !ok)
      return trouble(Error{ok.error()}.with_context(options.html.string()));
  }
  if (options.json)
    print(fare::diff_json(report, options.limit).text());
  else
    std::fputs(fare::diff_text(report, options.limit).c_str(), stdout);
  return report.changed() ? 1 : 0;
}

void add_fare_diff(CLI::App& fare, int& exit_code) {
  CLI::App* const command =
      fare.add_subcommand("diff", "Compare two fare books: which prices change, and for whom");
  command->footer(
      "Exit code 0: nothing changes; 1: something does; 2: wrong usage, or a file that cannot be\n"
      "read or written.\n"
      "Examples:\n"
      "  tidegate fare diff today.book next.book\n"
      "  tidegate fare diff today.book next.book --html next.html --journeys journeys.jsonl\n"
      "  tidegate fare diff today.book next.book --riders adult,student "
      "--at 2026-11-02T08:00:00+08:00");
  const auto in = std::make_shared<FareDiff>();
  command->add_option("OLD", in->before, "fare book in force, or its source folder")->required();
  command->add_option("NEW", in->after, "fare book that shall follow, likewise")->required();
  command->add_option("--journeys", in->journeys, "file of JSON lines, as for `fare price`");
  command->add_option("--html", in->html, "write a report for a browser, one file, to here");
  command->add_option(
      "--riders", in->riders,
      "adult,student,…, names that the books declare, or all (default: all but staff and test)");
  command
      ->add_option(
          "--at", in->at,
          "when rides begin, once or more often (default: working day 06:30, 08:00, 11:00, "
          "21:30 and weekend 11:00 of each day on which a tariff takes effect)")
      ->allow_extra_args(false);
  command->add_option("--limit", in->limit, "changes to print, worst first (default 20)");
  command->add_flag("--json", in->json, "one JSON object");
  command->callback([in, &exit_code] { exit_code = fare_diff(*in); });
}

}  // namespace tidegate::tools
