// SPDX-License-Identifier: Apache-2.0
// `tidegate fare show`: what a book contains, each network on a screen, or as one JSON object.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "fare/authoring/json.h"
#include "fare/authoring/proof_text.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/rule_lines.h"
#include "fare/authoring/timeframe_text.h"
#include "tools/fare_book_file.h"
#include "tools/fare_command.h"
#include "tools/price_text.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

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

std::uint16_t index_of(const fare::BookModel& model, const fare::Network& network) {
  return static_cast<std::uint16_t>(&network - model.networks.data());
}

fare::Json lines_json(const std::vector<fare::Bilingual>& lines) {
  fare::JsonArray out;
  for (const fare::Bilingual& line : lines)
    out.push_back(fare::JsonObject{{"zh", line.zh}, {"en", line.en}});
  return out;
}

fare::Json classes_json(const fare::BookModel& model, const fare::TariffVersion& version) {
  fare::JsonArray out;
  for (const auto& one : version.classes) {
    const Spread spread = spread_of(one.tariff);
    const fare::Bilingual whom = fare::class_line(model, one);
    out.push_back(fare::JsonObject{{"name", one.name},
                                   {"for_zh", whom.zh},
                                   {"for_en", whom.en},
                                   {"kind", tariff_kind(one.tariff)},
                                   {"rule", rule_of(one.tariff)},
                                   {"fares", spread.count},
                                   {"lowest_fen", spread.lowest},
                                   {"highest_fen", spread.highest}});
  }
  return out;
}

fare::Json stops_json(const fare::Network& network) {
  fare::JsonArray out;
  for (const fare::Stop& stop : network.stops)
    out.push_back(fare::JsonObject{{"code", stop.code},
                                   {"number", std::int64_t{stop.number}},
                                   {"name_zh", stop.name_zh},
                                   {"name_en", stop.name_en}});
  return out;
}

fare::Json network_json(const fare::BookModel& model, const fare::Network& network) {
  fare::JsonArray tariffs;
  for (const auto& version : network.versions) {
    const Spread spread = spread_of(version.tariff);
    tariffs.push_back(
        fare::JsonObject{{"effective_from", version.effective_from.text()},
                         {"kind", tariff_kind(version.tariff)},
                         {"rule", rule_of(version.tariff)},
                         {"fares", spread.count},
                         {"lowest_fen", spread.lowest},
                         {"highest_fen", spread.highest},
                         {"classes", classes_json(model, version)},
                         {"rules", lines_json(fare::version_lines(model, network, version))}});
  }
  return fare::JsonObject{
      {"id", network.id},
      {"code", std::int64_t{network.code}},
      {"name_zh", network.name_zh},
      {"name_en", network.name_en},
      {"acquirer", to_hex(network.acquirer)},
      {"minimum_balance_fen", network.minimum_balance.count()},
      {"stops", static_cast<std::int64_t>(network.stops.size())},
      {"tariffs", std::move(tariffs)},
      {"stop_list", stops_json(network)},
      {"policy", lines_json(fare::policy_lines(network))},
      {"between", lines_json(fare::between_lines(model, index_of(model, network)))}};
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

fare::Json book_json(const FareBookFile& file) {
  const fare::BookModel& model = file.model;
  fare::JsonArray networks;
  for (const auto& network : model.networks) networks.push_back(network_json(model, network));
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
                          {"realm", file.header ? realm_name(file.header->realm) : "none"},
                          {"valid_from", model.valid_from.text()},
                          {"created", file.header ? iso8601(file.header->created) : ""},
                          {"hash", file.hash},
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

/// On one line where both are short, else each on its own.
void print_both(const std::string& head, const fare::Bilingual& line) {
  constexpr std::size_t kShort = 110;
  if (line.zh.size() + line.en.size() < kShort) return print(head + both(line));
  print(head + line.zh);
  print(std::string(head.size(), ' ') + line.en);
}

/// Days as ranges: "2026-10-01/2026-10-07, 2027-01-01".
std::string days_text(const std::vector<std::chrono::sys_days>& days) {
  std::string out;
  for (auto day = days.begin(); day != days.end();) {
    auto last = day;
    while (last + 1 != days.end() && *(last + 1) == *last + std::chrono::days{1}) ++last;
    out += (out.empty() ? "" : ", ") + ServiceDay{*day}.text() +
           (last == day ? "" : "/" + ServiceDay{*last}.text());
    day = last + 1;
  }
  return out.empty() ? "none" : out;
}

void show_stops(const fare::Network& network, bool all) {
  constexpr std::size_t kShown = 24, kColumns = 96;
  std::string line;
  const std::size_t count = all ? network.stops.size() : std::min(network.stops.size(), kShown);
  for (std::size_t i = 0; i < count; ++i) {
    const fare::Stop& stop = network.stops[i];
    const std::string one = stop.code + " " + fare::plain_text(stop.name_zh) + " " +
                            fare::plain_text(stop.name_en) + (i + 1 < count ? "; " : "");
    if (!line.empty() && line.size() + one.size() > kColumns) {
      line.pop_back();
      print("    " + line);
      line.clear();
    }
    line += one;
  }
  if (count < network.stops.size())
    line += "; … and " + std::to_string(network.stops.size() - count) + " more (--network " +
            network.id + ")";
  print("    " + line);
}

void show_network(const fare::BookModel& model, const fare::Network& network, bool all_stops) {
  print("network   " + network.id + "  " + fare::plain_text(network.name_zh) + " / " +
        fare::plain_text(network.name_en) + ", " + std::to_string(network.stops.size()) + " stops");
  show_stops(network, all_stops);
  for (const auto& version : network.versions) {
    print("  tariff  from " + version.effective_from.text() + ": " + rule_of(version.tariff) +
          fares_text(spread_of(version.tariff)));
    for (const auto& one : version.classes)
      print("    class " + fare::plain_text(one.name) + ": " + rule_of(one.tariff) +
            fares_text(spread_of(one.tariff)) + ", for " + both(fare::class_line(model, one)));
    for (const auto& line : fare::version_lines(model, network, version))
      print_both("    rule  ", line);
  }
  const std::string least = network.minimum_balance.yuan();
  if (network.minimum_balance > Fen{})
    print_both("  entry   ",
               {"进站余额不低于 " + least + " 元", "a balance of " + least + " yuan to come in"});
  for (const auto& line : fare::policy_lines(network)) print_both("  policy  ", line);
  for (const auto& line : fare::between_lines(model, index_of(model, network)))
    print_both("  between ", line);
  for (const auto& rule : model.through)
    if (rule.a == index_of(model, network) || rule.b == index_of(model, network))
      print_both("  through ", fare::through_line(model, rule));
}

void show_people(const FareBookFile& file, const std::string& network_id) {
  const fare::BookModel& model = file.model;
  print("book      " + fare::plain_text(model.name) + ", number " + std::to_string(model.number) +
        (file.header ? ", realm " + std::string{realm_name(file.header->realm)}
                     : ", from its source folder"));
  print("valid     from " + model.valid_from.text() +
        (file.header ? ", made " + iso8601(file.header->created) : ""));
  print("hash      " + file.hash);
  print("golden    " + std::to_string(model.golden.size()) + " journeys");
  for (const auto& rider : model.riders)
    print("rider     " + rider.name + " (" + std::to_string(std::to_underlying(rider.number)) +
          "), " + fare::plain_text(rider.name_zh) + " / " + fare::plain_text(rider.name_en));
  for (const auto& frame : model.timeframes)
    print("timeframe " + frame.name + ": " + fare::week_spans_text(frame.spans));
  if (!model.calendar.empty()) {
    print("calendar  holidays " + days_text(model.calendar.holidays));
    print("          make-up working days " + days_text(model.calendar.working_days));
  }
  for (const auto& network : model.networks)
    if (network_id.empty() || network.id == network_id)
      show_network(model, network, !network_id.empty());
}

}  // namespace

int fare_show(const fs::path& book, bool json, const std::string& network) {
  const auto file = open_fare_book(book, {});
  if (!file) return no(file.error());
  std::vector<std::string> ids;
  for (const auto& one : file->model.networks) ids.push_back(one.id);
  if (!network.empty() && std::ranges::find(ids, network) == ids.end())
    return no(Error{Errc::not_found, "--network: \"" + network + "\" is not in the book" +
                                         fare::did_you_mean(network, ids)});
  if (json)
    print(book_json(*file).text());
  else
    show_people(*file, network);
  return 0;
}

}  // namespace tidegate::tools
