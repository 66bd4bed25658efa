// SPDX-License-Identifier: Apache-2.0
// Fields of a transport code, each with its range.
#include <algorithm>
#include <optional>
#include <string_view>

#include "nfc/qr/transit_code.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

constexpr std::size_t kLengthBase = 329;  // of fields 3 to 17, without custom data
constexpr std::size_t kCustomMax = 32;
constexpr std::size_t kCustomLengthAt = 197;
constexpr std::size_t kSignatureBytes = 65;  // 15 and r ‖ s
constexpr Byte kCertificateHead = 0x24, kCertificateFormat = 0x12, kAlgorithmSm2 = 0x04;
constexpr Byte kCurveStandard = 0x00, kPointBytes = 0x21, kSignatureHead = 0x15;
constexpr std::array<Byte, 4> kService{0x01, 0x01, 0x00, 0x00};

std::unexpected<CodeRefusal> malformed(std::string detail) {
  return std::unexpected{CodeRefusal{RefusalCode::code_malformed, std::move(detail)}};
}

bool is_digits(ByteView bcd) {
  return std::ranges::all_of(bcd, [](Byte b) { return (b >> 4U) <= 9 && (b & 0x0FU) <= 9; });
}
/// Digits; an odd count of them may be filled up with F.
bool is_card_account(ByteView bcd) {
  const Byte last = bcd.back();
  return is_digits(bcd.first(bcd.size() - 1)) && (last >> 4U) <= 9 &&
         ((last & 0x0FU) <= 9 || (last & 0x0FU) == 0x0F);
}
bool is_text(ByteView bytes) {
  return std::ranges::all_of(bytes, [](Byte b) { return b == 0 || (b >= 0x20 && b < 0x7F); });
}
bool is_point(ByteView bytes) {
  return bytes[0] == 0x02 || bytes[0] == 0x03;
}
std::uint8_t digits(Byte bcd) {
  return static_cast<std::uint8_t>((bcd >> 4U) * 10 + (bcd & 0x0FU));
}
Timestamp unix_time(std::uint64_t seconds) {
  return Timestamp{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

/// Name of the first field that breaks its range; empty: none does.
std::string_view read_certificate(ByteView bytes, IssuerCertificate& out) {
  ByteReader in{bytes};
  if (in.be(1) != kCertificateHead) return "certificate: head";
  if (!std::ranges::equal(in.take(4), kService)) return "certificate: service";
  out.ca_index = static_cast<Byte>(in.be(1));
  out.signed_part = to_array<47>(in.rest().first(47));
  if (in.be(1) != kCertificateFormat) return "certificate: format";
  out.issuer = to_array<4>(in.take(4));
  if (!is_digits(out.issuer)) return "certificate: issuer";
  const ByteView expiry = in.take(2);
  if (!is_digits(expiry)) return "certificate: expiry";
  out.month = digits(expiry[0]);
  out.year = static_cast<std::uint16_t>(2000 + digits(expiry[1]));
  if (out.month < 1 || out.month > 12) return "certificate: expiry";
  out.serial = to_array<3>(in.take(3));
  if (in.be(1) != kAlgorithmSm2) return "certificate: signature algorithm";
  if (in.be(1) != kAlgorithmSm2) return "certificate: encryption algorithm";
  if (in.be(1) != kCurveStandard) return "certificate: curve";
  if (in.be(1) != kPointBytes) return "certificate: key length";
  out.public_key = to_array<33>(in.take(33));
  if (!is_point(out.public_key)) return "certificate: key";
  out.signature = to_array<64>(in.take(64));
  return {};
}

std::string_view read_signature(ByteReader& in, crypto::Signature& out) {
  if (in.be(1) != kSignatureHead) return "signature head";
  out = to_array<64>(in.take(64));
  return {};
}

std::string_view read_fields(ByteView bytes, TransitCode& out) {
  ByteReader in{bytes};
  static_cast<void>(in.take(kCodeHeadBytes));
  if (const auto bad = read_certificate(in.take(117), out.certificate); !bad.empty()) return bad;
  out.account = to_array<16>(in.take(16));
  if (!is_text(out.account)) return "payment account";
  out.card_account = to_array<10>(in.take(10));
  if (!is_card_account(out.card_account)) return "card account";
  out.issuer = to_array<4>(in.take(4));
  if (!is_digits(out.issuer)) return "issuer";
  out.platform = to_array<4>(in.take(4));
  out.account_type = static_cast<Byte>(in.be(1));
  out.cap = Fen{static_cast<std::int64_t>(in.be(3))};
  out.user_key = to_array<33>(in.take(33));
  if (!is_point(out.user_key)) return "user key";
  out.expiry = unix_time(in.be(4));
  out.validity = std::chrono::seconds{in.be(2)};
  const ByteView custom = in.take(in.be(1));
  out.custom.assign(custom.begin(), custom.end());
  if (!read_signature(in, out.issuer_signature).empty()) return "issuer signature head";
  out.made = unix_time(in.be(4));
  if (!read_signature(in, out.user_signature).empty()) return "user signature head";
  return {};
}

/// Another version, or something else altogether: a transport code has its certificate here.
bool looks_like_a_code(ByteView scanned) {
  return scanned.size() >= kCodeHeadBytes + 5 && scanned[kCodeHeadBytes] == kCertificateHead &&
         std::ranges::equal(scanned.subspan(kCodeHeadBytes + 1, 4), kService);
}

}  // namespace

std::optional<std::size_t> code_size(ByteView head) {
  if (!head.empty() && head[0] != kCodeVersion) return 0;
  if (head.size() < kCodeHeadBytes) return std::nullopt;
  const std::size_t size = kCodeHeadBytes + read_be(head.subspan(1, 2));
  return size >= kCodeBytesMin && size <= kCodeBytesMax ? size : 0;
}

std::optional<CardNumber> TransitCode::card_number() const {
  std::array<Byte, 10> bcd = card_account;
  // Filled up behind its digits: all of them move one place back.
  if ((bcd.back() & 0x0FU) == 0x0F) {
    for (std::size_t i = bcd.size() - 1; i > 0; --i)
      bcd[i] = static_cast<Byte>((bcd[i] >> 4U) | (bcd[i - 1] << 4U));
    bcd.front() >>= 4U;
  }
  const bool empty = std::ranges::all_of(bcd, [](Byte b) { return b == 0; });
  if (empty || (bcd.front() >> 4U) != 0) return std::nullopt;
  return CardNumber{bcd};
}

CodeResult<TransitCode> decode_code(ByteView scanned) {
  if (scanned.empty() || scanned[0] != kCodeVersion) {
    if (looks_like_a_code(scanned))
      return std::unexpected{
          CodeRefusal{RefusalCode::code_version, "version " + to_hex(scanned.first(1))}};
    return std::unexpected{CodeRefusal{RefusalCode::not_transport_code, "first byte"}};
  }
  const auto size = code_size(scanned);
  if (!size) return malformed("cut short");
  if (*size == 0) return malformed("length " + to_hex(scanned.subspan(1, 2)));
  if (scanned.size() < *size) return malformed("cut short");
  const ByteView code = scanned.first(*size);
  const std::size_t custom = code[kCustomLengthAt];
  if (custom > kCustomMax || *size != kCodeHeadBytes + kLengthBase + custom)
    return malformed("custom length");
  TransitCode out;
  if (const auto bad = read_fields(code, out); !bad.empty()) return malformed(std::string{bad});
  out.bytes.assign(code.begin(), code.end());
  return out;
}

ByteView TransitCode::issuer_signed() const {
  return ByteView{bytes}.subspan(kCodeHeadBytes,
                                 kCustomLengthAt + 1 + custom.size() - kCodeHeadBytes);
}
ByteView TransitCode::user_signed() const {
  return ByteView{bytes}.first(bytes.size() - kSignatureBytes);
}

}  // namespace tidegate::nfc
