// SPDX-License-Identifier: Apache-2.0
// Import of tables of places.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

using Columns = std::vector<std::string>;
const Columns kWild{"City", "Code", "Type", "Line", "Station"};
const Columns kOwn{"city",    "code",       "mode",       "type",    "line_zh",
                   "line_en", "station_zh", "station_en", "network", "stop"};
const Columns kCities{"city", "name_zh", "name_en"};

class Importer {
 public:
  explicit Importer(ImportNotes& notes) : notes_{notes} {}

  Status add(const std::filesystem::path& path) {
    auto table = read_csv(path, complaints_);
    if (!table) return fail(std::move(table.error()));
    table_ = *std::move(table);
    const bool wild = table_.header == kWild, own = table_.header == kOwn;
    if (!wild && !own && table_.header != kCities) {
      if (!table_.header.empty())
        complaints_.add(table_.file, table_.header_line,
                        "not a table of places: its header is none of those documented "
                        "(City,Code,Type,Line,Station or city,code,mode,…)");
      return {};
    }
    for (const CsvRows::Row& row : table_.rows) {
      if (complaints_.full()) break;
      if (wild)
        add_wild(row);
      else if (own)
        add_own(row);
      else
        add_city(row);
    }
    return {};
  }

  Result<nfc::PlacesModel> take() && {
    if (!complaints_.none()) return complaints_.error();
    return std::move(model_);
  }

 private:
  void complain(const CsvRows::Row& row, std::string_view column, const std::string& what) {
    table_.complain(complaints_, row, column, what);
  }

  std::optional<std::uint16_t> city(const CsvRows::Row& row, std::string_view column) {
    const auto text = table_.cell(row, column);
    const bool digits = text.size() == 4 && text != "0000" &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (digits) return static_cast<std::uint16_t>(read_be(bcd_bytes(text)));
    complain(row, column, "4 digits, not all 0, were expected");
    return std::nullopt;
  }

  std::optional<std::string> code(const CsvRows::Row& row, std::string_view column) {
    std::string text{table_.cell(row, column)};
    for (char& c : text)
      if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    const bool hex = std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
    if (hex && ((!text.empty() && text.size() <= 8) || text.size() == 12)) return text;
    complain(row, column, "1 to 8 hex digits, or 12 of a terminal, were expected");
    return std::nullopt;
  }

  void add_wild(const CsvRows::Row& row) {
    const auto where = city(row, "City");
    const auto what = code(row, "Code");
    if (!where || !what) return;
    nfc::PlaceRow place;
    place.city = *where;
    place.code = *what;
    place.type = table_.cell(row, "Type");
    place.line_zh = table_.cell(row, "Line");
    place.station_zh = table_.cell(row, "Station");
    place.mode = nfc::place_mode_of_type(place.type);
    if (place.type.empty()) return complain(row, "Type", "is missing");
    put(row, "Code", std::move(place));
  }

  void add_own(const CsvRows::Row& row) {
    const auto where = city(row, "city");
    const auto what = code(row, "code");
    const auto mode = nfc::place_mode_from_name(table_.cell(row, "mode"));
    if (!mode) complain(row, "mode", "metro, maglev, tram, intercity, railway, brt, bus, ferry…");
    if (!where || !what || !mode) return;
    const auto text = [&](std::string_view column) {
      return std::string{table_.cell(row, column)};
    };
    put(row, "code",
        {.city = *where,
         .code = *what,
         .mode = *mode,
         .type = text("type"),
         .line_zh = text("line_zh"),
         .line_en = text("line_en"),
         .station_zh = text("station_zh"),
         .station_en = text("station_en"),
         .network = text("network"),
         .stop = text("stop")});
  }

  static auto content(const nfc::PlaceRow& row) {
    return std::tie(row.mode, row.type, row.line_zh, row.line_en, row.station_zh, row.station_en,
                    row.network, row.stop);
  }

  void put(const CsvRows::Row& row, std::string_view column, nfc::PlaceRow place) {
    if (place.is_terminal() && !place.is_station())
      return complain(row, column, "a terminal number without a station");
    if (place.network.empty() != place.stop.empty() ||
        (!place.network.empty() && !place.is_station()))
      return complain(row, "network", "network, stop and station_zh stand together");
    const auto same_code = seen_.equal_range({place.city, place.code});
    for (auto at = same_code.first; at != same_code.second; ++at) {
      const auto& [index, where] = at->second;
      const nfc::PlaceRow& other = model_.places[index];
      if (!nfc::same_rides(other.mode, place.mode)) continue;
      if (content(other) == content(place))
        ++notes_.repeated;
      else
        complain(row, column, "already at " + where + " with another content");
      return;
    }
    seen_.emplace(std::pair{place.city, place.code},
                  std::pair{model_.places.size(), table_.file + ":" + std::to_string(row.line)});
    model_.places.push_back(std::move(place));
  }

  void add_city(const CsvRows::Row& row) {
    const auto where = city(row, "city");
    const auto name = table_.cell(row, "name_zh");
    if (name.empty()) complain(row, "name_zh", "is missing");
    if (!where || name.empty()) return;
    const auto known = std::ranges::find(model_.cities, *where, &nfc::CityRow::code);
    if (known == model_.cities.end())
      model_.cities.push_back(
          {*where, std::string{name}, std::string{table_.cell(row, "name_en")}});
    else if (known->name_zh == name && known->name_en == table_.cell(row, "name_en"))
      ++notes_.repeated;
    else
      complain(row, "city", "this city stands there already with another name");
  }

  ImportNotes& notes_;
  Complaints complaints_;
  CsvRows table_;
  std::multimap<std::pair<std::uint16_t, std::string>, std::pair<std::size_t, std::string>> seen_;
  nfc::PlacesModel model_;
};

}  // namespace

Result<nfc::PlacesModel> import_places(const std::vector<std::filesystem::path>& files,
                                       ImportNotes& notes) {
  Importer importer{notes};
  for (const auto& file : files)
    if (auto ok = importer.add(file); !ok) return fail(std::move(ok.error()));
  return std::move(importer).take();
}

}  // namespace tidegate::tools
