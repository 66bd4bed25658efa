// SPDX-License-Identifier: Apache-2.0
// Hex, BCD, big-endian integers, CRC and the reader that cannot run over the end.
#include "base/bytes.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

TEST(Hex, RoundTripsAndAllowsBlanksAndEitherCase) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xAB, 0x10}), "00AB10");
  EXPECT_EQ(from_hex("00 ab 10").value(), (Bytes{0x00, 0xAB, 0x10}));
  EXPECT_TRUE(from_hex("").value().empty());
}

TEST(Hex, RefusesWhatIsNone) {
  for (const std::string_view text : {"0", "0G", "ABC", "zz", "0x10"})
    EXPECT_EQ(from_hex(text).error().code(), Errc::invalid) << text;
  EXPECT_FALSE(array_from_hex<2>("ABCDEF").has_value());
  EXPECT_TRUE(array_from_hex<3>("ABCDEF").has_value());
}

TEST(BigEndian, ReadsAndWrites) {
  EXPECT_EQ(read_be(Bytes{0x01, 0x02, 0x03}), 0x010203U);
  Bytes out;
  append_be(out, 0x1234, 4);
  EXPECT_EQ(to_hex(out), "00001234");
  EXPECT_DEATH(append_be(out, 0x10000, 2), "") << "a value that does not fit is a bug";
}

TEST(Bcd, ReadsDigitsAndRefusesOthers) {
  EXPECT_EQ(bcd_digits(Bytes{0x20, 0x26}).value(), "2026");
  EXPECT_FALSE(bcd_digits(Bytes{0x2A}).has_value());
  EXPECT_FALSE(bcd_digits(Bytes{0xF0}).has_value());
  EXPECT_EQ(to_hex(bcd_bytes("413100")), "413100");
}

TEST(Crc16, CheckValueOfCcittFalse) {
  EXPECT_EQ(crc16(as_bytes("123456789")), 0x29B1);
}

TEST(ByteReader, RemembersThatARequestRanOverTheEnd) {
  const Bytes bytes{1, 2, 3};
  ByteReader in{bytes};
  EXPECT_EQ(in.be(2), 0x0102U);
  EXPECT_TRUE(in.ok());
  EXPECT_FALSE(in.done());
  EXPECT_TRUE(in.take(2).empty());
  EXPECT_FALSE(in.ok());
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_FALSE(in.done()) << "once over the end is over the end";
}

TEST(ByteReader, IsDoneWhenEverythingIsTaken) {
  const Bytes bytes{1, 2};
  ByteReader in{bytes};
  EXPECT_EQ(in.take(2).size(), 2U);
  EXPECT_TRUE(in.done());
}

}  // namespace
}  // namespace tidegate
