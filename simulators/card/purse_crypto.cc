// SPDX-License-Identifier: Apache-2.0
// Implements the card's side of the purse cryptography on two DES primitives.
#include "simulators/card/purse_crypto.h"

#include <algorithm>

namespace tidegate::sim {

namespace {

constexpr std::size_t kFactorBytes = 8;
constexpr std::size_t kNumberFactorOffset = 12;

}  // namespace

crypto::Key16 diversify(const crypto::Key16& key, const std::array<Byte, 8>& factor) {
  std::array<Byte, 8> complement{};
  std::ranges::transform(factor, complement.begin(),
                         [](Byte b) { return static_cast<Byte>(b ^ 0xFFU); });
  const crypto::Block8 left = crypto::tdes_encrypt(key, factor);
  const crypto::Block8 right = crypto::tdes_encrypt(key, complement);
  crypto::Key16 out{};
  std::ranges::copy(left, out.begin());
  std::ranges::copy(right, out.begin() + kFactorBytes);
  return out;
}

crypto::Key16 card_key(const crypto::Key16& root, ByteView ef15) {
  ASSERT(ef15.size() >= kNumberFactorOffset + kFactorBytes);
  const auto issuer = to_array<kFactorBytes>(ef15.first(kFactorBytes));
  const auto number = to_array<kFactorBytes>(ef15.subspan(kNumberFactorOffset, kFactorBytes));
  return diversify(diversify(root, issuer), number);
}

crypto::Block8 session_key(const crypto::Key16& key, const std::array<Byte, 4>& random,
                           std::uint16_t counter, std::uint16_t tail) {
  Bytes block;
  append(block, random);
  append_be(block, counter, 2);
  append_be(block, tail, 2);
  return crypto::tdes_encrypt(key, to_array<8>(block));
}

Mac4 purse_mac(const crypto::Block8& key, ByteView message) {
  Bytes padded{message.begin(), message.end()};
  padded.push_back(0x80);
  padded.resize((padded.size() + 7) / 8 * 8);
  const crypto::Block8 last = crypto::des_cbc_last_block(key, {}, padded);
  return to_array<4>(ByteView{last}.first(4));
}

Mac4 purse_tac(const crypto::Key16& tac_key, ByteView message) {
  crypto::Block8 key{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<Byte>(tac_key[i] ^ tac_key[i + key.size()]);
  return purse_mac(key, message);
}

}  // namespace tidegate::sim
