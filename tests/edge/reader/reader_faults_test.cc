// SPDX-License-Identifier: Apache-2.0
// tidegate-reader with a reader that misbehaves: whatever it does, the gate gets an answer and the
// next card works.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "tests/edge/reader/rig.h"

namespace tidegate::edge {
namespace {

using namespace reader_protocol;
using std::chrono::milliseconds;

const Bytes kGetBalance{0x80, 0x5C, 0x00, 0x02, 0x04};

struct FaultCase {
  const char* fault;
  std::vector<Cause> causes;  ///< one of these; empty: the exchange works all the same
};
void PrintTo(const FaultCase& value, std::ostream* out) {
  *out << value.fault;
}

std::string fault_name(const testing::TestParamInfo<FaultCase>& fault) {
  std::string name = fault.param.fault;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class ReaderFault : public ReaderRig, public testing::WithParamInterface<FaultCase> {};

TEST_P(ReaderFault, IsAnsweredAndTheCardWorksAfterReselect) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  ASSERT_TRUE(echoes(kGetBalance));
  ASSERT_TRUE(sim_->set_fault(GetParam().fault));
  const auto answer = exchange(kGetBalance, milliseconds{300});
  ASSERT_TRUE(answer) << "the gate is not left waiting";
  sim_->clear_faults();
  if (GetParam().causes.empty()) {
    EXPECT_TRUE(std::holds_alternative<Reply>(*answer));
  } else {
    const auto cause = cause_of(answer);
    ASSERT_TRUE(cause) << "the exchange worked";
    EXPECT_THAT(GetParam().causes, testing::Contains(*cause));
    // Right after a hang or crash the new child may still be opening: the gate may ask again.
    auto again = reselect();
    for (int i = 0; i < 50 && again && std::holds_alternative<Failed>(*again); ++i) {
      ::usleep(100'000);
      again = reselect();
    }
    ASSERT_TRUE(again && std::holds_alternative<Target>(*again));
  }
  EXPECT_TRUE(echoes(Bytes{0x00, 0xB0, 0x95, 0x00, 0x1E}))
      << "an answer of its own, not a late one";
  release_and_take(card_);
  serve_one(other_);
}

// A dead or hung child is `reader` or `timeout`; what the process was doing then does not matter.
INSTANTIATE_TEST_SUITE_P(
    All, ReaderFault,
    testing::Values(
        FaultCase{"no-ack@1", {Cause::timeout}}, FaultCase{"ack-only@1", {Cause::timeout}},
        FaultCase{"reply-delay=5000@1", {Cause::timeout}},
        FaultCase{"late-reply=600@1", {Cause::timeout}},
        FaultCase{"garbage-before@1", {Cause::reader}},
        FaultCase{"garbage-between@1", {Cause::reader}}, FaultCase{"garbage-after@1", {}},
        FaultCase{"bad-lcs@1", {Cause::reader}}, FaultCase{"bad-dcs@1", {Cause::reader}},
        FaultCase{"bad-tfi@1", {Cause::reader}}, FaultCase{"bad-cc@1", {Cause::reader}},
        FaultCase{"bad-postamble@1", {Cause::reader}},
        FaultCase{"no-preamble@1", {Cause::reader, Cause::timeout}},
        FaultCase{"double-preamble@1", {Cause::reader}}, FaultCase{"nack@1", {Cause::reader}},
        FaultCase{"error-frame@1", {Cause::reader}}, FaultCase{"truncate@1", {Cause::timeout}},
        FaultCase{"dribble=200@1", {Cause::timeout}}, FaultCase{"two-parts=5@1", {}},
        FaultCase{"len-too-long@1", {Cause::timeout}}, FaultCase{"len-one@1", {Cause::reader}},
        FaultCase{"status=01@1", {Cause::gone}}, FaultCase{"status=3F@1", {Cause::invalid}},
        FaultCase{"status=27@1", {Cause::gone}}, FaultCase{"status=29@1", {Cause::gone}},
        FaultCase{"status=80@1", {Cause::reader}}, FaultCase{"mi-chaining=3", {}},
        FaultCase{"slow-card=5000@1", {Cause::timeout}}, FaultCase{"silent", {Cause::timeout}}),
    fault_name);

using Reader = ReaderRig;

TEST_F(Reader, AnEmptyReplyIsSomeFailure) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  ASSERT_TRUE(sim_->set_fault("empty-reply@1"));
  EXPECT_TRUE(cause_of(exchange(kGetBalance, milliseconds{300})));
  release_and_take(card_);
  serve_one(other_);
}

TEST_F(Reader, ACardThatKillsLibnfcDoesNotStopTheNextOne) {
  plug_in({"ats-tl=00"});
  sim_->put(card_, std::nullopt);
  start_reader();
  start_gate();
  EXPECT_TRUE(hear_state(ReaderState::lost)) << "it kills every new child while it lies there";
  sim_->take(card_);
  sim_->clear_faults();
  EXPECT_TRUE(hear_state(ReaderState::ok));
  serve_one(other_);
}

TEST_F(Reader, AnAtsThatClaimsMoreThanItHasDoesNoHarm) {
  start();
  ASSERT_TRUE(sim_->set_fault("ats-tl=FE"));
  serve_one(card_);
}

TEST_F(Reader, AReaderThatFallsSilentIsLostAndComesBack) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  ASSERT_TRUE(sim_->set_fault("silent"));
  ASSERT_TRUE(hear_state(ReaderState::lost));
  EXPECT_EQ(cause_of(reselect()), Cause::reader);
  sim_->clear_faults();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, APulledCableIsToldAndThePluggedOneWorks) {
  start();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  sim_->unplug();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  EXPECT_FALSE(hear(milliseconds{1000})) << "it is told once";
  ASSERT_TRUE(sim_->replug());
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, ACablePulledInTheMiddleOfACommandFailsIt) {
  start();
  sim_->put(card_, std::nullopt);
  ASSERT_EQ(next_target(), card_.uid());
  ASSERT_TRUE(sim_->set_fault("unplug@1"));
  EXPECT_EQ(cause_of(exchange(kGetBalance, milliseconds{300})), Cause::reader);
  say(++request_, Reselect{});
  ASSERT_TRUE(hear_state(ReaderState::lost));
  const auto answer = hear_a<Failed>();
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<Failed>(answer->body).cause, Cause::reader);
  say(0, Release{});
  sim_->take(card_);
  ASSERT_TRUE(sim_->replug());
  ASSERT_TRUE(hear_state(ReaderState::ok));
  EXPECT_TRUE(hear_a<Gone>());
  serve_one(other_);
}

TEST_F(Reader, AGateThatConnectsToALostReaderIsTold) {
  start_reader();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  stop_gate();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  plug_in();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, AReaderThatOpensByHalfIsTriedAgain) {
  plug_in({"lost-firmware-version@2"});
  start_reader();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, AReaderThatIsSilentAtOpenIsTriedAgain) {
  plug_in({"silent-at-open@2"});
  start_reader();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, AReaderThatMissesItsFirstWakeUpIsTriedAgain) {
  plug_in({"first-open-fails@1"});
  start_reader();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(card_);
}

TEST_F(Reader, AReaderThatDribblesForEverIsTakenForHung) {
  // libnfc waits 300 ms for each byte: one answer about a card lasts longer than anybody waits.
  plug_in({"dribble=250/4A"});
  sim_->put(card_, std::nullopt);
  start_reader();
  start_gate();
  ASSERT_TRUE(hear_state(ReaderState::lost));
  sim_->clear_faults();
  sim_->take(card_);
  ASSERT_TRUE(hear_state(ReaderState::ok));
  serve_one(other_);
}

}  // namespace
}  // namespace tidegate::edge
