// SPDX-License-Identifier: Apache-2.0
// May this card be used here and now? Pure, in the order of precedence of fare/engine/refusal.h.
// Nobody is trapped: expiry, reach and station mode refuse at entry and boarding only; an exit is
// refused only where no debit could be made at all.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
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
};
[[nodiscard]] std::optional<fare::RefusalCode> check(const nfc::CardImage& image,
                                                     const CheckContext& context);

}  // namespace tidegate::edge
