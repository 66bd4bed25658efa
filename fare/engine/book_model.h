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
#include "fare/engine/journey_policy.h"
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

/// Kinds of tariff: prepared_version.cc readies them for pricing, book_encode.cc numbers them.
using Tariff = std::variant<FlatTariff, MatrixTariff>;

/// Days that are not what their weekday says. Outside of them Monday to Friday are working days.
struct DayCalendar {
  std::vector<std::chrono::sys_days> holidays;      ///< sorted
  std::vector<std::chrono::sys_days> working_days;  ///< made up for; sorted
  [[nodiscard]] bool is_working_day(std::chrono::sys_days day) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return holidays.empty() && working_days.empty(); }
  friend bool operator==(const DayCalendar&, const DayCalendar&) = default;
};

/// Minutes of local days: `from` is inside, `to` (at most 1440) is not.
struct WeekSpan {
  static constexpr std::uint8_t kByCalendar = 0x80, kWorking = 0x01, kNotWorking = 0x02;
  /// Bit 0 Monday … bit 6 Sunday; or kByCalendar with kWorking, kNotWorking.
  std::uint8_t days = 0;
  [[nodiscard]] bool by_calendar() const noexcept { return (days & kByCalendar) != 0; }
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  friend bool operator==(const WeekSpan&, const WeekSpan&) = default;
};

struct Timeframe {
  std::string name;
  std::vector<WeekSpan> spans;  ///< do not overlap
  /// In local time (UTC+8).
  [[nodiscard]] bool contains(Timestamp at, const DayCalendar& calendar) const noexcept;
  friend bool operator==(const Timeframe&, const Timeframe&) = default;
};

/// Which tap of a ride a timeframe is judged by. The numbers are in books.
enum class JudgedBy : std::uint8_t { entry = 0, exit = 1 };

/// What some riders pay instead of the version's tariff, at some times, with some media.
struct FareClass {
  std::string name;                        ///< in traces: "student@peak"
  std::vector<RiderCategory> riders;       ///< sorted; empty: everybody
  std::optional<std::uint16_t> timeframe;  ///< index of BookModel::timeframes; none: always
  std::vector<MediumKind> media;           ///< sorted; empty: every medium
  Tariff tariff;                           ///< flat, where the version's is
  std::vector<std::uint16_t> issuers;      ///< cities of the cards, BCD, sorted; empty: every one
  bool other_issuers = false;              ///< all but `issuers`
  std::vector<ItemClass> items;            ///< sorted; empty: a person
  JudgedBy judged = JudgedBy::entry;
  friend bool operator==(const FareClass&, const FareClass&) = default;
};

/// Who rides beside the holder of the card: children and companions that staff enter. Both pay as
/// riders of the book do; more companions than allowed have no fare.
struct CompanionRule {
  std::uint8_t free_children = 0;  ///< for each person who pays
  RiderCategory child = RiderCategory::child;
  std::uint8_t max_companions = 0;  ///< for each person who pays
  RiderCategory companion = RiderCategory::adult;
  friend bool operator==(const CompanionRule&, const CompanionRule&) = default;
};

/// The same card again where boarding is the whole ride: a second person, or a mistake.
struct RepeatRule {
  std::vector<Byte> card_kinds;      ///< that may pay for others, sorted; empty: every kind
  std::uint8_t max = 2;              ///< persons in all
  std::uint32_t within_seconds = 0;  ///< after that it is another ride
  std::uint32_t gap_seconds = 0;     ///< before that it is the same tap again
  friend bool operator==(const RepeatRule&, const RepeatRule&) = default;
};

struct TariffVersion {
  ServiceDay effective_from;
  Tariff tariff;                   ///< for whom no class has a fare
  std::vector<FareClass> classes;  ///< the first that matches and has a fare for the ride is taken
  std::vector<std::uint16_t> charge_at;  ///< flat: stops where it is charged, sorted; empty: all
  std::optional<CompanionRule> companions;
  std::optional<RepeatRule> repeat;
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
  JourneyPolicy policy;
  friend bool operator==(const Network&, const Network&) = default;
};

/// Boarded and alighted from at a fare that depends on the way: such a journey is in record 2702,
/// which has no room for the card state.
[[nodiscard]] bool is_staged(const Network& network) noexcept;

/// Stops of two networks between which one changes.
struct Border {
  std::uint16_t a = 0;
  std::uint16_t b = 0;
  friend auto operator<=>(const Border&, const Border&) = default;
};

/// Rides that begin in one network and end in another, both ways: each network's own fare over the
/// cheapest border, or one tariff over both.
struct ThroughRule {
  std::string name;     ///< in traces of one tariff
  std::uint16_t a = 0;  ///< indices of BookModel::networks
  std::uint16_t b = 0;
  ServiceDay effective_from;
  std::vector<MediumKind> media;        ///< sorted; empty: every medium
  std::vector<Border> borders;          ///< sorted; empty: `versions`
  std::vector<TariffVersion> versions;  ///< over the stops of a and then of b
  friend bool operator==(const ThroughRule&, const ThroughRule&) = default;
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
  DayCalendar calendar;
  std::vector<ThroughRule> through;  ///< sorted by name
  BetweenRides between;
  friend bool operator==(const BookModel&, const BookModel&) = default;
};

/// The code of a stop as cards carry it.
[[nodiscard]] CardCode card_code(const Network& network, StationBytes station, Byte line);

}  // namespace tidegate::fare
