// SPDX-License-Identifier: Apache-2.0
// Hashes, block ciphers and sealing over OpenSSL 3; signatures and key exchange are in curves.cc.
#include "base/openssl/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>

#include "base/assert.h"

namespace tidegate::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

constexpr std::size_t kGcmTagBytes = 16;

CipherContext new_cipher() {
  CipherContext context{EVP_CIPHER_CTX_new()};
  ASSERT(context != nullptr);
  return context;
}

/// Whole blocks through a cipher without padding; `out` is as long as `in`. The cipher was fetched
/// once: the library looks those that it names by functions up again at each use.
void encrypt_blocks(const EVP_CIPHER* cipher, const Byte* key, const Byte* iv, ByteView in,
                    std::span<Byte> out) {
  ASSERT(in.size() == out.size());
  const CipherContext context = new_cipher();
  int size = 0;
  ASSERT(EVP_EncryptInit_ex2(context.get(), cipher, key, iv, nullptr) == 1);
  ASSERT(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  ASSERT(EVP_EncryptUpdate(context.get(), out.data(), &size, in.data(),
                           static_cast<int>(in.size())) == 1);
  ASSERT(static_cast<std::size_t>(size) == in.size());
}

/// One key of 24 bytes from two or one, wiped when it goes.
class TripleKey {
 public:
  explicit TripleKey(const Key16& two) {
    std::memcpy(bytes_.data(), two.data(), 16);
    std::memcpy(bytes_.data() + 16, two.data(), 8);
  }
  explicit TripleKey(const Block8& one) {
    for (std::size_t i = 0; i < 3; ++i) std::memcpy(bytes_.data() + 8 * i, one.data(), 8);
  }
  TripleKey(const TripleKey&) = delete;
  TripleKey& operator=(const TripleKey&) = delete;
  ~TripleKey() { cleanse(bytes_); }
  [[nodiscard]] const Byte* data() const noexcept { return bytes_.data(); }

 private:
  std::array<Byte, 24> bytes_{};
};

}  // namespace

Hash256 sha256(std::initializer_list<ByteView> parts) {
  const DigestContext context{EVP_MD_CTX_new()};
  ASSERT(context != nullptr);
  static const EVP_MD* const digest =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);  // see encrypt_blocks
  ASSERT(digest != nullptr && EVP_DigestInit_ex2(context.get(), digest, nullptr) == 1);
  for (ByteView part : parts)
    ASSERT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  Hash256 out{};
  unsigned size = 0;
  ASSERT(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size());
  return out;
}

Hash256 hmac_sha256(ByteView key, ByteView data) {
  // An empty view may have no address, which the library takes for "use the last key".
  static constexpr Byte kNothing = 0;
  Hash256 out{};
  unsigned size = 0;
  ASSERT(HMAC(EVP_sha256(), key.empty() ? &kNothing : key.data(), static_cast<int>(key.size()),
              data.empty() ? &kNothing : data.data(), data.size(), out.data(), &size) != nullptr);
  ASSERT(size == out.size());
  return out;
}

void random_bytes(std::span<Byte> out) {
  ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

void cleanse(std::span<Byte> secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
}

Block8 tdes_encrypt(const Key16& key, const Block8& block) {
  const TripleKey triple{key};
  Block8 out{};
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "DES-EDE3-ECB", nullptr);
  ASSERT(cipher != nullptr);
  encrypt_blocks(cipher, triple.data(), nullptr, block, out);
  return out;
}

Block8 des_cbc_last_block(const Block8& key, const Block8& iv, ByteView whole_blocks) {
  ASSERT(!whole_blocks.empty() && whole_blocks.size() % 8 == 0);
  const TripleKey triple{key};
  Bytes out(whole_blocks.size());
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "DES-EDE3-CBC", nullptr);
  ASSERT(cipher != nullptr);
  encrypt_blocks(cipher, triple.data(), iv.data(), whole_blocks, out);
  return to_array<8>(ByteView{out}.last(8));
}

std::array<Byte, 16> aes128_block(const Key16& key, const std::array<Byte, 16>& block) {
  std::array<Byte, 16> out{};
  encrypt_blocks(EVP_aes_128_ecb(), key.data(), nullptr, block, out);
  return out;
}

Key32 hkdf_sha256(ByteView secret, ByteView info) {
  // RFC 5869 with one output block: extract with a salt of 32 zero bytes, expand once.
  const Hash256 salt{};
  Hash256 extracted = hmac_sha256(salt, secret);
  Bytes block{info.begin(), info.end()};
  block.push_back(0x01);
  const Key32 out = hmac_sha256(extracted, block);
  cleanse(extracted);
  return out;
}

Bytes aes256_gcm_seal(const Key32& key, const std::array<Byte, 12>& nonce, ByteView associated,
                      ByteView plain) {
  const CipherContext context = new_cipher();
  ASSERT(EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), nonce.data(), nullptr) ==
         1);
  int size = 0;
  if (!associated.empty())
    ASSERT(EVP_EncryptUpdate(context.get(), nullptr, &size, associated.data(),
                             static_cast<int>(associated.size())) == 1);
  Bytes out(plain.size() + kGcmTagBytes);
  if (!plain.empty())
    ASSERT(EVP_EncryptUpdate(context.get(), out.data(), &size, plain.data(),
                             static_cast<int>(plain.size())) == 1);
  ASSERT(EVP_EncryptFinal_ex(context.get(), out.data() + plain.size(), &size) == 1);
  ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kGcmTagBytes),
                             out.data() + plain.size()) == 1);
  return out;
}

Result<Bytes> aes256_gcm_open(const Key32& key, const std::array<Byte, 12>& nonce,
                              ByteView associated, ByteView sealed) {
  if (sealed.size() < kGcmTagBytes) return fail(Errc::corrupt, "sealed bytes are too short");
  const ByteView body = sealed.first(sealed.size() - kGcmTagBytes);
  auto tag = to_array<kGcmTagBytes>(sealed.last(kGcmTagBytes));
  const CipherContext context = new_cipher();
  ASSERT(EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), nonce.data(), nullptr) ==
         1);
  int size = 0;
  if (!associated.empty())
    ASSERT(EVP_DecryptUpdate(context.get(), nullptr, &size, associated.data(),
                             static_cast<int>(associated.size())) == 1);
  Bytes out(body.size());
  if (!body.empty())
    ASSERT(EVP_DecryptUpdate(context.get(), out.data(), &size, body.data(),
                             static_cast<int>(body.size())) == 1);
  ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kGcmTagBytes),
                             tag.data()) == 1);
  std::array<Byte, 16> rest{};
  if (EVP_DecryptFinal_ex(context.get(), rest.data(), &size) != 1) {
    cleanse(out);
    return fail(Errc::corrupt, "sealed bytes do not match their tag");
  }
  return out;
}

}  // namespace tidegate::crypto
