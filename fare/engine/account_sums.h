// SPDX-License-Identifier: Apache-2.0
// The sums of every account of a card, as the clearing house keeps them: a card has room for those
// of one. Only for the engine.
#pragma once

#include <cstdint>
#include <map>

#include "fare/engine/card_state.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

class Book;

class AccountSums {
 public:
  /// Puts the sums of an account into the state, if there are any, and keeps those that it had.
  void bring(std::uint8_t account, CardState& state);
  friend bool operator==(const AccountSums&, const AccountSums&) = default;

 private:
  std::map<std::uint8_t, CardState> last_;  ///< of each account the last state with its sums
};

/// price() with the sums of every account, which are afterwards as the tap leaves them.
[[nodiscard]] Decision price(const Book& book, const Medium& medium, const TapContext& context,
                             const Tap& tap, AccountSums& sums);

}  // namespace tidegate::fare
