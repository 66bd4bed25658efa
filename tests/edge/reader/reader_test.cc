// SPDX-License-Identifier: Apache-2.0
// tidegate-reader with a reader that works: cards come and go, the gate comes and goes.
#include <unistd.h>

#include <csignal>
#include <string>

#include "tests/edge/reader/rig.h"

namespace tidegate::edge {
namespace {

using namespace reader_protocol;
using std::chrono::milliseconds;

const Bytes kGetBalance{0x80, 0x5C, 0x00, 0x02, 0x04};

using Reader = ReaderRig;

/// Makes up a new UID each time the field comes back.
class Phone final : public EchoCard {
 public:
  Phone() : EchoCard{{}} {}
  [[nodiscard]] Bytes uid() const override {
    return {0x08, 0x01, 0x02, static_cast<Byte>(resets.load())};
  }
};

/// Its ATQA and those of the others are not heard at the same time.
class OtherKind final : public EchoCard {
 public:
  OtherKind() : EchoCard{{0x04, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06}} {}
  [[nodiscard]] std::array<Byte, 2> atqa() const override { return {0x03, 0x44}; }
};

TEST_F(Reader, TellsWhoItIsAndThatItsReaderWorks) {
  start();
  EXPECT_EQ(hello_pid_, static_cast<std::uint32_t>(reader_->pid()));
  EXPECT_TRUE(hear_state(ReaderState::ok));
}

TEST_F(Reader, TellsWhatItSawOfACard) {
  start();
  sim_->put(card_, std::nullopt);
  const auto message = hear_a<Target>();
  ASSERT_TRUE(message);
  const auto& target = std::get<Target>(message->body);
  EXPECT_EQ(message->request, 0U);
  EXPECT_EQ(target.uid, card_.uid());
  EXPECT_EQ(target.sak, 0x20);
  EXPECT_EQ(target.atqa, (std::array<Byte, 2>{0x00, 0x04}));
  EXPECT_EQ(target.ats, (Bytes{0x78, 0x80, 0x70, 0x02}));
}

TEST_F(Reader, CarriesCommandsOfEverySize) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  for (const std::size_t size : {4U, 5U, 53U, 252U, 253U, 255U, 256U, 261U}) {
    Bytes command(size, 0x5A);
    command[0] = static_cast<Byte>(size);
    EXPECT_TRUE(echoes(command)) << size << " bytes";
  }
}

TEST_F(Reader, RefusesACommandThatWouldKillLibnfcWithoutSendingIt) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_EQ(cause_of(exchange(Bytes(263, 0x00))), Cause::invalid);
  EXPECT_EQ(card_.commands, 0U);
  ASSERT_TRUE(reselect());
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, ServesOneCardAfterTheOther) {
  start();
  for (int i = 0; i < 3; ++i) {
    serve_one(card_);
    serve_one(other_);
  }
}

TEST_F(Reader, ACardThatStaysIsNotToldAgain) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  say(0, Release{});
  EXPECT_FALSE(hear(milliseconds{700})) << "the card is still there, there is nothing to tell";
  sim_->take(card_);
  EXPECT_TRUE(hear_a<Gone>());
}

TEST_F(Reader, ACardThatComesWhileTheChildIsReplacedIsNotTakenForTheOneBefore) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  say(0, Release{});
  const pid_t child = reader_->child();
  ASSERT_GT(child, 0);
  ::kill(child, SIGKILL);
  sim_->take(card_);
  sim_->put(other_, std::nullopt);
  EXPECT_EQ(next_target(), other_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
  EXPECT_NE(reader_->child(), child);
}

TEST_F(Reader, ACardTakenInTheMiddleIsGoneAndTheNextOneWorks) {
  start();
  sim_->put(card_, sim::Tear{.exchange = 2, .after_card = false});
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone);
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone) << "and stays gone";
  EXPECT_EQ(cause_of(reselect()), Cause::gone);
  say(0, Release{});
  EXPECT_TRUE(hear_a<Gone>());
  serve_one(other_);
}

TEST_F(Reader, ACardBroughtBackIsReselected) {
  start();
  sim_->put(card_, sim::Tear{.exchange = 1, .after_card = true});
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone);
  EXPECT_EQ(card_.commands, 1U) << "the card has acted, the answer was lost";
  sim_->put(card_, std::nullopt);
  const auto again = reselect();
  ASSERT_TRUE(again && std::holds_alternative<Target>(*again));
  EXPECT_TRUE(echoes(kGetBalance));
  release_and_take(card_);
}

TEST_F(Reader, AnotherCardDoesNotTakeThePlaceOfTheFirst) {
  start();
  sim_->put(card_, sim::Tear{.exchange = 1, .after_card = false});
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone);
  sim_->put(other_, std::nullopt);
  EXPECT_EQ(cause_of(reselect()), Cause::gone);
  say(0, Release{});
  EXPECT_EQ(next_target(), other_.uid()) << "it has its own turn";
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, ReselectResetsTheCard) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  const unsigned resets = card_.resets;
  const auto again = reselect();
  ASSERT_TRUE(again && std::holds_alternative<Target>(*again));
  EXPECT_GT(card_.resets, resets);
}

TEST_F(Reader, APhoneWithANewUidIsTheSamePhone) {
  start();
  Phone phone;
  sim_->put(phone, std::nullopt);
  const Bytes first = next_target();
  ASSERT_EQ(first.size(), 4U);
  const auto again = reselect();
  ASSERT_TRUE(again && std::holds_alternative<Target>(*again));
  EXPECT_NE(std::get<Target>(*again).uid, first);
  EXPECT_TRUE(echoes(kGetBalance));
  ASSERT_TRUE(sim_->set_fault("status=01/42@2"));  // two presence checks fail
  say(0, Release{});
  EXPECT_FALSE(hear(milliseconds{700})) << "it is there, with yet another UID";
  sim_->take(phone);
  EXPECT_TRUE(hear_a<Gone>());
}

TEST_F(Reader, NothingIsSentWithoutACard) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone);
  serve_one(card_);
  EXPECT_EQ(cause_of(exchange(kGetBalance)), Cause::gone);
}

TEST_F(Reader, TwoCardsAreToldAndNeitherIsUsed) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  // The first may be seen before the second is there, so both come while the gate holds a third.
  EchoCard third{{0x04, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06}};
  sim_->put(third, std::nullopt);
  ASSERT_EQ(next_target(), third.uid());
  sim_->put(card_, std::nullopt);
  sim_->put(other_, std::nullopt);
  sim_->take(third);
  say(0, Release{});
  // The two are seen together: as long as they lie there, neither is a target.
  const auto first = hear(milliseconds{1500});
  EXPECT_FALSE(first && std::holds_alternative<Target>(first->body));
  EXPECT_EQ(card_.commands + other_.commands, 0U);
  sim_->take(card_);
  EXPECT_EQ(next_target(), other_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, TwoCardsThatComeTogetherAreToldAsSuch) {
  plug_in();
  sim_->put(card_, std::nullopt);
  sim_->put(other_, std::nullopt);
  start_reader();
  start_gate();
  EXPECT_TRUE(hear_state(ReaderState::two_cards));
  sim_->take(other_);
  EXPECT_TRUE(hear_state(ReaderState::ok));
  EXPECT_EQ(next_target(), card_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, CardsThatAnswerTogetherAreSeveralToo) {
  plug_in();
  OtherKind third;
  for (EchoCard* card : {&card_, &other_, static_cast<EchoCard*>(&third)})
    sim_->put(*card, std::nullopt);
  start_reader();
  start_gate();
  EXPECT_TRUE(hear_state(ReaderState::two_cards));
  sim_->take(other_);
  sim_->take(third);
  EXPECT_EQ(next_target(), card_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, WaitsForAGateThatIsNotThereYet) {
  plug_in();
  sim_->put(card_, std::nullopt);
  start_reader();
  ::usleep(700'000);
  start_gate();
  EXPECT_EQ(next_target(), card_.uid()) << "a card that lies there is told to the new gate";
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, AGateThatRestartsBeginsAfresh) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
  const unsigned resets = card_.resets;
  stop_gate();
  start_gate();
  EXPECT_TRUE(hear_state(ReaderState::ok));
  EXPECT_EQ(next_target(), card_.uid());
  EXPECT_GT(card_.resets, resets) << "the old gate's session with the card is over";
  EXPECT_TRUE(echoes(kGetBalance));
  release_and_take(card_);
}

TEST_F(Reader, AGateThatDiesInTheMiddleOfACommandGetsNoAnswerInItsNextLife) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  ASSERT_TRUE(sim_->set_fault("reply-delay=600@1"));
  say(77, Apdu{.timeout = milliseconds{2000}, .command = kGetBalance});
  stop_gate();
  start_gate();
  const auto answer = [&] {
    while (auto message = hear())
      if (message->request == 77 || std::holds_alternative<Target>(message->body)) return message;
    return std::optional<Message>{};
  }();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->request, 0U);
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, EndsWhenAskedTo) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  reader_->signal(SIGTERM);
  EXPECT_EQ(reader_->wait(), 0);
}

TEST_F(Reader, AKilledReaderLeavesNothingBehindThatHoldsTheDevice) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  reader_->signal(SIGKILL);
  EXPECT_EQ(reader_->wait(), -1);
  stop_gate();
  start_reader();
  start_gate();
  EXPECT_EQ(next_target(), card_.uid());
  EXPECT_TRUE(echoes(kGetBalance));
}

TEST_F(Reader, ASecondProcessDoesNotGetTheSameDevice) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  Program check{{TIDEGATE_BIN_DIR "/tidegate-reader", "--config", (folder_ / "box.toml").string(),
                 "--aisle=3", "--check"}};
  EXPECT_EQ(check.wait(), 1);
  serve_one(card_);
}

TEST_F(Reader, CheckSaysWhetherTheReaderWorks) {
  const std::vector<std::string> words{TIDEGATE_BIN_DIR "/tidegate-reader",
                                       "--config",
                                       (folder_ / "box.toml").string(),
                                       "--aisle",
                                       "3",
                                       "--check"};
  EXPECT_EQ(Program{words}.wait(), 1) << "no device";
  plug_in();
  EXPECT_EQ(Program{words}.wait(), 0);
}

TEST_F(Reader, WrongUsageEndsWithTwo) {
  const std::string program = TIDEGATE_BIN_DIR "/tidegate-reader";
  const std::string config = (folder_ / "box.toml").string();
  EXPECT_EQ(Program({program}).wait(), 2);
  EXPECT_EQ(Program({program, "--config", config}).wait(), 2);
  EXPECT_EQ(Program({program, "--config", config, "--aisle", "0"}).wait(), 2);
  EXPECT_EQ(Program({program, "--config", config, "--aisle", "x"}).wait(), 2);
  EXPECT_EQ(Program({program, "--nonsense"}).wait(), 2);
  EXPECT_EQ(Program({program, "--config", config, "--aisle", "4"}).wait(), 1) << "no such aisle";
  EXPECT_EQ(Program({program, "--version"}).wait(), 0);
  EXPECT_EQ(Program({program, "--help"}).wait(), 0);
}

}  // namespace
}  // namespace tidegate::edge
