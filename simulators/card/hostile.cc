// SPDX-License-Identifier: Apache-2.0
// Finds a hostile card by its name in the two tables of lies and makes it.
#include "simulators/card/hostile.h"

#include "simulators/card/hostile_liar.h"

namespace tidegate::sim {

namespace {

using hostile::Liar;
using hostile::Row;

const Row* find(std::string_view name) {
  for (const auto& rows : {hostile::lies_of_form(), hostile::lies_of_money()})
    for (const Row& row : rows)
      if (row.name == name) return &row;
  return nullptr;
}

}  // namespace

std::vector<std::string> hostile_names() {
  std::vector<std::string> out;
  for (const auto& rows : {hostile::lies_of_form(), hostile::lies_of_money()})
    for (const Row& row : rows) out.emplace_back(row.name);
  return out;
}

std::string_view hostile_description(std::string_view name) {
  const Row* row = find(name);
  return row == nullptr ? std::string_view{} : row->what;
}

HostileMoney hostile_money(std::string_view name) {
  const Row* row = find(name);
  return row == nullptr ? HostileMoney::silent : row->money;
}

std::unique_ptr<Card> make_hostile(std::string_view name, const CardImageData& image) {
  const Row* row = find(name);
  return row == nullptr ? nullptr : std::make_unique<Liar>(row->lie, image);
}

CardImageData hostile_image(const Card& card) {
  const auto* liar = dynamic_cast<const Liar*>(&card);
  ASSERT(liar != nullptr);
  return liar->honest.image();
}

}  // namespace tidegate::sim
