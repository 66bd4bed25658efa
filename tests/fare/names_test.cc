// SPDX-License-Identifier: Apache-2.0
// Names of the enumerations, both ways.
#include <gtest/gtest.h>

#include "fare/engine/types.h"

namespace tidegate::fare {
namespace {

TEST(Names, go_both_ways) {
  for (unsigned i = 1; i <= 8; ++i) {
    const auto rider = static_cast<RiderCategory>(i);
    EXPECT_EQ(rider_from_name(name_of(rider)), rider);
  }
  for (unsigned i = 1; i <= 4; ++i) {
    const auto tap = static_cast<TapKind>(i);
    EXPECT_EQ(tap_from_name(name_of(tap)), tap);
  }
  for (unsigned i = 1; i <= 3; ++i) {
    const auto box = static_cast<BoxKind>(i);
    EXPECT_EQ(box_kind_from_name(name_of(box)), box);
  }
  EXPECT_EQ(medium_from_name("t-union"), MediumKind::t_union);
  EXPECT_EQ(medium_from_name("qr"), MediumKind::qr);
  EXPECT_EQ(name_of(MediumKind::t_union), "t-union");
  EXPECT_EQ(name_of(TapKind::entry), "entry");
}

TEST(Names, riders_that_only_a_book_can_name_have_their_number) {
  EXPECT_EQ(name_of(RiderCategory{0}), "rider-0");
  EXPECT_EQ(name_of(RiderCategory{32}), "rider-32");
  EXPECT_EQ(name_of(RiderCategory{255}), "rider-255");
}

TEST(Names, unknown_ones_are_nothing) {
  EXPECT_FALSE(rider_from_name("Adult"));
  EXPECT_FALSE(tap_from_name(""));
  EXPECT_FALSE(box_kind_from_name("tram"));
  EXPECT_FALSE(medium_from_name("cash"));
}

}  // namespace
}  // namespace tidegate::fare
