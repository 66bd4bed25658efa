// SPDX-License-Identifier: Apache-2.0
// What a fare book says between one ride and the next: transfers, interchanges out of the station,
// caps, cumulative discounts and passes, as plain values. What they need to remember is on the card
// (card_state.h).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/time.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

/// For whom and when a rule holds.
struct RuleScope {
  std::vector<RiderCategory> riders;   ///< sorted; empty: everybody
  std::vector<MediumKind> media;       ///< sorted; empty: every medium
  std::vector<std::uint16_t> issuers;  ///< cities of cards, BCD, sorted; empty: every card
  ServiceDay from;                     ///< first service day; 1970-01-01: always
  ServiceDay until;                    ///< last service day; 1970-01-01: for ever
  friend bool operator==(const RuleScope&, const RuleScope&) = default;
};

/// Networks are indices of BookModel::networks, sorted.
using NetworkSet = std::vector<std::uint16_t>;

struct TransferRule {
  /// From which tap of the ride before to which tap of this ride.
  enum class Measured : std::uint8_t { end_to_begin, begin_to_begin, end_to_end };
  enum class Effect : std::uint8_t { amount_off, percent_off, free, up_to_difference };
  std::string name;
  std::uint8_t number = 0;  ///< permanent, on cards, 1 to 15
  RuleScope scope;
  NetworkSet from, to;
  std::uint16_t window_minutes = 0;
  Measured measured = Measured::end_to_begin;
  bool from_first_leg = false;  ///< the window of a chain begins with its first leg
  Effect effect = Effect::free;
  std::uint32_t value = 0;  ///< fen of amount_off, percent of percent_off
  Rounding rounding = Rounding::down;
  std::uint32_t unit = 1;          ///< fen, of the rounding
  std::uint8_t max_transfers = 0;  ///< in a chain; 0: any number
  bool same_line = true;           ///< also between rides of one line of one network
  friend bool operator==(const TransferRule&, const TransferRule&) = default;
};

/// Stops of one network between which a fare goes on.
struct InterchangeRule {
  struct Pair {
    std::uint16_t a = 0, b = 0;  ///< indices of Network::stops, a <= b; both ways
    friend auto operator<=>(const Pair&, const Pair&) = default;
  };
  std::string name;
  RuleScope scope;
  std::uint16_t network = 0;
  std::uint16_t minutes = 0;
  std::vector<Pair> pairs;     ///< sorted
  std::uint8_t max_links = 3;  ///< how often one fare goes on, 1 to 15
  friend bool operator==(const InterchangeRule&, const InterchangeRule&) = default;
};

enum class Period : std::uint8_t { day, week, month };

struct CapRule {
  struct StopZone {
    std::uint16_t network = 0, stop = 0;  ///< indices
    std::uint8_t zone = 0;                ///< 1 to 8
    friend auto operator<=>(const StopZone&, const StopZone&) = default;
  };
  /// The cap of somebody who was only in these zones.
  struct ZoneCap {
    std::uint8_t zones = 0;  ///< bit 0: zone 1
    Fen fen;
    friend bool operator==(const ZoneCap&, const ZoneCap&) = default;
  };
  std::string name;
  std::uint8_t account = 0;  ///< permanent, on cards, 0 to 7
  RuleScope scope;
  NetworkSet networks;
  Period period = Period::day;
  Fen fen;                         ///< where by_zones is empty
  std::vector<ZoneCap> by_zones;   ///< the least that covers the zones of the day counts
  std::vector<StopZone> zones_of;  ///< sorted by network and stop
  friend bool operator==(const CapRule&, const CapRule&) = default;
};

struct CumulativeRule {
  struct Tier {
    Fen above;  ///< spent in the month before the ride
    std::uint8_t percent_off = 0;
    friend bool operator==(const Tier&, const Tier&) = default;
  };
  std::string name;
  std::uint8_t account = 0;
  RuleScope scope;
  NetworkSet networks;
  bool reaches = false;     ///< a tier begins at its amount; else above it
  std::vector<Tier> tiers;  ///< sorted by amount
  Rounding rounding = Rounding::down;
  std::uint32_t unit = 1;
  friend bool operator==(const CumulativeRule&, const CumulativeRule&) = default;
};

struct PassRule {
  std::string name;
  std::uint8_t product = 0;  ///< permanent, on cards, 1 to 15
  RuleScope scope;
  NetworkSet networks;
  bool days = false;  ///< CardState::pass_left is the last day; else rides left
  friend bool operator==(const PassRule&, const PassRule&) = default;
};

/// Of each kind, the first rule in the list that holds is taken; of caps, the tightest.
struct BetweenRides {
  std::vector<TransferRule> transfers;
  std::vector<InterchangeRule> interchanges;
  std::vector<CapRule> caps;
  std::vector<CumulativeRule> cumulative;
  std::vector<PassRule> passes;
  [[nodiscard]] bool empty() const noexcept {
    return transfers.empty() && interchanges.empty() && caps.empty() && cumulative.empty() &&
           passes.empty();
  }
  friend bool operator==(const BetweenRides&, const BetweenRides&) = default;
};

}  // namespace tidegate::fare
