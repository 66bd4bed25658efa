// SPDX-License-Identifier: Apache-2.0
// The files of a T-Union purse as values, byte for byte: EF 15, EF 17, EF 18, records 2701 and 2702
// of EF 1A, EF 1E, and the FCI that SELECT answers. Pure codecs: no keys, no card, no clock.
// Layouts: China T-Union (JT/T 978) as public terminal code and test manuals have them. Decoders
// never guess: bytes that break the layout are Errc::invalid, an empty record is nullopt.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "fare/engine/types.h"

namespace tidegate::nfc {

/// The applications of T-Union, as the test laboratory numbers them: K1 and K2 are purses (3DES,
/// SM4), K3 and K4 e-cash, K5 and K6 e-cash and purse of the revised standard.
enum class Kernel : std::uint8_t { k1 = 1, k2 = 2, k3 = 3, k4 = 4, k5 = 5, k6 = 6 };
/// AID of the e-purse application K1.
inline constexpr std::array<Byte, 8> kTUnionAid{0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05};
/// The largest valid balance or amount on a card.
inline constexpr Fen kPurseMax{0xFFFFFF};

/// EF 15, 30 bytes: public application information.
struct PublicInfo {
  std::array<Byte, 8> issuer{};  ///< 4 BCD bytes and FFFFFFFF: level-1 diversification factor
  Byte application_type = 0x02;
  bool enabled = false;
  CardNumber number;
  ServiceDay valid_from;  ///< inclusive
  ServiceDay valid_to;    ///< inclusive
  std::array<Byte, 2> issuer_own{};

  [[nodiscard]] std::array<Byte, 4> issuer_code() const;
  [[nodiscard]] std::array<Byte, 8> pan_factor() const;  ///< bytes 12..19 of the file
};
inline constexpr std::size_t kPublicInfoBytes = 30;
[[nodiscard]] Result<PublicInfo> decode_public_info(ByteView ef15);
[[nodiscard]] std::array<Byte, kPublicInfoBytes> encode_public_info(const PublicInfo& info);

/// The first 11 bytes of EF 17: card kind and reach.
struct CardKindInfo {
  std::uint16_t province = 0;  ///< BCD
  std::uint16_t city = 0;      ///< BCD
  bool interoperable = false;
  Byte card_kind = 0;  ///< 01 ordinary, 02 student, 03 elderly, 04 test, 05 military
};
inline constexpr std::size_t kCardKindInfoBytes = 11;
[[nodiscard]] Result<CardKindInfo> decode_card_kind_info(ByteView ef17);
[[nodiscard]] std::array<Byte, kCardKindInfoBytes> encode_card_kind_info(const CardKindInfo& info);

/// One record of the transaction log the card keeps itself, EF 18, 23 bytes.
struct LogRecord {
  std::uint16_t counter = 0;  ///< after the increment on cards seen so far
  Fen overdraft_or_balance;   ///< overdraft limit, on Shanghai cards the balance after
  Fen amount;
  Byte type = 0;  ///< 01/02 load, 06 purchase, 09 CAPP purchase
  TerminalNo terminal;
  /// YYYYMMDDhhmmss in BCD as the terminal gave it. Not decoded: other operators' terminals write
  /// times that do not exist, and one such record must not hide the others.
  std::array<Byte, 7> at{};
  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};
inline constexpr std::size_t kLogRecordBytes = 23;
inline constexpr std::size_t kLogRecords = 10;
/// nullopt: never used (all zero). Errc::invalid: wrong length, nothing else.
[[nodiscard]] Result<std::optional<LogRecord>> decode_log_record(ByteView record);
[[nodiscard]] std::array<Byte, kLogRecordBytes> encode_log_record(const LogRecord& record);

/// One trip record, EF 1E, 48 bytes.
struct TripRecord {
  Byte type = 0;
  std::array<Byte, 8> terminal{};
  Byte industry = 0;
  std::array<Byte, 2> line{};
  std::array<Byte, 2> station{};
  std::array<Byte, 2> operator_code{};
  Fen amount;
  Fen balance;
  LocalTime at;
  std::uint16_t city = 0;
  std::array<Byte, 8> acquirer{};
  friend bool operator==(const TripRecord&, const TripRecord&) = default;
};
inline constexpr std::size_t kTripRecordBytes = 48;
inline constexpr std::size_t kTripRecords = 30;
/// nullopt: never used (all zero).
[[nodiscard]] Result<std::optional<TripRecord>> decode_trip_record(ByteView record);
[[nodiscard]] std::array<Byte, kTripRecordBytes> encode_trip_record(const TripRecord& record);

/// Record 2701 of EF 1A, 128 bytes: the journey by rail.
enum class RailStatus : Byte {
  initial = 0,
  entered = 1,
  exited = 2,
  entry_updated = 3,
  exit_updated = 4
};
struct RailRecord {
  Byte valid = 0x01;
  Byte interoperability = 0x01;  ///< 01 composite
  Byte lock = 0x00;
  std::array<Byte, 8> serial{};
  RailStatus status = RailStatus::initial;
  std::uint16_t entry_city = 0, exit_city = 0;
  std::array<Byte, 8> entry_acquirer{}, exit_acquirer{};
  std::array<Byte, 8> entry_station{}, exit_station{};
  std::array<Byte, 8> entry_terminal{}, exit_terminal{};
  std::optional<LocalTime> entry_at, exit_at;  ///< zero bytes: none
  Fen max_fare;
  Byte entry_line = 0, exit_line = 0;
  Fen entry_amount;
  Fen entry_balance;
  Fen exit_amount;
  std::array<Byte, 29> operator_bytes{};

  /// A journey is open: entered or entry updated.
  [[nodiscard]] bool inside() const noexcept {
    return status == RailStatus::entered || status == RailStatus::entry_updated;
  }
  friend bool operator==(const RailRecord&, const RailRecord&) = default;
};
inline constexpr std::size_t kRailRecordBytes = 128;
/// Every record of EF 1A.
inline constexpr std::size_t kJourneyRecordBytes = 128;
/// A never-used record (all zero after the id and length) decodes with status initial.
/// Errc::invalid: wrong id, length, status, or an open entry without a time that exists. Of a
/// journey that is over, a time that does not exist counts as none: other operators' machines wrote
/// it.
[[nodiscard]] Result<RailRecord> decode_rail_record(ByteView record);
[[nodiscard]] std::array<Byte, kRailRecordBytes> encode_rail_record(const RailRecord& record);

/// Record 2702 of EF 1A, 128 bytes: the journey by bus, tram or ferry.
enum class BusStatus : Byte { initial = 0, boarded = 1, alighted = 2 };
struct BusRecord {
  /// Where and when somebody boarded or alighted.
  struct Point {
    std::uint16_t city = 0;
    std::array<Byte, 8> acquirer{};
    std::array<Byte, 2> operator_code{};
    std::array<Byte, 2> line{};
    Byte stop = 0;
    std::array<Byte, 8> vehicle{};  ///< ASCII
    std::array<Byte, 8> terminal{};
    std::optional<LocalTime> at;  ///< zero bytes: none
    friend bool operator==(const Point&, const Point&) = default;
  };
  static constexpr Byte kUp = 0xAB, kDown = 0xBA;

  Byte valid = 0x01;
  Byte interoperability = 0x01;
  Byte lock = 0x00;
  std::array<Byte, 8> serial{};
  BusStatus status = BusStatus::initial;
  Point boarding;
  Fen marked_fare;  ///< the most the ride can cost
  Byte direction = 0;
  Point alighting;
  Fen fare;
  std::array<Byte, 2> mileage{};
  std::array<Byte, 26> reserved{};

  [[nodiscard]] bool on_board() const noexcept { return status == BusStatus::boarded; }
  friend bool operator==(const BusRecord&, const BusRecord&) = default;
};
/// As decode_rail_record().
[[nodiscard]] Result<BusRecord> decode_bus_record(ByteView record);
[[nodiscard]] std::array<Byte, kJourneyRecordBytes> encode_bus_record(const BusRecord& record);

/// What SELECT of the purse answered, without the status word. Walks the TLV, never indexes it.
struct Fci {
  Bytes aid;  ///< tag 84, starts with the AID of a purse
  Kernel kernel = Kernel::k1;
  std::optional<PublicInfo> public_info;  ///< tag 9F0C when it has 30 bytes
};
[[nodiscard]] Result<Fci> decode_fci(ByteView data);

}  // namespace tidegate::nfc
