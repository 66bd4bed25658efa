// SPDX-License-Identifier: Apache-2.0
// The simulated PN532 as a host on its serial line sees it: frames and commands.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/simulators/pn532_host.h"

namespace tidegate::sim::pn532 {
namespace {

/// What a host sends, and what comes back behind the ACK.
struct Golden {
  const char* host;
  const char* chip;
};

/// As unmodified libnfc 1.8 opens a reader, finds a card, talks to it and closes.
const std::vector<Golden> kSession{
    {"55 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ff 03 fd d4 14 01 17 00",
     "00 00 ff 02 fe d5 15 16 00"},
    {"00 00 ff 09 f7 d4 00 00 6c 69 62 6e 66 63 be 00",
     "00 00 ff 09 f7 d5 01 00 6c 69 62 6e 66 63 bc 00"},
    {"00 00 ff 02 fe d4 02 2a 00", "00 00 ff 06 fa d5 03 32 01 06 07 e8 00"},
    {"00 00 ff 03 fd d4 12 14 06 00", "00 00 ff 02 fe d5 13 18 00"},
    {"00 00 ff 0c f4 d4 06 63 02 63 03 63 0d 63 38 63 3d b0 00",
     "00 00 ff 07 f9 d5 07 80 80 00 00 00 24 00"},
    {"00 00 ff 04 fc d4 32 01 00 f9 00", "00 00 ff 02 fe d5 33 f8 00"},
    {"00 00 ff 04 fc d4 32 01 01 f8 00", "00 00 ff 02 fe d5 33 f8 00"},
    {"00 00 ff 06 fa d4 32 05 ff ff ff f8 00", "00 00 ff 02 fe d5 33 f8 00"},
    {"00 00 ff 0e f2 d4 06 63 02 63 03 63 05 63 38 63 3c 63 3d 19 00",
     "00 00 ff 08 f8 d5 07 80 80 40 00 00 00 e4 00"},
    {"00 00 ff 05 fb d4 08 63 3c 10 75 00", "00 00 ff 02 fe d5 09 22 00"},
    {"00 00 ff 04 fc d4 06 63 3c 87 00", "00 00 ff 03 fd d5 07 10 14 00"},
    {"00 00 ff 04 fc d4 4a 01 00 e1 00",
     "00 00 ff 18 e8 d5 4b 01 01 00 04 20 04 08 5a 3c 91 0c 78 80 70 02 54 55 4e 49 4f 4e 00 34 "
     "00"},
    {"00 00 ff 03 fd d4 42 b2 38 00", "00 00 ff 04 fc d5 43 00 a3 45 00"},
    {"00 00 ff 08 f8 d4 40 01 80 5c 00 02 04 09 00",
     "00 00 ff 09 f7 d5 41 00 00 00 27 10 90 00 23 00"},
    {"00 00 ff 03 fd d4 42 b2 38 00", "00 00 ff 04 fc d5 43 00 a2 46 00"},
    {"00 00 ff 03 fd d4 44 00 e8 00", "00 00 ff 03 fd d5 45 00 e6 00"},
    {"00 00 ff 06 fa d4 32 05 00 01 02 f2 00", "00 00 ff 02 fe d5 33 f8 00"},
    {"00 00 ff 04 fc d4 4a 01 00 e1 00", "00 00 ff 03 fd d5 4b 00 e0 00"},
    {"00 00 ff 03 fd d4 52 00 da 00", "00 00 ff 03 fd d5 53 00 d8 00"},
    {"00 00 ff 04 fc d4 32 01 00 f9 00", "00 00 ff 02 fe d5 33 f8 00"},
    {"00 00 ff 03 fd d4 16 f0 26 00", "00 00 ff 03 fd d5 17 00 14 00"},
};

TEST_F(Pn532, AnswersAWholeSessionByteForByte) {
  card_.answer = [](ByteView) { return Bytes{0x00, 0x00, 0x27, 0x10, 0x90, 0x00}; };
  start();
  reader_->put(card_, std::nullopt);
  for (const Golden& step : kSession) {
    SCOPED_TRACE(step.host);
    host_->send(step.host);
    host_->expect(std::string{kAck} + step.chip);
  }
}

TEST_F(Pn532, PollingFindsTheCardAsIso14443_4) {
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  host_->send("00 00 ff 06 fa d4 60 01 01 20 10 9a 00");
  host_->expect(
      std::string{kAck} +
      "00 00 ff 1a e6 d5 61 01 20 15 01 00 04 20 04 08 5a 3c 91 0c 78 80 70 02 54 55 4e 49 4f 4e "
      "00 e9 00");
  EXPECT_EQ(host_->call("44 00"), "4500");
  EXPECT_EQ(host_->call("60 01 01 20"), "6100");
}

TEST_F(Pn532, PollingForEverEndsWhenACardComes) {
  start();
  host_->open();
  host_->send(frame("60 FF 01 20 10 03"));
  host_->expect(kAck);
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->reply().substr(0, 6), "610120");
}

TEST_F(Pn532, APlainCardIsFoundWithoutAtsAndDoesNotTakeApdus) {
  card_.sak_value = 0x08;
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->call("4A 01 00"), "4B010100040804085A3C91");
  EXPECT_EQ(host_->call("40 01 30 04"), "4127");
  EXPECT_EQ(host_->call("52 00"), "5300");
}

TEST_F(Pn532, SleepsUntilWokenUp) {
  start();
  host_->send(frame("02"));  // nobody hears it
  host_->open();
  host_->expect_all_quiet();
  EXPECT_EQ(host_->call("16 F0"), "1700");
  host_->send(frame("02"));
  host_->open();
  host_->expect_all_quiet();
}

TEST_F(Pn532, HousekeepingCommandsAnswer) {
  start();
  host_->open();
  EXPECT_EQ(host_->call("00 00 DE AD"), "0100DEAD");
  EXPECT_EQ(host_->call("00 01"), "0100");
  EXPECT_EQ(host_->call("00 02"), "0100");
  EXPECT_EQ(host_->call("00 04 01"), "0180");
  EXPECT_EQ(host_->call("00 06"), "0127");
  EXPECT_EQ(host_->call("00 07 2E"), "0100");
  EXPECT_EQ(host_->call("04"), "0527000000") << "the last error is told";
  EXPECT_EQ(host_->call("08 63 0D 77 FF F4 01"), "09");
  EXPECT_EQ(host_->call("06 63 0D FF F4 63 02"), "07770180");
  EXPECT_EQ(host_->call("0C"), "0DFFFF00");
  EXPECT_EQ(host_->call("0E 85 00"), "0F");
  EXPECT_EQ(host_->call("0C"), "0D05FF00");
  EXPECT_EQ(host_->call("10 04"), "11");
  host_->send(kAck);
  EXPECT_EQ(host_->call("32 02 00 0B 0A"), "33");
  EXPECT_EQ(host_->call("54 01"), "5527");
  EXPECT_EQ(host_->call("4E 01 00 00"), "4F27");
}

TEST_F(Pn532, StatusAndPresenceSpeakOfTheSelectedCard) {
  start_with_selected_card();
  EXPECT_EQ(host_->call("04"),
            "05000001010000"
            "0000");
  EXPECT_EQ(host_->call("00 06"), "0100");
  EXPECT_EQ(host_->call("4E 01 00 00"), "4F00");
  reader_->take(card_);
  EXPECT_EQ(host_->call("00 06"), "0101");
  EXPECT_EQ(host_->call("42 B2"), "4301");
}

TEST_F(Pn532, WhatItDoesNotUnderstandGetsAnErrorFrame) {
  start();
  host_->open();
  for (const char* command :
       {"99", "02 00", "00 03", "14 09", "06 63", "08 63 0D", "10 09", "32 01", "32 77 00",
        "4A 03 00", "4A 01 05", "4A 01 00 11 22", "60 00 01 20", "60 01 01 77", "44", "16"}) {
    SCOPED_TRACE(command);
    EXPECT_EQ(host_->call(command), "error frame");
  }
  host_->expect_all_quiet();
}

TEST_F(Pn532, FramesMayComeByteByByteOrTogether) {
  start();
  const Bytes open = from_hex(kWakeUp + frame("14 01")).value();
  for (const Byte& byte : open) host_->send(to_hex({&byte, 1}));
  host_->expect(kAck + frame("15", 0xD5));
  host_->send(frame("02") + frame("04") + "5555000055" + frame("0C"));
  host_->expect(kAck + frame("0332010607", 0xD5) + kAck + frame("0500000000", 0xD5) + kAck +
                frame("0DFFFF00", 0xD5));
}

TEST_F(Pn532, BrokenFramesAreIgnored) {
  start();
  host_->open();
  host_->send("00 00 ff 02 ff d4 02 2a 00");                 // LCS
  host_->send("00 00 ff 02 fe d4 02 2b 00");                 // DCS
  host_->send("00 00 ff 02 fe d5 02 29 00");                 // TFI of a chip
  host_->send("00 00 ff ff ff 00 02 fd d4 02 2a 00");        // LCS of an extended frame
  host_->send("00 00 ff ff ff 7f ff 82 d4 02 2a 00");        // longer than the chip's buffer
  host_->send("00 00 ff 01 ff 7f 81 00 00 00 ff 00 00 00");  // no command, no length
  host_->expect_all_quiet();
}

TEST_F(Pn532, ANackFromTheHostBringsTheLastReplyAgain) {
  start();
  host_->open();
  EXPECT_EQ(host_->call("02"), "0332010607");
  host_->send(kNack);
  host_->expect(frame("0332010607", 0xD5));
}

TEST_F(Pn532, AnAckFromTheHostAbortsWhatRuns) {
  start();
  host_->open();
  host_->send(frame("4A 01 00"));
  host_->expect(kAck);
  host_->send(kAck + frame("04"));
  host_->expect(kAck + frame("0500000000", 0xD5));
  reader_->put(card_, std::nullopt);
  host_->expect_all_quiet();
}

TEST_F(Pn532, ANewCommandDropsTheRunningOne) {
  start();
  host_->open();
  host_->send(frame("4A 01 03"));  // type B, for ever
  host_->expect(kAck);
  host_->expect_all_quiet();
  host_->send(frame("00 05"));  // echo as a target, for ever
  host_->expect(kAck);
  host_->expect_all_quiet();
}

TEST_F(Pn532, LongApdusTravelInExtendedFrames) {
  start_with_selected_card();
  const std::string apdu = to_hex(Bytes(253, 0x5A));  // TFI, code, Tg: 256 bytes
  EXPECT_EQ(host_->call("40 01" + apdu), "4100" + apdu + "9000");
}

TEST_F(Pn532, ResponsesLongerThanAFrameComeInParts) {
  card_.answer = [](ByteView) { return Bytes(300, 0x11); };
  start_with_selected_card();
  EXPECT_EQ(host_->call("40 01 00B2"), "4140" + to_hex(Bytes(262, 0x11)));
  EXPECT_EQ(host_->call("40 01"), "4100" + to_hex(Bytes(38, 0x11)));
  EXPECT_EQ(host_->call("40 01"), "4101") << "there is no third part";
  EXPECT_EQ(reader_->exchanges(), 1U);
}

TEST_F(Pn532, CommandsMayComeInParts) {
  start_with_selected_card();
  EXPECT_EQ(host_->call("40 41 00A4"), "4100");
  EXPECT_EQ(host_->call("40 41 0400"), "4100");
  EXPECT_EQ(card_.commands, 0U);
  EXPECT_EQ(host_->call("40 01 02"),
            "410000A4040002"
            "9000");
  EXPECT_EQ(reader_->exchanges(), 1U);
}

TEST_F(Pn532, APacedLineAnswersTheSame) {
  options_.baud = 460'800;
  options_.card_time = std::chrono::milliseconds{2};
  start_with_selected_card();
  EXPECT_EQ(host_->call("40 01 80CA"), "410080CA9000");
  EXPECT_EQ(host_->call("10 08"), "11");
  host_->send(kAck);
  EXPECT_EQ(host_->call("42 B2"), "4300A2");
  host_->expect_all_quiet();
}

TEST_F(Pn532, PacingTakesAtLeastTheTimeOfTheLine) {
  options_.baud = 9600;
  start();
  const auto begin = std::chrono::steady_clock::now();
  host_->open();
  // 25 bytes there behind the one that wakes it, 6 and 9 back, ten bits each.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{41});
}

TEST_F(Pn532, TheTraceHoldsWhatWentOverTheLine) {
  options_.trace = folder_ / "trace";
  start();
  host_->open();
  host_->expect_all_quiet();
  host_.reset();
  reader_.reset();
  std::ostringstream trace;
  trace << std::ifstream{options_.trace}.rdbuf();
  EXPECT_NE(trace.str().find(" H> 00 00 ff 02 fe d4 02 2a 00\n"), std::string::npos) << trace.str();
  EXPECT_NE(trace.str().find(" <C 00 00 ff 06 fa d5 03 32 01 06 07 e8 00\n"), std::string::npos);
}

TEST_F(Pn532, DoesNotReplaceAFileByItsLink) {
  std::ofstream{options_.link} << "somebody's";
  const auto reader = SimReader::start(options_);
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code(), Errc::exists);
}

}  // namespace
}  // namespace tidegate::sim::pn532
