// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

namespace tidegate {

std::string CardNumber::masked() const {
  std::string digits = reveal();
  for (std::size_t i = 4; i + 4 < digits.size(); ++i) digits[i] = '*';
  return digits;
}

std::string CardNumber::reveal() const {
  return to_hex(bcd_).substr(1);
}

}  // namespace tidegate
