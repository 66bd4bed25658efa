// SPDX-License-Identifier: Apache-2.0
// The composite purchase, step by step: every way it can end, and why.
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;
using End = Purchase::End;

constexpr std::string_view kInit = "0000138800070000000100112233449000";

class PurchaseTest : public testing::Test {
 protected:
  PurchaseTest() : card_{sound_card()} {
    card_.answers["805003*"] = kInit;
    card_.answers["80DC01*"] = "9000";
    card_.answers["80DC00*"] = "9000";
    card_.answers["8054*"] = "01020304050607089000";
    auto image = identify(card_, {});
    EXPECT_TRUE(image.has_value());
    image_ = *image;
    card_.sent.clear();
  }

  FlowResult<Purchase::Begun> begin(Fen amount = Fen{400}) {
    Purchase purchase{card_, sam_, image_, {}};
    return purchase.begin(amount, at_);
  }
  RefusalCode begin_error(Fen amount = Fen{400}) {
    const auto begun = begin(amount);
    EXPECT_FALSE(begun.has_value());
    return begun ? RefusalCode::aisle_closed : begun.error().code;
  }
  FlowResult<void> stage() {
    Purchase purchase{card_, sam_, image_, {}};
    EXPECT_TRUE(purchase.begin(Fen{400}, at_).has_value());
    return purchase.stage({encode_rail_record(entered_rail()), entry_trip()});
  }
  Purchase::Finished finish(bool gone = false) {
    Purchase purchase{card_, sam_, image_, {}};
    EXPECT_TRUE(purchase.begin(Fen{400}, at_).has_value());
    EXPECT_TRUE(purchase.stage({encode_rail_record(entered_rail()), entry_trip()}).has_value());
    if (gone) card_.gone_at = card_.sent.size();
    return purchase.finish();
  }

  MapCard card_;
  FakeSam sam_;
  CardImage image_;
  LocalTime at_ = local(2026, 1, 5, 8, 30, 0);
};

TEST_F(PurchaseTest, BeginGivesTheSamWhatTheCardSaid) {
  const auto begun = begin();
  ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  EXPECT_EQ(begun->init.counter, CardCounter{7});
  EXPECT_EQ(begun->sam.txn, SamTxnNo{0x100});
  EXPECT_EQ(to_hex(sam_.last.random), "11223344");
  EXPECT_EQ(sam_.last.counter, CardCounter{7});
  EXPECT_EQ(sam_.last.amount, Fen{400});
  EXPECT_EQ(sam_.last.key_version, 1);
  EXPECT_EQ(to_hex(sam_.last.pan_factor), "4770000000000426");
  EXPECT_EQ(to_hex(sam_.last.issuer_factor), "02002900FFFFFFFF");
}

TEST_F(PurchaseTest, BeginAcceptsTheOverdraftOnTopOfTheRealBalanceOnly) {
  card_.answers["805003*"] = "0000177000070003E80100112233449000";  // 6000 = 5000 + limit 1000
  EXPECT_TRUE(begin().has_value());
  card_.answers["805003*"] = "0000177100070003E80100112233449000";  // 6001
  EXPECT_EQ(begin_error(), RefusalCode::purse_mismatch);
  card_.answers["805003*"] = "0000138700070003E80100112233449000";  // 4999
  EXPECT_EQ(begin_error(), RefusalCode::purse_mismatch);
}

TEST_F(PurchaseTest, BeginTakesRealMoneyOnly) {
  card_.answers["805003*"] = "0000177000070003E80100112233449000";
  EXPECT_EQ(begin_error(Fen{5001}), RefusalCode::insufficient_balance);
  EXPECT_TRUE(card_.sent.empty()) << "the card need not be asked";
  EXPECT_TRUE(begin(Fen{5000}).has_value());
}

TEST_F(PurchaseTest, BeginSpendsTheOverdraftWhereItMay) {
  image_.overdraft_left = Fen{1000};
  card_.answers["805003*"] = "0000177000070003E80100112233449000";
  EXPECT_EQ(begin_error(Fen{6000}), RefusalCode::insufficient_balance) << "not unless it may";
  Purchase purchase{card_, sam_, image_, {.overdraft = true}};
  EXPECT_TRUE(purchase.begin(Fen{6000}, at_).has_value());
  Purchase more{card_, sam_, image_, {.overdraft = true}};
  EXPECT_EQ(more.begin(Fen{6001}, at_).error().code, RefusalCode::insufficient_balance);
}

TEST_F(PurchaseTest, APlainPurchaseIs8050With01AndWritesNothing) {
  card_.answers["805001*"] = card_.answers["805003*"];
  Purchase purchase{card_, sam_, image_, {}};
  ASSERT_TRUE(purchase.begin(Fen{200}, at_, PurchaseType::purchase).has_value());
  EXPECT_EQ(sam_.last.type, PurchaseType::purchase);
  ASSERT_TRUE(purchase.stage({}).has_value());
  EXPECT_EQ(purchase.finish().end, End::debited);
  ASSERT_EQ(card_.sent.size(), 2U);
  EXPECT_EQ(card_.sent[0].substr(0, 6), "805001");
  EXPECT_EQ(card_.sent[1].substr(0, 6), "805401");
}

TEST_F(PurchaseTest, P1Of80DcIsASetting) {
  Purchase purchase{card_, sam_, image_, {.journey_p1_zero = true}};
  ASSERT_TRUE(purchase.begin(Fen{0}, at_).has_value());
  card_.answers["80DC00D0*"] = "9000";
  ASSERT_TRUE(purchase.stage({encode_bus_record({}), std::nullopt}).has_value());
  EXPECT_EQ(card_.sent.back().substr(0, 14), "80DC00D0802702");
  card_.answers["80DC02D0*"] = "9000";
  Purchase by_id{card_, sam_, image_, {}};
  ASSERT_TRUE(by_id.begin(Fen{0}, at_).has_value());
  ASSERT_TRUE(by_id.stage({encode_bus_record({}), std::nullopt}).has_value());
  EXPECT_EQ(card_.sent.back().substr(0, 14), "80DC02D0802702");
}

TEST_F(PurchaseTest, BeginMapsTheStatusWordsOf8050) {
  const std::vector<std::pair<std::string, RefusalCode>> cases{
      {"9401", RefusalCode::insufficient_balance}, {"9301", RefusalCode::insufficient_balance},
      {"9402", RefusalCode::purse_mismatch},       {"9403", RefusalCode::unsupported_algorithm},
      {"9408", RefusalCode::application_blocked},  {"9303", RefusalCode::application_blocked},
      {"6985", RefusalCode::card_malformed},       {"6F00", RefusalCode::card_malformed}};
  for (const auto& [sw, code] : cases) {
    card_.answers["805003*"] = sw;
    EXPECT_EQ(begin_error(), code) << sw;
  }
}

TEST_F(PurchaseTest, BeginRefusesAnswersThatAreNone) {
  for (const std::string_view answer :
       {"9000", "00001388000700000001001122339000", "000013880007000000010011223344559000",
        "0100000000070000000100112233449000", ""}) {
    card_.answers["805003*"] = answer;
    EXPECT_EQ(begin_error(), RefusalCode::card_malformed) << answer;
  }
}

TEST_F(PurchaseTest, BeginTellsALostSamFromAnUnknownAlgorithm) {
  sam_.init_error = Errc::io;
  EXPECT_EQ(begin_error(), RefusalCode::sam_unavailable);
  sam_.init_error = Errc::unsupported;
  EXPECT_EQ(begin_error(), RefusalCode::unsupported_algorithm);
}

TEST_F(PurchaseTest, StageWritesJourneyThenTrip) {
  EXPECT_TRUE(stage().has_value());
  ASSERT_EQ(card_.sent.size(), 3U);
  EXPECT_EQ(card_.sent[1], "80DC01D080" + rail_hex(entered_rail()));
  EXPECT_EQ(card_.sent[2], "80DC00F030" + trip_hex(entry_trip()));
}

TEST_F(PurchaseTest, StageWithoutATripWritesTheJourneyOnly) {
  Purchase purchase{card_, sam_, image_, {}};
  ASSERT_TRUE(purchase.begin(Fen{0}, at_).has_value());
  ASSERT_TRUE(purchase.stage({encode_rail_record(entered_rail()), std::nullopt}).has_value());
  EXPECT_EQ(card_.sent.size(), 2U);
}

TEST_F(PurchaseTest, StageMapsTheStatusWordsOf80DC) {
  const std::vector<std::pair<std::string, RefusalCode>> cases{
      {"9407", RefusalCode::record_locked},
      {"6901", RefusalCode::card_malformed},
      {"6A83", RefusalCode::card_malformed},
      {"009000", RefusalCode::card_malformed}};
  for (const std::string command : {"80DC01*", "80DC00*"}) {
    for (const auto& [answer, code] : cases) {
      card_.answers["80DC01*"] = card_.answers["80DC00*"] = "9000";
      card_.answers[command] = answer;
      const auto staged = stage();
      ASSERT_FALSE(staged.has_value()) << command << answer;
      EXPECT_EQ(staged.error().code, code) << command << answer;
    }
  }
}

TEST_F(PurchaseTest, FinishEndsDebitedWhenTheSamAcceptsMac2) {
  const auto finished = finish();
  EXPECT_EQ(finished.end, End::debited);
  EXPECT_EQ(finished.sw, 0x9000);
  EXPECT_EQ(to_hex(finished.answer.tac), "01020304");
  EXPECT_EQ(to_hex(finished.answer.mac2), "05060708");
  EXPECT_EQ(card_.sent.back(), "805401000F00000100202601050830000102030408");
}

TEST_F(PurchaseTest, FinishEndsSuspectWhenMac2IsWrongOrTheAnswerIsNotWhole) {
  sam_.mac2_right = false;
  const auto wrong = finish();
  EXPECT_EQ(wrong.end, End::suspect);
  EXPECT_EQ(to_hex(wrong.answer.mac2), "05060708");
  sam_.mac2_right = true;
  for (const std::string_view answer : {"9000", "010203049000", "0102030405060708099000"}) {
    card_.answers["8054*"] = answer;
    const auto finished = finish();
    EXPECT_EQ(finished.end, End::suspect) << answer;
    EXPECT_TRUE(all_zero(finished.answer.tac) && all_zero(finished.answer.mac2)) << answer;
  }
}

TEST_F(PurchaseTest, FinishEndsNotDebitedOnlyOnWordsThatChangeNothing) {
  for (const std::string_view sw : {"9302", "6985", "6901", "6700", "6A86", "9401", "9403"}) {
    card_.answers["8054*"] = sw;
    EXPECT_EQ(finish().end, End::not_debited) << sw;
  }
  for (const std::string_view answer : {"6F00", "6581", "6400", "6108", "6C08", "019302", "63C1"}) {
    card_.answers["8054*"] = answer;
    EXPECT_EQ(finish().end, End::unknown) << answer;
  }
}

TEST_F(PurchaseTest, FinishEndsUnknownWithoutAnAnswerAndNeverAsksTwice) {
  for (const std::string_view answer : {"", "90"}) {
    card_.answers["8054*"] = answer;
    const auto finished = finish();
    EXPECT_EQ(finished.end, End::unknown);
    EXPECT_EQ(finished.sw, 0);
  }
  card_.sent.clear();
  EXPECT_EQ(finish(true).end, End::unknown);
  EXPECT_EQ(card_.sent.size(), 4U) << "8050, two 80DC, one 8054";
}

TEST_F(PurchaseTest, FinishEndsUnknownWhenTheSamFailsAtMac2) {
  sam_.credit_error = Errc::io;
  EXPECT_EQ(finish().end, End::unknown);
}

}  // namespace
}  // namespace tidegate::nfc
