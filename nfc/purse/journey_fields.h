// SPDX-License-Identifier: Apache-2.0
// The fields that every record of EF 1A has in one form. Internal to nfc/purse.
#pragma once

#include <optional>
#include <string>

#include "nfc/purse/records.h"

namespace tidegate::nfc {

/// Id and length byte; false: another record, or none.
[[nodiscard]] inline bool take_journey_head(ByteReader& in, std::uint16_t id) {
  constexpr std::uint64_t kBytesAfterLength = 0x7D;
  return in.be(2) == id && in.be(1) == kBytesAfterLength;
}
inline void append_journey_head(Bytes& out, std::uint16_t id) {
  append_be(out, id, 2);
  out.push_back(0x7D);
}

[[nodiscard]] inline Fen take_fen4(ByteReader& in) {
  return Fen{static_cast<std::int64_t>(in.be(4))};
}
inline void append_fen4(Bytes& out, Fen amount) {
  ASSERT(amount >= Fen{});
  append_be(out, static_cast<std::uint64_t>(amount.count()), 4);
}

/// Zero bytes are "no time", and so is what is none.
[[nodiscard]] inline std::optional<LocalTime> take_time(ByteReader& in) {
  const auto at = parse_bcd_time(in.take(7));
  if (!at) return std::nullopt;
  return *at;
}
inline void append_time(Bytes& out, const std::optional<LocalTime>& at) {
  append(out, at ? bcd_time(*at) : std::array<Byte, 7>{});
}

}  // namespace tidegate::nfc
