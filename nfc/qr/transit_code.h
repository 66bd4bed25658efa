// SPDX-License-Identifier: Apache-2.0
// The transport code of JT/T 1179, version 80: its fields, cut out of whatever a scanner delivers.
// docs/codes.md has the layout.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/openssl/sm2.h"
#include "base/time.h"
#include "fare/engine/refusal.h"

namespace tidegate::nfc {

inline constexpr Byte kCodeVersion = 0x80;
/// Version and length field.
inline constexpr std::size_t kCodeHeadBytes = 3;
/// A code without custom data; there are at most 32 bytes of them.
inline constexpr std::size_t kCodeBytesMin = 332, kCodeBytesMax = 364;

/// Why a code is refused: what passenger and ledger are told, and the field for the log.
struct CodeRefusal {
  fare::RefusalCode code = fare::RefusalCode::code_malformed;
  std::string detail;  ///< never an account
};
template <class T>
using CodeResult = std::expected<T, CodeRefusal>;

struct IssuerCertificate {
  Byte ca_index = 0;
  std::array<Byte, 4> issuer{};
  std::uint16_t year = 0;  ///< the last month it is good for
  std::uint8_t month = 0;
  std::array<Byte, 3> serial{};
  crypto::Sm2Point public_key{};
  crypto::Signature signature{};
  std::array<Byte, 47> signed_part{};  ///< format … public key
};

struct TransitCode {
  IssuerCertificate certificate;
  std::array<Byte, 16> account{};       ///< payment account, ASCII; personal
  std::array<Byte, 10> card_account{};  ///< BCD; personal
  std::array<Byte, 4> issuer{};
  std::array<Byte, 4> platform{};
  Byte account_type = 0;  ///< the issuer's to judge
  Fen cap;                ///< the most one ride may cost
  crypto::Sm2Point user_key{};
  Timestamp expiry{};               ///< of the issuer's authorisation
  std::chrono::seconds validity{};  ///< after `made`
  Bytes custom;
  crypto::Signature issuer_signature{};
  Timestamp made{};
  crypto::Signature user_signature{};
  Bytes bytes;  ///< the whole code, without what followed it

  /// The card account as the card number it is, by which lists of a region name it: 19 digits with
  /// the filling left out, zeros before a shorter one. nullopt: it is empty, or has 20 digits.
  [[nodiscard]] std::optional<CardNumber> card_number() const;
  [[nodiscard]] ByteView issuer_signed() const;
  [[nodiscard]] ByteView user_signed() const;
};

/// How long the code is that begins here: nullopt while the head is not all there, 0 for what
/// cannot be a code of version 80.
[[nodiscard]] std::optional<std::size_t> code_size(ByteView head);

/// Cuts at the length field; bytes behind it are a scanner's padding. Any bytes may be given.
[[nodiscard]] CodeResult<TransitCode> decode_code(ByteView scanned);

}  // namespace tidegate::nfc
