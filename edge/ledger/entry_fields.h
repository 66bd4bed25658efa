// SPDX-License-Identifier: Apache-2.0
// Range checks of the decoder: every number, length and text passes through one of these. The first
// one that does not fit is remembered with its name; reading goes on with harmless values.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/money.h"
#include "base/time.h"
#include "edge/ledger/entry_flatbuffers.h"

namespace tidegate::edge {

class FieldCheck {
 public:
  /// Card money is 3 bytes on the card.
  static constexpr std::int64_t kCardFenMax = 0xFFFFFF;
  /// Sums and state that are not one card's money.
  static constexpr std::int64_t kWideFenMax = 1'000'000'000'000;
  static constexpr std::size_t kTextMax = 1024;
  /// Years 0 to 9999 of any zone on Earth: what BCD dates on cards can say.
  static constexpr std::int64_t kTimeMin = -62'167'219'200'000 - 14L * 3600 * 1000,
                                kTimeMax = 253'402'300'799'999;

  [[nodiscard]] bool ok() const noexcept { return bad_.empty(); }
  /// Name of the first field that does not fit.
  [[nodiscard]] std::string_view bad() const noexcept { return bad_; }

  bool need(bool fits, std::string_view field) {
    if (!fits && bad_.empty()) bad_ = field;
    return fits;
  }
  Fen fen(std::int64_t value, std::int64_t min, std::int64_t max, std::string_view field) {
    return Fen{need(value >= min && value <= max, field) ? value : 0};
  }
  Fen card_fen(std::int64_t value, std::string_view field) {
    return fen(value, 0, kCardFenMax, field);
  }
  Fen wide_fen(std::int64_t value, std::string_view field) {
    return fen(value, 0, kWideFenMax, field);
  }
  template <class Enum>
  Enum one_of(std::underlying_type_t<Enum> value, Enum first, Enum last, std::string_view field) {
    const Enum out = static_cast<Enum>(value);
    return need(out >= first && out <= last, field) ? out : first;
  }
  template <class T>
  T at_most(T value, T max, std::string_view field) {
    return need(value <= max, field) ? value : T{};
  }
  Timestamp time(std::int64_t ms, std::string_view field) {
    return Timestamp{std::chrono::milliseconds{
        need(ms >= kTimeMin && ms <= kTimeMax, field) ? ms : std::int64_t{0}}};
  }
  std::string text(const flatbuffers::String* value, std::string_view field) {
    if (!need(value != nullptr && value->size() <= kTextMax, field)) return {};
    return value->str();
  }
  /// Variable bytes: empty or exactly `size`.
  Bytes none_or(const flatbuffers::Vector<std::uint8_t>* value, std::size_t size,
                std::string_view field) {
    if (!need(value != nullptr && (value->size() == 0 || value->size() == size), field)) return {};
    return {value->begin(), value->end()};
  }
  Bytes bytes(const flatbuffers::Vector<std::uint8_t>* value, std::size_t max,
              std::string_view field) {
    if (!need(value != nullptr && value->size() <= max, field)) return {};
    return {value->begin(), value->end()};
  }
  template <std::size_t N, class Struct>
  std::array<Byte, N> fixed(const Struct* value, std::string_view field) {
    static_assert(sizeof(Struct) == N);
    std::array<Byte, N> out{};
    if (need(value != nullptr, field))
      for (std::size_t i = 0; i < N; ++i)
        out[i] = value->v()->Get(static_cast<flatbuffers::uoffset_t>(i));
    return out;
  }

 private:
  std::string_view bad_;
};

}  // namespace tidegate::edge
