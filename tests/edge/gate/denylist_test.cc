// SPDX-License-Identifier: Apache-2.0
// A box with a denylist: who is refused, who gets out, and which file comes into use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/edge/gate/lists_fixture.h"

namespace tidegate::edge {
namespace {

using namespace gate_fixture;
using fare::RefusalCode;
using nfc::Denylist;
using nfc::DenyReason;
using testing::HasSubstr;

constexpr crypto::Key16 kOtherKey{8};

std::shared_ptr<const Denylist> list_of(std::uint64_t number,
                                        const std::vector<sim::CardImageData>& cards,
                                        const crypto::Key16& key = kListKey) {
  std::vector<nfc::DenyRow> rows;
  for (const auto& image : cards) rows.push_back({handle_of(image, key), DenyReason::lost});
  return Denylist::make({.number = number, .key_check = nfc::list_key_check(key)}, rows).value();
}

class DenylistedCard : public testing::Test {
 protected:
  void stop(const sim::CardImageData& image) {
    box_.change_lists([&](CardLists& lists) {
      lists.list_key = kListKey;
      lists.denylist = list_of(41, {card_image(900), image});
    });
  }
  TestBox box_;
};

TEST_F(DenylistedCard, IsRefusedAtEntryWithItsReasonInBothLanguages) {
  stop(card_image(1));
  sim::TUnionCard card{card_image(1), {}}, other{card_image(2), {}};
  const TapReport report = box_.tap(card, AisleDirection::entry);
  EXPECT_EQ(report.end, TapReport::End::refused);
  EXPECT_EQ(report.refusal, RefusalCode::denylisted);
  ASSERT_EQ(box_.front.shown.size(), 1U);
  EXPECT_EQ(box_.front.shown[0].zh, "卡片已挂失停用");
  EXPECT_EQ(box_.front.shown[0].en, "Card stopped");
  EXPECT_TRUE(box_.front.opened.empty());
  EXPECT_EQ(box_.tap(other, AisleDirection::entry).end, TapReport::End::opened);
  const auto refusals = box_.all<Refusal>();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].code, RefusalCode::denylisted);
  EXPECT_EQ(refusals[0].detail, "lost, denylist 41") << "for whoever audits it";
  EXPECT_EQ(refusals[0].card, box_.sealer.handle(number_of(card_image(1))));
}

TEST_F(DenylistedCard, ThatIsInsidePaysItsExitAndDoesNotComeInAgain) {
  sim::TUnionCard card{card_image(1), {}};
  ASSERT_EQ(box_.tap(card, AisleDirection::entry).end, TapReport::End::opened);
  stop(card_image(1));
  const TapReport exit = box_.tap(card, AisleDirection::exit);
  EXPECT_EQ(exit.end, TapReport::End::opened);
  EXPECT_EQ(exit.fare, Fen{kFare});
  EXPECT_EQ(exit.balance, Fen{5000 - kFare});
  EXPECT_EQ(box_.tap(card, AisleDirection::entry).refusal, RefusalCode::denylisted);
  // What the exit was priced from is in its intent, and gives the same again.
  const Intent intent = box_.all<Intent>().back();
  EXPECT_EQ(fare::price(*box_.book.book, intent.medium, intent.context, intent.tap),
            intent.decision);
}

class DenylistFile : public testing::Test {
 protected:
  void offer(const Denylist& list, Realm realm = Realm::test) {
    files_.offer(files_.config.lists.denylist, FileKind::denylist, list, realm);
  }
  /// `count` cards from `first` on.
  void offer(std::uint64_t number, unsigned first, unsigned count) {
    std::vector<nfc::DenyRow> rows;
    for (unsigned i = first; i < first + count; ++i) {
      std::array<Byte, 16> handle{};
      write_be(std::span{handle}.first(4), i);
      rows.push_back({nfc::ListHandle{handle}});
    }
    offer(*Denylist::make({.number = number, .key_check = nfc::list_key_check(kListKey)}, rows)
               .value());
  }
  std::uint64_t in_use() {
    const auto lists = ListStore{files_.config, files_.keys}.activate();
    EXPECT_TRUE(lists.has_value()) << lists.error().message();
    return lists ? lists->lists.denylist->number() : 0;
  }
  RegionFiles files_;
};

TEST_F(DenylistFile, ComesIntoUseWithAnEntryForTheLedger) {
  offer(*list_of(5, {card_image(1)}));
  const auto lists = ListStore{files_.config, files_.keys}.activate();
  ASSERT_TRUE(lists.has_value()) << lists.error().message();
  ASSERT_EQ(lists->activations.size(), 1U);
  EXPECT_EQ(lists->activations[0].kind, FileKind::denylist);
  EXPECT_EQ(lists->activations[0].number, 5U);
  EXPECT_EQ(lists->activations[0].hash, crypto::sha256({list_of(5, {card_image(1)})->encode()}));
  EXPECT_EQ(lists->lists.denied(number_of(card_image(1))), DenyReason::lost);
  EXPECT_EQ(lists->lists.denied(number_of(card_image(2))), std::nullopt);
}

TEST_F(DenylistFile, ABrokenOneNeverReplacesTheLastGoodOne) {
  offer(5, 0, 10);
  EXPECT_EQ(in_use(), 5U);
  std::ofstream{files_.config.lists.denylist.file} << "<html>404</html>";
  EXPECT_EQ(in_use(), 5U);
  offer(4, 0, 10);  // well signed, but older: a replay
  EXPECT_EQ(in_use(), 5U);
  offer(*list_of(6, {}), Realm::live);
  EXPECT_EQ(in_use(), 5U);
  std::filesystem::remove(files_.config.lists.denylist.file);
  EXPECT_EQ(in_use(), 5U);
  offer(7, 0, 11);
  EXPECT_EQ(in_use(), 7U);
}

TEST_F(DenylistFile, OneThatChangesTooMuchWaitsUntilTheSettingAllowsIt) {
  offer(1, 0, 10'000);
  EXPECT_EQ(in_use(), 1U);
  offer(2, 0, 12'001);
  EXPECT_EQ(in_use(), 1U) << "2,001 of 10,000 are above 20 %";
  offer(3, 1'000, 10'000);
  EXPECT_EQ(in_use(), 3U) << "1,000 go and 1,000 come: 20 %";
  offer(4, 0, 0);
  EXPECT_EQ(in_use(), 3U) << "nobody is stopped any more";
  files_.config.lists.denylist_change = 100;
  EXPECT_EQ(in_use(), 4U);
  files_.config.lists.denylist_change = 1;
  offer(5, 0, 1'000);
  EXPECT_EQ(in_use(), 5U) << "a short list may change at will";
}

TEST_F(DenylistFile, ThatNobodyRenewsIsAnAlarm) {
  offer(5, 0, 10);  // made in 1970
  const auto told = [&] {
    testing::internal::CaptureStderr();
    EXPECT_EQ(in_use(), 5U);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(told(), testing::Not(HasSubstr("list_old")));
  files_.config.lists.denylist_age = std::chrono::days{3650};
  EXPECT_THAT(told(), HasSubstr("event=list_old what=denylist number=5 days="));
}

TEST_F(DenylistFile, OfAnotherListKeyWouldFindNobodyAndIsRefused) {
  offer(*list_of(5, {card_image(1)}, kOtherKey));
  EXPECT_THAT(files_.error(), HasSubstr("another list key"));
  files_.keys.list = kOtherKey;
  EXPECT_EQ(files_.error(), "taken");
  files_.keys.list.reset();
  EXPECT_THAT(files_.error(), HasSubstr("list.key"));
}

}  // namespace
}  // namespace tidegate::edge
