// SPDX-License-Identifier: Apache-2.0
// The only reader and writer of the bytes of a ledger entry (entry.fbs). FlatBuffers stays behind
// these two functions.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

/// The largest entry, bytes. Bigger ones are refused by append and by decode.
inline constexpr std::size_t kEntryBytesMax = 64 * 1024;

/// The same entry gives the same bytes, always. Does not judge the values: decode does.
[[nodiscard]] Bytes encode_entry(const Entry& entry);

/// Copies into an aligned buffer first (LMDB values lie at any even address and the FlatBuffers
/// verifier does not notice), verifies with limits, then checks every range. Errc::corrupt says
/// which field.
[[nodiscard]] Result<Entry> decode_entry(ByteView bytes);

}  // namespace tidegate::edge
