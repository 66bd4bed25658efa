// SPDX-License-Identifier: Apache-2.0
// Fuzzes the decoder and the checks of ride codes: whatever is cut out fits its layout, and nothing
// is accepted that the three keys did not sign, or at a time that the code does not allow.
#include <algorithm>

#include "nfc/qr/verify.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace nfc;

// Offsets of the sample, which has kCustom bytes of the issuer's own data.
constexpr std::size_t kCustom = 3;
constexpr std::size_t kCertificateSignature = 3 + 53, kIssuerSignature = 198 + kCustom;
constexpr Byte kCaIndex = 7;
constexpr std::int64_t kMade = 1'770'000'000;  // Unix seconds
constexpr std::int64_t kAuthorised = kMade + 3600;
constexpr std::int64_t kValidity = 60;

crypto::Sm2SigningKey key(Byte fill) {
  crypto::Key32 secret{};
  secret.fill(fill);
  return crypto::sm2_key_from_secret(secret).value();
}

/// The sample without its issuer's and user's signatures, built field by field.
Bytes signed_code() {
  const Bytes issuer = from_hex("02002900").value(), platform = from_hex("01020304").value();
  Bytes out{0x80};
  append_be(out, 329 + kCustom, 2);
  append(out, from_hex("2401010000").value());
  out.push_back(kCaIndex);
  Bytes certificate = from_hex("12").value();
  append(certificate, issuer);
  append(certificate, from_hex("1299000001").value());  // December 2099, serial
  append(certificate, from_hex("04040021").value());
  append(certificate, key(2).public_key);
  append(out, certificate);
  append(out, crypto::sm2_sign(key(1), certificate));
  append(out, as_bytes("ACCOUNT-12345678"));
  append(out, from_hex("03104770000000000426").value());
  append(out, issuer);
  append(out, platform);
  out.push_back(0x01);
  append_be(out, 2000, 3);
  append(out, key(3).public_key);
  append_be(out, static_cast<std::uint64_t>(kAuthorised), 4);
  append_be(out, static_cast<std::uint64_t>(kValidity), 2);
  out.push_back(kCustom);
  append(out, Bytes(kCustom, 0x5A));
  const auto by_issuer = crypto::sm2_sign(key(2), ByteView{out}.subspan(3));
  out.push_back(0x15);
  append(out, by_issuer);
  append_be(out, static_cast<std::uint64_t>(kMade), 4);
  const auto by_user = crypto::sm2_sign(key(3), out);
  out.push_back(0x15);
  append(out, by_user);
  return out;
}

/// Signatures are made with random numbers: what they sign is compared without them.
Bytes without_signatures(Bytes code) {
  if (code.size() != kCodeBytesMin + kCustom) return code;
  constexpr std::size_t kSignature = 64;
  for (const std::size_t at :
       {kCertificateSignature, kIssuerSignature + 1, code.size() - kSignature})
    std::fill_n(code.begin() + static_cast<std::ptrdiff_t>(at), kSignature, Byte{0});
  return code;
}

const CodeLists& lists() {
  static const CodeLists out = [] {
    CodeLists made;
    made.ca_keys.emplace(kCaIndex, crypto::Sm2PublicKey::parse(key(1).public_key).value());
    made.listed.insert({.issuer = {0x02, 0x00, 0x29, 0x00}, .platform = {1, 2, 3, 4}});
    return made;
  }();
  return out;
}

}  // namespace

void code_run(ByteView input) {
  static const Bytes sample = without_signatures(signed_code());
  Input in{input};
  const Byte how = in.byte();
  // From two minutes before the code was made to two hours after.
  const std::int64_t seconds = kMade - 120 + in.byte() * 29;
  const ByteView scanned = in.rest();

  const auto size = code_size(scanned);
  const auto code = decode_code(scanned);
  if (!code) {
    ASSERT(!code.error().detail.empty());
    return;
  }
  ASSERT(size == code->bytes.size());
  ASSERT(code->bytes.size() >= kCodeBytesMin && code->bytes.size() <= kCodeBytesMax);
  ASSERT(std::ranges::equal(code->bytes, scanned.first(code->bytes.size())));
  ASSERT(decode_code(code->bytes).has_value());

  const CodeMoment moment{.now = Timestamp{std::chrono::seconds{seconds}},
                          .clock_trusted = (how & 0x01U) == 0,
                          .leaving = (how & 0x02U) != 0};
  CertificateCache cache;
  const auto first = verify_code(*code, lists(), moment, cache);
  ASSERT(verify_code(*code, lists(), moment, cache).has_value() == first.has_value());
  if (!first) return;
  ASSERT(without_signatures(code->bytes) == sample);
  if (!moment.clock_trusted) return;
  ASSERT(seconds <= kMade + kValidity && seconds >= kMade - kCodeSkew.count());
  if (!moment.leaving) ASSERT(seconds <= kAuthorised);
}

std::vector<Bytes> code_seeds() {
  const Bytes code = signed_code();
  Bytes padded = code;
  append(padded, from_hex("0EC11EC11EC0").value());
  Bytes forged = code;
  forged[120] ^= 0x01U;
  return {seed({0, 5}, code), seed({0, 4}, padded), seed({0, 9}, code),
          seed({1, 9}, code), seed({2, 5}, code),   seed({0, 5}, forged)};
}

}  // namespace tidegate::fuzz
