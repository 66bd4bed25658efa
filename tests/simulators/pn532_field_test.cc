// SPDX-License-Identifier: Apache-2.0
// Cards in the field of the simulated reader: states, two at once, tearing, taking away; the cable.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/simulators/pn532_host.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr const char* kNoCard = "4B00";
constexpr const char* kThreeTries = "32 05 00 01 02";
/// TxMode, RxMode and BitFraming for 7 bits without CRC, and for blocks.
constexpr const char* kShortFrames = "08 630200 630300 633D07";
constexpr const char* kBlocks = "08 630280 630380 633D00";

TEST_F(Pn532, AHaltedCardIsSilentUntilTheFieldWasOffLongEnough) {
  options_.field_off_min = std::chrono::milliseconds{0};
  start_with_selected_card();
  EXPECT_EQ(host_->call(kThreeTries), "33");
  EXPECT_EQ(host_->call("44 00"), "4500");
  EXPECT_EQ(host_->call("4A 01 00"), kNoCard);
  EXPECT_EQ(host_->call("32 01 00"), "33");
  EXPECT_EQ(host_->call("32 01 01"), "33");
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
}

TEST_F(Pn532, AGapOfTheFieldThatIsTooShortResetsNothing) {
  options_.field_off_min = std::chrono::hours{1};
  start_with_selected_card();
  const unsigned before = card_.power_offs;
  EXPECT_EQ(host_->call(kThreeTries), "33");
  EXPECT_EQ(host_->call("32 01 00"), "33");
  EXPECT_EQ(host_->call("32 01 01"), "33");
  EXPECT_EQ(host_->call("4A 01 00"), kNoCard) << "it is still selected, as far as it knows";
  reader_->take(card_);
  EXPECT_EQ(card_.power_offs, before + 1);
}

TEST_F(Pn532, ASelectedCardDoesNotAnswerAnotherSelection) {
  start_with_selected_card();
  EXPECT_EQ(host_->call(kThreeTries), "33");
  EXPECT_EQ(host_->call("4A 01 00"), kNoCard);
}

TEST_F(Pn532, DeselectingPowersTheCardsSessionOff) {
  start_with_selected_card();
  const unsigned before = card_.power_offs;
  EXPECT_EQ(host_->call("44 01"), "4500");
  EXPECT_EQ(card_.power_offs, before + 1);
  EXPECT_EQ(host_->call("40 01 80CA"), "410080CA9000") << "the chip selects its target again";
  EXPECT_EQ(host_->call("42 C2"), "4300C2");
  EXPECT_EQ(host_->call("52 01"), "5300");
  EXPECT_EQ(host_->call("40 01 80CA"), "4127");
}

TEST_F(Pn532, UidsOfAllLengthsAreFoundByName) {
  struct Case {
    const char* uid;
    const char* asked;
  };
  for (const Case& c : {Case{"085A3C91", "085A3C91"}, Case{"04112233445566", "88041122 33445566"},
                        Case{"04112233445566778899", "88041122 88334455 66778899"}}) {
    SCOPED_TRACE(c.uid);
    host_.reset();
    reader_.reset();
    EchoCard other{"01020304"};
    EchoCard wanted{c.uid};
    start();
    host_->open();
    reader_->put(other, std::nullopt);
    reader_->put(wanted, std::nullopt);
    const std::string found = host_->call(std::string{"4A 01 00"} + c.asked);
    EXPECT_EQ(found.substr(14, std::string{c.uid}.size()), c.uid) << found;
    reader_->take(other);
    reader_->take(wanted);
  }
}

TEST_F(Pn532, OfTwoCardsTheSecondAnswersWhenTheFirstIsHalted) {
  EchoCard second{"11223344"};
  start_with_selected_card();
  reader_->put(second, std::nullopt);
  EXPECT_EQ(host_->call("44 00"), "4500");
  EXPECT_EQ(host_->call("4A 01 00").substr(14, 8), "11223344");
  EXPECT_EQ(host_->call("40 01 80CA"), "410080CA9000");
  EXPECT_EQ(card_.commands, 0U);
  EXPECT_EQ(second.commands, 1U);
  reader_->take(second);
}

TEST_F(Pn532, TwoTargetsAreKeptAndSelectedInTurn) {
  EchoCard second{"11223344"};
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  reader_->put(second, std::nullopt);
  const std::string found = host_->call("4A 02 00");
  EXPECT_EQ(found.substr(0, 4), "4B02");
  EXPECT_NE(found.find("02000420"
                       "0411223344"),
            std::string::npos)
      << found;
  EXPECT_EQ(host_->call("04"),
            "0500000201000000020000000"
            "0");
  EXPECT_EQ(host_->call("40 02 80CA"), "410080CA9000");
  EXPECT_EQ(host_->call("40 01 80CB"), "410080CB9000");
  EXPECT_EQ(host_->call("54 02"), "5500");
  EXPECT_EQ(host_->call("40 03 80CB"), "4127");
  EXPECT_EQ(card_.commands, 1U);
  EXPECT_EQ(second.commands, 1U);
  EXPECT_EQ(host_->call("52 00"), "5300");
  EXPECT_EQ(host_->call("54 02"), "5527");
  reader_->take(second);
}

TEST_F(Pn532, SelectionWithoutEndWaitsForACard) {
  start();
  host_->open();
  host_->send(frame("4A 01 00"));
  host_->expect(kAck);
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(host_->reply(), kSelectedCard);
}

TEST_F(Pn532, OtherModulationsFindNobody) {
  start_with_selected_card();
  EXPECT_EQ(host_->call(kThreeTries), "33");
  EXPECT_EQ(host_->call("4A 01 01 00FFFF0100"), kNoCard);
  EXPECT_EQ(host_->call("4A 01 03 00"), kNoCard);
  EXPECT_EQ(host_->call("4A 01 04"), kNoCard);
  EXPECT_EQ(host_->call("42 010B3F80"), "4301");
  EXPECT_EQ(host_->call("42"), "4301");
}

TEST_F(Pn532, ARequestByHandIsAnsweredByWhoIsNotSelected) {
  start_with_selected_card();
  EXPECT_EQ(host_->call("42 26"), "4301") << "as a block of 8 bits with a CRC it is none";
  EXPECT_EQ(host_->call(kShortFrames), "09");
  EXPECT_EQ(host_->call("42 26"), "4301") << "the selected card does not hear it";
  EchoCard second{"04112233445566"};
  second.atqa_value = {0x03, 0x44};
  reader_->put(second, std::nullopt);
  EXPECT_EQ(host_->call("42 26"), "43004403");
  EchoCard third{"01020304"};
  reader_->put(third, std::nullopt);
  EXPECT_EQ(host_->call("42 26"), "4306") << "their answers are not the same";
  reader_->take(second);
  EXPECT_EQ(host_->call("42 52"), "43000400");
  reader_->take(third);
  EXPECT_EQ(host_->call("40 01 01"), "4101") << "a card hears no block so";
  EXPECT_EQ(host_->call("42 B2"), "4301");
  EXPECT_EQ(host_->call(kBlocks), "09");
  EXPECT_EQ(host_->call("40 01 02"), "4100029000");
  EXPECT_EQ(card_.commands, 1U);
}

TEST_F(Pn532, AHaltedCardHearsWupaAndNotReqa) {
  start_with_selected_card();
  EXPECT_EQ(host_->call("44 00"), "4500");
  EXPECT_EQ(host_->call(kShortFrames), "09");
  EXPECT_EQ(host_->call("42 26"), "4301");
  EXPECT_EQ(host_->call("42 52"), "43000400");
  EXPECT_EQ(host_->call(kThreeTries), "33");
  EXPECT_EQ(host_->call("4A 01 00"), kNoCard);
  EXPECT_EQ(host_->call("42 52"), "4301") << "a search has set the frames up for blocks";
}

TEST_F(Pn532, ACardTornBeforeItSawTheCommandHasNotActed) {
  start();
  host_->open();
  reader_->put(card_, Tear{.exchange = 2, .after_card = false});
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
  EXPECT_EQ(host_->call("40 01 01"), "4100019000");
  EXPECT_TRUE(reader_->has(card_));
  const unsigned before = card_.power_offs;
  EXPECT_EQ(host_->call("40 01 02"), "4101");
  EXPECT_FALSE(reader_->has(card_));
  EXPECT_EQ(card_.commands, 1U);
  EXPECT_EQ(card_.power_offs, before + 1);
  EXPECT_EQ(host_->call("40 01 03"), "4101") << "and it stays away";
  EXPECT_EQ(host_->call("42 B2"), "4301");
  EXPECT_EQ(reader_->exchanges(), 2U);
}

TEST_F(Pn532, ACardTornAfterItActedHasActed) {
  std::vector<std::string> events;
  options_.on_event = [&events](const std::string& event) { events.push_back(event); };
  start();
  host_->open();
  reader_->put(card_, Tear{.exchange = 1, .after_card = true});
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
  EXPECT_EQ(host_->call("40 01 01"), "4101");
  EXPECT_FALSE(reader_->has(card_));
  EXPECT_EQ(card_.commands, 1U);
  reader_.reset();
  EXPECT_EQ(events, (std::vector<std::string>{"selected uid=085A3C91",
                                              "torn exchange=1 after-card uid=085A3C91"}));
}

TEST_F(Pn532, ACardThatComesBackIsCountedAnew) {
  start_with_selected_card();
  EXPECT_EQ(host_->call("40 01 01"), "4100019000");
  EXPECT_EQ(reader_->exchanges(), 1U);
  reader_->take(card_);
  EXPECT_EQ(reader_->exchanges(), 1U);
  reader_->put(card_, std::nullopt);
  EXPECT_EQ(reader_->exchanges(), 0U);
  EXPECT_EQ(host_->call("40 01 01"), "4101") << "it has not been selected since";
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
  EXPECT_EQ(host_->call("40 01 01"), "4100019000");
}

TEST_F(Pn532, AMuteCardLooksLikeAnAbsentOne) {
  card_.answer = [](ByteView) { return Bytes{}; };
  start_with_selected_card();
  EXPECT_EQ(host_->call("40 01 01"), "4101");
  EXPECT_TRUE(reader_->has(card_));
}

TEST_F(Pn532, TheAnswerOfACardTakenAwayWhileItWorksIsLost) {
  start_with_selected_card();
  ASSERT_TRUE(reader_->set_fault("slow-card=1500").has_value());
  host_->send(frame("40 01 01"));
  host_->expect(kAck);
  while (reader_->exchanges() == 0) std::this_thread::yield();
  reader_->take(card_);
  EXPECT_EQ(host_->reply(), "4101");
  EXPECT_EQ(card_.commands, 1U);
}

TEST_F(Pn532, PullingTheCableHangsUpAndPluggingItInStartsAfresh) {
  start_with_selected_card();
  const unsigned before = card_.power_offs;
  reader_->unplug();
  EXPECT_TRUE(host_->hung_up());
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(options_.link)));
  EXPECT_GT(card_.power_offs, before);
  ASSERT_TRUE(reader_->replug().has_value());
  ASSERT_TRUE(reader_->replug().has_value()) << "plugged in already";
  host_ = std::make_unique<Host>(options_.link);
  host_->send(frame("02"));  // asleep
  host_->open();
  EXPECT_EQ(host_->call("4A 01 00"), kSelectedCard);
}

TEST_F(Pn532, UnpluggingWhileAHostWaitsHangsUp) {
  start();
  host_->open();
  host_->send(frame("4A 01 00"));
  host_->expect(kAck);
  reader_->unplug();
  EXPECT_TRUE(host_->hung_up());
}

TEST_F(Pn532, ALaterHostFindsTheReaderAfterTheFirstHasLeft) {
  start_with_selected_card();
  host_.reset();
  host_ = std::make_unique<Host>(options_.link);
  host_->open();
  host_->expect_all_quiet();
}

TEST_F(Pn532, CardsComeAndGoWhileTheHostWorks) {
  start();
  host_->open();
  EXPECT_EQ(host_->call("32 05 00 01 00"), "33");
  std::atomic<bool> stop{false};
  std::thread crowd{[this, &stop] {
    while (!stop) {
      reader_->put(card_, Tear{.exchange = 3, .after_card = true});
      (void)reader_->set_fault("two-parts=0@1");
      while (reader_->has(card_) && !stop) std::this_thread::yield();
      reader_->take(card_);
      (void)reader_->exchanges();
      reader_->clear_faults();
    }
  }};
  unsigned answered = 0;
  for (int round = 0; round < 200; ++round) {
    const std::string found = host_->call("4A 01 00");
    if (found == kNoCard) continue;
    EXPECT_EQ(found, kSelectedCard);
    for (int apdu = 0; apdu < 4; ++apdu)
      if (host_->call("40 01 01") == "4100019000") ++answered;
  }
  stop = true;
  crowd.join();
  EXPECT_GT(answered, 0U);
}

}  // namespace
}  // namespace tidegate::sim::pn532
