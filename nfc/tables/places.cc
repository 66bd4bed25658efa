// SPDX-License-Identifier: Apache-2.0
// Checks and lookups of the table of places.
#include "nfc/tables/places.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "nfc/tables/tables_codec.h"

namespace tidegate::nfc {
namespace {

constexpr std::size_t kStationDigits = 8, kTerminalDigits = 12;

struct ModeName {
  PlaceMode mode;
  std::string_view name;
};
constexpr std::array kModeNames{
    ModeName{PlaceMode::other, "other"},
    ModeName{PlaceMode::metro, "metro"},
    ModeName{PlaceMode::maglev, "maglev"},
    ModeName{PlaceMode::tram, "tram"},
    ModeName{PlaceMode::intercity, "intercity"},
    ModeName{PlaceMode::railway, "railway"},
    ModeName{PlaceMode::brt, "brt"},
    ModeName{PlaceMode::bus, "bus"},
    ModeName{PlaceMode::ferry, "ferry"},
    ModeName{PlaceMode::service_desk, "service-desk"},
};
constexpr std::array kTypes{
    ModeName{PlaceMode::metro, "地铁"},       ModeName{PlaceMode::metro, "轻轨"},
    ModeName{PlaceMode::metro, "单轨"},       ModeName{PlaceMode::maglev, "磁浮"},
    ModeName{PlaceMode::tram, "有轨电车"},    ModeName{PlaceMode::intercity, "城际"},
    ModeName{PlaceMode::intercity, "市域"},   ModeName{PlaceMode::railway, "铁路"},
    ModeName{PlaceMode::brt, "BRT"},          ModeName{PlaceMode::bus, "公交"},
    ModeName{PlaceMode::ferry, "轮渡"},       ModeName{PlaceMode::ferry, "水上巴士"},
    ModeName{PlaceMode::service_desk, "BOM"},
};

// Which rides a row may name. A bus line and a metro station of one city may share a code.
constexpr unsigned kRail = 1, kRoad = 2, kWater = 4, kElse = 8, kTrain = 16;

unsigned groups_of(PlaceMode mode) noexcept {
  switch (mode) {
    case PlaceMode::metro:
    case PlaceMode::maglev:
    case PlaceMode::service_desk: return kRail;
    case PlaceMode::intercity:
    case PlaceMode::railway: return kRail | kTrain;  // some are written as metro
    case PlaceMode::tram: return kRail | kRoad;      // operators write it as either
    case PlaceMode::brt:
    case PlaceMode::bus: return kRoad;
    case PlaceMode::ferry: return kWater;
    case PlaceMode::other: break;
  }
  return kElse;
}

/// By the industry byte of a trip record.
unsigned groups_for(Byte industry) noexcept {
  switch (industry) {
    case 0x01: return kRail;   // metro
    case 0x0A:                 // intercity rail
    case 0x0E: return kTrain;  // suburban rail
    case 0x02: return kRoad;   // bus
    case 0x03:                 // water bus
    case 0x09: return kWater;  // ferry
    default: return kElse;
  }
}

auto key_of(const PlaceRow& row) {
  return std::tuple{row.city, std::string_view{row.code}};
}

std::unexpected<Error> bad(const PlaceRow& row, const std::string& what) {
  return fail(Errc::invalid, "places: city " +
                                 to_hex(std::array{static_cast<Byte>(row.city >> 8U),
                                                   static_cast<Byte>(row.city)}) +
                                 ", code " + row.code + ": " + what);
}

bool is_code(std::string_view code) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
  return !code.empty() && (code.size() <= kStationDigits || code.size() == kTerminalDigits) &&
         std::ranges::all_of(code, digit);
}
bool is_city(std::uint16_t code) {
  return code != 0 &&
         is_bcd(std::array{static_cast<Byte>(code >> 8U), static_cast<Byte>(code & 0xFFU)});
}

Status check_place(const PlaceRow& row) {
  if (!is_city(row.city)) return bad(row, "the city must be 4 decimal digits and not 0");
  if (!is_code(row.code)) return bad(row, "a code has 1 to 8 or 12 hex digits, upper case");
  if (std::to_underlying(row.mode) > std::to_underlying(PlaceMode::service_desk))
    return bad(row, "unknown mode");
  for (const auto* text : {&row.type, &row.line_zh, &row.line_en, &row.station_zh, &row.station_en,
                           &row.network, &row.stop})
    if (!is_table_text(*text)) return bad(row, "a text is too long or not text");
  if (row.is_terminal() && !row.is_station()) return bad(row, "a terminal needs a station");
  if (row.network.empty() != row.stop.empty())
    return bad(row, "network and stop stand together or not at all");
  if (!row.network.empty() && !row.is_station())
    return bad(row, "a stop of a fare book needs a station");
  return {};
}

/// The row with exactly this code among these groups. Two are impossible (checked), save where the
/// caller asks for all groups: then nobody knows which.
const PlaceRow* exact(const std::vector<PlaceRow>& rows, std::uint16_t city, std::string_view code,
                      unsigned groups) noexcept {
  const PlaceRow* out = nullptr;
  for (auto at = std::ranges::lower_bound(rows, std::tuple{city, code}, {}, key_of);
       at != rows.end() && at->city == city && at->code == code; ++at) {
    if ((groups_of(at->mode) & groups) == 0) continue;
    if (out != nullptr) return nullptr;
    out = &*at;
  }
  return out;
}

template <std::size_t N>
std::array<char, 2 * N> hex_of(const std::array<Byte, N>& bytes) noexcept {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<char, 2 * N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4U];
    out[2 * i + 1] = kDigits[bytes[i] & 0x0FU];
  }
  return out;
}

/// The six bytes of the terminal number, wherever the operator put them.
std::optional<std::array<Byte, 6>> terminal_number(const std::array<Byte, 8>& field) noexcept {
  const ByteView bytes{field};
  if (all_zero(bytes.first(2))) return to_array<6>(bytes.last(6));
  if (all_zero(bytes.last(2))) return to_array<6>(bytes.first(6));
  return std::nullopt;
}

}  // namespace

std::string_view name_of(PlaceMode mode) noexcept {
  for (const ModeName& entry : kModeNames)
    if (entry.mode == mode) return entry.name;
  return "other";
}

std::optional<PlaceMode> place_mode_from_name(std::string_view name) noexcept {
  for (const ModeName& entry : kModeNames)
    if (entry.name == name) return entry.mode;
  return std::nullopt;
}

bool same_rides(PlaceMode a, PlaceMode b) noexcept {
  return (groups_of(a) & groups_of(b)) != 0;
}

PlaceMode place_mode_of_type(std::string_view type) noexcept {
  for (const ModeName& entry : kTypes)
    if (entry.name == type) return entry.mode;
  return PlaceMode::other;
}

Result<std::shared_ptr<const Places>> Places::make(PlacesModel model) {
  if (model.name.empty() || !is_table_text(model.name))
    return fail(Errc::invalid, "places: name is missing or no text");
  if (model.number == 0) return fail(Errc::invalid, "places: number must not be 0");
  if (model.places.size() > kPlacesMax || model.cities.size() > 10'000)
    return fail(Errc::invalid, "places: too many rows");
  std::ranges::sort(model.cities, {}, &CityRow::code);
  for (const CityRow& row : model.cities)
    if (!is_city(row.code) || row.name_zh.empty() || !is_table_text(row.name_zh) ||
        !is_table_text(row.name_en))
      return fail(Errc::invalid, "places: a city needs 4 decimal digits and a name");
  if (std::ranges::adjacent_find(model.cities, {}, &CityRow::code) != model.cities.end())
    return fail(Errc::invalid, "places: a city stands there twice");
  std::ranges::sort(model.places, [](const PlaceRow& a, const PlaceRow& b) {
    return std::tuple{a.city, std::string_view{a.code}, a.mode} <
           std::tuple{b.city, std::string_view{b.code}, b.mode};
  });
  unsigned taken = 0;  // groups of the rows before that have the same code
  for (std::size_t i = 0; i < model.places.size(); ++i) {
    const PlaceRow& row = model.places[i];
    if (auto ok = check_place(row); !ok) return fail(std::move(ok.error()));
    if (i == 0 || key_of(model.places[i - 1]) != key_of(row)) taken = 0;
    if ((taken & groups_of(row.mode)) != 0) return bad(row, "stands there twice");
    taken |= groups_of(row.mode);
  }
  return std::make_shared<const Places>(Places{std::move(model)});
}

Result<std::shared_ptr<const Places>> Places::load(ByteView payload) {
  auto model = decode_places_model(payload);
  if (!model) return fail(std::move(model.error()));
  return make(*std::move(model));
}

Result<std::shared_ptr<const Places>> Places::open(ByteView file, const EnvelopePolicy& policy) {
  const auto opened = open_envelope(file, policy);
  if (!opened) return fail(opened.error());
  auto table = load(opened->payload);
  if (table && (*table)->number() != opened->header.number)
    return fail(Errc::invalid, "places: envelope and payload have different numbers");
  return table;
}

Bytes Places::encode() const {
  return encode_model(model_);
}

const CityRow* Places::city(std::uint16_t code) const noexcept {
  const auto at = std::ranges::lower_bound(model_.cities, code, {}, &CityRow::code);
  return at == model_.cities.end() || at->code != code ? nullptr : &*at;
}

PlaceFound Places::find(const PlaceQuery& query) const noexcept {
  const unsigned groups = groups_for(query.industry);
  const auto digits =
      hex_of(std::array{query.line[0], query.line[1], query.station[0], query.station[1]});
  const std::string_view text{digits.data(), digits.size()};
  PlaceFound out;
  for (std::size_t size = text.size(); size > 0; --size) {
    const PlaceRow* const row = exact(model_.places, query.city, text.substr(0, size), groups);
    if (row == nullptr) continue;
    if (out.station == nullptr && row->is_station()) out.station = row;
    if (out.line == nullptr && !row->line_zh.empty()) out.line = row;
    if (out.station != nullptr) return out;
    // A line row ends the search: whatever is shorter speaks of more than one line.
    if (out.line != nullptr) break;
  }
  const auto number = terminal_number(query.terminal);
  if (!number) return out;
  const auto terminal = hex_of(*number);
  const PlaceRow* const row =
      exact(model_.places, query.city, std::string_view{terminal.data(), terminal.size()}, groups);
  if (row != nullptr) out = {row, row->line_zh.empty() ? out.line : row, true};
  return out;
}

const PlaceRow* Places::terminal(std::uint16_t city, const TerminalNo& number) const noexcept {
  const auto digits = hex_of(number.get());
  return exact(model_.places, city, std::string_view{digits.data(), digits.size()},
               kRail | kRoad | kWater | kElse | kTrain);
}

}  // namespace tidegate::nfc
