// SPDX-License-Identifier: Apache-2.0
// The list handle: the pseudonym of a card number in the lists of a region, so that no list holds a
// number. Exact, without collisions; the key is the region's and no list has it.
#pragma once

#include <array>

#include "base/ids.h"
#include "base/openssl/crypto.h"

namespace tidegate::nfc {

/// One AES-128 block under the list key: six zero bytes ‖ the 10 BCD bytes of the number.
using ListHandle = Strong<struct ListHandleTag, std::array<Byte, 16>>;
[[nodiscard]] ListHandle list_handle(const crypto::Key16& list_key, const CardNumber& number);

/// What a list says of its key, so that a box with another one does not just find nobody.
using ListKeyCheck = std::array<Byte, 8>;
/// The first bytes of an AES-128 block of FF, which is no card's.
[[nodiscard]] ListKeyCheck list_key_check(const crypto::Key16& list_key);

}  // namespace tidegate::nfc
