// SPDX-License-Identifier: Apache-2.0
// What the tables of card types share: the shape of a row. For the card types' own source files
// only.
#pragma once

#include <span>
#include <string_view>

#include "simulators/card/card_types.h"

namespace tidegate::sim::card_types {

/// One type: what it insists on before the card is made, and what it bends afterwards. Either may
/// be nullptr.
struct Row {
  std::string_view name;
  std::string_view what;
  void (*insist)(CardSpec& spec);
  void (*bend)(CardImageData& image, const CardSpec& spec);
};
/// Kernels, directories and shapes of the FCI.
[[nodiscard]] std::span<const Row> purses();
/// Purses whose files say what has deceived a terminal.
[[nodiscard]] std::span<const Row> deceptive_files();
/// Purses that do, or answer, what has deceived a terminal.
[[nodiscard]] std::span<const Row> deceptive_answers();
/// Cards without a T-Union purse, or with another application beside it.
[[nodiscard]] std::span<const Row> other_cards();

}  // namespace tidegate::sim::card_types
