// SPDX-License-Identifier: Apache-2.0
// What a price is made from and what it is: Medium, TapContext, Tap in; Decision out. Plain values,
// nothing here knows a card's bytes, a box or a book. Times are UTC, money is fen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/inline_vector.h"
#include "base/money.h"
#include "base/time.h"
#include "fare/engine/card_state.h"
#include "fare/engine/refusal.h"

namespace tidegate::fare {

/// Rises whenever the same input could give another price. In every intent. 2: fare classes (engine
/// 1 read a book without seeing them). 3: rules between rides, of journeys gone wrong, across
/// networks.
inline constexpr std::uint16_t kEngineVersion = 3;

// DO NOT CHANGE THESE NUMBERS: they are in ledgers.
enum class MediumKind : std::uint8_t { t_union = 1, qr = 2 };
/// 1 to 8 are built in; a book declares others from kOwnRiderMin on.
enum class RiderCategory : std::uint8_t {
  adult = 1,
  student = 2,
  senior = 3,
  child = 4,
  disabled = 5,
  military = 6,
  staff = 7,
  test = 8
};
inline constexpr std::uint8_t kOwnRiderMin = 32;
enum class TapKind : std::uint8_t { entry = 1, exit = 2, board = 3, alight = 4 };
enum class BoxKind : std::uint8_t { station = 1, vehicle = 2, pier = 3 };
enum class ItemClass : std::uint8_t { person = 1, bicycle = 2, motorcycle = 3 };
enum class PositionQuality : std::uint8_t { fixed = 1, good = 2, estimated = 3, none = 4 };

[[nodiscard]] std::string_view name_of(MediumKind kind) noexcept;  // "t-union"
/// "adult"; "rider-32" for a number that only a book can name.
[[nodiscard]] std::string_view name_of(RiderCategory rider) noexcept;
[[nodiscard]] std::string_view name_of(TapKind kind) noexcept;  // "entry"
[[nodiscard]] std::string_view name_of(BoxKind kind) noexcept;  // "station"
[[nodiscard]] std::optional<MediumKind> medium_from_name(std::string_view name) noexcept;
[[nodiscard]] std::optional<RiderCategory> rider_from_name(std::string_view name) noexcept;
[[nodiscard]] std::optional<TapKind> tap_from_name(std::string_view name) noexcept;
[[nodiscard]] std::optional<BoxKind> box_kind_from_name(std::string_view name) noexcept;

/// A rider that a book declares.
struct Rider {
  RiderCategory number{};
  std::string name;
  std::string name_zh;
  std::string name_en;
  friend bool operator==(const Rider&, const Rider&) = default;
};
/// A built-in rider's name, or one of `own`.
[[nodiscard]] std::optional<RiderCategory> rider_from_name(std::span<const Rider> own,
                                                           std::string_view name) noexcept;
/// The name in `own`, else name_of().
[[nodiscard]] std::string_view rider_name(std::span<const Rider> own, RiderCategory rider) noexcept;

/// A place as cards name it (EF 1A and 1E): the book maps it to its stops. Opaque bytes: compare,
/// never compute. In 1A the line stands beside the station and the station field has 8 bytes.
struct CardCode {
  std::uint16_t city = 0;          ///< BCD, 0x2900 is Shanghai
  std::array<Byte, 8> acquirer{};  ///< BCD and FF padding
  std::array<Byte, 8> station{};   ///< 0000 0000 line station, as we write it
  Byte line = 0;
  friend auto operator<=>(const CardCode&, const CardCode&) = default;
};

/// The entry that record 2701 has open, or the boarding of record 2702.
struct OpenJourney {
  CardCode where;
  std::array<Byte, 8> terminal{};  ///< 0000 and the 6 bytes of the SAM, or a vendor's own
  Timestamp at{};
  Fen told{};  ///< the most that the entry said the exit can cost; 0: not known
  /// The stop that a table of places says these bytes are, for codes the book does not know: some
  /// cities are recognised by the terminal alone. Both empty: no table knows it.
  NetworkId mapped_network{};
  StopCode mapped_stop{};
  friend bool operator==(const OpenJourney&, const OpenJourney&) = default;
};

/// A trip record of EF 1E, written by any operator's machine.
struct HistoryTrip {
  Byte type = 0;      ///< 03 entry, 04 exit, 06 single …
  Byte industry = 0;  ///< 01 metro, 02 bus …
  CardCode where;
  Fen amount;
  Timestamp at{};
  friend bool operator==(const HistoryTrip&, const HistoryTrip&) = default;
};

/// Of one passenger at a time.
inline constexpr std::size_t kEntitlementsMax = 4;

/// What a passenger presents, as far as a price may depend on it. No card number.
struct Medium {
  MediumKind kind = MediumKind::t_union;
  std::array<Byte, 4> issuer{};  ///< BCD: 02002900
  Byte card_kind = 0;            ///< EF 17 byte 10
  RiderCategory rider = RiderCategory::adult;
  Fen balance;  ///< real balance, without overdraft
  /// Of the issuer's loan, where an exit may spend it; else both 0.
  Fen overdraft_left, overdraft_used;
  std::optional<OpenJourney> open;      ///< of entries and exits: record 2701
  std::optional<OpenJourney> open_bus;  ///< of boardings and alightings: record 2702
  std::optional<CardState> state;  ///< our 29 bytes; absent when another operator's bytes are there
  std::vector<HistoryTrip> history;  ///< newest first, at most 10
  /// Riders that a signed list says the passenger also is, whoever issued the card.
  InlineVector<RiderCategory, kEntitlementsMax> entitlements;
  friend bool operator==(const Medium&, const Medium&) = default;
};

/// Where and on what the tap happens. Empty texts and zero mean "does not apply".
struct TapContext {
  BoxKind box_kind = BoxKind::station;
  NetworkId network;
  StopCode stop;
  std::string route;
  std::string direction;
  std::string trip;
  std::string vehicle;
  std::string driver;
  std::string operator_id;
  PositionQuality position = PositionQuality::fixed;
  ItemClass item = ItemClass::person;
  std::uint16_t count = 1;       ///< persons, all of whom pay as the holder does
  std::uint16_t children = 0;    ///< beside them, by the book's rule
  std::uint16_t companions = 0;  ///< likewise
  friend bool operator==(const TapContext&, const TapContext&) = default;
};

/// Station modes (GB 50157 chapter 18) as a set; 0 is normal service.
struct Modes {
  // DO NOT CHANGE THESE BITS: they are in ledgers.
  static constexpr std::uint16_t kTrainFailure = 1, kOrderFree = 2, kTimeFree = 4, kDateFree = 8,
                                 kFareFree = 16, kEmergency = 32, kClosed = 64;
  std::uint16_t bits = 0;
  [[nodiscard]] bool has(std::uint16_t bit) const noexcept { return (bits & bit) != 0; }
  friend bool operator==(Modes, Modes) = default;
};

/// Names in traces and journeys.
inline constexpr std::array<std::pair<std::string_view, std::uint16_t>, 7> kModeNames{
    {{"train-failure", Modes::kTrainFailure},
     {"order-free", Modes::kOrderFree},
     {"time-free", Modes::kTimeFree},
     {"date-free", Modes::kDateFree},
     {"fare-free", Modes::kFareFree},
     {"emergency", Modes::kEmergency},
     {"closed", Modes::kClosed}}};

/// A mode that was in force at a stop, as the boxes of a region tell each other. A box whose clock
/// was wrong publishes the interval in which it was as time-free, by the times it gave its taps.
struct ModeInterval {
  InlineText<64> network;
  InlineText<64> stop;  ///< empty: the whole network
  Modes modes;
  Timestamp from{};
  Timestamp until{};  ///< not inside any more; still in force: a time to come
  friend bool operator==(const ModeInterval&, const ModeInterval&) = default;
};

/// What a price may know of earlier modes. Who asks for a price puts in what the region knows of
/// the open journey's network since that journey began, the newest where it is more; nothing where
/// no journey is open.
inline constexpr std::size_t kModeHistoryMax = 8;
using ModeHistory = InlineVector<ModeInterval, kModeHistoryMax>;

struct Tap {
  TapKind kind = TapKind::entry;
  Timestamp at{};
  Modes modes;
  bool clock_trusted = true;
  ModeHistory history{};
  friend bool operator==(const Tap&, const Tap&) = default;
};

/// Network, rule and class in a trace; a book whose names are longer together is refused.
inline constexpr std::size_t kRuleNameMax = 127;
using RuleName = InlineText<kRuleNameMax>;
inline constexpr std::size_t kTraceMax = 16, kChargesMax = 3;

/// One rule that took part in a charge, and what it added (a discount is negative).
struct TraceStep {
  RuleName rule;  ///< "shanghai-metro/distance"
  Fen fen;
  friend bool operator==(const TraceStep&, const TraceStep&) = default;
};

struct Charge {
  Fen amount;  ///< never negative; the sum of its trace
  InlineVector<TraceStep, kTraceMax> trace;
  friend bool operator==(const Charge&, const Charge&) = default;
};

/// Accept: charges in the order they are taken (entry: one of 0 fen), and what the card shall say
/// afterwards. Refuse: a reason, nothing is charged. Lives without the heap.
struct Decision {
  std::optional<RefusalCode> refusal;
  InlineVector<Charge, kChargesMax> charges;
  CardState state_after;
  /// The most that the exit of a journey entered here can cost (record 2701 bytes 81–84).
  Fen max_fare;
  /// The tap begins a journey that another tap ends: an entry, or a boarding that is not the ride.
  bool opens_journey = false;

  [[nodiscard]] bool accepted() const noexcept { return !refusal.has_value(); }
  [[nodiscard]] Fen total() const {
    Fen sum;
    for (const Charge& charge : charges) sum += charge.amount;
    return sum;
  }
  friend bool operator==(const Decision&, const Decision&) = default;
};

[[nodiscard]] inline Decision refuse(RefusalCode code) {
  Decision out;
  out.refusal = code;
  return out;
}

}  // namespace tidegate::fare
