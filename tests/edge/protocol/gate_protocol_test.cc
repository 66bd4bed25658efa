// SPDX-License-Identifier: Apache-2.0
// The bytes between gate and controllers: golden for ever, and nothing else gets through.
#include "edge/protocol/gate_protocol.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace tidegate::edge::gate_protocol {
namespace {

struct Golden {
  const char* name;
  Message message;
  const char* hex;
};

std::vector<Golden> goldens() {
  return {
      {"hello", {AisleNo{0}, Hello{}}, "01 01 0000"},
      {"passed", {AisleNo{3}, Passage{true}}, "01 02 0003 01"},
      {"not passed", {AisleNo{3}, Passage{false}}, "01 02 0003 02"},
      {"fire", {AisleNo{0}, Fire{true}}, "01 03 0000 01"},
      {"fire over", {AisleNo{0}, Fire{false}}, "01 03 0000 00"},
      {"alive", {AisleNo{32}, Alive{}}, "01 04 0020"},
      {"open entry",
       {AisleNo{1}, Open{Direction::entry, 1, std::chrono::milliseconds{5000}}},
       "01 11 0001 01 01 00001388"},
      {"open exit",
       {AisleNo{0x0102}, Open{Direction::exit, 3, std::chrono::milliseconds{0x01020304}}},
       "01 11 0102 02 03 01020304"},
      {"close", {AisleNo{1}, Close{}}, "01 12 0001"},
      {"display accepted",
       {AisleNo{1}, Display{Screen::accepted, 0, Fen{300}, Fen{-50}, "请", "go"}},
       "01 13 0001 02 0000 000000000000012C FFFFFFFFFFFFFFCE 0003 E8AFB7 0002 676F"},
      {"display refused",
       {AisleNo{2}, Display{Screen::refused, 0x0105, Fen{}, Fen{}, "", "no"}},
       "01 13 0002 03 0105 0000000000000000 0000000000000000 0000 0002 6E6F"},
      {"display ready",
       {AisleNo{2}, Display{}},
       "01 13 0002 01 0000 0000000000000000 0000000000000000 0000 0000"},
      {"display try again",
       {AisleNo{2}, Display{Screen::try_again}},
       "01 13 0002 04 0000 0000000000000000 0000000000000000 0000 0000"},
      {"display out of service",
       {AisleNo{2}, Display{Screen::out_of_service}},
       "01 13 0002 05 0000 0000000000000000 0000000000000000 0000 0000"},
      {"heartbeat", {AisleNo{0}, Heartbeat{}}, "01 14 0000"},
  };
}

bool invalid(ByteView bytes) {
  const auto decoded = decode(bytes);
  return !decoded && decoded.error().code() == Errc::invalid;
}

TEST(GateProtocol, EveryMessageHasItsGoldenBytes) {
  for (const auto& golden : goldens())
    EXPECT_EQ(to_hex(encode(golden.message)), to_hex(from_hex(golden.hex).value())) << golden.name;
}

TEST(GateProtocol, GoldenBytesDecodeToTheirMessage) {
  for (const auto& golden : goldens()) {
    const auto decoded = decode(from_hex(golden.hex).value());
    ASSERT_TRUE(decoded) << golden.name;
    EXPECT_EQ(*decoded, golden.message) << golden.name;
  }
}

TEST(GateProtocol, EveryTruncationIsInvalid) {
  for (const auto& golden : goldens()) {
    const Bytes bytes = from_hex(golden.hex).value();
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_TRUE(invalid(ByteView{bytes}.first(size))) << golden.name << " cut to " << size;
  }
}

TEST(GateProtocol, TrailingBytesAreInvalid) {
  for (const auto& golden : goldens()) {
    Bytes bytes = from_hex(golden.hex).value();
    bytes.push_back(0x00);
    EXPECT_TRUE(invalid(bytes)) << golden.name;
  }
}

TEST(GateProtocol, UnknownVersionTypeAndCodesAreInvalid) {
  for (const char* hex : {"00 04 0001", "02 04 0001", "01 00 0001", "01 05 0001", "01 10 0001",
                          "01 15 0001", "01 02 0001 00", "01 02 0001 03", "01 03 0000 02",
                          "01 11 0001 00 01 00001388", "01 11 0001 03 01 00001388",
                          "01 13 0002 00 0000 0000000000000000 0000000000000000 0000 0000",
                          "01 13 0002 06 0000 0000000000000000 0000000000000000 0000 0000"})
    EXPECT_TRUE(invalid(from_hex(hex).value())) << hex;
}

TEST(GateProtocol, ExtremeAmountsAndLongTextsRoundTrip) {
  const Message message{
      AisleNo{65535}, Display{Screen::refused, 65535, Fen{std::numeric_limits<std::int64_t>::min()},
                              Fen{std::numeric_limits<std::int64_t>::max()}, std::string(300, 'z'),
                              std::string(65000, 'e')}};
  EXPECT_EQ(decode(encode(message)).value(), message);
}

TEST(GateProtocol, GarbageIsInvalidOrRoundTrips) {
  std::mt19937 random{1};
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(random() % 48);
    for (Byte& b : bytes) b = static_cast<Byte>(random());
    if (bytes.size() > 1 && i % 2 == 0) {
      bytes[0] = kVersion;
      bytes[1] = static_cast<Byte>(random() % 0x16);
    }
    const auto decoded = decode(bytes);
    if (!decoded) {
      ASSERT_EQ(decoded.error().code(), Errc::invalid);
    } else {
      ASSERT_EQ(encode(*decoded), bytes);
    }
  }
}

}  // namespace
}  // namespace tidegate::edge::gate_protocol
