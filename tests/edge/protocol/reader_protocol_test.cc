// SPDX-License-Identifier: Apache-2.0
// The bytes between gate and reader: golden for ever, and nothing else gets through.
#include "edge/protocol/reader_protocol.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tidegate::edge::reader_protocol {
namespace {

struct Golden {
  const char* name;
  Message message;
  const char* hex;
  std::size_t whole;  ///< shorter packets are invalid; longer ones have a body to the end
};

std::vector<Golden> goldens() {
  return {
      {"hello",
       {0, Hello{.aisle = AisleNo{7}, .pid = 0x01020304}},
       "01 01 00000000 0007 01020304",
       12},
      {"hello of a scanner",
       {0, Hello{.aisle = AisleNo{7}, .pid = 0x01020304, .role = Role::scanner}},
       "01 01 00000000 0007 01020304 01",
       12},
      {"code", {0, Code{{0x80, 0x01, 0x69}}}, "01 07 00000000 800169", 7},
      {"target",
       {0x0A0B0C0D, Target{.atqa = {0x00, 0x04},
                           .sak = 0x20,
                           .uid = {0x08, 0x5A, 0x3C, 0x91},
                           .ats = {0x05, 0x78, 0x80, 0x70, 0x02}}},
       "01 02 0A0B0C0D 0004 20 04 085A3C91 05 0578807002",
       19},
      {"target without uid and ats", {1, Target{}}, "01 02 00000001 0000 00 00 00", 11},
      {"reply", {0xFFFFFFFF, Reply{{0x6F, 0x31, 0x90, 0x00}}}, "01 03 FFFFFFFF 6F319000", 8},
      {"failed: gone", {2, Failed{Cause::gone, "left"}}, "01 04 00000002 01 6C656674", 7},
      {"failed: timeout", {2, Failed{Cause::timeout, ""}}, "01 04 00000002 02", 7},
      {"failed: reader", {2, Failed{Cause::reader, ""}}, "01 04 00000002 03", 7},
      {"failed: invalid", {2, Failed{Cause::invalid, ""}}, "01 04 00000002 04", 7},
      {"gone", {0, Gone{}}, "01 05 00000000", 6},
      {"state: ok", {0, State{ReaderState::ok, ""}}, "01 06 00000000 01", 7},
      {"state: lost", {0, State{ReaderState::lost, "usb"}}, "01 06 00000000 02 757362", 7},
      {"state: two cards", {0, State{ReaderState::two_cards, ""}}, "01 06 00000000 03", 7},
      {"apdu",
       {3, Apdu{std::chrono::milliseconds{500}, {0x80, 0x5C, 0x00, 0x02, 0x04}}},
       "01 11 00000003 01F4 805C000204",
       12},
      {"reselect", {4, Reselect{}}, "01 12 00000004", 6},
      {"release", {5, Release{}}, "01 13 00000005", 6},
  };
}

bool invalid(ByteView bytes) {
  const auto decoded = decode(bytes);
  return !decoded && decoded.error().code() == Errc::invalid;
}

TEST(ReaderProtocol, EveryMessageHasItsGoldenBytes) {
  for (const auto& golden : goldens())
    EXPECT_EQ(to_hex(encode(golden.message)), to_hex(from_hex(golden.hex).value())) << golden.name;
}

TEST(ReaderProtocol, GoldenBytesDecodeToTheirMessage) {
  for (const auto& golden : goldens()) {
    const auto decoded = decode(from_hex(golden.hex).value());
    ASSERT_TRUE(decoded) << golden.name;
    EXPECT_EQ(*decoded, golden.message) << golden.name;
  }
}

TEST(ReaderProtocol, EveryTruncationIsInvalid) {
  for (const auto& golden : goldens()) {
    const Bytes bytes = from_hex(golden.hex).value();
    const bool open_end = std::holds_alternative<Reply>(golden.message.body) ||
                          std::holds_alternative<Apdu>(golden.message.body);
    for (std::size_t size = 0; size < golden.whole; ++size) {
      if (open_end && size >= 8) continue;  // a shorter APDU is an APDU
      EXPECT_TRUE(invalid(ByteView{bytes}.first(size))) << golden.name << " cut to " << size;
    }
  }
}

TEST(ReaderProtocol, ApdusShorterThanAnyApduAreInvalid) {
  EXPECT_TRUE(invalid(from_hex("01 03 00000001 90").value()));
  EXPECT_TRUE(invalid(from_hex("01 11 00000001 01F4 805C00").value()));
}

TEST(ReaderProtocol, TrailingBytesAreInvalid) {
  for (const auto& golden : goldens()) {
    Bytes bytes = from_hex(golden.hex).value();
    bytes.push_back(0x00);
    const bool open_end = std::holds_alternative<Reply>(golden.message.body) ||
                          std::holds_alternative<Apdu>(golden.message.body) ||
                          std::holds_alternative<Failed>(golden.message.body) ||
                          std::holds_alternative<State>(golden.message.body) ||
                          std::holds_alternative<Code>(golden.message.body);
    if (open_end) continue;
    EXPECT_TRUE(invalid(bytes)) << golden.name;
  }
}

TEST(ReaderProtocol, UnknownVersionTypeCauseAndStateAreInvalid) {
  for (const char* hex :
       {"00 05 00000000", "02 05 00000000", "01 00 00000000", "01 07 00000000", "01 08 00000000",
        "01 01 00000000 0007 00000001 02", "01 10 00000000", "01 14 00000000", "01 FF 00000000",
        "01 04 00000000 00", "01 04 00000000 05", "01 06 00000000 00", "01 06 00000000 04"})
    EXPECT_TRUE(invalid(from_hex(hex).value())) << hex;
}

TEST(ReaderProtocol, GarbageIsInvalidOrRoundTrips) {
  std::mt19937 random{1};
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(random() % 48);
    for (Byte& b : bytes) b = static_cast<Byte>(random());
    if (bytes.size() > 1 && i % 2 == 0) {  // half of them get past the head
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

TEST(ReaderProtocol, LargestApdusRoundTrip) {
  const Message command{9, Apdu{std::chrono::milliseconds{65535}, Bytes(262, 0xA5)}};
  const Message answer{9, Reply{Bytes(264, 0x5A)}};
  EXPECT_EQ(decode(encode(command)).value(), command);
  EXPECT_EQ(decode(encode(answer)).value(), answer);
}

}  // namespace
}  // namespace tidegate::edge::reader_protocol
