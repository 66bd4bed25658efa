// SPDX-License-Identifier: Apache-2.0
// Finds the purse on a card, or says what the card is instead. Internal to nfc/flow.
#pragma once

#include "nfc/flow/t_union_flow.h"
#include "nfc/purse/applications.h"

namespace tidegate::nfc {

struct Selected {
  Fci fci;
  bool blocked = false;  ///< SELECT answered 6283
};
/// Directly or by PPSE, as `settings` say. Without a purse: unsupported_kernel, city_union_card,
/// bank_card, social_security_only, local_card or not_transport_card; application_blocked for one
/// that is locked.
[[nodiscard]] FlowResult<Selected> select_application(CardChannel& card,
                                                      const FlowSettings& settings);

}  // namespace tidegate::nfc
