// SPDX-License-Identifier: Apache-2.0
// The words between the test and its gate process: one byte, then what belongs to it.
#pragma once

#include "base/bytes.h"
#include "base/posix/seqpacket.h"
#include "tests/torn/gate_process.h"

namespace tidegate::edge::torn {

enum class Word : Byte {
  // the gate's
  ready = 'Y',     ///< it takes cards
  apdu = 'A',      ///< command → answer or gone
  reselect = 'R',  ///< → go or gone
  before = 'B',    ///< a Moment is about to come → go
  after = 'N',     ///< a Moment was → go
  done = 'D',      ///< the tap's report
  // the test's
  tap = 'T',      ///< aisle 2, time 8
  passage = 'P',  ///< aisle 2, time 8, outcome 8 → done
  quit = 'Q',
  answer = 'a',
  gone = 'g',
  go = 'k',
};

/// Exchanges that are not the card's.
enum class Moment : Byte { sam_init = 1, sam_credit = 2, barrier = 3 };

[[nodiscard]] Bytes encode_report(const TapReport& report);
[[nodiscard]] TapSeen decode_report(ByteView bytes);

/// The gate's whole life, in the child. Never returns; exit code 0 after `quit`.
[[noreturn]] void live_as_gate(const BoxSpec& spec, const posix::SeqpacketSocket& line,
                               Timestamp at);

}  // namespace tidegate::edge::torn
