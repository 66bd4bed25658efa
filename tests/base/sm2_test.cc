// SPDX-License-Identifier: Apache-2.0
// SM2 and SM3 against the examples of GB/T 32918.5 and GB/T 32905, and our own keys.
#include "base/openssl/sm2.h"

#include <gtest/gtest.h>

namespace tidegate::crypto {
namespace {

constexpr const char* kSecret = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
constexpr const char* kX = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020";
constexpr const char* kY = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
constexpr const char* kSigned =
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

Bytes hex(const std::string& text) {
  return from_hex(text).value();
}
Sm2PublicKey key(const std::string& text) {
  auto out = Sm2PublicKey::parse(hex(text));
  EXPECT_TRUE(out.has_value());
  return out.value();
}

TEST(Sm3, ExampleOfTheStandard) {
  EXPECT_EQ(to_hex(sm3(as_bytes("abc"))),
            "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
}

TEST(Sm2, VerifiesTheExampleOfTheStandard) {
  const auto signature = array_from_hex<64>(kSigned).value();
  for (const std::string& point : {std::string{"04"} + kX + kY, std::string{"03"} + kX})
    EXPECT_TRUE(key(point).verify(as_bytes("message digest"), signature)) << point;
  EXPECT_FALSE(
      key(std::string{"02"} + kX).verify(as_bytes("message digest"), signature));  // the other y
}

TEST(Sm2, CompressesAWholePoint) {
  EXPECT_EQ(to_hex(key(std::string{"04"} + kX + kY).point()), std::string{"03"} + kX);
  EXPECT_EQ(key(std::string{"04"} + kX + kY), key(std::string{"03"} + kX));
  EXPECT_EQ(to_hex(key(std::string{"03"} + kX).coordinates()), std::string{kX} + kY);
}

TEST(Sm2, ASecretHasItsPublicKey) {
  const auto pair = sm2_key_from_secret(array_from_hex<32>(kSecret).value());
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(to_hex(pair->public_key), std::string{"03"} + kX);
}

TEST(Sm2, WhatIsSignedVerifiesAndNothingElse) {
  const Sm2SigningKey pair = make_sm2_key();
  const auto own = Sm2PublicKey::parse(pair.public_key).value();
  const auto other = Sm2PublicKey::parse(make_sm2_key().public_key).value();
  const Bytes message(200, 0x5A);
  const Signature signature = sm2_sign(pair, message);
  EXPECT_TRUE(own.verify(message, signature));
  EXPECT_FALSE(other.verify(message, signature));
  EXPECT_FALSE(own.verify(ByteView{message}.first(199), signature));
  for (const std::size_t at : {0U, 31U, 32U, 63U}) {
    Signature broken = signature;
    broken[at] ^= 1U;
    EXPECT_FALSE(own.verify(message, broken)) << at;
  }
  EXPECT_FALSE(own.verify(message, Signature{}));
  Signature ones;
  ones.fill(0xFF);
  EXPECT_FALSE(own.verify(message, ones));
}

TEST(Sm2, WhatIsNoPointIsRefused) {
  EXPECT_FALSE(Sm2PublicKey::parse({}).has_value());
  EXPECT_FALSE(Sm2PublicKey::parse(Bytes(33, 0)).has_value());
  EXPECT_FALSE(Sm2PublicKey::parse(hex(std::string{"05"} + kX)).has_value());
  EXPECT_FALSE(Sm2PublicKey::parse(hex(std::string{"04"} + kX + kX)).has_value());
  Bytes beyond(33, 0xFF);
  beyond[0] = 0x02;
  EXPECT_FALSE(Sm2PublicKey::parse(beyond).has_value());
}

TEST(Sm2, ASecretOutOfItsRangeIsRefused) {
  EXPECT_FALSE(sm2_key_from_secret(Key32{}).has_value());
  Key32 most;
  most.fill(0xFF);
  EXPECT_FALSE(sm2_key_from_secret(most).has_value());
}

}  // namespace
}  // namespace tidegate::crypto
