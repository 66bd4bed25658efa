// SPDX-License-Identifier: Apache-2.0
// The OpenSSL adapter against published vectors, and its refusals.
#include "base/openssl/crypto.h"

#include <gtest/gtest.h>

namespace tidegate::crypto {
namespace {

template <std::size_t N>
std::array<Byte, N> hex(std::string_view text) {
  auto bytes = array_from_hex<N>(text);
  EXPECT_TRUE(bytes.has_value()) << text;
  return bytes.value_or(std::array<Byte, N>{});
}

TEST(Crypto, Sha256OfPartsIsThatOfTheWhole) {
  constexpr std::string_view kAbc =
      "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
  EXPECT_EQ(to_hex(sha256({as_bytes("abc")})), kAbc);
  EXPECT_EQ(to_hex(sha256({as_bytes("a"), ByteView{}, as_bytes("bc")})), kAbc);
  EXPECT_EQ(to_hex(sha256({})), "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
}

TEST(Crypto, HmacSha256) {  // RFC 4231, case 1
  const Bytes key(20, 0x0B);
  EXPECT_EQ(to_hex(hmac_sha256(key, as_bytes("Hi There"))),
            "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7");
  EXPECT_EQ(to_hex(hmac_sha256({}, {})),
            "B613679A0814D9EC772F95D778C35FC5FF1697C493715653C6C712144292C5AD");
}

TEST(Crypto, HkdfSha256) {  // RFC 5869, case 3: no salt, no info
  const Bytes secret(22, 0x0B);
  EXPECT_EQ(to_hex(hkdf_sha256(secret, {})),
            "8DA4E775A563C18F715F802A063C5A31B8A11F5C5EE1879EC3454E5F3C738D2D");
  EXPECT_NE(hkdf_sha256(secret, as_bytes("a")), hkdf_sha256(secret, as_bytes("b")));
}

TEST(Crypto, SingleDes) {
  const auto key = hex<8>("133457799BBCDFF1");
  EXPECT_EQ(to_hex(des_cbc_last_block(key, {}, hex<8>("0123456789ABCDEF"))), "85E813540F0AB405");
  // Chained: the second block is encrypted with the first one's result as its IV.
  const auto first = des_cbc_last_block(key, {}, hex<8>("0123456789ABCDEF"));
  const auto second = des_cbc_last_block(key, first, hex<8>("1122334455667788"));
  EXPECT_EQ(des_cbc_last_block(key, {}, hex<16>("0123456789ABCDEF1122334455667788")), second);
}

TEST(Crypto, TripleDesWithEqualHalvesIsSingleDes) {
  EXPECT_EQ(
      to_hex(tdes_encrypt(hex<16>("133457799BBCDFF1133457799BBCDFF1"), hex<8>("0123456789ABCDEF"))),
      "85E813540F0AB405");
}

TEST(Crypto, TripleDesWithTwoKeys) {
  EXPECT_EQ(
      to_hex(tdes_encrypt(hex<16>("404142434445464748494A4B4C4D4E4F"), hex<8>("02002900FFFFFFFF"))),
      "AB4D12A15986BB0F");
}

TEST(Crypto, Aes128Block) {  // FIPS 197, appendix C.1
  EXPECT_EQ(to_hex(aes128_block(hex<16>("000102030405060708090A0B0C0D0E0F"),
                                hex<16>("00112233445566778899AABBCCDDEEFF"))),
            "69C4E0D86A7B0430D8CDB78070B4C55A");
}

TEST(Crypto, Ed25519SignsAndVerifies) {  // RFC 8032, test 1
  const auto key = signing_key_from_seed(
      hex<32>("9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60"));
  EXPECT_EQ(to_hex(key.public_key),
            "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A");
  Signature signature = sign(key, {});
  EXPECT_EQ(
      to_hex(signature),
      "E5564300C360AC729086E2CC806E828A84877F1EB8E5D974D873E065224901555FB8821590A33BACC61E3970"
      "1CF9B46BD25BF5F0595BBE24655141438E7A100B");
  EXPECT_TRUE(verify(key.public_key, {}, signature));
  EXPECT_FALSE(verify(key.public_key, as_bytes("x"), signature));
  EXPECT_FALSE(verify(make_signing_key().public_key, {}, signature));
  signature[63] ^= 1;
  EXPECT_FALSE(verify(key.public_key, {}, signature));
}

TEST(Crypto, VerifyCopesWithAnyPublicKey) {
  Key32 key{};
  for (int first = 0; first < 256; ++first) {
    key.fill(0xFF);
    key[0] = static_cast<Byte>(first);
    EXPECT_FALSE(verify(key, as_bytes("message"), Signature{}));
  }
}

TEST(Crypto, X25519) {  // RFC 7748, section 6.1
  const auto bob = exchange_key_from_secret(
      hex<32>("5DAB087E624A8A4B79E17F8B83800EE66F3BB1292618B6FD1C2F8B27FF88E0EB"));
  EXPECT_EQ(to_hex(bob.public_key),
            "DE9EDB7D7B7DC1B4D35B61C2ECE435373F8343C85B78674DADFC7E146F882B4F");
  const auto shared = crypto::exchange(
      bob.secret, hex<32>("8520F0098930A754748B7DDCB43EF75A0DBF3A0D26381AF4EBA4A98EAA9B4E6A"));
  ASSERT_TRUE(shared.has_value());
  EXPECT_EQ(to_hex(*shared), "4A5D9D5BA4CE2DE1728E3BF480350F25E07E21C947D19E3376F09B3C1E161742");
}

TEST(Crypto, X25519BothSidesAgree) {
  const auto one = make_exchange_key();
  const auto two = make_exchange_key();
  EXPECT_NE(one.public_key, two.public_key);
  EXPECT_EQ(crypto::exchange(one.secret, two.public_key).value(),
            crypto::exchange(two.secret, one.public_key).value());
}

TEST(Crypto, X25519RefusesAPeerOfSmallOrder) {
  const auto shared = crypto::exchange(make_exchange_key().secret, Key32{});
  ASSERT_FALSE(shared.has_value());
  EXPECT_EQ(shared.error().code(), Errc::invalid);
}

TEST(Crypto, Aes256Gcm) {  // NIST GCM, test case 14
  const Bytes sealed = aes256_gcm_seal({}, {}, {}, Bytes(16));
  EXPECT_EQ(to_hex(sealed), "CEA7403D4D606B6E074EC5D3BAF39D18D0D1C8A799996BF0265B98B5D48AB919");
  EXPECT_EQ(aes256_gcm_open({}, {}, {}, sealed).value(), Bytes(16));
}

TEST(Crypto, Aes256GcmOpensNothingThatWasTouched) {
  Key32 key{};
  random_bytes(key);
  const std::array<Byte, 12> nonce{1, 2, 3};
  const Bytes sealed = aes256_gcm_seal(key, nonce, as_bytes("context"), as_bytes("secret"));
  EXPECT_EQ(as_text(aes256_gcm_open(key, nonce, as_bytes("context"), sealed).value()), "secret");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes touched = sealed;
    touched[i] ^= 0x80;
    EXPECT_EQ(aes256_gcm_open(key, nonce, as_bytes("context"), touched).error().code(),
              Errc::corrupt);
  }
  EXPECT_FALSE(aes256_gcm_open(key, nonce, as_bytes("other"), sealed).has_value());
  EXPECT_FALSE(aes256_gcm_open(key, {}, as_bytes("context"), sealed).has_value());
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(aes256_gcm_open(key, nonce, as_bytes("context"), ByteView{sealed}.first(size)));
}

TEST(Crypto, Aes256GcmSealsNothingWithATagOnly) {
  const Bytes sealed = aes256_gcm_seal({}, {}, as_bytes("context"), {});
  EXPECT_EQ(sealed.size(), 16U);
  EXPECT_TRUE(aes256_gcm_open({}, {}, as_bytes("context"), sealed).value().empty());
}

TEST(Crypto, CleanseWipes) {
  std::array<Byte, 4> secret{1, 2, 3, 4};
  cleanse(secret);
  EXPECT_TRUE(all_zero(secret));
}

}  // namespace
}  // namespace tidegate::crypto
