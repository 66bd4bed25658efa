// SPDX-License-Identifier: Apache-2.0
// The port to the card in one aisle's field, as the tap sees it.
#pragma once

#include "base/result.h"
#include "nfc/purse/ports.h"

namespace tidegate::edge {

class FieldCard : public nfc::CardChannel {
 public:
  /// Field off and on, then selects whatever card is there: maybe another one. Errc::gone: none.
  [[nodiscard]] virtual Status reselect() = 0;
};

}  // namespace tidegate::edge
