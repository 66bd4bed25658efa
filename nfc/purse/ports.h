// SPDX-License-Identifier: Apache-2.0
// The two ports of the card flows: a card in the field and the SAM that knows the keys. Behind them
// are nfc/libnfc (through tidegate-reader), nfc/pcsc and nfc/softsam.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace tidegate::nfc {

/// One selected card. Blocking; used by one thread.
class CardChannel {
 public:
  virtual ~CardChannel() = default;
  /// Command in, response with status word out (at least 2 bytes). Any error means: the state of
  /// the card is unknown. Errc::gone (it left or the radio failed), Errc::timeout, Errc::io (reader
  /// lost), Errc::invalid (the reader's answer was not one).
  [[nodiscard]] virtual Result<Bytes> transceive(ByteView command,
                                                 std::chrono::milliseconds timeout) = 0;
};

// DO NOT CHANGE THESE NUMBERS: they are MACed, in card logs and in ledgers.
enum class PurchaseType : Byte { purchase = 0x06, capp = 0x09 };

/// What a card said to INITIALIZE FOR (CAPP) PURCHASE. (command 8050)
struct PurchaseInit {
  Fen balance;          ///< includes unused overdraft!
  CardCounter counter;  ///< before this debit
  Fen overdraft_limit;
  Byte key_version = 0;
  Byte algorithm = 0;  ///< 00 3DES
  std::array<Byte, 4> random{};
};

/// Input of INIT_SAM_FOR_PURCHASE. (command 8070)
struct SamRequest {
  std::array<Byte, 4> random{};
  CardCounter counter;
  Fen amount;
  PurchaseType type = PurchaseType::capp;
  LocalTime at;
  Byte key_version = 0;
  Byte algorithm = 0;
  std::array<Byte, 8> pan_factor{};     ///< EF 15 bytes 12..19
  std::array<Byte, 8> issuer_factor{};  ///< EF 15 bytes 0..7
};

struct SamDebit {
  SamTxnNo txn;
  std::array<Byte, 4> mac1{};
};

/// One SAM. Used by one thread at a time.
class Sam {
 public:
  virtual ~Sam() = default;
  [[nodiscard]] virtual TerminalNo terminal() const = 0;
  /// Key index used in 8050.
  [[nodiscard]] virtual Byte key_index() const = 0;
  /// Opens a session; a session that was open is discarded. Errc::unsupported for an algorithm it
  /// has no keys for, Errc::io when the SAM is lost.
  [[nodiscard]] virtual Result<SamDebit> init_for_purchase(const SamRequest& request) = 0;
  /// Checks MAC2 against the open session and closes it: true right, false wrong. Errc::invalid: no
  /// session is open.
  [[nodiscard]] virtual Result<bool> credit(const std::array<Byte, 4>& mac2) = 0;
  /// Whether it is still there; an open session stays. An error: it is lost and must be opened
  /// again.
  [[nodiscard]] virtual Status alive() { return {}; }
};

}  // namespace tidegate::nfc
