// SPDX-License-Identifier: Apache-2.0
// What a tap writes to the card: record 2701 or 2702 of EF 1A and a trip of EF 1E. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "edge/ledger/entry.h"
#include "fare/engine/book.h"
#include "fare/engine/types.h"
#include "nfc/flow/t_union_flow.h"

namespace tidegate::edge {

/// At most one record of EF 1A, and a trip. A plain purchase writes nothing.
struct JourneyRecords {
  std::optional<nfc::RailRecord> rail;
  std::optional<nfc::BusRecord> bus;
  std::optional<nfc::TripRecord> trip;

  [[nodiscard]] nfc::CardWrites writes() const;
};

/// The place and moment of a write.
struct WritePlace {
  fare::Book::StopOnCard stop;
  TerminalNo terminal;
  LocalTime at;
  std::string vehicle;  ///< number of the vehicle, for record 2702
  bool down = false;
};

/// The records of the tap's own charge. Entry and exit are record 2701's, a boarding that an
/// alighting will charge for is 2702's. A boarding that opens no journey leaves a trip,
/// and our state in record 2701, whose journey by rail it does not touch.
[[nodiscard]] JourneyRecords tap_records(const nfc::CardImage& before, fare::TapKind kind,
                                         const fare::Decision& decision, const WritePlace& place,
                                         Fen amount);

/// The records of a missed alighting (`by_bus`) or exit that is collected first: the old journey is
/// over, and our state stays as it was, so that a tear between the two charges repeats neither.
[[nodiscard]] JourneyRecords missed_alighting_records(const nfc::CardImage& before, bool by_bus,
                                                      const WritePlace& place, Fen amount);

/// What a proof writes: the record of `like`, the debit it proves, as it was read. Nothing where
/// the card has none, or where that debit was a plain purchase.
[[nodiscard]] JourneyRecords unchanged_records(const nfc::CardImage& before, const Intent& like);
/// Record 2701, by its id.
[[nodiscard]] bool is_rail_record(ByteView record);

/// What money is on the card after `amount`: what is beyond it is the issuer's loan.
[[nodiscard]] Fen balance_after(Fen balance_before, Fen amount);

}  // namespace tidegate::edge
