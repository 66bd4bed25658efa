// SPDX-License-Identifier: Apache-2.0
// A tap beside others: its intent waits for a commit to ride with while its card is written to.
#include <gtest/gtest.h>

#include <thread>

#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::card_image;
using gate_fixture::CardInField;
using gate_fixture::TestBox;
using std::chrono::milliseconds;
using End = TapReport::End;

/// As slow as a real one where it is written to.
class SlowlyWrittenCard final : public sim::TUnionCard {
 public:
  using TUnionCard::TUnionCard;
  [[nodiscard]] Bytes transceive(ByteView command) override {
    constexpr Byte kUpdateCappData = 0xDC;
    if (command.size() > 1 && command[1] == kUpdateCappData)
      std::this_thread::sleep_for(milliseconds{15});
    return TUnionCard::transceive(command);
  }
};

/// SELECT, 17, 2701, balance, 8050, and then the first 80DC.
constexpr unsigned kFirstWrite = 6;

TEST(BusyTest, ACardThatLeavesBeforeItIsWrittenToTakesItsIntentBack) {
  TestBox box;
  const Committer::Serving another{box.committer}, and_another{box.committer};
  // The box learns how slow cards are. A busy machine teaches it nothing: then again.
  for (unsigned round = 0; round < 20; ++round) {
    SlowlyWrittenCard card{card_image(1 + round), {}};
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
      ASSERT_EQ(box.tap(card, AisleDirection::exit).end, End::opened);
    }
    const std::size_t before = box.all<Intent>().size();
    const TapReport torn = box.tap(card, AisleDirection::entry, {.exchange = kFirstWrite});
    EXPECT_EQ(torn.refusal, fare::RefusalCode::card_torn);
    const std::size_t left = box.all<Intent>().size() - before;
    ASSERT_EQ(box.tap(card, AisleDirection::entry).end, End::opened);
    EXPECT_EQ(box.ledger->unconfirmed_count().value(), 0U);
    EXPECT_EQ(box.all<Intent>().size(), box.all<Outcome>().size());
    if (left == 0) return;
  }
  FAIL() << "every torn card left an intent";
}

}  // namespace
}  // namespace tidegate::edge
