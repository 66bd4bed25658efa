// SPDX-License-Identifier: Apache-2.0
// The table of places: what the city, line, station and terminal bytes that operators write on
// cards (EF 1E, EF 18) are called, and which stop of the fare books they are. A code that is not in
// the table has no place: nothing is guessed. Immutable; a lookup allocates nothing.
// Format: docs/formats/places.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/envelope/envelope.h"
#include "base/ids.h"
#include "base/result.h"

namespace tidegate::nfc {

// DO NOT CHANGE THESE NUMBERS: they are in files.
enum class PlaceMode : std::uint8_t {
  other = 0,
  metro = 1,
  maglev = 2,
  tram = 3,
  intercity = 4,  ///< intercity and suburban railways
  railway = 5,
  brt = 6,
  bus = 7,
  ferry = 8,
  service_desk = 9,  ///< BOM: a ticket office of a metro
};
[[nodiscard]] std::string_view name_of(PlaceMode mode) noexcept;  // "metro"
[[nodiscard]] std::optional<PlaceMode> place_mode_from_name(std::string_view name) noexcept;
/// What sources call it: 地铁, 公交, 有轨电车… Others: other.
[[nodiscard]] PlaceMode place_mode_of_type(std::string_view type) noexcept;

/// Both could name one ride: their rows may not share a code in a city.
[[nodiscard]] bool same_rides(PlaceMode a, PlaceMode b) noexcept;

struct CityRow {
  std::uint16_t code = 0;  ///< BCD, clearing-centre region code
  std::string name_zh, name_en;
};

/// A line, a station or a terminal of a city.
struct PlaceRow {
  std::uint16_t city = 0;  ///< BCD
  /// Hex digits. 12: a terminal number. 1 to 8: the head of bytes 10..13 (line, station) of a trip
  /// record; each city has its own lengths.
  std::string code;
  PlaceMode mode = PlaceMode::other;
  std::string type;  ///< as the source calls it
  std::string line_zh, line_en;
  std::string station_zh, station_en;  ///< zh empty: the row names a line only
  std::string network, stop;           ///< of the fare books; both or none
  [[nodiscard]] bool is_terminal() const noexcept { return code.size() == 12; }
  [[nodiscard]] bool is_station() const noexcept { return !station_zh.empty(); }
};

/// The table as plain data, for those who make one. Any order.
struct PlacesModel {
  std::string name;
  std::uint64_t number = 0;
  std::vector<CityRow> cities;
  std::vector<PlaceRow> places;
};

/// What a trip record says of a place, byte for byte.
struct PlaceQuery {
  std::uint16_t city = 0;
  Byte industry = 0;  ///< a metro station is never found for a bus ride
  std::array<Byte, 2> line{};
  std::array<Byte, 2> station{};
  std::array<Byte, 8> terminal{};  ///< 0000 and the number, or the number and 0000
};
struct PlaceFound {
  const PlaceRow* station = nullptr;  ///< nullptr: unmapped
  const PlaceRow* line = nullptr;     ///< the row that names the line, if any
  bool by_terminal = false;           ///< the terminal number named the station, not the codes
};

class Places {
 public:
  /// Sorts and checks. Errc::invalid: empty name, number 0, one code twice in a city for the same
  /// group of modes, a value outside its range, a network without a stop.
  [[nodiscard]] static Result<std::shared_ptr<const Places>> make(PlacesModel model);
  /// The payload of an envelope: verified with limits, then checked like make().
  [[nodiscard]] static Result<std::shared_ptr<const Places>> load(ByteView payload);
  /// A whole signed file; its number must be the payload's. Errc as in open_envelope().
  [[nodiscard]] static Result<std::shared_ptr<const Places>> open(ByteView file,
                                                                  const EnvelopePolicy& policy);
  /// The payload that load() reads.
  [[nodiscard]] Bytes encode() const;

  [[nodiscard]] std::string_view name() const noexcept { return model_.name; }
  [[nodiscard]] std::uint64_t number() const noexcept { return model_.number; }

  /// nullptr: not in the table.
  [[nodiscard]] const CityRow* city(std::uint16_t code) const noexcept;
  /// The longest code that the trip's bytes begin with, in the city and among the modes that the
  /// industry byte allows; where the codes name no station, the terminal number.
  [[nodiscard]] PlaceFound find(const PlaceQuery& query) const noexcept;
  /// The place of a terminal number in a city; for EF 18, which tells neither line nor industry.
  [[nodiscard]] const PlaceRow* terminal(std::uint16_t city,
                                         const TerminalNo& number) const noexcept;

  /// Sorted rows.
  [[nodiscard]] const PlacesModel& rows() const noexcept { return model_; }

 private:
  explicit Places(PlacesModel model) : model_{std::move(model)} {}
  PlacesModel model_;
};

}  // namespace tidegate::nfc
