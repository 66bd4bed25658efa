// SPDX-License-Identifier: Apache-2.0
// What an entry tells: the most that the ride can cost which begins with it. Only for the engine.
#pragma once

#include <optional>

#include "fare/engine/tap_facts.h"

namespace tidegate::fare {

struct HighestCharge {
  Fen fare;
  Fen most;  ///< with what the network's policy may make of it
};
/// For all persons of the tap; nullopt: no ride has a fare, or one that a purse cannot pay.
[[nodiscard]] std::optional<HighestCharge> highest_charge(const TapFacts& facts);

}  // namespace tidegate::fare
