// SPDX-License-Identifier: Apache-2.0
// What the subcommands of `tidegate tables` do.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "tools/table_files.h"
#include "tools/tables_command.h"
#include "tools/tables_import.h"

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string left_out(const ImportNotes& notes) {
  std::string out;
  if (notes.repeated > 0) out += ", " + std::to_string(notes.repeated) + " said again";
  if (notes.nameless > 0)
    out += ", " + std::to_string(notes.nameless) + " with neither issuer nor name left out";
  return out;
}

template <class Table>
int write_table(const TablesImport& options, FileKind kind, const Table& table,
                const std::string& content) {
  if (auto ok = write_signed(options.out, kind, options.number, table.encode(), options.signing);
      !ok)
    return no(ok.error());
  print(options.out.string() + ": " + std::string{file_kind_name(kind)} + " " +
        std::to_string(options.number) + ", realm " +
        std::string{realm_name(options.signing.realm)} + ", " + content);
  return 0;
}

/// `name` empty: files of this kind have none.
Json head_json(const OpenedFile& opened, std::string_view name) {
  Json out;
  out["kind"] = file_kind_name(opened.header.kind);
  if (!name.empty()) out["name"] = name;
  out["number"] = opened.header.number;
  out["realm"] = realm_name(opened.header.realm);
  out["created"] = iso8601(opened.header.created);
  out["hash"] = to_hex(opened.header.payload_hash);
  return out;
}

std::size_t count_if(const auto& rows, auto&& test) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, test));
}

void put_counts(Json& out, const nfc::IssuerList& list) {
  const nfc::IssuerListModel& rows = list.rows();
  out["issuers"] = rows.issuers.size();
  out["renewable"] = count_if(rows.issuers, [](const auto& row) { return row.renewable; });
  out["test_issuers"] = count_if(rows.issuers, [](const auto& row) { return row.test; });
  out["card_kinds"] = rows.kinds.size();
  out["brands"] = rows.brands.size();
  out["test_numbers"] = rows.test_numbers.size();
  out["code_issuers"] = rows.code_issuers.size();
  out["code_keys"] = rows.code_keys.size();
}

void put_counts(Json& out, const nfc::Places& table) {
  const nfc::PlacesModel& rows = table.rows();
  out["cities"] = rows.cities.size();
  out["places"] = rows.places.size();
  out["stations"] =
      count_if(rows.places, [](const auto& row) { return row.is_station() && !row.is_terminal(); });
  out["terminals"] = count_if(rows.places, [](const auto& row) { return row.is_terminal(); });
  out["lines"] = count_if(rows.places, [](const auto& row) { return !row.is_station(); });
  out["mapped_to_stops"] = count_if(rows.places, [](const auto& row) { return !row.stop.empty(); });
}

void put_counts(Json& out, const nfc::Denylist& list) {
  out["list_key_check"] = to_hex(list.key_check());
  out["cards"] = list.size();
  for (const nfc::DenyReason reason : nfc::kDenyReasons)
    out[std::string{name_of(reason)}] = list.count(reason);
}

std::string_view name_in(const nfc::IssuerList& list) {
  return list.name();
}
std::string_view name_in(const nfc::Places& table) {
  return table.name();
}
std::string_view name_in(const nfc::Denylist&) {
  return {};
}

template <class List>
Result<Json> describe(const OpenedFile& opened, const Result<std::shared_ptr<const List>>& list) {
  if (!list) return fail(list.error());
  Json out = head_json(opened, name_in(**list));
  put_counts(out, **list);
  return out;
}

/// Opens, checks and describes a list of any kind. Errc::refused: it is no list.
Result<Json> describe(const fs::path& file, const std::string& trust) {
  const auto opened = open_signed(file, trust);
  if (!opened) return fail(opened.error());
  switch (opened->header.kind) {
    case FileKind::issuer_list: return describe(*opened, open_issuers(file, trust));
    case FileKind::places: return describe(*opened, open_places(file, trust));
    case FileKind::denylist: return describe(*opened, open_denylist(file, trust));
    default: break;
  }
  return fail(Errc::refused, file.string() + ": is a file of kind " +
                                 std::string{file_kind_name(opened->header.kind)} +
                                 ", no list of cards, issuers or places");
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

int lookup_issuer(const TablesLookup& options) {
  const auto list = open_issuers(options.file, {});
  if (!list) return no(list.error());
  const auto issuer = array_from_hex<4>(options.issuer);
  const auto iin = array_from_hex<4>(options.iin);
  const auto kind = array_from_hex<1>(options.kind.empty() ? "01" : options.kind);
  if (!issuer || !iin || !kind)
    return no({Errc::invalid, "8 digits of --issuer and --iin, 2 of --kind were expected"});
  const auto found = (*list)->lookup(*issuer, *iin);
  Json out;
  out["answer"] = found.answer == nfc::IssuerAnswer::listed       ? "listed"
                  : found.answer == nfc::IssuerAnswer::not_listed ? "not-listed"
                                                                  : "iin-of-other-issuer";
  out["list"] = (*list)->number();
  out["name_zh"] = found.row != nullptr ? Json(found.row->name_zh) : Json{};
  out["name_en"] = found.row != nullptr ? Json(found.row->name_en) : Json{};
  out["renewable"] = found.row != nullptr && found.row->renewable;
  out["test"] = found.row != nullptr && found.row->test;
  out["rider"] = fare::name_of((*list)->rider(*issuer, (*kind)[0]));
  print(out.dump());
  return found.answer == nfc::IssuerAnswer::listed ? 0 : 1;
}

Result<nfc::PlaceQuery> query_of(const TablesLookup& options) {
  const auto city = array_from_hex<2>(options.city), line = array_from_hex<2>(options.line),
             station = array_from_hex<2>(options.station);
  const auto industry = array_from_hex<1>(options.industry);
  if (!city || !line || !station || !industry)
    return fail(Errc::invalid, "4 hex digits of city, line and station, 2 of --industry expected");
  nfc::PlaceQuery out{.city = static_cast<std::uint16_t>(read_be(*city)),
                      .industry = (*industry)[0],
                      .line = *line,
                      .station = *station};
  if (options.terminal.empty()) return out;
  const std::string padded =
      options.terminal.size() == 12 ? "0000" + options.terminal : options.terminal;
  const auto terminal = array_from_hex<8>(padded);
  if (!terminal) return fail(Errc::invalid, "--terminal: 12 or 16 hex digits were expected");
  out.terminal = *terminal;
  return out;
}

Json place_json(const nfc::PlaceRow* row) {
  if (row == nullptr) return {};
  Json out;
  out["code"] = row->code;
  out["mode"] = name_of(row->mode);
  out["type"] = row->type;
  out["line_zh"] = row->line_zh;
  out["line_en"] = row->line_en;
  out["station_zh"] = row->station_zh;
  out["station_en"] = row->station_en;
  out["network"] = row->network.empty() ? Json{} : Json(row->network);
  out["stop"] = row->stop.empty() ? Json{} : Json(row->stop);
  return out;
}

int lookup_place(const TablesLookup& options) {
  const auto table = open_places(options.file, {});
  if (!table) return no(table.error());
  const auto query = query_of(options);
  if (!query) return no(query.error());
  const nfc::PlaceFound found = (*table)->find(*query);
  const nfc::CityRow* const city = (*table)->city(query->city);
  Json out;
  out["table"] = (*table)->number();
  out["city_name"] = city != nullptr ? Json(city->name_zh) : Json{};
  out["by_terminal"] = found.by_terminal;
  out["station"] = place_json(found.station);
  out["line"] = place_json(found.line);
  print(out.dump());
  return found.station != nullptr ? 0 : 1;
}

Result<nfc::ListHandle> handle_of(const TablesLookup& options, const nfc::ListKeyCheck& check) {
  const auto key = read_list_key(options.list_key);
  if (!key) return fail(key.error());
  if (nfc::list_key_check(*key) != check)
    return fail(Errc::refused, options.list_key.string() + ": the list was made with another key");
  const auto number = card_number_from_text(options.number);
  if (!number) return fail(Errc::invalid, "--card: 19 digits were expected");
  return nfc::list_handle(*key, *number);
}

int lookup_card(const TablesLookup& options) {
  const auto list = open_denylist(options.file, {});
  if (!list) return no(list.error());
  const auto handle = handle_of(options, (*list)->key_check());
  if (!handle) return no(handle.error());
  const auto reason = (*list)->find(*handle);
  Json out;
  out["list"] = (*list)->number();
  out["handle"] = to_hex(handle->get());
  out["reason"] = reason ? Json(name_of(*reason)) : Json{};
  print(out.dump());
  return reason ? 0 : 1;
}

}  // namespace

int tables_import_issuers(const TablesImport& options) {
  ImportNotes notes;
  auto model = import_issuers(options.files, notes);
  if (!model) return no(model.error());
  model->name = options.name;
  model->number = options.number;
  const auto list = nfc::IssuerList::make(*std::move(model));
  if (!list) return no(list.error());
  const nfc::IssuerListModel& rows = (*list)->rows();
  return write_table(options, FileKind::issuer_list, **list,
                     std::to_string(rows.issuers.size()) + " issuers, " +
                         std::to_string(rows.brands.size()) + " brands" + left_out(notes));
}

int tables_import_places(const TablesImport& options) {
  ImportNotes notes;
  auto model = import_places(options.files, notes);
  if (!model) return no(model.error());
  model->name = options.name;
  model->number = options.number;
  const auto table = nfc::Places::make(*std::move(model));
  if (!table) return no(table.error());
  const nfc::PlacesModel& rows = (*table)->rows();
  return write_table(options, FileKind::places, **table,
                     std::to_string(rows.cities.size()) + " cities, " +
                         std::to_string(rows.places.size()) + " places" + left_out(notes));
}

int tables_import_denylist(const TablesImport& options) {
  const auto key = read_list_key(options.list_key);
  if (!key) return no(key.error());
  ImportNotes notes;
  auto rows = import_denylist(options.files, *key, notes);
  if (!rows) return no(rows.error());
  const auto list = nfc::Denylist::make(
      {.number = options.number, .key_check = nfc::list_key_check(*key)}, *std::move(rows));
  if (!list) return no(list.error());
  return write_table(options, FileKind::denylist, **list,
                     std::to_string((*list)->size()) + " cards" + left_out(notes));
}

int tables_show(const fs::path& file, bool json) {
  const auto what = describe(file, {});
  if (!what) return no(what.error());
  if (json) {
    print(what->dump());
    return 0;
  }
  for (const auto& [key, value] : what->items()) {
    std::string label = key;
    label.resize(16, ' ');
    print(label + plain(value));
  }
  return 0;
}

int tables_verify(const fs::path& file, const std::string& trust) {
  const auto what = describe(file, trust);
  if (!what) return no(what.error());
  print(file.string() + ": " + plain(what->at("kind")) + " " + plain(what->at("number")) +
        " is sound, " + (trust.empty() ? "signature not checked" : "signature right"));
  return 0;
}

int tables_lookup(const TablesLookup& options) {
  if (!options.number.empty()) return lookup_card(options);
  return options.issuer.empty() ? lookup_place(options) : lookup_issuer(options);
}

}  // namespace tidegate::tools
