// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

namespace tidegate {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (Byte b : bytes) {
    *at++ = kDigits[b >> 4U];
    *at++ = kDigits[b & 0x0FU];
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    if (i + 1 >= text.size()) return fail(Errc::invalid, "hex text ends in half a byte");
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return fail(Errc::invalid, "not a hex digit");
    out.push_back(static_cast<Byte>(high << 4 | low));
    i += 2;
  }
  return out;
}

Result<std::string> bcd_digits(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (Byte b : bytes) {
    const unsigned high = b >> 4U;
    const unsigned low = b & 0x0FU;
    if (high > 9 || low > 9) return fail(Errc::invalid, "not a BCD digit");
    out.push_back(static_cast<char>('0' + high));
    out.push_back(static_cast<char>('0' + low));
  }
  return out;
}

Bytes bcd_bytes(std::string_view digits) {
  ASSERT(digits.size() % 2 == 0);
  Bytes out;
  out.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = nibble(digits[i]);
    const int low = nibble(digits[i + 1]);
    ASSERT(high >= 0 && high <= 9 && low >= 0 && low <= 9);
    out.push_back(static_cast<Byte>(high << 4 | low));
  }
  return out;
}

std::uint16_t crc16(ByteView bytes) noexcept {
  unsigned crc = 0xFFFF;
  for (Byte b : bytes) {
    crc ^= static_cast<unsigned>(b) << 8U;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    crc &= 0xFFFFU;
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace tidegate
