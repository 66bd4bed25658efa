// SPDX-License-Identifier: Apache-2.0
// What the clearing house signs when it holds a ledger durably up to an entry: the payload of a
// file of kind ack. docs/formats/acknowledgement.md has the bytes.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace tidegate::edge {

inline constexpr std::uint16_t kAcknowledgementFormat = 1;

struct Acknowledgement {
  BoxId box;
  Epoch epoch;
  SequenceNo sequence;  ///< this entry, and every one before it in this epoch
  Hash256 hash{};       ///< chain hash of that entry
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

[[nodiscard]] Bytes encode_acknowledgement(const Acknowledgement& ack);
/// Errc::invalid: a wrong size.
[[nodiscard]] Result<Acknowledgement> decode_acknowledgement(ByteView payload);

}  // namespace tidegate::edge
