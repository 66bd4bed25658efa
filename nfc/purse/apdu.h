// SPDX-License-Identifier: Apache-2.0
// The commands a terminal sends to a T-Union purse, as bytes, and their answers as values.
// Status words are kept as numbers: which one means what depends on the command.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "nfc/purse/mac.h"
#include "nfc/purse/ports.h"

namespace tidegate::nfc {

/// A response split into data and status word.
struct Response {
  Bytes data;
  std::uint16_t sw = 0;
  [[nodiscard]] bool ok() const noexcept { return sw == 0x9000; }
};
/// Errc::invalid when shorter than the status word.
[[nodiscard]] Result<Response> split_response(ByteView bytes);

/// Short file identifiers of the purse.
enum class Sfi : Byte {
  public_info = 0x15,
  kind_info = 0x17,
  log = 0x18,
  journey = 0x1A,
  trips = 0x1E
};

[[nodiscard]] Bytes select_purse();
[[nodiscard]] Bytes read_binary(Sfi file, Byte offset, Byte size);
[[nodiscard]] Bytes read_record(Sfi file, Byte number, Byte size);
/// GET BALANCE P1: 03 is the real balance, 00 includes overdraft, 01 the limit, 02 what is used.
///
[[nodiscard]] Bytes get_balance(Byte which);
[[nodiscard]] Bytes init_purchase(PurchaseType type, Byte key_index, Fen amount,
                                  const TerminalNo& terminal);
/// UPDATE CAPP DATA CACHE of a record of EF 1A or a trip (P1 00). For EF 1A P1 is the low byte of
/// the record's id, as machines in the field send it, or 00, as a test manual has it.
[[nodiscard]] Bytes update_journey(ByteView record128, bool p1_zero = false);
[[nodiscard]] Bytes update_trip(ByteView record48);
[[nodiscard]] Bytes debit(SamTxnNo txn, const LocalTime& at, const Mac& mac1);
[[nodiscard]] Bytes get_proof(PurchaseType type, CardCounter counter_after);

/// Answer of 8050, 15 bytes. Errc::invalid on another length or a balance above 00FFFFFF.
[[nodiscard]] Result<PurchaseInit> decode_purchase_init(ByteView data);
/// Answer of 8054: TAC then MAC2. (Trap: 805A answers MAC then TAC.)
struct DebitAnswer {
  Mac tac{};
  Mac mac2{};
};
[[nodiscard]] Result<DebitAnswer> decode_debit(ByteView data);
[[nodiscard]] Result<DebitAnswer> decode_proof(ByteView data);

}  // namespace tidegate::nfc
