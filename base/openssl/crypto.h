// SPDX-License-Identifier: Apache-2.0
// The only door to OpenSSL 3 (default provider). Plain functions over bytes; a failure of the
// library itself (no memory, broken provider) is a bug and aborts, a wrong signature or tag is a
// value.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace tidegate::crypto {

using Key16 = std::array<Byte, 16>;
using Key32 = std::array<Byte, 32>;
using Block8 = std::array<Byte, 8>;
using Signature = std::array<Byte, 64>;

/// SHA-256 over the parts in order.
[[nodiscard]] Hash256 sha256(std::initializer_list<ByteView> parts);
/// HMAC-SHA-256.
[[nodiscard]] Hash256 hmac_sha256(ByteView key, ByteView data);
/// Fills `out` from the operating system's generator.
void random_bytes(std::span<Byte> out);
/// Wipes secrets in a way the optimiser keeps.
void cleanse(std::span<Byte> secret) noexcept;

/// Two-key 3DES, ECB, one block.
[[nodiscard]] Block8 tdes_encrypt(const Key16& key, const Block8& block);
/// Single DES in CBC with an IV over whole blocks (as 3DES with one key thrice, which the default
/// provider has); returns the last block.
[[nodiscard]] Block8 des_cbc_last_block(const Block8& key, const Block8& iv, ByteView whole_blocks);
/// One AES-128 block, forward: the list handle.
[[nodiscard]] std::array<Byte, 16> aes128_block(const Key16& key,
                                                const std::array<Byte, 16>& block);

/// Ed25519 key pair: the box's and the operators' signatures.
struct SigningKey {
  Key32 seed{};
  Key32 public_key{};
};
[[nodiscard]] SigningKey make_signing_key();
[[nodiscard]] SigningKey signing_key_from_seed(const Key32& seed);
[[nodiscard]] Signature sign(const SigningKey& key, ByteView message);
[[nodiscard]] bool verify(const Key32& public_key, ByteView message, const Signature& signature);

/// X25519 for sealing.
struct ExchangeKey {
  Key32 secret{};
  Key32 public_key{};
};
[[nodiscard]] ExchangeKey make_exchange_key();
[[nodiscard]] ExchangeKey exchange_key_from_secret(const Key32& secret);
/// Errc::invalid when the peer's key is of small order.
[[nodiscard]] Result<Key32> exchange(const Key32& secret, const Key32& peer_public_key);
/// HKDF-SHA-256 with an empty salt.
[[nodiscard]] Key32 hkdf_sha256(ByteView secret, ByteView info);

/// AES-256-GCM: ciphertext with the 16-byte tag behind it.
[[nodiscard]] Bytes aes256_gcm_seal(const Key32& key, const std::array<Byte, 12>& nonce,
                                    ByteView associated, ByteView plain);
/// Errc::corrupt when the tag does not fit.
[[nodiscard]] Result<Bytes> aes256_gcm_open(const Key32& key, const std::array<Byte, 12>& nonce,
                                            ByteView associated, ByteView sealed);

}  // namespace tidegate::crypto
