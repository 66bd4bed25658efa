// SPDX-License-Identifier: Apache-2.0
// Each fault of the simulated reader, as its bytes on the line; and how faults are limited.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "simulators/pn532/faults.h"
#include "tests/simulators/pn532_host.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr const char* kApdu = "00 00 ff 08 f8 d4 40 01 80 5c 00 02 04 09 00";

struct Case {
  const char* fault;
  const char* bytes;  ///< all that comes for one APDU
  bool card_acts;
};
constexpr const char* kReply = "0000ff09f7d541000000271090002300";

const std::vector<Case> kCases{
    {"no-ack", "", false},
    {"ack-only", "0000ff00ff00", true},
    {"garbage-before", "deadbe 0000ff00ff00 0000ff09f7d541000000271090002300", true},
    {"garbage-between", "0000ff00ff00 deadbe 0000ff09f7d541000000271090002300", true},
    {"garbage-after", "0000ff00ff00 0000ff09f7d541000000271090002300 deadbe", true},
    {"bad-lcs", "0000ff00ff00 0000ff09f8d541000000271090002300", true},
    {"bad-dcs", "0000ff00ff00 0000ff09f7d541000000271090002400", true},
    {"bad-tfi", "0000ff00ff00 0000ff09f7d441000000271090002400", true},
    {"bad-cc", "0000ff00ff00 0000ff09f7d543000000271090002100", true},
    {"bad-postamble", "0000ff00ff00 0000ff09f7d5410000002710900023ff", true},
    {"no-preamble", "0000ff00ff00 00ff09f7d541000000271090002300", true},
    {"double-preamble", "0000ff00ff00 000000ff09f7d541000000271090002300", true},
    {"nack", "0000ffff0000", false},
    {"error-frame", "0000ff00ff00 0000ff01ff7f8100", false},
    {"truncate", "0000ff00ff00 0000ff09f7d54100", true},
    {"dribble=1", "0000ff00ff00 0000ff09f7d541000000271090002300", true},
    {"two-parts", "0000ff00ff00 0000ff09f7d541000000271090002300", true},
    {"reply-delay=20", "0000ff00ff00 0000ff09f7d541000000271090002300", true},
    {"slow-card=20", "0000ff00ff00 0000ff09f7d541000000271090002300", true},
    {"len-too-long", "0000ff00ff00 0000ff11efd541000000271090002300", true},
    {"len-one", "0000ff00ff00 0000ff01ffd52b00", true},
    {"empty-reply", "0000ff00ff00 0000ff02fed541ea00", true},
    {"status=80", "0000ff00ff00 0000ff09f7d54180000027109000a300", true},
    {"status=40", "0000ff00ff00 0000ff09f7d54140000027109000e300", true},
    {"status=14", "0000ff00ff00 0000ff03fdd54114d600", true},
    {"mi-chaining=4", "0000ff00ff00 0000ff07f9d54140000027107300", true},
    {"silent", "", false},
};

class Pn532Faults : public Pn532 {
 protected:
  void start_with_purse() {
    card_.answer = [](ByteView) { return Bytes{0x00, 0x00, 0x27, 0x10, 0x90, 0x00}; };
    start_with_selected_card();
  }
};

TEST_F(Pn532Faults, EachSpoilsOneExchangeAndTheNextIsWhole) {
  start_with_purse();
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.fault);
    const unsigned before = card_.commands;
    ASSERT_TRUE(reader_->set_fault(std::string{c.fault} + "@1").has_value());
    host_->send(kApdu);
    host_->expect(c.bytes);
    host_->send(kApdu);
    host_->expect(std::string{kAck} + kReply);
    EXPECT_EQ(card_.commands - before, c.card_acts ? 2U : 1U);
  }
}

TEST_F(Pn532Faults, ADelayedReplyIsDroppedByTheNextCommandAndByAnAbort) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("reply-delay=60000").has_value());
  host_->send(kApdu);
  host_->expect(kAck);
  host_->expect_all_quiet();
  host_->send(kApdu);
  host_->expect(kAck);
  host_->send(kAck);
  host_->expect_all_quiet();
}

TEST_F(Pn532Faults, ALateReplyFollowsTheAckOfTheNextCommand) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("late-reply=60000@1").has_value());
  host_->send(kApdu);
  host_->expect(kAck);
  host_->send(frame("02"));
  host_->expect(std::string{kAck} + kReply + frame("0332010607", 0xD5));
}

TEST_F(Pn532Faults, DribblingTakesItsTime) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("dribble=3").has_value());
  host_->send(kApdu);
  host_->expect(kAck);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(host_->receive(16), plain(kReply));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{30});
}

TEST_F(Pn532Faults, PartsOfAResponseAreFetchedOneByOne) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("mi-chaining=4").has_value());
  EXPECT_EQ(host_->call("40 01 805C"), "414000002710");
  EXPECT_EQ(host_->call("40 01"), "41009000");
  EXPECT_EQ(reader_->exchanges(), 1U);
}

TEST_F(Pn532Faults, AnExchangeIsNamedByItsNumberSinceTheCardCame) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("status=01#2").has_value());
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  EXPECT_EQ(host_->call("40 01 805C"), "4101");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  reader_->take(card_);
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  EXPECT_EQ(host_->call("40 01 805C"), "4101") << "the second one, again";
}

TEST_F(Pn532Faults, ALimitCountsDownAndBothLimitsHoldTogether) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("status=29@2").has_value());
  EXPECT_EQ(host_->call("40 01 805C"), "4129");
  EXPECT_EQ(host_->call("40 01 805C"), "4129");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  ASSERT_TRUE(reader_->set_fault("status=13#4@1").has_value());
  EXPECT_EQ(host_->call("40 01 805C"), "4113");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
}

TEST_F(Pn532Faults, OtherCommandsAreStruckWhenNamed) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("status=01/42").has_value());
  EXPECT_EQ(host_->call("42 B2"), "4301");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  reader_->clear_faults();
  EXPECT_EQ(host_->call("42 B2"), "4300A2");
  ASSERT_TRUE(reader_->set_fault("error-frame/any@2").has_value());
  EXPECT_EQ(host_->call("02"), "error frame");
  EXPECT_EQ(host_->call("42 B2"), "error frame");
  host_->expect_all_quiet();
}

TEST_F(Pn532Faults, TheCableIsPulledInMidExchange) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("unplug#1").has_value());
  host_->send(kApdu);
  EXPECT_TRUE(host_->hung_up());
  EXPECT_EQ(card_.commands, 0U);
  EXPECT_TRUE(reader_->has(card_));
  ASSERT_TRUE(reader_->replug().has_value());
  host_ = std::make_unique<Host>(options_.link);
  host_->open();
}

TEST_F(Pn532Faults, AReaderThatIsSilentAtOpenHearsTheNextOpen) {
  options_.faults = {"silent-at-open@1"};
  start();
  host_->send(kWakeUp + frame("1401") + frame("02"));
  host_->open();
  host_->expect_all_quiet();
}

TEST_F(Pn532Faults, TheFirstOpenAfterPowerUpFails) {
  options_.faults = {"first-open-fails"};
  start();
  host_->send(kWakeUp + frame("1401"));
  host_->open();
  EXPECT_EQ(host_->call("16 F0"), "1700");
  host_->open();  // it was only asleep
}

TEST_F(Pn532Faults, TheFirmwareVersionIsLost) {
  options_.faults = {"lost-firmware-version@1"};
  start();
  host_->open();
  host_->send(frame("02"));
  EXPECT_EQ(host_->call("12 14"), "13");
  host_->expect_all_quiet();
}

TEST_F(Pn532Faults, BytesBehindAnAbortAreLostForAWhile) {
  options_.faults = {"deaf-after-abort=150"};
  start();
  host_->open();
  host_->send(frame("4A 01 00"));
  host_->expect(kAck);
  const auto begin = std::chrono::steady_clock::now();
  host_->send(kAck + frame("02"));
  while (!host_->hears(std::chrono::milliseconds{10})) host_->send(frame("02"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{150});
  host_->expect(kAck + frame("0332010607", 0xD5));
}

TEST_F(Pn532Faults, TheAtsLiesAboutItsLength) {
  options_.faults = {"ats-tl=00@1", "ats-tl=FE@1"};
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  const std::string ats_tail =
      "788070"
      "0254554E494F4E00";
  EXPECT_EQ(host_->call("4A 01 00"), "4B010100042004085A3C91FE" + ats_tail);
  reader_->clear_faults();
  ASSERT_TRUE(reader_->set_fault("ats-tl=00/60").has_value());
  EXPECT_EQ(host_->call("44 00"), "4500");
  EXPECT_EQ(host_->call("32 01 00"), "33");
  reader_->take(card_);
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->call("60 01 01 20"),
            "6101201501000420"
            "04085A3C9100" +
                ats_tail);
}

TEST_F(Pn532Faults, ACardWhoseAtsIsLostIsSelectedAndSilent) {
  options_.faults = {"lost-ats@1"};
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->call("32 05 00 01 02"), "33");
  EXPECT_EQ(host_->call("4A 01 00"), "4B00");
  EXPECT_EQ(host_->call("4A 01 00"), "4B00") << "the fault is over, and the card is still silent";
  EXPECT_EQ(host_->call("32 01 00"), "33");
  std::this_thread::sleep_for(options_.field_off_min);
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
}

TEST_F(Pn532Faults, TheFirstTimesAreSpared) {
  start_with_purse();
  ASSERT_TRUE(reader_->set_fault("status=13+2@1").has_value());
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
  EXPECT_EQ(host_->call("40 01 805C"), "4113");
  EXPECT_EQ(host_->call("40 01 805C"),
            "41000000"
            "27109000");
}

TEST_F(Pn532Faults, UnknownNamesAndUnfitValuesAreRefused) {
  start();
  for (const char* fault : {"",
                            "no-such-fault",
                            "no-ack=1",
                            "reply-delay",
                            "reply-delay=",
                            "reply-delay=x",
                            "reply-delay=9999999",
                            "status=100",
                            "status=zz",
                            "mi-chaining=0",
                            "mi-chaining=263",
                            "no-ack@0",
                            "no-ack@",
                            "no-ack+0",
                            "no-ack+x",
                            "no-ack#0",
                            "no-ack#x",
                            "no-ack/xyz",
                            "no-ack/100",
                            "no-ack@1x"}) {
    const Status status = reader_->set_fault(fault);
    ASSERT_FALSE(status.has_value()) << fault;
    EXPECT_EQ(status.error().code(), Errc::invalid) << fault;
  }
  host_.reset();
  reader_.reset();
  options_.faults = {"no-such-fault"};
  EXPECT_FALSE(SimReader::start(options_).has_value());
}

std::string name_of(std::string fault) {
  return fault.substr(0, fault.find_first_of("=+@#/"));
}

TEST(Pn532FaultTable, EveryFaultIsTestedHere) {
  std::set<std::string> tested{
      "late-reply",       "unplug", "silent-at-open", "first-open-fails",
      "deaf-after-abort", "ats-tl", "lost-ats",       "lost-firmware-version"};
  for (const Case& c : kCases) tested.insert(name_of(c.fault));
  for (const FaultInfo& row : fault_table())
    EXPECT_TRUE(tested.contains(std::string{row.name})) << row.name;
  EXPECT_EQ(tested.size(), fault_table().size());
}

TEST(Pn532FaultTable, EveryFaultIsInTheManual) {
  std::ostringstream page;
  page << std::ifstream{std::string{TIDEGATE_SOURCE_DIR} + "/docs/simulated-reader.md"}.rdbuf();
  for (const FaultInfo& row : fault_table())
    EXPECT_NE(page.str().find("| `" + std::string{row.name}), std::string::npos) << row.name;
}

}  // namespace
}  // namespace tidegate::sim::pn532
