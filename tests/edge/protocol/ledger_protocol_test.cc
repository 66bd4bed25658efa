// SPDX-License-Identifier: Apache-2.0
// The bytes of the messages between the gate and who reads its ledger, and what is refused.
#include "edge/protocol/ledger_protocol.h"

#include <gtest/gtest.h>

namespace tidegate::edge::ledger_protocol {
namespace {

Where sample_where() {
  Where out{Epoch{0x0123456789ABCDEF}, SequenceNo{7}, {}, SequenceNo{4711}, {}};
  out.before[0] = 0xB0;
  out.head_hash[31] = 0x0F;
  return out;
}

TEST(LedgerProtocolTest, HasTheseBytes) {
  EXPECT_EQ(to_hex(encode(Hello{})), "0101");
  EXPECT_EQ(to_hex(encode(Read{SequenceNo{9}, 4096, std::chrono::milliseconds{500}})),
            "0102000000000000000900001000000001F4");
  const std::string where =
      "0123456789ABCDEF0000000000000007B00000000000000000000000000000000000000000000000000000000000"
      "0"
      "000000000000000126700000000000000000000000000000000000000000000000000000000000000"
      "0F";
  EXPECT_EQ(to_hex(encode(Welcome{sample_where(), BoxId{"b1"}})), "0111" + where + "6231");
  EXPECT_EQ(to_hex(encode(Piece{{1, 2, 3}})), "0112010203");
  EXPECT_EQ(to_hex(encode(End{sample_where()})), "0113" + where);
}

TEST(LedgerProtocolTest, WhatIsEncodedIsDecoded) {
  for (const Message& message :
       {Message{Hello{}}, Message{Read{SequenceNo{1}, 2, std::chrono::milliseconds{3}}},
        Message{Welcome{sample_where(), BoxId{"b1"}}}, Message{Piece{{1}}},
        Message{End{sample_where()}}}) {
    const auto again = decode(encode(message));
    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_EQ(*again, message);
  }
}

TEST(LedgerProtocolTest, CutOffOrLongerMessagesAreRefused) {
  for (const Message& message : {Message{Hello{}}, Message{Read{}}, Message{End{sample_where()}}}) {
    Bytes bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(decode(ByteView{bytes}.first(size)).has_value()) << size;
    bytes.push_back(0);
    EXPECT_FALSE(decode(bytes).has_value());
  }
  EXPECT_FALSE(decode(encode(Welcome{sample_where(), BoxId{""}})).has_value());
  EXPECT_FALSE(decode(encode(Piece{})).has_value());
  EXPECT_FALSE(decode(Bytes{2, 1}).has_value());
  EXPECT_FALSE(decode(Bytes{1, 0x77}).has_value());
}

TEST(LedgerProtocolTest, ABatchIsWholeAndWithoutAGap) {
  Batch batch{.before = {}, .rows = {{SequenceNo{5}, {}, {1, 2, 3}}, {SequenceNo{6}, {}, {}}}};
  batch.before[3] = 9;
  batch.rows[0].hash[1] = 8;
  const Bytes bytes = encode_batch(batch);
  const auto again = decode_batch(bytes);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, batch);
  const std::size_t first = 32 + 44 + 3;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(decode_batch(ByteView{bytes}.first(size)).has_value(), size == 32 || size == first)
        << size;
  batch.rows[1].sequence = SequenceNo{7};
  EXPECT_FALSE(decode_batch(encode_batch(batch)).has_value());
}

}  // namespace
}  // namespace tidegate::edge::ledger_protocol
