// SPDX-License-Identifier: Apache-2.0
// Fen: money in 1/100 yuan as a whole number. No float touches it, every division names its
// rounding.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/assert.h"

namespace tidegate {

enum class Rounding : std::uint8_t { down, half_up, half_even, up };

/// A proper or improper fraction, both parts at least 0, denominator not 0.
struct Ratio {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
};

class Fen {
 public:
  constexpr Fen() = default;
  constexpr explicit Fen(std::int64_t count) : count_{count} {}

  [[nodiscard]] constexpr std::int64_t count() const noexcept { return count_; }

  friend constexpr auto operator<=>(Fen, Fen) = default;
  friend Fen operator+(Fen a, Fen b) { return Fen{checked_add(a.count_, b.count_)}; }
  friend Fen operator-(Fen a, Fen b) { return a + Fen{-b.count_}; }
  friend Fen operator*(Fen a, std::int64_t times) {
    std::int64_t out = 0;
    ASSERT(!__builtin_mul_overflow(a.count_, times, &out));
    return Fen{out};
  }
  Fen& operator+=(Fen other) { return *this = *this + other; }
  Fen& operator-=(Fen other) { return *this = *this - other; }

  /// This amount times a ratio, to a whole `unit` (10 rounds to 0.10 yuan). Amount at least 0.
  [[nodiscard]] Fen scaled(Ratio ratio, Rounding rounding, std::int64_t unit = 1) const;

  /// "3.00", "-0.50": for people only.
  [[nodiscard]] std::string yuan() const;

 private:
  static std::int64_t checked_add(std::int64_t a, std::int64_t b) {
    std::int64_t out = 0;
    ASSERT(!__builtin_add_overflow(a, b, &out));
    return out;
  }
  std::int64_t count_ = 0;
};

namespace literals {
[[nodiscard]] constexpr Fen operator""_fen(unsigned long long count) {
  return Fen{static_cast<std::int64_t>(count)};
}
}  // namespace literals

/// Parts in the proportion of `weights` (each at least 0, sum not 0) that add up to `total`
/// exactly; the remainder goes to the largest fractions, earlier parts first. `total` at least 0.
[[nodiscard]] std::vector<Fen> apportion(Fen total, std::span<const std::int64_t> weights);

}  // namespace tidegate
