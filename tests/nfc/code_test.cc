// SPDX-License-Identifier: Apache-2.0
// Ride codes of JT/T 1179: every field, signature, date, list and length broken in turn.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "nfc/qr/verify.h"
#include "simulators/qr/make_code.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;
using std::chrono::seconds;

constexpr std::int64_t kNow = 1'793'577'600;  // 2026-11-02T08:00:00+08:00

Timestamp at(std::int64_t unix_seconds) {
  return Timestamp{seconds{unix_seconds}};
}

class RideCode : public testing::Test {
 protected:
  RideCode() {
    recipe_.made = static_cast<std::uint32_t>(kNow - 10);
    recipe_.expiry = static_cast<std::uint32_t>(kNow + 86'400);
    lists_.ca_keys.insert_or_assign(Byte{1},
                                    crypto::Sm2PublicKey::parse(keys_.ca.public_key).value());
    lists_.listed.insert({recipe_.issuer, recipe_.platform});
  }
  /// nullopt: accepted.
  std::optional<RefusalCode> verdict(ByteView scanned, CodeMoment moment = {.now = at(kNow)}) {
    const auto code = decode_code(scanned);
    if (!code) return code.error().code;
    const auto verified = verify_code(*code, lists_, moment, cache_);
    if (!verified) return verified.error().code;
    return std::nullopt;
  }
  std::optional<RefusalCode> verdict(CodeMoment moment = {.now = at(kNow)}) {
    return verdict(sim::make_code(recipe_, keys_), moment);
  }

  sim::CodeKeys keys_ = sim::code_keys(1);
  sim::CodeRecipe recipe_;
  CodeLists lists_;
  CertificateCache cache_;
};

TEST_F(RideCode, AGoodOneIsAccepted) {
  EXPECT_EQ(verdict(), std::nullopt);
  for (const std::size_t custom : {0U, 1U, 31U, 32U}) {
    recipe_.custom = Bytes(custom, 0x7E);
    EXPECT_EQ(verdict(), std::nullopt) << custom;
  }
}

TEST_F(RideCode, EveryFieldIsWhereItBelongs) {
  recipe_.account = "6212345678901234";
  recipe_.custom = {1, 2, 3};
  const Bytes bytes = sim::make_code(recipe_, keys_);
  EXPECT_EQ(bytes.size(), 335U);
  const auto code = decode_code(bytes);
  ASSERT_TRUE(code.has_value());
  EXPECT_EQ(code->certificate.ca_index, 1);
  EXPECT_EQ(code->certificate.issuer, recipe_.certificate_issuer);
  EXPECT_EQ(code->certificate.year, 2040);
  EXPECT_EQ(code->certificate.month, 12);
  EXPECT_EQ(code->certificate.public_key, keys_.issuer.public_key);
  EXPECT_EQ(as_text(code->account), recipe_.account);
  EXPECT_EQ(to_hex(code->card_account), recipe_.card_account);
  EXPECT_EQ(code->issuer, recipe_.issuer);
  EXPECT_EQ(code->platform, recipe_.platform);
  EXPECT_EQ(code->account_type, 1);
  EXPECT_EQ(code->cap, Fen{5000});
  EXPECT_EQ(code->user_key, keys_.user.public_key);
  EXPECT_EQ(code->expiry, at(recipe_.expiry));
  EXPECT_EQ(code->validity, seconds{300});
  EXPECT_EQ(code->custom, (Bytes{1, 2, 3}));
  EXPECT_EQ(code->made, at(recipe_.made));
  EXPECT_EQ(code->bytes, bytes);
}

TEST_F(RideCode, ACardAccountIsTheCardNumberThatListsName) {
  const auto number_of = [&](const std::string& digits) {
    TransitCode code;
    code.card_account = to_array<10>(from_hex(digits).value());
    const auto number = code.card_number();
    return number ? number->reveal() : "none";
  };
  EXPECT_EQ(number_of("03105228000000000426"), "3105228000000000426");
  EXPECT_EQ(number_of("3105228000000000426F"), "3105228000000000426") << "filled up behind";
  EXPECT_EQ(number_of("00006212345678901234"), "0006212345678901234") << "a shorter one";
  EXPECT_EQ(number_of("00000000000000000000"), "none");
  EXPECT_EQ(number_of("0000000000000000000F"), "none");
  EXPECT_EQ(number_of("13105228000000000426"), "none") << "20 digits are no card's";
}

TEST_F(RideCode, WhatAScannerAppendsIsCutOff) {
  const Bytes bytes = sim::make_code(recipe_, keys_);
  for (const char* tail : {"0D", "0D0A", "00", "EC11EC11EC11", "0EC11EC11EC11", "8001"}) {
    Bytes scanned = bytes;
    const std::string text = std::string{tail}.size() % 2 == 0 ? tail : std::string{tail} + "0";
    append(scanned, from_hex(text).value());
    const auto code = decode_code(scanned);
    ASSERT_TRUE(code.has_value()) << tail;
    EXPECT_EQ(code->bytes, bytes) << tail;
    EXPECT_EQ(verdict(scanned), std::nullopt) << tail;
  }
}

TEST_F(RideCode, LengthsThatDoNotFitAreMalformed) {
  const Bytes bytes = sim::make_code(recipe_, keys_);
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_EQ(verdict(ByteView{bytes}.first(size)), RefusalCode::code_malformed) << size;
  for (const std::uint16_t length :
       std::initializer_list<std::uint16_t>{0, 3, 328, 329, 360, 362, 65535}) {
    recipe_.length = length;
    EXPECT_EQ(verdict(), RefusalCode::code_malformed) << length;
  }
  recipe_.length.reset();
  recipe_.custom = Bytes(33, 0);
  EXPECT_EQ(verdict(), RefusalCode::code_malformed);
}

TEST_F(RideCode, OtherVersionsAndOtherCodesAreToldApart) {
  recipe_.version = 0x81;
  EXPECT_EQ(verdict(), RefusalCode::code_version);
  EXPECT_EQ(verdict(as_bytes("https://example.org/pay?x=1")), RefusalCode::not_transport_code);
  EXPECT_EQ(verdict(ByteView{}), RefusalCode::not_transport_code);
}

TEST_F(RideCode, FieldsOutOfTheirRangeAreMalformed) {
  const Bytes bytes = sim::make_code(recipe_, keys_);
  const std::vector<std::pair<std::size_t, Byte>> wrong{
      {3, 0x23},   {4, 0x02},   {9, 0x13},   {10, 0xA9},  {14, 0x13}, {14, 0x00},  {15, 0x4A},
      {19, 0x03},  {20, 0x00},  {21, 0x01},  {22, 0x20},  {23, 0x04}, {120, 0x1F}, {136, 0xA3},
      {145, 0xB6}, {146, 0x0F}, {158, 0x04}, {230, 0x14}, {299, 0x16}};
  for (const auto& [offset, value] : wrong) {
    Bytes broken = bytes;
    ASSERT_NE(broken[offset], value) << offset;
    broken[offset] = value;
    EXPECT_EQ(verdict(broken), RefusalCode::code_malformed) << offset;
  }
}

TEST_F(RideCode, ACardNumberMayBeFilledUp) {
  Bytes bytes = sim::make_code(recipe_, keys_);
  bytes[145] = 0x6F;  // 19 digits and F: the issuer's signature is wrong now, the field is not
  EXPECT_EQ(verdict(bytes), RefusalCode::code_issuer_signature);
}

TEST_F(RideCode, ACertificateIsGoodToTheEndOfItsMonth) {
  recipe_.certificate_expiry = {0x11, 0x26};
  recipe_.expiry = 0xFFFFFFFF;
  const Timestamp last = parse_iso8601("2026-11-30T23:59:59+08:00").value();
  recipe_.made = static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(last.time_since_epoch()).count());
  EXPECT_EQ(verdict({.now = last}), std::nullopt);
  EXPECT_EQ(verdict({.now = last + seconds{1}}), RefusalCode::code_certificate_expired);
  recipe_.certificate_expiry = {0x12, 0x25};
  EXPECT_EQ(verdict({.now = last}), RefusalCode::code_certificate_expired);
}

TEST_F(RideCode, TheIssuerIsTheCertificates) {
  recipe_.certificate_issuer[3] = 0x02;
  EXPECT_EQ(verdict(), RefusalCode::code_issuer_mismatch);
}

TEST_F(RideCode, IssuerAndPlatformAreListedTogether) {
  recipe_.platform[3] = 0x02;
  EXPECT_EQ(verdict(), RefusalCode::code_not_listed);
  recipe_.platform = {0x09, 0x98, 0x10, 0x01};
  lists_.listed.clear();
  EXPECT_EQ(verdict(), RefusalCode::code_not_listed);
}

TEST_F(RideCode, TheCaIsKnown) {
  recipe_.ca_index = 2;
  EXPECT_EQ(verdict(), RefusalCode::code_ca_unknown);
}

TEST_F(RideCode, EachSignatureIsTheRightOnes) {
  const sim::CodeKeys others = sim::code_keys(2);
  const sim::CodeKeys mine = keys_;
  keys_.ca = others.ca;
  EXPECT_EQ(verdict(), RefusalCode::code_certificate_forged);
  keys_ = mine;
  // A right certificate, and an issuer's or a user's signature by somebody else.
  const Bytes right = sim::make_code(recipe_, keys_);
  Bytes issuer = right, user = right;
  crypto::Signature forged =
      crypto::sm2_sign(others.issuer, ByteView{right}.subspan(3, 197 + 1 + 32 - 3));
  std::ranges::copy(forged, issuer.begin() + 231);
  EXPECT_EQ(verdict(issuer), RefusalCode::code_issuer_signature);
  forged = crypto::sm2_sign(others.user, ByteView{right}.first(right.size() - 65));
  std::ranges::copy(forged, user.begin() + 300);
  EXPECT_EQ(verdict(user), RefusalCode::code_user_signature);
}

TEST_F(RideCode, NoBitOfItMayChange) {
  const Bytes right = sim::make_code(recipe_, keys_);
  ASSERT_EQ(verdict(right), std::nullopt);
  for (std::size_t byte = 0; byte < right.size(); byte += 3) {
    Bytes broken = right;
    broken[byte] = static_cast<Byte>(broken[byte] ^ (1U << (byte % 8)));
    EXPECT_NE(verdict(broken), std::nullopt) << byte;
  }
}

TEST_F(RideCode, DatesAreJudgedToTheSecond) {
  recipe_.expiry = static_cast<std::uint32_t>(kNow);
  EXPECT_EQ(verdict({.now = at(kNow)}), std::nullopt);
  EXPECT_EQ(verdict({.now = at(kNow) + std::chrono::milliseconds{1}}), RefusalCode::code_expired);
  recipe_.expiry = static_cast<std::uint32_t>(kNow + 86'400);
  recipe_.validity = 60;
  EXPECT_EQ(verdict({.now = at(recipe_.made + 60)}), std::nullopt);
  EXPECT_EQ(verdict({.now = at(recipe_.made + 61)}), RefusalCode::code_stale);
  EXPECT_EQ(verdict({.now = at(recipe_.made - 60)}), std::nullopt);
  EXPECT_EQ(verdict({.now = at(recipe_.made - 61)}), RefusalCode::code_from_future);
}

TEST_F(RideCode, TheEpochIsThatOfUnix) {
  constexpr std::uint32_t kSince2000 = 946'684'800;
  recipe_.made -= kSince2000;
  EXPECT_EQ(verdict(), RefusalCode::code_stale);
  recipe_.made += kSince2000 + 8 * 3600;  // local time as if it were UTC
  EXPECT_EQ(verdict(), RefusalCode::code_from_future);
}

TEST_F(RideCode, ValidityAndCapHaveTheirLimits) {
  for (const std::uint16_t validity : std::initializer_list<std::uint16_t>{0, 301, 65535}) {
    recipe_.validity = validity;
    EXPECT_EQ(verdict(), RefusalCode::code_validity) << validity;
  }
  recipe_.validity = 1;
  recipe_.made = static_cast<std::uint32_t>(kNow);
  EXPECT_EQ(verdict(), std::nullopt);
  recipe_.cap_fen = 0;
  EXPECT_EQ(verdict(), RefusalCode::code_zero_cap);
}

TEST_F(RideCode, WithoutATrustedClockNoDateIsJudged) {
  recipe_.made = 1000;
  recipe_.expiry = 1000;
  recipe_.certificate_expiry = {0x01, 0x01};
  EXPECT_EQ(verdict({.now = at(kNow), .clock_trusted = false}), std::nullopt);
  recipe_.validity = 0;
  EXPECT_EQ(verdict({.now = at(kNow), .clock_trusted = false}), RefusalCode::code_validity);
}

TEST_F(RideCode, NobodyInsideIsTrappedByAList) {
  recipe_.expiry = static_cast<std::uint32_t>(kNow - 1);
  recipe_.certificate_expiry = {0x01, 0x01};
  recipe_.cap_fen = 0;
  lists_.listed.clear();
  EXPECT_EQ(verdict({.now = at(kNow), .leaving = true}), std::nullopt);
  recipe_.made = static_cast<std::uint32_t>(kNow - 301);  // a fresh one can be shown
  EXPECT_EQ(verdict({.now = at(kNow), .leaving = true}), RefusalCode::code_stale);
  keys_ = sim::code_keys(2);
  EXPECT_EQ(verdict({.now = at(kNow), .leaving = true}), RefusalCode::code_certificate_forged);
}

TEST_F(RideCode, ACachedCertificateIsNoPassForAnotherOne) {
  EXPECT_EQ(verdict(), std::nullopt);
  EXPECT_EQ(verdict(), std::nullopt);
  const sim::CodeKeys others = sim::code_keys(2);
  lists_.ca_keys.insert_or_assign(Byte{1},
                                  crypto::Sm2PublicKey::parse(others.ca.public_key).value());
  EXPECT_EQ(verdict(), RefusalCode::code_certificate_forged) << "the CA key was replaced";
  keys_.ca = others.ca;
  EXPECT_EQ(verdict(), std::nullopt);
}

TEST_F(RideCode, NoiseIsRefusedAndNeverCrashes) {
  std::mt19937 random{7};  // NOLINT: the same every time
  const Bytes right = sim::make_code(recipe_, keys_);
  for (int round = 0; round < 3000; ++round) {
    Bytes noise = round % 2 == 0 ? right : Bytes(random() % 500);
    for (std::size_t i = 0; i < 1 + noise.size() / 8 && !noise.empty(); ++i)
      noise[random() % noise.size()] = static_cast<Byte>(random());
    const auto code = decode_code(noise);
    if (code) {
      EXPECT_LE(code->custom.size(), 32U);
    }
  }
}

/// The chain of shared data, whose keys we do not make ourselves.
TEST(RideCodeOfOthers, ASyntheticChainVerifies) {
  const char* shared = std::getenv("TIDEGATE_SHARED");
  const std::filesystem::path folder =
      shared != nullptr ? std::filesystem::path{shared}
                        : std::filesystem::path{TIDEGATE_SOURCE_DIR} / "../shared";
  std::ifstream file{folder / "data/cards/qr_synthetic.json"};
  if (!file) GTEST_SKIP() << "no shared data beside this repository";
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto field = [&](const std::string& name) {
    const auto key = text.find("\"" + name + "\": \"");
    const auto begin = text.find(": \"", key) + 3;
    return from_hex(text.substr(begin, text.find('"', begin) - begin)).value();
  };
  const Bytes bytes = field("qr_hex");
  CodeLists lists;
  lists.ca_keys.insert_or_assign(Byte{1}, crypto::Sm2PublicKey::parse(field("ca_pub")).value());
  const auto code = decode_code(bytes);
  ASSERT_TRUE(code.has_value()) << code.error().detail;
  lists.listed.insert({code->issuer, code->platform});
  CertificateCache cache;
  const Timestamp made = parse_iso8601("2026-01-05T00:00:00Z").value();
  EXPECT_EQ(code->made, made);
  const auto verified = verify_code(*code, lists, {.now = made + seconds{5}}, cache);
  EXPECT_TRUE(verified.has_value()) << verified.error().detail;
  // And no byte under a signature may be another one.
  for (std::size_t at = 5; at < bytes.size(); at += 7) {
    Bytes broken = bytes;
    broken[at] = static_cast<Byte>(broken[at] ^ 0x01U);
    const auto other = decode_code(broken);
    if (other) {
      EXPECT_FALSE(verify_code(*other, lists, {.now = made + seconds{5}}, cache).has_value()) << at;
    }
  }
}

/// For docs/codes.md: run with --gtest_also_run_disabled_tests.
TEST_F(RideCode, DISABLED_VerificationBesideOneSignature) {
  using Clock = std::chrono::steady_clock;
  constexpr int kRounds = 500;
  const Bytes bytes = sim::make_code(recipe_, keys_);
  const auto us = [](Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count() / kRounds;
  };
  const auto timed = [&](const char* what, auto work) {
    const auto begun = Clock::now();
    for (int i = 0; i < kRounds; ++i) EXPECT_TRUE(work());
    std::printf("%s: %lld us\n", what, static_cast<long long>(us(Clock::now() - begun)));
  };
  const auto code = decode_code(bytes).value();
  const auto key = crypto::Sm2PublicKey::parse(code.user_key).value();
  timed("one SM2 signature, key ready",
        [&] { return key.verify(code.user_signed(), code.user_signature); });
  timed("whole code, certificate never seen", [&] {
    CertificateCache fresh;
    return verify_code(*decode_code(bytes), lists_, {.now = at(kNow)}, fresh).has_value();
  });
  timed("whole code, certificate known", [&] { return verdict(bytes) == std::nullopt; });
}

}  // namespace
}  // namespace tidegate::nfc
