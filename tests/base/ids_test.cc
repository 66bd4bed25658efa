// SPDX-License-Identifier: Apache-2.0
// Identifiers that cannot be mixed up, and a card number that people see only in part.
#include "base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace tidegate {
namespace {

static_assert(!std::is_convertible_v<std::uint64_t, SequenceNo>);
static_assert(!std::is_same_v<SequenceNo, Epoch>);

TEST(Strong, ComparesAndHashes) {
  EXPECT_LT(SequenceNo{1}, SequenceNo{2});
  const std::unordered_set<StopCode> stops{StopCode{"0111"}, StopCode{"0112"}, StopCode{"0111"}};
  EXPECT_EQ(stops.size(), 2U);
}

TEST(CardNumber, ShowsFourDigitsAtEachEnd) {
  const CardNumber number{array_from_hex<10>("03104770000000000426").value()};
  EXPECT_EQ(number.reveal(), "3104770000000000426");
  EXPECT_EQ(number.masked(), "3104***********0426");
}

}  // namespace
}  // namespace tidegate
