// SPDX-License-Identifier: Apache-2.0
// What the faults make of one reply: a wrong status, a wrong checksum, a frame that ends too early.
#pragma once

#include "base/bytes.h"
#include "simulators/pn532/faults.h"

namespace tidegate::sim::pn532 {

/// The bytes on the line for a reply (code and data, without TFI).
[[nodiscard]] Bytes spoiled_reply(ByteView reply, const Striking& faults);

}  // namespace tidegate::sim::pn532
