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

/// The ride of the card's holder.
struct HolderRide {
  bool has_fare = false;  ///< false: none, or more than a purse can pay at once
  bool is_ride = true;    ///< else the card keeps what it remembers
  RideParts shares;       ///< what rules between rides are about, in the order of the ride
};

/// Whether a card that boards again, where boarding is the whole ride, pays for another person.
enum class Boarding : std::uint8_t { ride, another_person, repeated };
[[nodiscard]] Boarding boarding_of(const TapFacts& facts);

/// Writes the fare of one traveller into `parts`, which is empty; empty afterwards: there is none.
void find_parts(const TapFacts& facts, const Ride& ride, const Traveller& who, RideParts& parts);
/// Writes what all persons pay for the ride into `charge`, which is empty; who rides along, the
/// network where it began says. Without a fare the charge is worth nothing.
[[nodiscard]] HolderRide ride_charge(const TapFacts& facts, const Ride& ride, Charge& charge,
                                     Boarding boarding = Boarding::ride);

}  // namespace tidegate::fare
