// SPDX-License-Identifier: Apache-2.0
// SM2 over the EVP interface; big numbers only to carry keys and signatures in and out.
#include "base/openssl/sm2.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/assert.h"

namespace tidegate::crypto {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
  void operator()(EC_GROUP* group) const noexcept { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const noexcept { EC_POINT_clear_free(point); }
  void operator()(ECDSA_SIG* signature) const noexcept { ECDSA_SIG_free(signature); }
  void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* params) const noexcept { OSSL_PARAM_free(params); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr const char* kGroup = "SM2";
constexpr std::string_view kIdentity = "1234567812345678";
/// A DER signature of two numbers of 32 bytes: at most 6 + 2 · 33 bytes.
using Der = std::array<Byte, 72>;

/// The key a verifier or signer needs; `secret` is nullptr for a public key. nullptr: no such key.
Owned<EVP_PKEY> make_key(ByteView point, const BIGNUM* secret) {
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  ASSERT(builder != nullptr);
  ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kGroup, 0) ==
         1);
  ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) == 1);
  if (secret != nullptr)
    ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1);
  const Owned<OSSL_PARAM> params{OSSL_PARAM_BLD_to_param(builder.get())};
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr)};
  ASSERT(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
  return Owned<EVP_PKEY>{key};
}

/// Not a parameter of the init call: OpenSSL 3.0.19 of Debian 12 answers that with 0.
bool set_identity(EVP_MD_CTX& context) {
  return EVP_PKEY_CTX_set1_id(EVP_MD_CTX_get_pkey_ctx(&context), kIdentity.data(),
                              static_cast<int>(kIdentity.size())) == 1;
}

Owned<BIGNUM> number_of(ByteView bytes) {
  Owned<BIGNUM> out{BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
  ASSERT(out != nullptr);
  return out;
}

/// The signature as the library wants it; 0: too long, which cannot be.
std::size_t to_der(const Signature& signature, Der& out) {
  const Owned<ECDSA_SIG> pair{ECDSA_SIG_new()};
  Owned<BIGNUM> r = number_of(ByteView{signature}.first(32));
  Owned<BIGNUM> s = number_of(ByteView{signature}.last(32));
  ASSERT(pair != nullptr && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1);
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  ASSERT(size > 0 && static_cast<std::size_t>(size) <= out.size());
  Byte* at = out.data();
  return static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), &at));
}

}  // namespace

struct Sm2PublicKey::Key {
  Owned<EVP_PKEY> key;
  Sm2Point point{};
};

Hash256 sm3(ByteView message) {
  Hash256 out{};
  std::size_t size = out.size();
  ASSERT(EVP_Q_digest(nullptr, "SM3", nullptr, message.data(), message.size(), out.data(), &size) ==
             1 &&
         size == out.size());
  return out;
}

Result<Sm2PublicKey> Sm2PublicKey::parse(ByteView point) {
  const bool compressed = point.size() == 33 && (point[0] == 0x02 || point[0] == 0x03);
  const bool whole = point.size() == 65 && point[0] == 0x04;
  if (!compressed && !whole) return fail(Errc::invalid, "an SM2 key has another form");
  Owned<EVP_PKEY> key = make_key(point, nullptr);
  if (key == nullptr) return fail(Errc::invalid, "the SM2 key is no point of the curve");
  // Compressed: the sign of y, and x, which the library has just found to be on the curve.
  Sm2Point name{};
  std::memcpy(name.data(), point.data(), name.size());
  if (whole) name[0] = static_cast<Byte>(0x02U | (point.back() & 1U));
  return Sm2PublicKey{std::make_shared<const Key>(std::move(key), name)};
}

std::array<Byte, 64> Sm2PublicKey::coordinates() const {
  BIGNUM* x = nullptr;
  BIGNUM* y = nullptr;
  ASSERT(EVP_PKEY_get_bn_param(key_->key.get(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1);
  const Owned<BIGNUM> own_x{x};
  ASSERT(EVP_PKEY_get_bn_param(key_->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1);
  const Owned<BIGNUM> own_y{y};
  std::array<Byte, 64> out{};
  ASSERT(BN_bn2binpad(x, out.data(), 32) == 32 && BN_bn2binpad(y, out.data() + 32, 32) == 32);
  return out;
}

const Sm2Point& Sm2PublicKey::point() const noexcept {
  return key_->point;
}

bool Sm2PublicKey::verify(ByteView message, const Signature& signature) const {
  Der der{};
  const std::size_t size = to_der(signature, der);
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  ASSERT(context != nullptr);
  if (EVP_DigestVerifyInit_ex(context.get(), nullptr, "SM3", nullptr, nullptr, key_->key.get(),
                              nullptr) != 1 ||
      !set_identity(*context))
    return false;
  return EVP_DigestVerify(context.get(), der.data(), size, message.data(), message.size()) == 1;
}

Result<Sm2SigningKey> sm2_key_from_secret(const Key32& secret) {
  const Owned<EC_GROUP> group{EC_GROUP_new_by_curve_name_ex(nullptr, nullptr, NID_sm2)};
  ASSERT(group != nullptr);
  const Owned<BIGNUM> number = number_of(secret);
  const Owned<BIGNUM> last{BN_dup(EC_GROUP_get0_order(group.get()))};
  ASSERT(last != nullptr && BN_sub_word(last.get(), 1) == 1);
  if (BN_is_zero(number.get()) == 1 || BN_cmp(number.get(), last.get()) >= 0)
    return fail(Errc::invalid, "the SM2 secret is out of its range");
  const Owned<EC_POINT> point{EC_POINT_new(group.get())};
  Sm2SigningKey out{.secret = secret};
  ASSERT(point != nullptr &&
         EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
  ASSERT(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_COMPRESSED,
                            out.public_key.data(), out.public_key.size(),
                            nullptr) == out.public_key.size());
  return out;
}

Sm2SigningKey make_sm2_key() {
  Key32 secret{};
  while (true) {
    random_bytes(secret);
    auto key = sm2_key_from_secret(secret);
    if (!key) continue;
    cleanse(secret);
    return *key;
  }
}

Signature sm2_sign(const Sm2SigningKey& key, ByteView message) {
  const Owned<BIGNUM> secret = number_of(key.secret);
  const Owned<EVP_PKEY> pair = make_key(key.public_key, secret.get());
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  ASSERT(pair != nullptr && context != nullptr);
  ASSERT(EVP_DigestSignInit_ex(context.get(), nullptr, "SM3", nullptr, nullptr, pair.get(),
                               nullptr) == 1 &&
         set_identity(*context));
  Der der{};
  std::size_t size = der.size();
  ASSERT(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
  const Byte* at = der.data();
  const Owned<ECDSA_SIG> numbers{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size))};
  ASSERT(numbers != nullptr);
  Signature out{};
  ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), out.data(), 32) == 32);
  ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), out.data() + 32, 32) == 32);
  return out;
}

}  // namespace tidegate::crypto
