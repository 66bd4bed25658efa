// SPDX-License-Identifier: Apache-2.0
// The 29 operator bytes of record 2701 (EF 1A offset 99): all that Tidegate remembers between taps.
//
//   off len
//    0   2  magic 54 47
//    2   1  version 01
//    3   2  serial, +1 with each write, modulo 65,536
//    5   2  bits 15..4: months since 2020-01 of the spending below; bits 3..1: account of the
//           spending; bit 0: the number counts weeks since Monday 2019-12-30, not months
//    7   3  spent in that calendar month or week, fen
//   10   2  bit 15: the newest tap is apart (below); service day of the cap: days since 2020-01-01
//   12   2  spent in that service day, fen
//   14   1  zones used that day, bit 0: zone 1
//   15   3  end of the last leg: minutes since 2020-01-01T00:00+08:00; 0 none. Its begin, or that
//           of the chain's first leg, where the book measures from there
//   18   1  transfers made so far, and links of a fare that goes on (high nibble, changes.h),
//           number of the transfer rule (low nibble)
//   19   2  network code of the last leg (the book's permanent number)
//   21   2  stop number where a continuous fare began (the book's permanent number)
//   23   2  already covered of that continuous fare, or of a chain that pays differences, fen
//   25   2  pass: product (high 4 bits), rides left or the last day (low 12 bits)
//   27   2  CRC-16/CCITT-FALSE over bytes 0..26
//
// Bits 3..0 of bytes 5..6 were 0 in every state until rules between rides: account 0, months.
// Between an entry and its exit, bytes 18 and 21 to 24 say what the entry found: which transfer the
// ride is, or that it goes on with the fare that began at that stop. An entry that finds neither
// leaves them, if there is anything, and sets bit 15 of bytes 10..11: the ride clears them when it
// ends, or the next one when it begins. An exit that was no ride leaves them too and sets the bit,
// so that nobody takes its trip record for one of a ride. The bit was 0 in every state until rules
// between rides.
//
// Everything is big-endian. Other bytes there are another operator's and count as absent; they are
// overwritten with ours at our next write (the record is one operator's at a time).
// DO NOT CHANGE THIS LAYOUT: it is on cards. A new one has a new version byte.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/money.h"

namespace tidegate::fare {

inline constexpr std::size_t kCardStateBytes = 29;

struct CardState {
  std::uint16_t serial = 0;
  std::uint16_t month = 0;  ///< months since 2020-01, at most 4,095; weeks: see `weeks`
  Fen month_spent;          ///< in that month or week, at most 16,777,215
  std::uint16_t day = 0;    ///< days since 2020-01-01, at most 32,767
  Fen day_spent;            ///< at most 65,535
  std::uint8_t day_zones = 0;
  std::uint32_t leg_end = 0;        ///< minutes since 2020-01-01T00:00+08:00, at most 24 bits
  std::uint8_t transfers = 0;       ///< with links (changes.h), at most 15
  std::uint8_t transfer_group = 0;  ///< at most 15
  std::uint16_t leg_network = 0;
  std::uint16_t origin_stop = 0;
  Fen origin_paid;                ///< at most 65,535
  std::uint8_t pass_product = 0;  ///< at most 15
  std::uint16_t pass_left = 0;    ///< rides, or the last day modulo 4,096
  std::uint8_t weeks = 0;         ///< 1: `month` is weeks since 2019-12-30
  std::uint8_t account = 0;       ///< whose spending the sums are, at most 7
  std::uint8_t apart = 0;  ///< 1: the open ride, or the visit since, is not of leg, chain and fare
  friend bool operator==(const CardState&, const CardState&) = default;
};

/// The state as it comes back from a card: each value held to what its field can carry.
void saturate(CardState& state) noexcept;
[[nodiscard]] inline CardState saturated(CardState state) noexcept {
  saturate(state);
  return state;
}
/// Amounts and counts above their field saturate: a cap that is over its field stays over.
[[nodiscard]] std::array<Byte, kCardStateBytes> encode_card_state(const CardState& state);
/// nullopt: not ours (magic, version or CRC), which is normal.
[[nodiscard]] std::optional<CardState> decode_card_state(ByteView bytes29);

}  // namespace tidegate::fare
