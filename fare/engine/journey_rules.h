// SPDX-License-Identifier: Apache-2.0
// Journeys that went wrong, by the policies of their networks: what an exit costs after too long or
// where one entered, an exit without an entry, and a journey that was left open. Amounts are for
// one person, and their traces add up to them. Only for the engine.
#pragma once

#include <optional>
#include <string_view>

#include "fare/engine/ride_charge.h"

namespace tidegate::fare {

/// Where the open journey began: by the card's own bytes, else by the stop that a table of places
/// says they are.
[[nodiscard]] BookData::Place open_place(const BookData& book, const OpenJourney& open);
[[nodiscard]] inline BookData::Place open_place(const TapFacts& facts) {
  return open_place(facts.book, *facts.open);
}

/// What one person pays by a rule of a network.
struct Due {
  std::string_view rule;  ///< behind the network's name
  Fen fen;
};

/// What the rules say of an exit; all empty: it costs its fare.
struct ExitRule {
  std::optional<RefusalCode> refusal;
  std::optional<Due> charge;  ///< instead of the fare, by the network where the ride began
  RuleName note;              ///< beside the fare: why nothing is added to it
  bool overstayed = false;    ///< a penalty is due, even where the rest is refused
};
/// The tap is in a network and at a stop of the book.
[[nodiscard]] ExitRule exit_rule(const TapFacts& facts, const Ride& ride);
/// Whether exit_rule() has anything to say: of most rides it has not.
[[nodiscard]] inline bool has_exit_rule(const TapFacts& facts, const Ride& ride) {
  const Network& network = *ride.from.network;
  return network.policy.overstay != Overstay::none ||
         (&network == facts.network && ride.from.stop == *facts.here);
}

/// In a station that asks for no order: the journey on the card is not the one that ends here. It
/// took longer than any may, or began on another service day where there is no limit.
[[nodiscard]] bool is_another_ride(const TapFacts& facts, const Ride& ride);

/// Alighting without a journey, where boarding was the whole ride until today's tariff, and the
/// ride may have begun before it.
[[nodiscard]] bool was_paid_when_boarding(const TapFacts& facts);

/// An exit without an entry, by the tap's network; nullopt: staff settle it.
[[nodiscard]] std::optional<Due> exit_without_entry(const TapFacts& facts);

/// What becomes of the open journey when its passenger comes in again.
struct LeftOpen {
  std::optional<RefusalCode> refusal;
  Charge charge;  ///< before today's; of 0 fen: its trace says why the journey does not count
  const Network* owner = nullptr;  ///< the journey's own network, where it is charged
};
[[nodiscard]] LeftOpen left_open(const TapFacts& facts);

}  // namespace tidegate::fare
