// SPDX-License-Identifier: Apache-2.0
// What a medium presents at its next tap, given how the last one was decided: the write to the
// card, as a value. Golden journeys and `tidegate fare price` walk journeys with it.
#pragma once

#include "fare/engine/book.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

/// Opens or closes the journey, takes the charges, keeps the state and a trip in the history. A
/// refused tap changes nothing. `decision` is price() of the same arguments.
void carry_on(const Book& book, Medium& medium, const TapContext& context, const Tap& tap,
              const Decision& decision);

}  // namespace tidegate::fare
