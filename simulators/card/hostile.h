// SPDX-License-Identifier: Apache-2.0
// Cards that lie: broken structures, forged records, stolen money, replayed answers. For the tests
// of whoever reads cards: none of them may crash it, hang it, or make it book money wrongly.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulators/card/card.h"

namespace tidegate::sim {

/// Every name make_hostile() knows, in a fixed order.
[[nodiscard]] std::vector<std::string> hostile_names();
/// What the card of that name does, in one sentence; empty for an unknown name.
[[nodiscard]] std::string_view hostile_description(std::string_view name);

/// What a lie does to the purse behind it, for the test that compares money.
enum class HostileMoney : std::uint8_t {
  honest,       ///< a debit that answers 9000 took exactly its amount, and its MAC2 is right
  never_9000,   ///< no debit is ever confirmed, and none is made
  proof_wrong,  ///< 8054 answers 9000 with a MAC2 that is not right, taken or not
  silent,       ///< money may be taken without a word, or a word said without taking it
};
/// Errs on the side of `silent` for an unknown name.
[[nodiscard]] HostileMoney hostile_money(std::string_view name);

/// A hostile card; behind its lies is a T-Union card with this image. nullptr for an unknown name.
[[nodiscard]] std::unique_ptr<Card> make_hostile(std::string_view name, const CardImageData& image);

/// The purse behind the lies as it is now; `card` must come from make_hostile().
[[nodiscard]] CardImageData hostile_image(const Card& card);

}  // namespace tidegate::sim
