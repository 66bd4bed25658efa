// SPDX-License-Identifier: Apache-2.0
// Handles of card numbers under a list key.
#include "nfc/tables/list_handle.h"

#include <algorithm>

namespace tidegate::nfc {

ListHandle list_handle(const crypto::Key16& list_key, const CardNumber& number) {
  std::array<Byte, 16> block{};
  std::ranges::copy(number.bcd(), block.begin() + 6);
  return ListHandle{crypto::aes128_block(list_key, block)};
}

ListKeyCheck list_key_check(const crypto::Key16& list_key) {
  std::array<Byte, 16> block;
  block.fill(0xFF);
  return to_array<8>(ByteView{crypto::aes128_block(list_key, block)}.first(8));
}

}  // namespace tidegate::nfc
