// SPDX-License-Identifier: Apache-2.0
// Cards in the field that leave, come in pairs, or lie: a reason is told, the barrier stays closed
// where nothing was paid, and the next card works.
#include "tests/e2e/line_faults_suite.h"

namespace tidegate::e2e {
namespace {

// --- cards that leave ----------------------------------------------------------------------------

class TornCards : public LineSuite, public testing::WithParamInterface<bool> {};

TEST_P(TornCards, AreChargedOnceWhereverTheyLeave) {
  const bool after_card = GetParam();
  const unsigned debit = box().debit_exchange();
  for (unsigned exchange = 1; exchange <= debit; ++exchange) {
    const std::string story = "torn at exchange " + std::to_string(exchange);
    SCOPED_TRACE(story);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    Rider& rider = box().arriving(story);
    const Shown shown = box().put(LineBox::kStruck, rider,
                                  sim::Tear{.exchange = exchange, .after_card = after_card}, false);
    box().take(LineBox::kStruck, rider, shown);
    EXPECT_FALSE(shown.open) << shown.text();
    if (exchange < debit) {
      EXPECT_EQ(shown.refusal(), RefusalCode::card_torn) << shown.text();
    } else {
      EXPECT_TRUE(shown.is(Screen::try_again)) << shown.text();
    }
    EXPECT_EQ(rider.spent(), exchange == debit && after_card ? rider.fare : Fen{});
    EXPECT_EQ(box().pass(LineBox::kStruck, rider, 1), "") << "the same card again";
    EXPECT_EQ(rider.spent(), rider.fare);
    expect_all_is_well(story);
  }
}

INSTANTIATE_TEST_SUITE_P(All, TornCards, testing::Bool(), [](const auto& after_card) {
  return std::string{after_card.param ? "AfterTheyActed" : "BeforeTheyHeard"};
});

// --- more than one, and broken selections --------------------------------------------------------

using LineCards = LineSuite;

TEST_F(LineCards, TwoAreRefusedWithThatTextAndTheOneThatIsLeftPasses) {
  for (const bool first_leaves : {true, false}) {
    SCOPED_TRACE(first_leaves ? "the first leaves" : "the second leaves");
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    Rider& first = box().arriving("the first of two");
    Rider& second = box().arriving("the second of two");
    // Laid down in a dead field, so that none of them is served before the other is there.
    box().arm(LineBox::kStruck);
    box().line().unplug();
    ASSERT_TRUE(box().wait_closed());
    box().lay(LineBox::kStruck, first, std::nullopt);
    box().lay(LineBox::kStruck, second, std::nullopt);
    box().arm(LineBox::kStruck);
    ASSERT_TRUE(box().line().replug());
    const Shown shown = box().watch(LineBox::kStruck, true);
    EXPECT_EQ(shown.refusal(), RefusalCode::two_cards) << shown.text();
    EXPECT_FALSE(shown.open);
    EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside two cards"), 1), "");

    Rider& leaves = first_leaves ? first : second;
    Rider& stays = first_leaves ? second : first;
    box().arm(LineBox::kStruck);
    box().take(LineBox::kStruck, leaves, shown);
    EXPECT_EQ(leaves.spent(), Fen{});
    const Shown alone = box().watch(LineBox::kStruck, true);
    EXPECT_TRUE(alone.open) << alone.text();
    box().take(LineBox::kStruck, stays, alone);
    expect_passes_once(stays);
    expect_passes_once(leaves);
    expect_all_is_well("two cards");
  }
}

TEST_F(LineCards, AnAtsThatKillsEachChildClosesTheAisleUntilTheCardIsGone) {
  ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
  const unsigned replaced = box().children_replaced();
  Rider& rider = box().arriving("ATS of length 0");
  ASSERT_TRUE(box().strike_searches("ats-tl=00"));
  const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
  EXPECT_TRUE(shown.is(Screen::out_of_service)) << shown.text();
  EXPECT_GT(box().children_replaced(), replaced);
  EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside a deadly card"), 1), "");
  box().take(LineBox::kStruck, rider, shown);
  box().line().clear_faults();
  expect_passes_once(rider);
  expect_all_is_well("a deadly card");
}

TEST_F(LineCards, AnAtsThatLiesAboutItsLengthDoesNoHarm) {
  for (const std::string length : {"01", "02", "40", "FD", "FE", "FF"}) {
    SCOPED_TRACE(length);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    ASSERT_TRUE(box().strike_searches("ats-tl=" + length));
    EXPECT_EQ(box().pass(LineBox::kStruck, box().arriving("ATS length " + length), 1), "");
    box().line().clear_faults();
    expect_all_is_well("an ATS that lies");
  }
}

// --- cards that lie ------------------------------------------------------------------------------

struct Lie {
  const char* name;
  std::optional<RefusalCode> refusal;  ///< nullopt: the same card again, please
};

TEST_F(LineCards, ThatLieAreRefusedWithAReasonAndTheNextOnePasses) {
  using enum RefusalCode;
  const std::vector<Lie> lies{{"empty", card_torn},
                              {"one-byte", card_torn},
                              {"garbage-two-bytes", card_malformed},
                              {"only-9000", card_malformed},
                              {"noise-9000", card_malformed},
                              {"too-long", card_torn},
                              {"61xx-forever", card_malformed},
                              {"6cxx-forever", card_malformed},
                              {"fci-huge-length", card_malformed},
                              {"fci-another-aid", card_malformed},
                              {"number-not-bcd", card_malformed},
                              {"records-cut", card_malformed},
                              {"journey-wrong-status", card_malformed},
                              {"journey-locked", record_locked},
                              {"balance-above-the-purse", card_malformed},
                              {"balance-differs-at-init", purse_mismatch},
                              {"debit-refused", purse_mismatch},
                              {"debit-wrong-mac2", suspect},
                              {"debit-pretended", suspect},
                              {"debit-taken-but-denied", card_torn},
                              {"debit-taken-in-silence", std::nullopt},
                              {"answers-one-late", card_torn},
                              {"log-claims-a-debit", std::nullopt},
                              {"proof-forged", std::nullopt}};
  for (const Lie& lie : lies) {
    SCOPED_TRACE(lie.name);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    Rider& rider = box().lying(lie.name);
    const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
    box().take(LineBox::kStruck, rider, shown);
    EXPECT_FALSE(shown.open) << shown.text();
    if (lie.refusal) {
      EXPECT_EQ(shown.refusal(), lie.refusal) << shown.text();
    } else {
      EXPECT_TRUE(shown.is(Screen::try_again)) << shown.text();
    }
    expect_all_is_well(lie.name);
  }
}

}  // namespace
}  // namespace tidegate::e2e
