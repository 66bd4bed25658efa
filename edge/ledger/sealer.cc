// SPDX-License-Identifier: Apache-2.0
// Handles and sealed numbers.
//
//   shared  = X25519(ephemeral secret, clearing house's public key)
//   key     = HKDF-SHA-256(shared, "tidegate-seal-1" ‖ key number 4 ‖ ephemeral public key 32 ‖
//             clearing house's public key 32)
//   nonce   = boot number 4 ‖ counter 8
//   sealed  = AES-256-GCM(key, nonce, associated data, number as 10 BCD bytes)
//   associated data = "tidegate-number-1" ‖ key number 4 ‖ box name
// A ride code is sealed the same way, whole, under "tidegate-code-1".
// All integers are big-endian. The ephemeral key is new for every Sealer, so that even a boot
// number that comes twice (a restored disk) repeats no pair of key and nonce.
#include "edge/ledger/sealer.h"

#include "base/assert.h"

namespace tidegate::edge {
namespace {

crypto::Key32 content_key(const crypto::Key32& shared, std::uint32_t key_number,
                          ByteView ephemeral_public, ByteView clearing_public) {
  Bytes info;
  append(info, as_bytes("tidegate-seal-1"));
  append_be(info, key_number, 4);
  append(info, ephemeral_public);
  append(info, clearing_public);
  return crypto::hkdf_sha256(shared, info);
}

constexpr std::string_view kNumber = "tidegate-number-1", kAccounts = "tidegate-accounts-1",
                           kCode = "tidegate-code-1";

Bytes associated_data(std::string_view use, std::uint32_t key_number, const BoxId& box) {
  Bytes out;
  append(out, as_bytes(use));
  append_be(out, key_number, 4);
  append(out, as_bytes(box.get()));
  return out;
}

}  // namespace

Sealer::Sealer(BoxId box, const crypto::Key32& handle_key, SealingKey key, std::uint32_t boot)
    : box_{std::move(box)},
      handle_key_{handle_key},
      key_{key},
      boot_{boot},
      ephemeral_{crypto::make_exchange_key()},
      secret_{} {
  auto shared = crypto::exchange(ephemeral_.secret, key_.public_key);
  // A key of small order was refused when the configuration was read; here it is a bug.
  ASSERT(shared.has_value());
  secret_ = content_key(*shared, key_.number, ephemeral_.public_key, key_.public_key);
  crypto::cleanse(*shared);
  crypto::cleanse(ephemeral_.secret);
}

CardHandle Sealer::handle(const CardNumber& number) const {
  const Hash256 mac = crypto::hmac_sha256(handle_key_, number.bcd());
  return CardHandle{to_array<16>(ByteView{mac}.first(16))};
}

CardHandle Sealer::handle(const std::array<Byte, 4>& issuer, const Accounts& accounts) const {
  Bytes name;
  append(name, as_bytes(kAccounts));
  append(name, issuer);
  append(name, accounts);
  const Hash256 mac = crypto::hmac_sha256(handle_key_, name);
  crypto::cleanse(name);
  return CardHandle{to_array<16>(ByteView{mac}.first(16))};
}

SealedNumber Sealer::seal(const CardNumber& number) {
  return seal_bytes(kNumber, number.bcd());
}
SealedNumber Sealer::seal_code(ByteView code) {
  return seal_bytes(kCode, code);
}

SealedNumber Sealer::seal_bytes(std::string_view use, ByteView plain) {
  SealedNumber out;
  out.key_number = key_.number;
  out.ephemeral = ephemeral_.public_key;
  write_be(std::span{out.nonce}.first(4), boot_);
  write_be(std::span{out.nonce}.last(8), counter_.fetch_add(1));
  out.ciphertext =
      crypto::aes256_gcm_seal(secret_, out.nonce, associated_data(use, key_.number, box_), plain);
  return out;
}

namespace {

Result<Bytes> open_sealed(std::string_view use, const SealedNumber& sealed, const BoxId& box,
                          const crypto::Key32& secret_key) {
  if (sealed.suite != 1) return fail(Errc::unsupported, "sealed with an unknown suite");
  const crypto::ExchangeKey own = crypto::exchange_key_from_secret(secret_key);
  auto shared = crypto::exchange(secret_key, sealed.ephemeral);
  if (!shared) return fail(Errc::corrupt, "sealed number has an impossible key");
  crypto::Key32 key = content_key(*shared, sealed.key_number, sealed.ephemeral, own.public_key);
  crypto::cleanse(*shared);
  auto plain = crypto::aes256_gcm_open(
      key, sealed.nonce, associated_data(use, sealed.key_number, box), sealed.ciphertext);
  crypto::cleanse(key);
  if (!plain) return fail(Errc::corrupt, "number was not sealed for this key and box");
  return plain;
}

}  // namespace

Result<CardNumber> unseal(const SealedNumber& sealed, const BoxId& box,
                          const crypto::Key32& secret_key) {
  auto plain = open_sealed(kNumber, sealed, box, secret_key);
  if (!plain) return fail(std::move(plain.error()));
  if (plain->size() != 10) return fail(Errc::corrupt, "sealed number has the wrong size");
  const CardNumber out{to_array<10>(*plain)};
  crypto::cleanse(*plain);
  return out;
}

Result<Bytes> unseal_code(const SealedNumber& sealed, const BoxId& box,
                          const crypto::Key32& secret_key) {
  return open_sealed(kCode, sealed, box, secret_key);
}

}  // namespace tidegate::edge
