// SPDX-License-Identifier: Apache-2.0
#include "base/money.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <numeric>

namespace tidegate {
namespace {

__extension__ using Wide = __int128;  // products of two 64-bit numbers need the room

template <class Number>
bool rounds_up(Number rest, Number divisor, Number quotient, Rounding rounding) {
  if (rest == 0) return false;
  const Number missing = divisor - rest;
  switch (rounding) {
    case Rounding::down: return false;
    case Rounding::up: return true;
    case Rounding::half_up: return rest >= missing;
    case Rounding::half_even: return rest > missing || (rest == missing && quotient % 2 == 1);
  }
  return false;
}

template <class Number>
Number divided(Number product, Number divisor, Rounding rounding) {
  const Number quotient = product / divisor;
  return quotient + (rounds_up(product % divisor, divisor, quotient, rounding) ? 1 : 0);
}

}  // namespace

Fen Fen::scaled(Ratio ratio, Rounding rounding, std::int64_t unit) const {
  ASSERT(count_ >= 0 && ratio.numerator >= 0 && ratio.denominator > 0 && unit > 0);
  // A division of 128 bits takes ten times as long, and fares do not need it.
  std::int64_t product = 0, divisor = 0, out = 0;
  if (!__builtin_mul_overflow(count_, ratio.numerator, &product) &&
      !__builtin_mul_overflow(ratio.denominator, unit, &divisor)) {
    ASSERT(!__builtin_mul_overflow(divided(product, divisor, rounding), unit, &out));
    return Fen{out};
  }
  const Wide quotient = divided(static_cast<Wide>(count_) * ratio.numerator,
                                static_cast<Wide>(ratio.denominator) * unit, rounding) *
                        unit;
  ASSERT(quotient <= INT64_MAX);
  return Fen{static_cast<std::int64_t>(quotient)};
}

std::string Fen::yuan() const {
  const std::int64_t magnitude = std::abs(count_);
  std::string cents = std::to_string(magnitude % 100);
  if (cents.size() < 2) cents.insert(0, "0");
  return (count_ < 0 ? "-" : "") + std::to_string(magnitude / 100) + "." + cents;
}

std::vector<Fen> apportion(Fen total, std::span<const std::int64_t> weights) {
  ASSERT(total >= Fen{0});
  Wide sum = 0;
  for (std::int64_t w : weights) {
    ASSERT(w >= 0);
    sum += w;
  }
  ASSERT(sum > 0);
  std::vector<Fen> parts;
  std::vector<Wide> rests;
  Fen given;
  for (std::int64_t w : weights) {
    const Wide product = static_cast<Wide>(total.count()) * w;
    parts.push_back(Fen{static_cast<std::int64_t>(product / sum)});
    rests.push_back(product % sum);
    given += parts.back();
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&rests](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  for (std::size_t i = 0; given < total; ++i) {
    parts[order[i]] += Fen{1};
    given += Fen{1};
  }
  return parts;
}

}  // namespace tidegate
