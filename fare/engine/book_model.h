// SPDX-License-Identifier: Apache-2.0
// What a fare book says, as plain values: between the bytes (book_codec.h), the authoring tools and
// the engine. A model from anywhere is checked by check_book() before the engine uses it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/money.h"
#include "base/time.h"
#include "fare/engine/between_model.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

/// The largest fare: the purse's own amounts have three significant bytes.
inline constexpr std::int64_t kFenMax = 0xFFFFFF;

struct FlatTariff {
  Fen fen;
  friend bool operator==(const FlatTariff&, const FlatTariff&) = default;
};

struct MatrixTariff {
  static constexpr std::uint32_t kNoFare = 0xFFFFFFFF;
  static constexpr std::string_view kOriginDestination = "od";
  std::vector<std::uint32_t> cells;      ///< n*n fen, row = from, in the order of Network::stops
  std::string rule{kOriginDestination};  ///< what traces call it
  friend bool operator==(const MatrixTariff&, const MatrixTariff&) = default;
};

/// Kinds of tariff: price.cc visits them, book_codec.cc numbers them.
using Tariff = std::variant<FlatTariff, MatrixTariff>;

/// Minutes of local days of the week: `from` is inside, `to` (at most 1440) is not.
struct WeekSpan {
  std::uint8_t days = 0;  ///< bit 0 Monday … bit 6 Sunday
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  friend bool operator==(const WeekSpan&, const WeekSpan&) = default;
};

struct Timeframe {
  std::string name;
  std::vector<WeekSpan> spans;  ///< do not overlap
  /// In local time (UTC+8).
  [[nodiscard]] bool contains(Timestamp at) const noexcept;
  friend bool operator==(const Timeframe&, const Timeframe&) = default;
};

/// What some riders pay instead of the version's tariff, at some times, with some media.
struct FareClass {
  std::string name;                        ///< in traces: "student@peak"
  std::vector<RiderCategory> riders;       ///< sorted; empty: everybody
  std::optional<std::uint16_t> timeframe;  ///< index of BookModel::timeframes; none: always
  std::vector<MediumKind> media;           ///< sorted; empty: every medium
  Tariff tariff;                           ///< flat, where the version's is
  friend bool operator==(const FareClass&, const FareClass&) = default;
};

struct TariffVersion {
  ServiceDay effective_from;
  Tariff tariff;                   ///< for whom no class has a fare
  std::vector<FareClass> classes;  ///< the first that matches and has a fare for the ride is taken
  friend bool operator==(const TariffVersion&, const TariffVersion&) = default;
};

struct StationBytes {
  std::uint16_t line = 0;
  std::uint16_t station = 0;
  friend auto operator<=>(const StationBytes&, const StationBytes&) = default;
};

struct Stop {
  std::string code;
  std::uint16_t number = 0;
  std::string name_zh;
  std::string name_en;
  StationBytes card;               ///< what a gate of ours writes
  Byte line = 0;                   ///< line byte of EF 1A
  std::vector<StationBytes> also;  ///< other codes that name this stop
  friend bool operator==(const Stop&, const Stop&) = default;
};

struct Network {
  std::string id;
  std::uint16_t code = 0;
  std::string name_zh;
  std::string name_en;
  std::uint16_t city = 0;
  std::array<Byte, 8> acquirer{};
  Byte industry = 0;
  std::uint16_t operator_code = 0;
  std::uint16_t rollover_minutes = 120;
  Fen minimum_balance;
  std::vector<Stop> stops;              ///< sorted by code
  std::vector<TariffVersion> versions;  ///< sorted by effective_from
  friend bool operator==(const Network&, const Network&) = default;
};

struct GoldenTap {
  TapContext context;
  Tap tap;
  Fen expected_fen;
  std::optional<RefusalCode> expected_refusal;
  friend bool operator==(const GoldenTap&, const GoldenTap&) = default;
};

struct GoldenJourney {
  std::string id;
  Medium medium;  ///< as it is before the first tap; no open journey, no history
  std::vector<GoldenTap> taps;
  friend bool operator==(const GoldenJourney&, const GoldenJourney&) = default;
};

struct BookModel {
  std::string name;
  std::uint64_t number = 0;
  ServiceDay valid_from;
  std::vector<Network> networks;  ///< sorted by id
  std::vector<GoldenJourney> golden;
  std::vector<Rider> riders;          ///< sorted by number
  std::vector<Timeframe> timeframes;  ///< sorted by name
  BetweenRides between;
  friend bool operator==(const BookModel&, const BookModel&) = default;
};

/// The code of a stop as cards carry it.
[[nodiscard]] CardCode card_code(const Network& network, StationBytes station, Byte line);

}  // namespace tidegate::fare
