// SPDX-License-Identifier: Apache-2.0
// Journeys that went wrong, by the policies of their networks: what an exit costs after too long or
// where one entered, an exit without an entry, and a journey that was left open. Amounts are for
// one person, and their traces add up to them. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/ride_fare.h"
#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

/// Where the open journey began: by the card's own bytes, else by the stop that a table of places
/// says they are.
[[nodiscard]] std::optional<BookData::Place> open_place(const TapFacts& facts);

/// What the rules say of an exit; all empty: it costs its fare.
struct ExitRule {
  std::optional<RefusalCode> refusal;
  std::optional<Charge> charge;  ///< instead of the fare
  std::optional<RuleName> note;  ///< beside the fare: why nothing is added to it
};
/// The tap is in a network and at a stop of the book, and the journey began at its stop `from`.
/// `fare` is that of the ride; nullopt: it has none.
[[nodiscard]] ExitRule exit_rule(const TapFacts& facts, const RideFares& fares, std::size_t from,
                                 const std::optional<RideFare>& fare);

/// An exit without an entry; nullopt: staff settle it.
[[nodiscard]] std::optional<Charge> exit_without_entry(const TapFacts& facts);

/// What becomes of the open journey when its passenger comes in again.
struct LeftOpen {
  std::optional<RefusalCode> refusal;
  Charge charge;  ///< before today's; of 0 fen: its trace says why the journey does not count
  const Network* owner = nullptr;  ///< the journey's own network, where it is charged
};
[[nodiscard]] LeftOpen left_open(const TapFacts& facts);

/// The most that an exit can cost by a rule and not by a fare.
[[nodiscard]] Fen most_by_rule(const JourneyPolicy& policy);

}  // namespace tidegate::fare
