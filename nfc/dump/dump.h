// SPDX-License-Identifier: Apache-2.0
// What a recorded exchange with a card says: the commands and answers of a dump, decoded leniently
// into one report. Nothing here refuses: what cannot be read is absent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"

namespace tidegate::nfc {

/// One command and its answer with status word.
struct Exchange {
  Bytes command;
  Bytes response;
};

struct DumpTransaction {
  std::uint16_t seq = 0;
  Byte type = 0;
  std::optional<Fen> amount;  ///< absent above the largest amount a purse can hold
  std::array<Byte, 6> terminal{};
  std::optional<LocalTime> at;
};
struct DumpTrip {
  Byte type = 0;
  std::array<Byte, 8> terminal{};
  Byte industry = 0;
  std::uint16_t city = 0;
  std::array<Byte, 2> line{}, station{}, operator_code{};
  std::optional<Fen> amount, balance;
  std::optional<LocalTime> at;
  std::array<Byte, 8> acquirer{};
};
/// One end of a journey in EF 1A. Fields that the record's kind does not have are empty.
struct DumpJourneyEnd {
  std::uint16_t city = 0;
  std::array<Byte, 8> acquirer{}, terminal{};
  Bytes operator_code, line, station;
  std::string vehicle;
  std::optional<LocalTime> at;
  std::optional<Fen> amount;
};
/// A record of EF 1A: 2701 rail, 2702 bus, others by their number only.
struct DumpJourney {
  std::uint16_t record = 0;
  Byte valid = 0, lock = 0, status = 0;
  std::array<Byte, 8> serial{};
  std::optional<DumpJourneyEnd> entry, exit;  ///< absent: a record whose layout is not public
  std::optional<Fen> maximum_fare;
  bool up = false, down = false;  ///< bus: direction AB or BA
};

/// A card application that a dump shows.
struct DumpApplication {
  std::string name;  ///< "t-union-purse", "city-union", "bank"… or the identifier in hex
  Bytes identifier;
  bool selected = false;  ///< selected with success; else only listed by the card's directory
};

struct DumpReport {
  std::vector<DumpApplication> applications;  ///< in the order of their first mention
  bool blocked = false;                       ///< SELECT answered 6283
  std::optional<Bcd4> issuer;
  std::optional<CardNumber> number;
  std::optional<bool> enabled;
  std::optional<ServiceDay> valid_from, valid_to;
  std::optional<Byte> kind;
  std::optional<std::uint16_t> home_city;
  std::optional<bool> interoperable;
  std::optional<Fen> balance;
  std::vector<DumpTransaction> transactions;  ///< newest first
  std::vector<DumpTrip> trips;                ///< newest first
  std::vector<DumpJourney> journeys;
  bool has_log = false, has_trips = false, has_journeys = false;  ///< the file was asked for
};

/// Any bytes are allowed.
[[nodiscard]] DumpReport decode_dump(std::span<const Exchange> exchanges);

}  // namespace tidegate::nfc
