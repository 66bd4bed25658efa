// SPDX-License-Identifier: Apache-2.0
// What `tidegate-sim card` shows of a card image, as text and as JSON, apart from the command line.
#pragma once

#include <string>

#include "simulators/card/card.h"

namespace tidegate::sim {

/// Several lines for people. The card number is masked unless `reveal`; keys are never shown.
[[nodiscard]] std::string card_text(const CardImageData& image, bool reveal);
/// The same as one JSON object on one line.
[[nodiscard]] std::string card_json(const CardImageData& image, bool reveal);

}  // namespace tidegate::sim
