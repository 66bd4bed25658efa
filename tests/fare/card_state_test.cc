// SPDX-License-Identifier: Apache-2.0
// The 29 bytes on the card: layout, saturation and what is not ours.
#include "fare/engine/card_state.h"

#include <gtest/gtest.h>

namespace tidegate::fare {
namespace {

CardState sample() {
  return {.serial = 0x0102,
          .month = 82,
          .month_spent = Fen{12'345},
          .day = 2'497,
          .day_spent = Fen{700},
          .day_zones = 3,
          .leg_end = 3'596'191,
          .transfers = 2,
          .transfer_group = 1,
          .leg_network = 1,
          .origin_stop = 111,
          .origin_paid = Fen{500},
          .pass_product = 5,
          .pass_left = 45};
}

// The worked example of docs/formats/card-state.md.
constexpr std::string_view kSampleHex =
    "54 47 01 01 02 05 20 00 30 39 09 C1 02 BC 03 36 DF 9F 21 00 01 00 6F 01 F4 50 2D";

TEST(CardState, has_the_documented_bytes) {
  const auto bytes = encode_card_state(sample());
  const auto expected = from_hex(kSampleHex);
  ASSERT_TRUE(expected);
  EXPECT_EQ(to_hex(ByteView{bytes}.first(27)), to_hex(*expected));
  EXPECT_EQ(to_hex(ByteView{bytes}.last(2)), "CDA2");
}

TEST(CardState, comes_back_as_it_was_written) {
  EXPECT_EQ(decode_card_state(encode_card_state(sample())), sample());
  EXPECT_EQ(decode_card_state(encode_card_state(CardState{})), CardState{});
}

TEST(CardState, what_is_apart_is_the_first_bit_of_the_day) {
  CardState state = sample();
  state.apart = 1;
  const auto bytes = encode_card_state(state);
  EXPECT_EQ(bytes[10], encode_card_state(sample())[10] | 0x80);
  EXPECT_EQ(decode_card_state(bytes), state);
}

TEST(CardState, values_above_their_field_saturate) {
  CardState big = sample();
  big.month = 5'000;
  big.month_spent = Fen{20'000'000};
  big.day = 40'000;
  big.day_spent = Fen{70'000};
  big.leg_end = 0xFFFFFFFF;
  big.transfers = 16;
  big.transfer_group = 255;
  big.origin_paid = Fen{65'536};
  big.pass_product = 16;
  big.pass_left = 4'096;
  const auto back = decode_card_state(encode_card_state(big));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, saturated(big));
  EXPECT_EQ(back->month, 4'095);
  EXPECT_EQ(back->month_spent, Fen{16'777'215});
  EXPECT_EQ(back->day, 32'767);
  EXPECT_EQ(back->day_spent, Fen{65'535});
  EXPECT_EQ(back->leg_end, 0xFFFFFFU);
  EXPECT_EQ(back->transfers, 15);
  EXPECT_EQ(back->transfer_group, 15);
  EXPECT_EQ(back->origin_paid, Fen{65'535});
  EXPECT_EQ(back->pass_product, 15);
  EXPECT_EQ(back->pass_left, 4'095);
}

TEST(CardState, negative_amounts_become_zero) {
  CardState state;
  state.day_spent = Fen{-1};
  EXPECT_EQ(decode_card_state(encode_card_state(state))->day_spent, Fen{0});
}

TEST(CardState, every_single_bit_flip_is_rejected) {
  const auto good = encode_card_state(sample());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bytes = good;
    bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << bit % 8));
    EXPECT_FALSE(decode_card_state(bytes)) << "bit " << bit;
  }
}

TEST(CardState, other_operators_bytes_are_absent) {
  EXPECT_FALSE(decode_card_state(Bytes(29, 0)));
  EXPECT_FALSE(decode_card_state(Bytes(29, 0xFF)));
  const auto good = encode_card_state(sample());
  EXPECT_FALSE(decode_card_state(ByteView{good}.first(28)));
  EXPECT_FALSE(decode_card_state({}));
}

TEST(CardState, another_version_with_a_right_crc_is_absent) {
  auto bytes = encode_card_state(sample());
  bytes[2] = 2;
  write_be(std::span{bytes}.last(2), crc16(ByteView{bytes}.first(27)));
  EXPECT_FALSE(decode_card_state(bytes));
}

}  // namespace
}  // namespace tidegate::fare
