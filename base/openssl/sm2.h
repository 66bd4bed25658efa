// SPDX-License-Identifier: Apache-2.0
// SM2 signatures with SM3 (GB/T 32918) through OpenSSL 3: compressed points, signatures as r ‖ s,
// signer's identity 1234567812345678.
#pragma once

#include <array>
#include <memory>

#include "base/openssl/crypto.h"

namespace tidegate::crypto {

/// 02 or 03, and x.
using Sm2Point = std::array<Byte, 33>;

/// SM3 over one message.
[[nodiscard]] Hash256 sm3(ByteView message);

/// A public key that is ready for use. Copies share it; any thread may verify with it.
class Sm2PublicKey {
 public:
  /// 33 bytes compressed or 65 bytes with 04. Errc::invalid: no point of the curve.
  [[nodiscard]] static Result<Sm2PublicKey> parse(ByteView point);
  [[nodiscard]] bool verify(ByteView message, const Signature& signature) const;
  /// The same key, compressed.
  [[nodiscard]] const Sm2Point& point() const noexcept;
  /// x ‖ y.
  [[nodiscard]] std::array<Byte, 64> coordinates() const;
  friend bool operator==(const Sm2PublicKey& a, const Sm2PublicKey& b) {
    return a.point() == b.point();
  }

 private:
  struct Key;
  explicit Sm2PublicKey(std::shared_ptr<const Key> key) : key_{std::move(key)} {}
  std::shared_ptr<const Key> key_;
};

/// For simulators and tests: a gate only verifies.
struct Sm2SigningKey {
  Key32 secret{};
  Sm2Point public_key{};
};
[[nodiscard]] Sm2SigningKey make_sm2_key();
/// Errc::invalid: 0, or not below the order of the curve less one.
[[nodiscard]] Result<Sm2SigningKey> sm2_key_from_secret(const Key32& secret);
[[nodiscard]] Signature sm2_sign(const Sm2SigningKey& key, ByteView message);

}  // namespace tidegate::crypto
