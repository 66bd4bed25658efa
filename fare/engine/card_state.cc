// SPDX-License-Identifier: Apache-2.0
// The 29 operator bytes of record 2701: packing, saturation, CRC.
#include "fare/engine/card_state.h"

#include <algorithm>
#include <span>

namespace tidegate::fare {
namespace {

constexpr std::array<Byte, 2> kMagic{0x54, 0x47};
constexpr Byte kVersion = 1;
constexpr std::size_t kCrcAt = 27;

Fen held(Fen amount, std::int64_t max) noexcept {
  return Fen{std::clamp<std::int64_t>(amount.count(), 0, max)};
}

/// Writes fields one after the other; the layout reads top to bottom as in the header.
class Packer {
 public:
  explicit Packer(std::span<Byte> out) : rest_{out} {}
  void be(std::size_t size, std::uint64_t value) {
    write_be(rest_.first(size), value);
    rest_ = rest_.subspan(size);
  }
  void fen(std::size_t size, Fen amount) { be(size, static_cast<std::uint64_t>(amount.count())); }

 private:
  std::span<Byte> rest_;
};

std::uint64_t nibbles(unsigned high, unsigned low) {
  return high << 4U | low;
}

}  // namespace

void saturate(CardState& state) noexcept {
  state.month = std::min<std::uint16_t>(state.month, 0xFFF);
  state.month_spent = held(state.month_spent, 0xFFFFFF);
  state.day = std::min<std::uint16_t>(state.day, 0x7FFF);
  state.day_spent = held(state.day_spent, 0xFFFF);
  state.leg_end = std::min<std::uint32_t>(state.leg_end, 0xFFFFFF);
  state.transfers = std::min<std::uint8_t>(state.transfers, 0xF);
  state.transfer_group = std::min<std::uint8_t>(state.transfer_group, 0xF);
  state.origin_paid = held(state.origin_paid, 0xFFFF);
  state.pass_product = std::min<std::uint8_t>(state.pass_product, 0xF);
  state.pass_left = std::min<std::uint16_t>(state.pass_left, 0xFFF);
  state.weeks = std::min<std::uint8_t>(state.weeks, 1);
  state.account = std::min<std::uint8_t>(state.account, 7);
  state.apart = std::min<std::uint8_t>(state.apart, 1);
}

std::array<Byte, kCardStateBytes> encode_card_state(const CardState& state) {
  const CardState s = saturated(state);
  std::array<Byte, kCardStateBytes> out{};
  Packer pack{out};
  pack.be(2, read_be(kMagic));
  pack.be(1, kVersion);
  pack.be(2, s.serial);
  pack.be(2, std::uint64_t{s.month} << 4U | std::uint64_t{s.account} << 1U | s.weeks);
  pack.fen(3, s.month_spent);
  pack.be(2, std::uint64_t{s.apart} << 15U | s.day);
  pack.fen(2, s.day_spent);
  pack.be(1, s.day_zones);
  pack.be(3, s.leg_end);
  pack.be(1, nibbles(s.transfers, s.transfer_group));
  pack.be(2, s.leg_network);
  pack.be(2, s.origin_stop);
  pack.fen(2, s.origin_paid);
  pack.be(2, std::uint64_t{s.pass_product} << 12U | s.pass_left);
  pack.be(2, crc16(ByteView{out}.first(kCrcAt)));
  return out;
}

std::optional<CardState> decode_card_state(ByteView bytes29) {
  if (bytes29.size() != kCardStateBytes) return std::nullopt;
  if (!std::ranges::equal(bytes29.first(2), kMagic) || bytes29[2] != kVersion) return std::nullopt;
  if (read_be(bytes29.subspan(kCrcAt)) != crc16(bytes29.first(kCrcAt))) return std::nullopt;
  ByteReader in{bytes29.subspan(3)};
  const auto u16 = [&in] { return static_cast<std::uint16_t>(in.be(2)); };
  const auto fen = [&in](std::size_t size) { return Fen{static_cast<std::int64_t>(in.be(size))}; };
  CardState s;
  s.serial = u16();
  const std::uint16_t period = u16();
  s.month = static_cast<std::uint16_t>(period >> 4U);
  s.account = static_cast<std::uint8_t>(period >> 1U & 0x7U);
  s.weeks = static_cast<std::uint8_t>(period & 1U);
  s.month_spent = fen(3);
  const std::uint16_t day = u16();
  s.apart = static_cast<std::uint8_t>(day >> 15U);
  s.day = day & 0x7FFFU;
  s.day_spent = fen(2);
  s.day_zones = static_cast<std::uint8_t>(in.be(1));
  s.leg_end = static_cast<std::uint32_t>(in.be(3));
  const auto transfer = in.be(1);
  s.transfers = static_cast<std::uint8_t>(transfer >> 4U);
  s.transfer_group = static_cast<std::uint8_t>(transfer & 0xFU);
  s.leg_network = u16();
  s.origin_stop = u16();
  s.origin_paid = fen(2);
  const auto pass = in.be(2);
  s.pass_product = static_cast<std::uint8_t>(pass >> 12U);
  s.pass_left = static_cast<std::uint16_t>(pass & 0xFFFU);
  return s;
}

}  // namespace tidegate::fare
