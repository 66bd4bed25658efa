// SPDX-License-Identifier: Apache-2.0
// Ride codes of JT/T 1179 as an issuer's platform and a telephone make them. Its own builder: it
// shares no line with the decoder it is to test.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/openssl/sm2.h"
#include "base/result.h"

namespace tidegate::sim {

/// Everything a code says. Nothing is checked: wrong codes are wanted too.
struct CodeRecipe {
  Byte version = 0x80;
  std::optional<std::uint16_t> length;  ///< instead of the right one
  Byte ca_index = 1;
  std::array<Byte, 4> certificate_issuer{0x09, 0x98, 0x10, 0x01};
  std::array<Byte, 2> certificate_expiry{0x12, 0x40};  ///< MMYY
  std::array<Byte, 3> certificate_serial{0, 0, 1};
  std::string account = "0000000000000001";
  std::string card_account = "03105228000000000426";  ///< 20 digits, the last may be F
  std::array<Byte, 4> issuer{0x09, 0x98, 0x10, 0x01};
  std::array<Byte, 4> platform{0x09, 0x98, 0x10, 0x01};
  Byte account_type = 1;
  std::uint32_t cap_fen = 5000;
  std::uint32_t expiry = 0;  ///< Unix seconds
  std::uint16_t validity = 300;
  Bytes custom = Bytes(32, 0);
  std::uint32_t made = 0;  ///< Unix seconds
};

struct CodeKeys {
  crypto::Sm2SigningKey ca, issuer, user;
};
/// The same keys for the same seed.
[[nodiscard]] CodeKeys code_keys(std::uint64_t seed);

/// Signed at all three levels. A text that is too long for its field is a bug of the caller.
[[nodiscard]] Bytes make_code(const CodeRecipe& recipe, const CodeKeys& keys);

}  // namespace tidegate::sim
