// SPDX-License-Identifier: Apache-2.0
// What the subcommands of `tidegate fare` do.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/journey_json.h"
#include "fare/authoring/timeframe_text.h"
#include "fare/engine/book_codec.h"
#include "tools/fare_book_file.h"
#include "tools/fare_command.h"
#include "tools/price_text.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  return text;
}

std::string tariff_kind(const fare::Tariff& tariff) {
  return std::holds_alternative<fare::FlatTariff>(tariff) ? "flat" : "matrix";
}

/// Fares of a tariff: how many there are, the smallest and the largest.
struct Spread {
  std::int64_t count = 0, lowest = 0, highest = 0;
};
Spread spread_of(const fare::Tariff& tariff) {
  if (const auto* const flat = std::get_if<fare::FlatTariff>(&tariff))
    return {1, flat->fen.count(), flat->fen.count()};
  Spread out;
  for (const std::uint32_t cell : std::get<fare::MatrixTariff>(tariff).cells) {
    if (cell == fare::MatrixTariff::kNoFare) continue;
    out.lowest = out.count == 0 ? cell : std::min<std::int64_t>(out.lowest, cell);
    out.highest = std::max<std::int64_t>(out.highest, cell);
    ++out.count;
  }
  return out;
}

std::string rule_of(const fare::Tariff& tariff) {
  const auto* const matrix = std::get_if<fare::MatrixTariff>(&tariff);
  return matrix != nullptr ? matrix->rule : "flat";
}

fare::Json classes_json(const fare::TariffVersion& version) {
  fare::JsonArray out;
  for (const auto& one : version.classes) {
    const Spread spread = spread_of(one.tariff);
    out.push_back(fare::JsonObject{{"name", one.name},
                                   {"kind", tariff_kind(one.tariff)},
                                   {"rule", rule_of(one.tariff)},
                                   {"fares", spread.count},
                                   {"lowest_fen", spread.lowest},
                                   {"highest_fen", spread.highest}});
  }
  return out;
}

fare::Json network_json(const fare::Network& network) {
  fare::JsonArray tariffs;
  for (const auto& version : network.versions) {
    const Spread spread = spread_of(version.tariff);
    tariffs.push_back(fare::JsonObject{{"effective_from", version.effective_from.text()},
                                       {"kind", tariff_kind(version.tariff)},
                                       {"rule", rule_of(version.tariff)},
                                       {"fares", spread.count},
                                       {"lowest_fen", spread.lowest},
                                       {"highest_fen", spread.highest},
                                       {"classes", classes_json(version)}});
  }
  return fare::JsonObject{{"id", network.id},
                          {"code", std::int64_t{network.code}},
                          {"name_zh", network.name_zh},
                          {"name_en", network.name_en},
                          {"acquirer", to_hex(network.acquirer)},
                          {"minimum_balance_fen", network.minimum_balance.count()},
                          {"stops", static_cast<std::int64_t>(network.stops.size())},
                          {"tariffs", std::move(tariffs)}};
}

fare::Json calendar_json(const fare::DayCalendar& calendar) {
  const auto texts = [](const std::vector<std::chrono::sys_days>& days) {
    fare::JsonArray out;
    for (const auto day : days) out.emplace_back(ServiceDay{day}.text());
    return out;
  };
  return fare::JsonObject{{"holidays", texts(calendar.holidays)},
                          {"working_days", texts(calendar.working_days)}};
}

const char* pricing_of(const fare::ThroughRule& rule) {
  return rule.versions.empty() ? "sum" : "joined";
}

fare::Json through_json(const fare::BookModel& model) {
  fare::JsonArray out;
  for (const auto& rule : model.through)
    out.push_back(fare::JsonObject{{"name", rule.name},
                                   {"from", model.networks[rule.a].id},
                                   {"to", model.networks[rule.b].id},
                                   {"pricing", pricing_of(rule)},
                                   {"effective_from", rule.effective_from.text()}});
  return out;
}

fare::Json book_json(const OpenedFile& opened, const fare::BookModel& model) {
  fare::JsonArray networks;
  for (const auto& network : model.networks) networks.push_back(network_json(network));
  fare::JsonArray riders;
  for (const auto& rider : model.riders)
    riders.push_back(fare::JsonObject{{"number", std::int64_t{std::to_underlying(rider.number)}},
                                      {"name", rider.name}});
  fare::JsonArray frames;
  for (const auto& frame : model.timeframes)
    frames.push_back(
        fare::JsonObject{{"name", frame.name}, {"spans", fare::week_spans_text(frame.spans)}});
  return fare::JsonObject{{"name", model.name},
                          {"number", static_cast<std::int64_t>(model.number)},
                          {"realm", realm_name(opened.header.realm)},
                          {"valid_from", model.valid_from.text()},
                          {"created", iso8601(opened.header.created)},
                          {"hash", to_hex(opened.header.payload_hash)},
                          {"networks", std::move(networks)},
                          {"riders", std::move(riders)},
                          {"timeframes", std::move(frames)},
                          {"calendar", calendar_json(model.calendar)},
                          {"through", through_json(model)},
                          {"golden_journeys", static_cast<std::int64_t>(model.golden.size())}};
}

std::string fares_text(const Spread& spread) {
  return ", " + std::to_string(spread.count) + " fares, " + Fen{spread.lowest}.yuan() + " to " +
         Fen{spread.highest}.yuan() + " yuan";
}

void show_people(const OpenedFile& opened, const fare::BookModel& model) {
  print("book      " + model.name + ", number " + std::to_string(model.number) + ", realm " +
        std::string{realm_name(opened.header.realm)});
  print("valid     from " + model.valid_from.text() + ", made " + iso8601(opened.header.created));
  print("hash      " + to_hex(opened.header.payload_hash));
  print("golden    " + std::to_string(model.golden.size()) + " journeys");
  for (const auto& rider : model.riders)
    print("rider     " + rider.name + " (" + std::to_string(std::to_underlying(rider.number)) +
          "), " + rider.name_zh + " / " + rider.name_en);
  for (const auto& frame : model.timeframes)
    print("timeframe " + frame.name + ": " + fare::week_spans_text(frame.spans));
  if (!model.calendar.empty())
    print("calendar  " + std::to_string(model.calendar.holidays.size()) + " holidays, " +
          std::to_string(model.calendar.working_days.size()) + " make-up working days");
  for (const auto& rule : model.through)
    print("through   " + model.networks[rule.a].id + " and " + model.networks[rule.b].id + ": " +
          pricing_of(rule) + ", from " + rule.effective_from.text());
  for (const auto& network : model.networks) {
    print("network   " + network.id + "  " + network.name_zh + " / " + network.name_en + ", " +
          std::to_string(network.stops.size()) + " stops");
    for (const auto& version : network.versions) {
      const Spread spread = spread_of(version.tariff);
      print("  tariff  from " + version.effective_from.text() + ": " + rule_of(version.tariff) +
            fares_text(spread));
      for (const auto& one : version.classes)
        print("    class " + one.name + ": " + rule_of(one.tariff) +
              fares_text(spread_of(one.tariff)));
    }
  }
}

/// Pairs of two stops without a fare may be meant, but are often a forgotten row.
void note_gaps(const fare::Network& network, const fare::TariffVersion& version) {
  const auto* const matrix = std::get_if<fare::MatrixTariff>(&version.tariff);
  if (matrix == nullptr) return;
  const std::size_t n = network.stops.size();
  std::size_t gaps = 0;
  std::string first;
  for (std::size_t i = 0; i < n * n; ++i) {
    if (i / n == i % n || matrix->cells[i] != fare::MatrixTariff::kNoFare) continue;
    if (gaps++ == 0) first = network.stops[i / n].code + " to " + network.stops[i % n].code;
  }
  if (gaps > 0)
    std::fprintf(stderr,
                 "tidegate: note: network %s, tariff from %s: %zu of %zu pairs of stops have no "
                 "fare, the first is %s; an exit there is refused\n",
                 network.id.c_str(), version.effective_from.text().c_str(), gaps, n * (n - 1),
                 first.c_str());
}

Result<std::shared_ptr<const fare::Book>> load_book(const fs::path& path,
                                                    const std::string& trust) {
  auto file = open_fare_book(path, trust);
  if (!file) return fail(std::move(file.error()));
  return std::move(file->book);
}

}  // namespace

int fare_keygen(const fs::path& out) {
  const posix::Fd fd{::open(out.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd) return no(fail_errno(out.string()).error());
  auto key = crypto::make_signing_key();
  std::string line = to_hex(key.seed) + "\n";
  const auto written = ::write(fd.get(), line.data(), line.size());
  const bool ok = written == static_cast<ssize_t>(line.size()) && ::fsync(fd.get()) == 0;
  const int why = errno;
  crypto::cleanse({reinterpret_cast<Byte*>(line.data()), line.size()});
  crypto::cleanse(key.seed);
  if (!ok) return no(fail_errno(out.string(), why).error());
  print(to_hex(key.public_key));
  return 0;
}

int fare_compile(const FareCompile& options) {
  if (options.key.empty() && options.realm != Realm::test) {
    std::fprintf(stderr, "tidegate: a book for the live realm needs --key\n");
    return 2;
  }
  const Signing signing{.key = options.key, .realm = options.realm};
  if (!options.key.empty())  // a wrong key is told before the work
    if (const auto key = read_signing_key(options.key); !key) return no(key.error());
  const auto payload = fare::compile_book(options.dir, {.number = options.number});
  if (!payload) return no(payload.error());
  const auto model = fare::decode_book(*payload);
  if (!model) return no(model.error());
  if (auto ok = write_signed(options.out, FileKind::fare_book, model->number, *payload, signing);
      !ok)
    return no(ok.error());
  for (const auto& network : model->networks)
    for (const auto& version : network.versions) note_gaps(network, version);
  print(options.out.string() + ": book " + std::to_string(model->number) + ", realm " +
        std::string{realm_name(options.realm)} + ", " + std::to_string(model->networks.size()) +
        " networks, " + std::to_string(model->golden.size()) + " golden journeys reproduced");
  return 0;
}

int fare_show(const fs::path& book, bool json) {
  const auto opened = open_signed(book, FileKind::fare_book, {});
  if (!opened) return no(opened.error());
  const auto model = fare::decode_book(opened->payload);
  if (!model) return no(model.error());
  if (auto ok = fare::check_book(*model); !ok) return no(ok.error());
  if (json)
    print(book_json(*opened, *model).text());
  else
    show_people(*opened, *model);
  return 0;
}

int fare_price(const fs::path& path, const std::string& input, bool explain) {
  const auto book = load_book(path, {});
  if (!book) return no(book.error());
  std::ifstream file;
  if (input != "-") {
    file.open(input);
    if (!file) return no(fail_errno(input).error());
  }
  std::istream& in = input == "-" ? std::cin : file;
  int exit_code = 0;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    line = trimmed(std::move(line));
    if (line.empty()) continue;
    const auto journey = fare::parse_journey(line, fare::JourneyUse::price, (*book)->riders());
    if (!journey) {
      std::fprintf(stderr, "tidegate: line %zu: %s\n", number, journey.error().message().c_str());
      exit_code = 1;
      continue;
    }
    if (explain)
      std::fputs(journey_text(**book, *journey).c_str(), stdout);
    else
      print(fare::price_journey(**book, *journey).text());
  }
  if (in.bad()) return no(Error{Errc::io, input + ": cannot be read to its end"});
  return exit_code;
}

}  // namespace tidegate::tools
