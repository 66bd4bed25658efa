// SPDX-License-Identifier: Apache-2.0
// Messages between the gate (listens on ledger.sock) and who reads its ledger (connects).
// SEQPACKET, version 1 (1) ‖ type (1) ‖ body. Big-endian. DO NOT CHANGE NUMBERS.
//
// clang-format off
//   reader → gate   01 Hello
//                   02 Read      from 8 ‖ bytes 4 ‖ wait, ms 4
//   gate → reader   11 Welcome   where ‖ name of the box
//                   12 Piece     of a batch
//                   13 End       where
//   where: epoch 8 ‖ first 8 ‖ hash before first 32 ‖ head 8 ‖ hash of head 32
//   batch: hash before the first row 32 ‖ rows: sequence 8 ‖ hash 32 ‖ length 4 ‖ entry
// clang-format on
// The reader asks, one Read at a time; the gate answers with the batch cut in pieces and an End. A
// Read behind the head waits for an entry as long as it says, and then has no pieces. A batch has
// at most the bytes that were asked for, and kBatchBytesMax, but one row at least when there is
// one. Entries that were pruned are passed over.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace tidegate::edge::ledger_protocol {

inline constexpr Byte kVersion = 1;
inline constexpr std::size_t kBatchBytesMax = 64 * 1024;
inline constexpr std::size_t kPieceBytesMax = 60 * 1024;  ///< below what a local message may have
inline constexpr std::chrono::milliseconds kWaitMax{30'000};

/// Where the ledger is. Within an epoch first and head only rise.
struct Where {
  Epoch epoch;
  SequenceNo first;  ///< 0: nothing was pruned
  Hash256 before{};  ///< chain hash before it
  SequenceNo head;
  Hash256 head_hash{};
  friend bool operator==(const Where&, const Where&) = default;
};

struct Hello {
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Read {
  SequenceNo from;
  std::uint32_t bytes = kBatchBytesMax;
  std::chrono::milliseconds wait{0};
  friend bool operator==(const Read&, const Read&) = default;
};
struct Welcome {
  Where where;
  BoxId box;
  friend bool operator==(const Welcome&, const Welcome&) = default;
};
struct Piece {
  Bytes bytes;
  friend bool operator==(const Piece&, const Piece&) = default;
};
struct End {
  Where where;
  friend bool operator==(const End&, const End&) = default;
};

using Message = std::variant<Hello, Read, Welcome, Piece, End>;
[[nodiscard]] Bytes encode(const Message& message);
[[nodiscard]] Result<Message> decode(ByteView bytes);

/// An entry as the ledger has it.
struct Row {
  SequenceNo sequence;
  Hash256 hash{};
  Bytes entry;
  friend bool operator==(const Row&, const Row&) = default;
};
struct Batch {
  Hash256 before{};
  std::vector<Row> rows;  ///< sequences rise by one
  friend bool operator==(const Batch&, const Batch&) = default;
};
[[nodiscard]] Bytes encode_batch(const Batch& batch);
/// Errc::invalid: cut off, too long, or a gap.
[[nodiscard]] Result<Batch> decode_batch(ByteView bytes);

}  // namespace tidegate::edge::ledger_protocol
