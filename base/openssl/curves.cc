// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures and X25519 key exchange over OpenSSL 3.
#include <openssl/evp.h>

#include <memory>

#include "base/assert.h"
#include "base/openssl/crypto.h"

namespace tidegate::crypto {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeKey>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeKey>;

Key private_key(int type, const Key32& secret) {
  Key key{EVP_PKEY_new_raw_private_key(type, nullptr, secret.data(), secret.size())};
  ASSERT(key != nullptr);
  return key;
}

Key32 public_of(EVP_PKEY* key) {
  Key32 out{};
  std::size_t size = out.size();
  ASSERT(EVP_PKEY_get_raw_public_key(key, out.data(), &size) == 1 && size == out.size());
  return out;
}

}  // namespace

SigningKey make_signing_key() {
  Key32 seed{};
  random_bytes(seed);
  SigningKey key = signing_key_from_seed(seed);
  cleanse(seed);
  return key;
}

SigningKey signing_key_from_seed(const Key32& seed) {
  const Key key = private_key(EVP_PKEY_ED25519, seed);
  return {.seed = seed, .public_key = public_of(key.get())};
}

Signature sign(const SigningKey& key, ByteView message) {
  const Key secret = private_key(EVP_PKEY_ED25519, key.seed);
  const DigestContext context{EVP_MD_CTX_new()};
  ASSERT(context != nullptr);
  ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret.get()) == 1);
  Signature out{};
  std::size_t size = out.size();
  ASSERT(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1);
  ASSERT(size == out.size());
  return out;
}

bool verify(const Key32& public_key, ByteView message, const Signature& signature) {
  const Key key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size())};
  const DigestContext context{EVP_MD_CTX_new()};
  ASSERT(key != nullptr && context != nullptr);
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

ExchangeKey make_exchange_key() {
  Key32 secret{};
  random_bytes(secret);
  ExchangeKey key = exchange_key_from_secret(secret);
  cleanse(secret);
  return key;
}

ExchangeKey exchange_key_from_secret(const Key32& secret) {
  const Key key = private_key(EVP_PKEY_X25519, secret);
  return {.secret = secret, .public_key = public_of(key.get())};
}

Result<Key32> exchange(const Key32& secret, const Key32& peer_public_key) {
  const Key own = private_key(EVP_PKEY_X25519, secret);
  const Key peer{EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer_public_key.data(),
                                             peer_public_key.size())};
  ASSERT(peer != nullptr);
  const KeyContext context{EVP_PKEY_CTX_new(own.get(), nullptr)};
  ASSERT(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  Key32 out{};
  std::size_t size = out.size();
  if (EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), out.data(), &size) != 1 || size != out.size() || all_zero(out))
    return fail(Errc::invalid, "the peer's public key is of small order");
  return out;
}

}  // namespace tidegate::crypto
