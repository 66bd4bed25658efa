// SPDX-License-Identifier: Apache-2.0
// The bytes of an acknowledgement, which are for ever.
#include "edge/ledger/acknowledgement.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

TEST(AcknowledgementTest, HasTheseBytes) {
  Acknowledgement ack{BoxId{"b-1"}, Epoch{0x0123456789ABCDEF}, SequenceNo{4711}, {}};
  ack.hash[0] = 0xA0;
  ack.hash[31] = 0x0F;
  const Bytes bytes = encode_acknowledgement(ack);
  EXPECT_EQ(to_hex(bytes),
            "0123456789ABCDEF"
            "0000000000001267"
            "A00000000000000000000000000000000000000000000000000000000000000F"
            "622D31");
  const auto again = decode_acknowledgement(bytes);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, ack);
}

TEST(AcknowledgementTest, NeedsABoxWithANameOfItsSize) {
  EXPECT_FALSE(decode_acknowledgement(Bytes(48, 1)).has_value());
  EXPECT_TRUE(decode_acknowledgement(Bytes(49, 'b')).has_value());
  EXPECT_TRUE(decode_acknowledgement(Bytes(48 + 64, 'b')).has_value());
  EXPECT_FALSE(decode_acknowledgement(Bytes(48 + 65, 'b')).has_value());
  EXPECT_FALSE(decode_acknowledgement({}).has_value());
}

}  // namespace
}  // namespace tidegate::edge
