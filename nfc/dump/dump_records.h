// SPDX-License-Identifier: Apache-2.0
// Card records for a report, leniently: a field that breaks its layout is absent, the others stay.
#pragma once

#include "nfc/dump/dump.h"

namespace tidegate::nfc {

/// EF 15 or the FCI's 9F0C; shorter bytes give what they have. `revised`: only the issuer is read,
/// the rest of the revised standard's layout is not public.
void read_public_info(ByteView ef15, bool revised, DumpReport& out);
/// The head of EF 17.
void read_kind_info(ByteView ef17, DumpReport& out);
/// nullopt: not of 23 bytes, or never used.
[[nodiscard]] std::optional<DumpTransaction> read_transaction(ByteView record);
/// nullopt: not of 48 bytes, or never used.
[[nodiscard]] std::optional<DumpTrip> read_trip(ByteView record);
/// nullopt: no record of EF 1A, or a rail or bus record of another length than 128.
[[nodiscard]] std::optional<DumpJourney> read_journey(ByteView record);

}  // namespace tidegate::nfc
