// SPDX-License-Identifier: Apache-2.0
// What all persons of a tap pay for their ride: holder, children and companions, in one network or
// across two. Before any rule between rides. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/tap_facts.h"
#include "fare/engine/through_fare.h"

namespace tidegate::fare {

/// A ride that ends with this tap, or is paid by it.
struct Ride {
  BookData::Place from;
  Timestamp begun;
  const PreparedVersion* version = nullptr;  ///< of the network where it began, as of then
};

/// What the holder's own ride costs in one network: what its rules between rides are about.
struct RideShare {
  const Network* network = nullptr;
  const PreparedVersion* version = nullptr;
  std::optional<std::size_t> from;  ///< index of the stop; nullopt: in another network
  std::size_t to = 0;
  Fen fen;
};
using RideShares = InlineVector<RideShare, 2>;

/// The ride of the card's holder.
struct HolderRide {
  bool has_fare = false;  ///< false: none, or more than a purse can pay at once
  bool is_ride = true;    ///< else the card keeps what it remembers
  RideShares shares;      ///< in the order of the ride
};

/// Whether a card that boards again, where boarding is the whole ride, pays for another person.
enum class Boarding : std::uint8_t { ride, another_person, repeated };
[[nodiscard]] Boarding boarding_of(const TapFacts& facts);

/// The fare of one traveller; empty: there is none.
[[nodiscard]] RideParts ride_parts(const TapFacts& facts, const Ride& ride, const Traveller& who);
/// Writes what all persons pay for the ride into `charge`, which is empty; who rides along, the
/// network where it began says. Without a fare the charge is worth nothing.
[[nodiscard]] HolderRide ride_charge(const TapFacts& facts, const Ride& ride, Charge& charge,
                                     Boarding boarding = Boarding::ride);

}  // namespace tidegate::fare
