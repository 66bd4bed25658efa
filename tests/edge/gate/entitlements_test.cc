// SPDX-License-Identifier: Apache-2.0
// A box with entitlements: who pays the concession, and until when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/edge/gate/lists_fixture.h"

namespace tidegate::edge {
namespace {

using namespace gate_fixture;
using fare::RiderCategory;
using nfc::EntitledRow;
using nfc::Entitlements;
using Direction = AisleDirection;

std::shared_ptr<const Entitlements> list_of(const std::vector<EntitledRow>& rows,
                                            std::uint64_t number = 3) {
  return Entitlements::make({.number = number, .key_check = nfc::list_key_check(kListKey)}, rows)
      .value();
}
EntitledRow senior(unsigned card, const char* until) {
  return {handle_of(card_image(card)), RiderCategory::senior, parse_date(until).value()};
}

class EntitledCard : public testing::Test {
 protected:
  EntitledCard() {
    region_.box.change_lists([](CardLists& lists) {
      lists.entitlements = list_of({senior(1, "2026-11-05"), senior(900, "2026-11-05")});
    });
  }
  /// What the exit costs.
  Fen ride(sim::Card& card) {
    EXPECT_EQ(region_.tap("a", card, Direction::entry).end, TapReport::End::opened);
    region_.box.clock.advance(std::chrono::minutes{4});
    const TapReport report = region_.tap("b", card, Direction::exit);
    EXPECT_EQ(report.end, TapReport::End::opened) << report.detail;
    return report.fare;
  }
  RegionBox region_;
};

TEST_F(EntitledCard, PaysTheConcessionAndTheLedgerSaysWhy) {
  sim::TUnionCard listed{card_image(1), {}}, other{card_image(2), {}};
  EXPECT_EQ(ride(listed), Fen{100});
  const Intent intent = region_.last_intent();
  ASSERT_EQ(intent.medium.entitlements.size(), 1U);
  EXPECT_EQ(intent.medium.entitlements[0], RiderCategory::senior);
  EXPECT_EQ(intent.medium.rider, RiderCategory::adult);
  EXPECT_EQ(intent.decision.charges[0].trace[0].rule.view(), "m/od/senior");
  EXPECT_EQ(ride(other), Fen{kFare});
  EXPECT_TRUE(region_.last_intent().medium.entitlements.empty());
}

TEST_F(EntitledCard, PaysItUntilTheLastServiceDayTurns) {
  sim::TUnionCard card{card_image(1), {}};
  region_.wait_until("2026-11-06T01:55:00");
  EXPECT_EQ(ride(card), Fen{100}) << "the service day of 5 November ends at 02:00";
  region_.wait_until("2026-11-06T02:00:00");
  EXPECT_EQ(ride(card), Fen{kFare});
  EXPECT_TRUE(region_.last_intent().medium.entitlements.empty());
}

class DoubtfulClock final : public Clock {
 public:
  explicit DoubtfulClock(const Clock& clock) : clock_{clock} {}
  [[nodiscard]] Timestamp now() const override { return clock_.now(); }
  [[nodiscard]] SteadyTime steady() const override { return clock_.steady(); }
  [[nodiscard]] ClockTrust trust() const override { return {.trusted = false}; }

 private:
  const Clock& clock_;
};

TEST_F(EntitledCard, LosesNothingByAClockThatMayBeWrong) {
  TestBox& box = region_.box;
  const DoubtfulClock doubtful{box.clock};
  Services services{.config = box.config,
                    .clock = doubtful,
                    .ledger = *box.ledger,
                    .committer = box.committer,
                    .sealer = box.sealer,
                    .book = box.book,
                    .modes = box.modes,
                    .memory = box.memory,
                    .lists = box.lists,
                    .first_of_run = {}};
  region_.wait_until("2027-11-06T08:00:00");
  fare::Medium medium;
  nfc::CardImage image;
  image.info.number = number_of(card_image(1));
  services.lists.get()->tell(image, today_here(services), medium);
  EXPECT_EQ(medium.entitlements.size(), 1U);
  services.lists.get()->tell(image, today_here(box.services), medium);
  EXPECT_TRUE(medium.entitlements.empty());
}

TEST(EntitlementsFile, ComesIntoUseAndTheLastGoodOneStays) {
  RegionFiles files;
  ListFile& file = files.config.lists.entitlements;
  files.offer(file, FileKind::entitlements, *list_of({senior(1, "2026-11-05")}, 3));
  const auto in_use = [&] {
    const auto lists = ListStore{files.config, files.keys}.activate();
    EXPECT_TRUE(lists.has_value()) << lists.error().message();
    EXPECT_EQ(lists->activations.size(), 1U);
    EXPECT_EQ(lists->activations[0].kind, FileKind::entitlements);
    return lists->lists.entitlements->number();
  };
  EXPECT_EQ(in_use(), 3U);
  files.offer(file, FileKind::denylist, *list_of({}, 4));
  file.file = files.folder.path / "denylist";
  EXPECT_EQ(in_use(), 3U) << "a file of another kind";
  files.offer(file, FileKind::entitlements, *list_of({}, 5));
  EXPECT_EQ(in_use(), 5U);
  files.keys.list = crypto::Key16{1};
  EXPECT_THAT(files.error(), testing::HasSubstr("another list key"));
}

}  // namespace
}  // namespace tidegate::edge
