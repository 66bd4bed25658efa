// SPDX-License-Identifier: Apache-2.0
// The purse's cryptography with 3DES: diversification, session key, MAC1, MAC2, TAC.
// Used by the software SAM, and for the TAC by the clearing house; a real SAM keeps it to itself.
#pragma once

#include <array>

#include "base/bytes.h"
#include "base/openssl/crypto.h"
#include "nfc/purse/ports.h"

namespace tidegate::nfc {

using Mac = std::array<Byte, 4>;

/// One level: left half 3DES(key, factor), right half 3DES(key, NOT factor).
[[nodiscard]] crypto::Key16 diversify(const crypto::Key16& key, const crypto::Block8& factor);
/// Root to card: issuer first, then the PAN's tail.
[[nodiscard]] crypto::Key16 card_key(const crypto::Key16& root, const crypto::Block8& issuer_factor,
                                     const crypto::Block8& pan_factor);
/// Session key of a purchase.
[[nodiscard]] crypto::Block8 session_key(const crypto::Key16& purchase_key,
                                         const std::array<Byte, 4>& random, CardCounter counter,
                                         SamTxnNo txn);
/// Single-DES CBC over the padded data (80 00…), first 4 bytes of the last block.
[[nodiscard]] Mac purse_mac(const crypto::Block8& key, const crypto::Block8& iv, ByteView data);
/// MAC1.
[[nodiscard]] Mac mac1(const crypto::Block8& session, Fen amount, PurchaseType type,
                       const TerminalNo& terminal, const LocalTime& at);
/// MAC2.
[[nodiscard]] Mac mac2(const crypto::Block8& session, Fen amount);
/// Transaction authentication code of a purchase.
[[nodiscard]] Mac tac(const crypto::Key16& tac_key, Fen amount, PurchaseType type,
                      const TerminalNo& terminal, SamTxnNo txn, const LocalTime& at);

}  // namespace tidegate::nfc
