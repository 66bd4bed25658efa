// SPDX-License-Identifier: Apache-2.0
// Fen: rounding, text, shares.
#include "base/money.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace tidegate {
namespace {

using namespace literals;

TEST(Fen, AddsSubtractsAndCompares) {
  EXPECT_EQ(300_fen + 50_fen, 350_fen);
  EXPECT_EQ(300_fen - 350_fen, Fen{-50});
  EXPECT_EQ(300_fen * 3, 900_fen);
  EXPECT_LT(Fen{-1}, 0_fen);
}

TEST(Fen, OverflowStopsTheProcess) {
  const Fen most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_DEATH(static_cast<void>(most + 1_fen), "");
  EXPECT_DEATH(static_cast<void>(most * 2), "");
}

TEST(Fen, ScalesWithTheNamedRounding) {
  const Ratio half{1, 2};
  EXPECT_EQ((5_fen).scaled(half, Rounding::down), 2_fen);
  EXPECT_EQ((5_fen).scaled(half, Rounding::up), 3_fen);
  EXPECT_EQ((5_fen).scaled(half, Rounding::half_up), 3_fen);
  EXPECT_EQ((5_fen).scaled(half, Rounding::half_even), 2_fen);
  EXPECT_EQ((7_fen).scaled(half, Rounding::half_even), 4_fen);
  EXPECT_EQ((4_fen).scaled(half, Rounding::up), 2_fen) << "nothing to round";
}

TEST(Fen, ScalesToWholeUnits) {
  const Ratio ninety{9, 10};
  EXPECT_EQ((350_fen).scaled(ninety, Rounding::half_up, 10), 320_fen);  // 315
  EXPECT_EQ((350_fen).scaled(ninety, Rounding::down, 10), 310_fen);
  EXPECT_EQ((350_fen).scaled(ninety, Rounding::down, 100), 300_fen);
}

TEST(Fen, PrintsYuanForPeople) {
  EXPECT_EQ((300_fen).yuan(), "3.00");
  EXPECT_EQ((5_fen).yuan(), "0.05");
  EXPECT_EQ(Fen{-50}.yuan(), "-0.50");
}

TEST(Apportion, GivesTheRemainderToTheLargestFractions) {
  const std::int64_t equal[] = {1, 1, 1};
  EXPECT_EQ(apportion(100_fen, equal), (std::vector<Fen>{34_fen, 33_fen, 33_fen}));
  const std::int64_t uneven[] = {1, 2};
  EXPECT_EQ(apportion(100_fen, uneven), (std::vector<Fen>{33_fen, 67_fen}));
  const std::int64_t with_zero[] = {0, 5};
  EXPECT_EQ(apportion(7_fen, with_zero), (std::vector<Fen>{0_fen, 7_fen}));
}

TEST(Apportion, AlwaysAddsUp) {
  std::mt19937_64 random{42};
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::int64_t> weights(1 + random() % 6);
    for (auto& weight : weights) weight = static_cast<std::int64_t>(random() % 1'000);
    weights[0] += 1;
    const Fen total{static_cast<std::int64_t>(random() % 100'000)};
    Fen sum;
    for (const Fen part : apportion(total, weights)) {
      EXPECT_GE(part, 0_fen);
      sum += part;
    }
    EXPECT_EQ(sum, total);
  }
}

}  // namespace
}  // namespace tidegate
