// SPDX-License-Identifier: Apache-2.0
// Planned books as TOML and CSV.
#include "fare/authoring/gtfs/book_text.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "fare/authoring/gtfs/text.h"
#include "fare/authoring/proof_text.h"
#include "fare/authoring/timeframe_text.h"
#include "fare/engine/book_codec.h"

namespace tidegate::fare::gtfs {
namespace {

constexpr std::uint32_t kNoFare = NetworkPrices::kNoFare;
using Table = NetworkPrices::Table;

std::string hex4(std::size_t number) {
  char out[8];
  std::snprintf(out, sizeof out, "%04X", static_cast<unsigned>(number & 0xFFFFU));
  return out;
}

/// Spans of each set of days with the same hours, a text for each set.
std::vector<std::string> spans_of(const WeekMinutes& minutes) {
  std::map<std::vector<std::pair<std::uint16_t, std::uint16_t>>, std::uint8_t> days_by_hours;
  std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> order;
  for (std::size_t day = 0; day < 7; ++day) {
    std::vector<std::pair<std::uint16_t, std::uint16_t>> hours;
    for (std::size_t minute = 0; minute < kMinutesADay; ++minute) {
      if (!minutes.test(day * kMinutesADay + minute)) continue;
      const auto at = static_cast<std::uint16_t>(minute);
      if (hours.empty() || hours.back().second != at) hours.emplace_back(at, at);
      hours.back().second = static_cast<std::uint16_t>(at + 1);
    }
    if (hours.empty()) continue;
    if (!days_by_hours.contains(hours)) order.push_back(hours);
    std::uint8_t& days = days_by_hours[hours];
    days = static_cast<std::uint8_t>(days | 1U << day);
  }
  std::vector<std::string> out;
  for (const auto& hours : order) {
    std::vector<WeekSpan> spans;
    for (const auto& [from, to] : hours)
      spans.push_back({.days = days_by_hours[hours], .from = from, .to = to});
    out.push_back(week_spans_text(spans));
  }
  return out;
}

bool is_symmetric(const Table& table, std::size_t n) {
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = from + 1; to < n; ++to)
      if (table[from * n + to] != table[to * n + from]) return false;
  return true;
}

/// Rows of a table of `n` names; a symmetric one has each pair once.
std::string rows(const std::vector<std::string>& names, const auto& fen_of) {
  const std::size_t n = names.size();
  Table table;
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = 0; to < n; ++to) table.push_back(fen_of(from, to));
  const bool symmetric = is_symmetric(table, n);
  std::string out = "from,to,fen\n";
  for (std::size_t from = 0; from < n; ++from)
    for (std::size_t to = symmetric ? from : 0; to < n; ++to)
      if (const std::uint32_t fen = table[from * n + to]; fen != kNoFare)
        out.append(csv_cell(names[from]))
            .append(",")
            .append(csv_cell(names[to]))
            .append(",")
            .append(std::to_string(fen))
            .append("\n");
  return out;
}

class Writer {
 public:
  Writer(const BookPlan& plan, const BookIdentity& identity) : plan_{plan}, identity_{identity} {}

  TextFiles files() {
    write_head();
    stops_ = "network,code,number,name_zh,name_en,card_line,card_station,line\n";
    for (std::size_t i = 0; i < plan_.networks.size(); ++i) write_network(plan_.networks[i], i + 1);
    write_transfers();
    write_interchanges();
    files_["book.toml"] = std::move(toml_);
    files_["stops.csv"] = std::move(stops_);
    return std::move(files_);
  }

 private:
  void write_head() {
    toml_ +=
        "# Made from a GTFS feed. What GTFS does not know is to be filled in: city, acquirer and\n"
        "# operator of each network, and in stops.csv the permanent numbers and card codes.\n";
    toml_ += "[book]\n";
    key("name", toml_string(identity_.name));
    key("number", std::to_string(identity_.number));
    key("valid_from", identity_.valid_from.text());
    for (const PlannedRider& rider : plan_.riders) {
      toml_ += "\n[[rider]]\n";
      key("number", std::to_string(rider.number));
      key("name", toml_string(rider.name));
      names(rider.names);
    }
    for (const auto& [name, minutes] : plan_.timeframes) {
      toml_ += "\n[[timeframe]]\n";
      key("name", toml_string(name));
      std::string spans;
      for (const std::string& text : spans_of(minutes))
        spans.append(spans.empty() ? "" : ", ").append(toml_string(text));
      key("spans", "[" + spans + "]");
    }
  }

  void key(std::string_view name, std::string_view value) {
    toml_.append(name).append(" = ").append(value).append("\n");
  }
  void names(const Names& names) {
    key("name_zh", toml_string(cut_to(names.zh, kTextBytesMax)));
    key("name_en", toml_string(cut_to(names.en, kTextBytesMax)));
  }

  void write_network(const PlannedNetwork& network, std::size_t code) {
    toml_ += "\n[[network]]\n";
    key("id", toml_string(network.id));
    key("code", std::to_string(code));
    names(network.names);
    key("city", toml_string(identity_.city));
    key("acquirer", toml_string(identity_.acquirer));
    key("industry", toml_string(network.industry));
    key("operator", toml_string(identity_.operator_code));
    toml_ += "\n[network.tariff]\n" + tariff(network, network.table, "", "\n") + "\n";
    if (!network.classes.empty()) {
      toml_ += "classes = [\n";
      for (const PlannedClass& one : network.classes) write_class(network, one);
      toml_ += "]\n";
    }
    for (std::size_t i = 0; i < network.stops.size(); ++i) {
      const PlannedStop& stop = network.stops[i];
      const std::string number = std::to_string(i + 1);
      stops_.append(network.id).append(",").append(stop.code).append(",").append(number);
      stops_.append(",").append(csv_cell(plain_text(cut_to(stop.names.zh, kTextBytesMax))));
      stops_.append(",").append(csv_cell(plain_text(cut_to(stop.names.en, kTextBytesMax))));
      stops_.append(",").append(hex4(code)).append(",").append(hex4(i + 1)).append(",0\n");
    }
  }

  void key_list(std::string_view name, const auto& values) {
    std::string all;
    for (const std::string& value : values)
      all.append(all.empty() ? "" : ", ").append(toml_string(value));
    key(name, "[" + all + "]");
  }

  void write_transfers() {
    for (std::size_t i = 0; i < plan_.transfers.size(); ++i) {
      const PlannedTransfer& one = plan_.transfers[i];
      toml_ += "\n[[transfer]]\n";
      const std::string number = std::to_string(i + 1);
      key("name", toml_string(plan_.transfers.size() == 1 ? "transfer" : "transfer-" + number));
      key("number", number);
      key_list("from", one.from);
      key_list("to", one.to);
      key("window_minutes", std::to_string(one.window_minutes));
      key("measured", toml_string(one.measured));
      key("window_from", toml_string("first-leg"));
      constexpr const char* kEffects[] = {"free", "up-to-difference", "amount-off"};
      key("effect", toml_string(kEffects[static_cast<std::size_t>(one.effect)]));
      if (one.effect == TransferEffect::amount_off) key("fen", std::to_string(one.value));
      if (one.count > 0) key("max_transfers", std::to_string(one.count));
      key_list("issuers", std::vector<std::string>{"any"});
    }
  }

  void write_interchanges() {
    for (const PlannedInterchange& one : plan_.interchanges) {
      toml_ += "\n[[interchange]]\n";
      key("name", toml_string(one.network + "-interchange"));
      key("network", toml_string(one.network));
      key("minutes", std::to_string(identity_.interchange_minutes));
      key_list("pairs", one.pairs);
      key_list("issuers", std::vector<std::string>{"any"});
    }
  }

  void write_class(const PlannedNetwork& network, const PlannedClass& one) {
    std::string file, text = "  { ";
    const auto list = [&](const char* name, const auto& values, const auto& text_of) {
      std::string all;
      for (const auto& value : values) {
        all.append(all.empty() ? "" : ", ").append(toml_string(text_of(value)));
        file.append(file.empty() ? "" : "-").append(text_of(value));
      }
      if (!all.empty()) text.append(name).append(" = [").append(all).append("], ");
    };
    list("riders", one.riders, [](const std::string& name) { return name; });
    if (!one.timeframe.empty()) {
      text.append("timeframe = ").append(toml_string(one.timeframe)).append(", ");
      file.append(file.empty() ? "" : "-").append(one.timeframe);
    }
    list("media", one.media, [](MediumKind kind) { return std::string{name_of(kind)}; });
    toml_ += text + tariff(network, one.table, file, ", ") + " },\n";
  }

  /// The keys of a tariff with `separator` between them; its tables become files.
  std::string tariff(const PlannedNetwork& network, const Table& table, const std::string& what,
                     const std::string& separator) {
    const bool uniform =
        std::ranges::adjacent_find(table, std::ranges::not_equal_to{}) == table.end();
    if (network.is_flat || (uniform && !what.empty() && table.front() != kNoFare))
      return "kind = \"flat\"" + separator + "fen = " + std::to_string(table.front());
    const std::size_t zones = network.zones.size();
    const std::string symmetric = is_symmetric(table, zones) ? separator + "symmetric = true" : "";
    const std::string name = network.id + (what.empty() ? "" : "-" + what);
    if (zones < network.stops.size() && same_on_diagonal(table, zones)) {
      std::string zone_rows = "stop,zone\n";
      for (const PlannedStop& stop : network.stops)
        zone_rows.append(stop.code)
            .append(",")
            .append(csv_cell(network.zones[stop.zone]))
            .append("\n");
      const std::string zones_file = file(network.id + "-zones", zone_rows);
      const auto fen = [&](std::size_t from, std::size_t to) { return table[from * zones + to]; };
      const std::string fares_file = file(name, rows(network.zones, fen));
      const std::string same_station =
          table.front() == kNoFare
              ? ""
              : separator + "same_station_fen = " + std::to_string(table.front());
      return "kind = \"zones\"" + separator + "zones = " + toml_string(zones_file) + separator +
             "fares = " + toml_string(fares_file) + symmetric + same_station;
    }
    std::vector<std::string> codes;
    for (const PlannedStop& stop : network.stops) codes.push_back(stop.code);
    const auto fen = [&](std::size_t from, std::size_t to) {
      return table[network.stops[from].zone * zones + network.stops[to].zone];
    };
    const std::string csv = file(name, rows(codes, fen));
    return "kind = \"matrix\"" + separator + "csv = " + toml_string(csv) + symmetric;
  }

  /// A zone tariff has one price for leaving where one entered.
  static bool same_on_diagonal(const Table& table, std::size_t zones) {
    for (std::size_t zone = 1; zone < zones; ++zone)
      if (table[zone * (zones + 1)] != table.front()) return false;
    return true;
  }

  /// The name of a file with this content: one that is there already, or a new one.
  std::string file(const std::string& stem, std::string content) {
    for (const auto& [name, text] : files_)
      if (text == content) return name;
    std::string name = ids_.fit(cut_to(stem, 100)) + ".csv";
    for (int next = 2; files_.contains(name); ++next)
      name = ids_.fit(cut_to(stem, 100) + "-" + std::to_string(next)) + ".csv";
    files_[name] = std::move(content);
    return name;
  }

  const BookPlan& plan_;
  const BookIdentity& identity_;
  std::string toml_, stops_;
  TextFiles files_;
  FitIds ids_;
};

}  // namespace

TextFiles book_text(const BookPlan& plan, const BookIdentity& identity) {
  return Writer{plan, identity}.files();
}

}  // namespace tidegate::fare::gtfs
