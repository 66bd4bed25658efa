// SPDX-License-Identifier: Apache-2.0
// A box with the region's mode notices: what another station's emergency and wrong clock forgive.
#include <gtest/gtest.h>

#include "tests/edge/gate/lists_fixture.h"

namespace tidegate::edge {
namespace {

using namespace gate_fixture;
using fare::ModeInterval;
using fare::Modes;
using nfc::ModeNotices;
using Direction = AisleDirection;
using End = TapReport::End;

ModeInterval notice(const char* stop, std::uint16_t modes, const char* from, const char* until) {
  const auto at = [](const char* time) {
    return parse_iso8601(std::string{time} + "+08:00").value();
  };
  return {"m", stop, {modes}, at(from), at(until)};
}

/// Who stays longer than 3 hours pays 200 more, who came in twice 600 for the first time.
fare::BookModel strict_model() {
  fare::BookModel model = three_stop_model();
  fare::JourneyPolicy& policy = model.networks[0].policy;
  policy.limits = {{.to = Fen{}, .minutes = 180}};
  policy.overstay = fare::Overstay::added;
  policy.overstay_fen = Fen{200};
  policy.maximum = Fen{600};
  policy.no_exit = fare::Unseen::network_maximum;
  return model;
}

class ModesOfTheRegion : public testing::Test {
 protected:
  void know(std::vector<ModeInterval> notices) {
    region_.box.change_lists([&](CardLists& lists) {
      lists.mode_notices = ModeNotices::make(9, std::move(notices)).value();
    });
  }
  TapReport tap(const char* time, const char* stop, Direction direction) {
    region_.wait_until(time);
    return region_.tap(stop, card_, direction);
  }
  RegionBox region_{strict_model()};
  sim::TUnionCard card_{card_image(1), {}};
};

TEST_F(ModesOfTheRegion, AnEmergencyElsewhereForgivesAMissingExitForSevenDays) {
  know({notice("a", Modes::kEmergency, "2026-11-02T08:00:00", "2026-11-02T09:00:00"),
        notice("b", Modes::kEmergency, "2026-11-04T08:00:00", "2026-11-04T09:00:00")});
  ASSERT_EQ(tap("2026-11-02T07:55:00", "s", Direction::entry).end, End::opened);
  EXPECT_TRUE(region_.last_intent().tap.history.empty()) << "no journey was open";
  const TapReport in = tap("2026-11-09T23:00:00", "b", Direction::entry);
  EXPECT_EQ(in.end, End::opened) << in.detail;
  EXPECT_EQ(in.fare, Fen{0});
  const Intent intent = region_.last_intent();
  ASSERT_EQ(intent.decision.charges.size(), 1U);
  ASSERT_FALSE(intent.decision.charges[0].trace.empty());
  EXPECT_EQ(intent.decision.charges[0].trace[0].rule.view(), "mode/emergency/a");
  ASSERT_EQ(intent.tap.history.size(), 1U) << "the other one was two days later";
  EXPECT_EQ(intent.tap.history[0].stop.view(), "a");
  EXPECT_EQ(tap("2026-11-09T23:20:00", "a", Direction::exit).fare, Fen{kFare});
}

TEST_F(ModesOfTheRegion, OnTheEighthDayTheOrdinaryRuleHolds) {
  know({notice("a", Modes::kEmergency, "2026-11-02T08:00:00", "2026-11-02T09:00:00")});
  ASSERT_EQ(tap("2026-11-02T07:55:00", "s", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-10T08:00:00", "b", Direction::entry).fare, Fen{600});
  EXPECT_EQ(region_.last_intent().decision.charges[0].trace[0].rule.view(), "m/no-exit");
}

TEST_F(ModesOfTheRegion, WithoutTheNoticeTheOrdinaryRuleHolds) {
  ASSERT_EQ(tap("2026-11-02T07:55:00", "s", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-09T23:00:00", "b", Direction::entry).fare, Fen{600});
}

TEST_F(ModesOfTheRegion, AWrongClockWhereOneCameInIsNoOverstay) {
  // A box whose clock was wrong publishes the time as time-free.
  know({notice("a", Modes::kTimeFree, "2026-11-02T07:00:00", "2026-11-02T10:00:00")});
  ASSERT_EQ(tap("2026-11-02T08:00:00", "a", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-02T12:00:00", "b", Direction::exit).fare, Fen{kFare});
  ASSERT_EQ(region_.last_intent().tap.history.size(), 1U);
  ASSERT_EQ(tap("2026-11-02T13:00:00", "a", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-02T16:00:05", "b", Direction::exit).fare, Fen{kFare + 200});
  EXPECT_TRUE(region_.last_intent().tap.history.empty());
}

TEST_F(ModesOfTheRegion, AWrongClockElsewhereForgivesNothing) {
  know({notice("s", Modes::kTimeFree, "2026-11-02T07:00:00", "2026-11-02T20:00:00")});
  ASSERT_EQ(tap("2026-11-02T08:00:00", "a", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-02T12:00:00", "b", Direction::exit).fare, Fen{kFare + 200});
}

TEST_F(ModesOfTheRegion, WhatMattersIsFoundAmongAThousandNotices) {
  std::vector<ModeInterval> notices{
      notice("a", Modes::kTimeFree, "2026-11-02T07:00:00", "2026-11-02T10:00:00")};
  for (int i = 0; i < 1000; ++i) {
    ModeInterval other =
        notice("s", Modes::kTimeFree, "2026-11-02T08:30:00", "2026-11-02T11:00:00");
    other.from += std::chrono::seconds{i};
    if (i % 2 == 0) other.network = "n";
    notices.push_back(other);
  }
  know(std::move(notices));
  ASSERT_EQ(tap("2026-11-02T08:00:00", "a", Direction::entry).end, End::opened);
  EXPECT_EQ(tap("2026-11-02T12:00:00", "b", Direction::exit).fare, Fen{kFare});
}

TEST(ModeNoticesFile, ComesIntoUseAndAnOlderOneDoesNot) {
  RegionFiles files;
  ListFile& file = files.config.lists.mode_notices;
  const auto offer = [&](std::uint64_t number) {
    files.offer(file, FileKind::mode_notice, *ModeNotices::make(number, {}).value());
  };
  const auto in_use = [&] {
    const auto lists = ListStore{files.config, files.keys}.activate();
    EXPECT_TRUE(lists.has_value()) << lists.error().message();
    EXPECT_EQ(lists->activations.size(), 1U);
    return lists->lists.mode_notices->number();
  };
  files.keys.list.reset();  // it names no card
  offer(9);
  EXPECT_EQ(in_use(), 9U);
  offer(8);
  EXPECT_EQ(in_use(), 9U);
  offer(10);
  EXPECT_EQ(in_use(), 10U);
}

}  // namespace
}  // namespace tidegate::edge
