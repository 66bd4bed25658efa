// SPDX-License-Identifier: Apache-2.0
// What all persons of a tap pay for their ride: holder, children and companions, in one network or
// across two. Before any rule between rides. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

struct RideCharge {
  Fen fen;
  InlineVector<TraceStep, kTraceMax> steps;  ///< they sum to `fen`
  Fen holder;           ///< of that, the holder's own ride: what rules between rides are about
  bool is_ride = true;  ///< of the holder's: else the card keeps what it remembers
};

/// Whether a card that boards again, where boarding is the whole ride, pays for another person.
enum class Boarding : std::uint8_t { ride, another_person, repeated };
[[nodiscard]] Boarding boarding_of(const TapFacts& facts);

/// For the ride from `from`, begun then, to the stop of the tap. nullopt: there is no fare, or it
/// is more than a purse can pay at once.
[[nodiscard]] std::optional<RideCharge> ride_charge(const TapFacts& facts,
                                                    const BookData::Place& from, Timestamp begun,
                                                    Boarding boarding = Boarding::ride);

/// The most that a ride can cost which begins with this tap; nullopt: none has a fare.
[[nodiscard]] std::optional<Fen> highest_charge(const TapFacts& facts);

}  // namespace tidegate::fare
