// SPDX-License-Identifier: Apache-2.0
// What the tables of lies share: an honest card with a function in front of it, and small tools to
// bend an answer. For the hostile cards' own source files only.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "simulators/card/hostile.h"

namespace tidegate::sim::hostile {

inline constexpr Byte kSelect = 0xA4, kReadBinary = 0xB0, kReadRecord = 0xB2, kBalance = 0x5C,
                      kInitialize = 0x50, kUpdate = 0xDC, kDebit = 0x54, kProof = 0x5A;
inline constexpr Byte kLogP2 = 0xC4, kJourneyP2 = 0xD4, kTripsP2 = 0xF4;

class Liar;
using Lie = Bytes (*)(Liar& card, ByteView command);

/// An honest card and what its liar remembers.
class Liar final : public Card {
 public:
  Liar(Lie lie, const CardImageData& image) : honest{image, {}}, lie_{lie} {}

  [[nodiscard]] Bytes uid() const override { return honest.uid(); }
  [[nodiscard]] Bytes ats() const override { return honest.ats(); }
  [[nodiscard]] std::array<Byte, 2> atqa() const override { return honest.atqa(); }
  [[nodiscard]] Byte sak() const override { return honest.sak(); }
  void power_off() override { honest.power_off(); }
  [[nodiscard]] Bytes transceive(ByteView command) override {
    ++commands;
    return lie_(*this, command);
  }

  TUnionCard honest;
  unsigned commands = 0;
  Bytes previous;         ///< for replays
  Bytes initialize_seen;  ///< the last 8050 that came by
  Bytes debit_seen;       ///< the last 8054 that came by

 private:
  Lie lie_;
};

inline Byte ins(ByteView command) {
  return command.size() > 1 ? command[1] : Byte{0};
}
inline bool reads(ByteView command) {
  return ins(command) == kReadBinary || ins(command) == kReadRecord;
}
inline bool reads_file(ByteView command, Byte p2) {
  return ins(command) == kReadRecord && command.size() > 3 && command[3] == p2;
}
inline bool good(const Bytes& answer) {
  return answer.size() > 2 && answer[answer.size() - 2] == 0x90 && answer.back() == 0x00;
}
/// The Le at the end of a command; 00 asks for 256 bytes.
inline std::size_t asked_for(ByteView command) {
  const Byte le = command.empty() ? Byte{0} : command.back();
  return le == 0 ? 256 : le;
}
inline Bytes ok(Bytes data) {
  data.push_back(0x90);
  data.push_back(0x00);
  return data;
}
inline Bytes hex(std::string_view text) {
  auto out = from_hex(text);
  ASSERT(out.has_value());
  return std::move(*out);
}
/// Bytes that look random and are the same in each run.
inline Bytes noise(std::size_t size, unsigned seed) {
  Bytes out(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (Byte& b : out) {
    state = state * 1664525U + 1013904223U;
    b = static_cast<Byte>(state >> 24U);
  }
  return out;
}

/// The honest answer with its data changed in place, when there is data and the command is `which`.
template <class Change>
Bytes changed(Liar& card, ByteView command, bool which, Change change) {
  Bytes answer = card.honest.transceive(command);
  if (which && good(answer)) change(std::span{answer}.first(answer.size() - 2));
  return answer;
}
/// Another FCI; everything else is honest.
inline Bytes with_fci(Liar& card, ByteView command, std::string_view fci) {
  Bytes answer = card.honest.transceive(command);
  return ins(command) == kSelect && good(answer) ? ok(hex(fci)) : answer;
}
inline void put(std::span<Byte> data, std::size_t offset, std::string_view text) {
  const Bytes bytes = hex(text);
  if (offset + bytes.size() <= data.size()) std::ranges::copy(bytes, data.subspan(offset).begin());
}

/// One hostile card.
struct Row {
  std::string_view name;
  std::string_view what;
  HostileMoney money;
  Lie lie;
};
/// Lies about form: no answers, broken structures, files that are not as they should be.
[[nodiscard]] std::span<const Row> lies_of_form();
/// Lies about money: balances, debits, the card's own log and proofs.
[[nodiscard]] std::span<const Row> lies_of_money();

}  // namespace tidegate::sim::hostile
