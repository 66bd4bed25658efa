// SPDX-License-Identifier: Apache-2.0
// Writes book.toml, stops.csv and a table of fares for each column.
#include "tools/fare_matrix_folder.h"

#include <cstdio>

#include "fare/authoring/gtfs/text.h"
#include "fare/authoring/timeframe_text.h"

namespace tidegate::tools {
namespace {

using fare::gtfs::csv_cell;
using fare::gtfs::toml_string;

std::string hex4(unsigned number) {
  char out[16];
  std::snprintf(out, sizeof out, "%04X", number);
  return out;
}

class Writer {
 public:
  Writer(const fare::BookModel& model, const std::string& industry)
      : model_{model}, network_{model.networks.front()}, industry_{industry} {}

  std::map<std::string, std::string> files() {
    head();
    network();
    files_["book.toml"] = std::move(toml_);
    files_["stops.csv"] = stops();
    return std::move(files_);
  }

 private:
  void key(const std::string& name, const std::string& value) {
    toml_.append(name).append(" = ").append(value).append("\n");
  }
  void text(const std::string& name, const std::string& value) { key(name, toml_string(value)); }

  void head() {
    toml_ += "[book]\n";
    text("name", model_.name);
    key("number", std::to_string(model_.number));
    key("valid_from", model_.valid_from.text());
    for (const fare::Rider& rider : model_.riders) {
      toml_ += "\n[[rider]]\n";
      key("number", std::to_string(std::to_underlying(rider.number)));
      text("name", rider.name);
      text("name_zh", rider.name_zh);
      text("name_en", rider.name_en);
    }
    for (const fare::Timeframe& frame : model_.timeframes) {
      toml_ += "\n[[timeframe]]\n";
      text("name", frame.name);
      key("spans", "[" + toml_string(fare::week_spans_text(frame.spans)) + "]");
    }
  }

  void network() {
    toml_ += "\n[[network]]\n";
    text("id", network_.id);
    key("code", std::to_string(network_.code));
    text("name_zh", network_.name_zh);
    text("name_en", network_.name_en);
    text("city", hex4(network_.city));
    text("acquirer", to_hex(network_.acquirer));
    text("industry", industry_);
    text("operator", hex4(network_.operator_code));
    const fare::TariffVersion& version = network_.versions.front();
    toml_ += "\n[network.tariff]\nkind = \"matrix\"\n";
    text("csv", table("fares.csv", version.tariff));
    if (version.classes.empty()) return;
    toml_ += "classes = [\n";
    for (std::size_t i = 0; i < version.classes.size(); ++i) {
      const fare::FareClass& one = version.classes[i];
      toml_ += "  { riders = [" +
               toml_string(std::string{fare::rider_name(model_.riders, one.riders.front())}) +
               "], ";
      if (one.timeframe)
        toml_ += "timeframe = " + toml_string(model_.timeframes[*one.timeframe].name) + ", ";
      toml_ += "kind = \"matrix\", csv = " +
               toml_string(table("fares-" + std::to_string(i + 2) + ".csv", one.tariff)) + " },\n";
    }
    toml_ += "]\n";
  }

  /// Writes the fares that there are; returns the name.
  std::string table(const std::string& name, const fare::Tariff& tariff) {
    const auto& cells = std::get<fare::MatrixTariff>(tariff).cells;
    const std::size_t n = network_.stops.size();
    std::string& out = files_[name];
    out = "from,to,fen\n";
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i] != fare::MatrixTariff::kNoFare)
        out.append(network_.stops[i / n].code)
            .append(",")
            .append(network_.stops[i % n].code)
            .append(",")
            .append(std::to_string(cells[i]))
            .append("\n");
    return name;
  }

  std::string stops() const {
    std::string out = "network,code,number,name_zh,name_en,card_line,card_station,line\n";
    for (const fare::Stop& stop : network_.stops)
      out.append(network_.id)
          .append("," + stop.code + "," + std::to_string(stop.number) + ",")
          .append(csv_cell(stop.name_zh) + "," + csv_cell(stop.name_en) + ",")
          .append(hex4(stop.card.line) + "," + hex4(stop.card.station) + ",0\n");
    return out;
  }

  const fare::BookModel& model_;
  const fare::Network& network_;
  const std::string& industry_;
  std::string toml_;
  std::map<std::string, std::string> files_;
};

}  // namespace

std::map<std::string, std::string> matrix_folder(const fare::BookModel& model,
                                                 const std::string& industry) {
  return Writer{model, industry}.files();
}

}  // namespace tidegate::tools
