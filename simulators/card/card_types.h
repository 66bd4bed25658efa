// SPDX-License-Identifier: Apache-2.0
// The kinds of card a gate of the delta meets, by name: every kernel, every other application that
// may lie on the reader, and every habit of real cards that has deceived a terminal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulators/card/card.h"
#include "simulators/card/make_card.h"

namespace tidegate::sim {

/// Every name the functions below know, in a fixed order; the first is an ordinary purse.
[[nodiscard]] std::vector<std::string> card_type_names();
/// What the card of that name is, in one sentence; empty for an unknown name.
[[nodiscard]] std::string_view card_type_description(std::string_view name);

/// The image of a card of that type: `spec` as far as the type leaves it free (an expired card has
/// its own dates, a test card its own identity). nullopt for an unknown name.
[[nodiscard]] std::optional<CardImageData> card_image_of_type(std::string_view name,
                                                              const CardSpec& spec = {});
/// The same as a card; nullptr for an unknown name.
[[nodiscard]] std::unique_ptr<TUnionCard> make_card_of_type(std::string_view name,
                                                            const CardSpec& spec = {});

}  // namespace tidegate::sim
