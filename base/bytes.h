// SPDX-License-Identifier: Apache-2.0
// Bytes as the card, the ledger and the wire know them: spans, hex text, big-endian integers, BCD.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/result.h"

namespace tidegate {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;

/// Views the characters of a text as bytes. The text must outlive the view.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  // The one place where characters are looked at as bytes; both are 8 bits without a trap value.
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Upper-case hex, no separators.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Hex of either case; blanks are allowed between bytes. Errc::invalid otherwise.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// Copies exactly N bytes; a view of another length is a bug of the caller.
template <std::size_t N>
[[nodiscard]] std::array<Byte, N> to_array(ByteView bytes) {
  ASSERT(bytes.size() == N);
  std::array<Byte, N> out;
  std::memcpy(out.data(), bytes.data(), N);
  return out;
}

/// Fixed-size bytes from hex text; for keys and test vectors. Errc::invalid on any other length.
template <std::size_t N>
[[nodiscard]] Result<std::array<Byte, N>> array_from_hex(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->size() != N) return fail(Errc::invalid, "hex text has the wrong length");
  return to_array<N>(*bytes);
}

/// Big-endian unsigned integer of 1 to 8 bytes.
[[nodiscard]] inline std::uint64_t read_be(ByteView bytes) {
  ASSERT(bytes.size() <= 8);
  std::uint64_t value = 0;
  for (Byte b : bytes) value = value << 8U | b;
  return value;
}
/// Writes `value` big-endian into all of `out`; a value that does not fit is a bug.
inline void write_be(std::span<Byte> out, std::uint64_t value) {
  for (std::size_t i = out.size(); i-- > 0;) {
    out[i] = static_cast<Byte>(value & 0xFFU);
    value >>= 8U;
  }
  ASSERT(value == 0);
}
/// Appends `size` big-endian bytes.
inline void append_be(Bytes& out, std::uint64_t value, std::size_t size) {
  out.resize(out.size() + size);
  write_be(std::span{out}.last(size), value);
}
inline void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

[[nodiscard]] inline bool all_zero(ByteView bytes) noexcept {
  for (Byte b : bytes)
    if (b != 0) return false;
  return true;
}

/// Each byte holds two decimal digits. Errc::invalid when a nibble is not a digit.
[[nodiscard]] Result<std::string> bcd_digits(ByteView bytes);
/// Packs an even number of decimal digits; anything else is a bug of the caller.
[[nodiscard]] Bytes bcd_bytes(std::string_view digits);

/// CRC-16/CCITT-FALSE (poly 1021, init FFFF). Guards the operator bytes of a card's record 2701.
[[nodiscard]] std::uint16_t crc16(ByteView bytes) noexcept;

/// Reads a buffer front to back; running over the end is remembered and asked for once with ok().
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_{bytes} {}

  [[nodiscard]] ByteView take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    ByteView out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  [[nodiscard]] std::uint64_t be(std::size_t size) { return read_be(take(size)); }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }
  /// No read ran over the end.
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// No read ran over the end and nothing is left.
  [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace tidegate
