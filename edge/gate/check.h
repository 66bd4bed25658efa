// SPDX-License-Identifier: Apache-2.0
// May this card be used here and now? Pure, in the order of precedence of fare/engine/refusal.h.
// Nobody is trapped: enabling, expiry, reach, lists and station mode refuse at entry and boarding
// only; an exit is refused only where the card itself lets no debit be made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/envelope/envelope.h"
#include "base/time.h"
#include "edge/gate/card_lists.h"
#include "fare/engine/refusal.h"
#include "fare/engine/types.h"
#include "nfc/flow/t_union_flow.h"

namespace tidegate::edge {

struct CheckContext {
  fare::TapKind kind = fare::TapKind::entry;
  fare::Modes modes;
  LocalTime now;
  bool clock_trusted = true;
  std::uint16_t city = 0;  ///< BCD, of this stop
  bool by_bus = false;     ///< the journey is record 2702's
  Realm realm = Realm::test;
  const CardLists* lists = nullptr;  ///< nullptr: every card is taken
};
struct Problem {
  fare::RefusalCode code;
  std::string detail;  ///< for the log; no card number
};
[[nodiscard]] std::optional<Problem> check(const nfc::CardImage& image,
                                           const CheckContext& context);

}  // namespace tidegate::edge
