// SPDX-License-Identifier: Apache-2.0
// What a tap writes to the card: record 2701 of EF 1A and a trip of EF 1E. Pure.
#pragma once

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "fare/engine/book.h"
#include "fare/engine/types.h"
#include "nfc/purse/records.h"

namespace tidegate::edge {

struct JourneyRecords {
  nfc::RailRecord rail;
  nfc::TripRecord trip;
};

/// The place and moment of a write.
struct WritePlace {
  fare::Book::StopOnCard stop;
  TerminalNo terminal;
  LocalTime at;
};

/// The records of the tap's own charge. A boarding that no alighting will charge for (no maximum
/// fare) is a journey that is over already.
[[nodiscard]] JourneyRecords tap_records(const nfc::RailRecord& before, fare::TapKind kind,
                                         const fare::Decision& decision, const WritePlace& place,
                                         Fen amount, Fen balance_before);

/// The records of a missed alighting that is collected first: the old journey is over, and our
/// state stays as it was, so that a tear between the two charges repeats neither.
[[nodiscard]] JourneyRecords missed_alighting_records(const nfc::RailRecord& before,
                                                      const WritePlace& place, Fen amount,
                                                      Fen balance_before);

}  // namespace tidegate::edge
