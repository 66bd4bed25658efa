// SPDX-License-Identifier: Apache-2.0
// The purse's cryptography as the card computes it (two-key 3DES): diversification, session keys,
// MAC and TAC. Written apart from the terminal's, so that each checks the other.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/openssl/crypto.h"

namespace tidegate::sim {

using Mac4 = std::array<Byte, 4>;

/// One level down: 3DES of the factor and of its complement.
[[nodiscard]] crypto::Key16 diversify(const crypto::Key16& key, const std::array<Byte, 8>& factor);
/// A card's own key: by issuer (EF 15 bytes 0–7), then by number (EF 15 bytes 12–19).
[[nodiscard]] crypto::Key16 card_key(const crypto::Key16& root, ByteView ef15);

/// `tail` is what follows random and counter: the last two bytes of the terminal's transaction
/// number in a purchase, 8000 in a load.
[[nodiscard]] crypto::Block8 session_key(const crypto::Key16& key,
                                         const std::array<Byte, 4>& random, std::uint16_t counter,
                                         std::uint16_t tail);
/// DES CBC over the message padded with 80 00…, leftmost 4 bytes of the last block.
[[nodiscard]] Mac4 purse_mac(const crypto::Block8& key, ByteView message);
/// The same with the two halves of the TAC key combined by exclusive or.
[[nodiscard]] Mac4 purse_tac(const crypto::Key16& tac_key, ByteView message);

}  // namespace tidegate::sim
