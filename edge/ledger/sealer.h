// SPDX-License-Identifier: Apache-2.0
// Privacy of card numbers at the box: the handle (HMAC under the box's key) and the sealed number
// for the clearing house. Suite 1: X25519 to the service day's public key, HKDF-SHA-256,
// AES-256-GCM. Nonces are boot number ‖ counter: never used twice, not even after a failed commit.
#pragma once

#include <atomic>
#include <mutex>

#include "base/openssl/crypto.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

struct SealingKey {
  std::uint32_t number = 0;
  crypto::Key32 public_key{};  ///< X25519 of the clearing house
};

class Sealer {
 public:
  /// `boot` is the boot number of this run (from the ledger): unique for every Sealer of a box.
  Sealer(BoxId box, const crypto::Key32& handle_key, SealingKey key, std::uint32_t boot);
  /// First 16 bytes of HMAC-SHA-256(handle key, the 10 BCD bytes of the number). Any thread.
  [[nodiscard]] CardHandle handle(const CardNumber& number) const;
  /// Any thread.
  [[nodiscard]] SealedNumber seal(const CardNumber& number);

  /// The same for the accounts of a ride code: payment account 16 and card account 10.
  using Accounts = std::array<Byte, 26>;
  [[nodiscard]] CardHandle handle(const std::array<Byte, 4>& issuer,
                                  const Accounts& accounts) const;
  /// A ride code, whole: its user's key and signatures name somebody as much as the accounts do.
  [[nodiscard]] SealedNumber seal_code(ByteView code);

 private:
  [[nodiscard]] SealedNumber seal_bytes(std::string_view use, ByteView plain);

  BoxId box_;
  crypto::Key32 handle_key_;
  SealingKey key_;
  std::uint32_t boot_;
  crypto::ExchangeKey ephemeral_;
  crypto::Key32 secret_;
  std::atomic<std::uint64_t> counter_{0};
};

/// The clearing house's side. Errc::corrupt when it was not sealed for this key and box.
[[nodiscard]] Result<CardNumber> unseal(const SealedNumber& sealed, const BoxId& box,
                                        const crypto::Key32& secret_key);
[[nodiscard]] Result<Bytes> unseal_code(const SealedNumber& sealed, const BoxId& box,
                                        const crypto::Key32& secret_key);

}  // namespace tidegate::edge
