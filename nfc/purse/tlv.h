// SPDX-License-Identifier: Apache-2.0
// A walk over BER-TLV as cards answer it: one object after the other, every length checked.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::nfc {

struct Tlv {
  std::uint32_t tag = 0;  ///< of one or two bytes
  ByteView value;
};

/// The next object; nullopt at the end. 00 and FF between objects are padding. Errc::invalid: a tag
/// of more than two bytes, a length of more than two, or an object that runs over the end.
[[nodiscard]] Result<std::optional<Tlv>> next_tlv(ByteReader& in);

}  // namespace tidegate::nfc
