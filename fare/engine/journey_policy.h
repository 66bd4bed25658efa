// SPDX-License-Identifier: Apache-2.0
// What a network does with journeys that went wrong, as plain values. Without a policy in the book
// every value is as here: no time limit, and what is missing is settled by staff.
#pragma once

#include <cstdint>
#include <vector>

#include "base/money.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

// DO NOT CHANGE THESE NUMBERS: they are in books.
/// What a ride above its time limit costs.
enum class Overstay : std::uint8_t {
  none = 0,             ///< its fare
  exit_maximum = 1,     ///< the highest fare of a ride that ends here, instead of the fare
  network_maximum = 2,  ///< the network's maximum, instead of the fare
  minimum_fare = 3,     ///< the network's minimum fare on top of the fare
  added = 4,            ///< a fixed amount on top of the fare
};
/// What leaving where one entered costs.
enum class SameStation : std::uint8_t { tariff = 0, minimum_fare = 1, fixed = 2, refused = 3 };
/// What a ride costs whose entry or exit nobody saw.
enum class Unseen : std::uint8_t {
  refused = 0,
  station_maximum = 1,  ///< the highest fare from (or to) the station that is known
  network_maximum = 2,
  fixed = 3,
};
/// Where a journey that was left open is collected.
enum class CollectedIn : std::uint8_t { network = 0, city = 1 };
/// What an entry does with a journey left open elsewhere.
enum class OpenElsewhere : std::uint8_t { refused = 0, overwritten = 1 };

/// Up to this full fare, or this way, the ride may take so long. Both ends are inside.
struct LimitBand {
  Fen to;
  std::uint16_t minutes = 0;
  std::uint32_t to_m = 0;  ///< metres, of limits by distance
  friend bool operator==(const LimitBand&, const LimitBand&) = default;
};

/// Whoever comes in at `next` within the time has left at `exit`: there is no other way. Codes and
/// numbers are the book's permanent ones.
struct Completion {
  std::uint16_t network = 0;  ///< of `next`
  std::uint16_t next = 0;
  std::uint16_t exit = 0;  ///< a stop of the network whose policy this is
  std::uint16_t minutes = 0;
  friend bool operator==(const Completion&, const Completion&) = default;
};

struct JourneyPolicy {
  /// Rising in both; the last has no end, which is 0. Empty: no limit.
  std::vector<LimitBand> limits;
  /// By distance: the index of the limit of each pair of stops, n*n, row = from. Empty: the full
  /// fare tells.
  std::vector<std::uint8_t> limit_of;
  Overstay overstay = Overstay::none;
  Fen overstay_fen;
  SameStation same_station = SameStation::tariff;
  Fen same_station_fen;
  std::uint16_t same_station_free_minutes = 0;
  Unseen no_entry = Unseen::refused;
  Fen no_entry_fen;
  Unseen no_exit = Unseen::refused;
  Fen no_exit_fen;
  CollectedIn collected_in = CollectedIn::network;
  OpenElsewhere open_elsewhere = OpenElsewhere::refused;
  /// What is missing is taken where every ride that it could have been costs the same.
  bool complete_certain = false;
  std::vector<Completion> completions;
  Fen maximum;  ///< single fare; 0: not said
  Fen minimum;  ///< single fare; 0: not said
  /// For so many days a journey that could have ended while one of these was in force is forgiven.
  Modes forgiven_modes{Modes::kEmergency};
  std::uint8_t forgiven_days = 7;
  friend bool operator==(const JourneyPolicy&, const JourneyPolicy&) = default;
};

}  // namespace tidegate::fare
