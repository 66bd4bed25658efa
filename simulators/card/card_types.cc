// SPDX-License-Identifier: Apache-2.0
// Finds a type of card by its name in the tables and makes the card.
#include "simulators/card/card_types.h"

#include "simulators/card/card_types_impl.h"

namespace tidegate::sim {

namespace {

using card_types::Row;

std::array<std::span<const Row>, 4> tables() {
  return {card_types::purses(), card_types::deceptive_files(), card_types::deceptive_answers(),
          card_types::other_cards()};
}

const Row* find(std::string_view name) {
  for (const auto& rows : tables())
    for (const Row& row : rows)
      if (row.name == name) return &row;
  return nullptr;
}

}  // namespace

std::vector<std::string> card_type_names() {
  std::vector<std::string> out;
  for (const auto& rows : tables())
    for (const Row& row : rows) out.emplace_back(row.name);
  return out;
}

std::string_view card_type_description(std::string_view name) {
  const Row* row = find(name);
  return row == nullptr ? std::string_view{} : row->what;
}

std::optional<CardImageData> card_image_of_type(std::string_view name, const CardSpec& spec) {
  const Row* row = find(name);
  if (row == nullptr) return std::nullopt;
  CardSpec wanted = spec;
  if (row->insist != nullptr) row->insist(wanted);
  CardImageData image = make_card(wanted);
  if (row->bend != nullptr) row->bend(image, wanted);
  return image;
}

std::unique_ptr<TUnionCard> make_card_of_type(std::string_view name, const CardSpec& spec) {
  auto image = card_image_of_type(name, spec);
  return image ? std::make_unique<TUnionCard>(std::move(*image), CardHabits{}) : nullptr;
}

}  // namespace tidegate::sim
