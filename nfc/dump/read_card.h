// SPDX-License-Identifier: Apache-2.0
// Asks a card for everything that may be read without a key, as a dump. Nothing is written, the
// holder's file and the social-security directory are never touched.
#pragma once

#include <chrono>
#include <vector>

#include "nfc/dump/dump.h"
#include "nfc/purse/ports.h"

namespace tidegate::nfc {

/// Directory, purse, balances, EF 15, 17, 18, 1A and 1E; where there is no purse, City Union's
/// balance and log. The channel's error when the card leaves.
[[nodiscard]] Result<std::vector<Exchange>> read_card(CardChannel& card,
                                                      std::chrono::milliseconds timeout);

}  // namespace tidegate::nfc
