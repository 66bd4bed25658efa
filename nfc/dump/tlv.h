// SPDX-License-Identifier: Apache-2.0
// A lenient walk over BER-TLV: visits what is whole and stops at the first thing that is not. For
// dumps only; the gate's own decoder (nfc/purse) refuses what this one passes over.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"

namespace tidegate::nfc {

/// Calls `visit(tag, value)` for every object, outer before inner, at most 8 templates deep.
void walk_tlv(ByteView data, const std::function<void(std::uint32_t tag, ByteView value)>& visit);

}  // namespace tidegate::nfc
