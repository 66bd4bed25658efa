// SPDX-License-Identifier: Apache-2.0
// Mode notices: their order, their bytes, and which bytes are none.
#include "nfc/tables/mode_notices.h"

#include <gtest/gtest.h>

namespace tidegate::nfc {
namespace {

using fare::ModeInterval;
using fare::Modes;

ModeInterval notice(const char* network, const char* stop, const char* from,
                    Timestamp until = kStillInForce) {
  return {network, stop, {Modes::kEmergency}, parse_iso8601(from).value(), until};
}
std::vector<ModeInterval> sample() {
  return {notice("metro", "0111", "2026-11-02T08:00:00+08:00"),
          notice("bus", "", "2026-11-01T08:00:00+08:00"),
          notice("metro", "0245", "2026-11-03T08:00:00+08:00",
                 parse_iso8601("2026-11-03T09:00:00+08:00").value())};
}
std::string error(const Result<std::shared_ptr<const ModeNotices>>& list) {
  return list ? "taken" : list.error().message();
}

TEST(ModeNotices, StandByNetworkTheNewestFirst) {
  const auto list = ModeNotices::make(7, sample()).value();
  ASSERT_EQ(list->all().size(), 3U);
  EXPECT_EQ(list->all()[0].network.view(), "bus");
  EXPECT_EQ(list->all()[1].stop.view(), "0245");
  EXPECT_EQ(list->all()[2].stop.view(), "0111");
}

TEST(ModeNotices, AreTheSameAfterSavingAndLoading) {
  const auto list = ModeNotices::make(7, sample()).value();
  const Bytes payload = list->encode();
  EXPECT_EQ(payload.size(), 24U + 3 * 146);
  const auto again = ModeNotices::load(payload);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ((*again)->encode(), payload);
  EXPECT_EQ((*again)->number(), 7U);
  EXPECT_TRUE(std::ranges::equal((*again)->all(), list->all()));
  EXPECT_EQ(error(ModeNotices::load(ModeNotices::make(1, {}).value()->encode())), "taken");
}

TEST(ModeNotices, WhatIsOutOfRangeIsRefusedWhole) {
  const auto with = [](auto change) {
    ModeInterval one = sample()[0];
    change(one);
    return error(ModeNotices::make(7, {one}));
  };
  EXPECT_EQ(with([](ModeInterval& one) { one.network = "a b"; }),
            "mode notices: network or stop is no name");
  EXPECT_EQ(with([](ModeInterval& one) { one.network = ""; }),
            "mode notices: network or stop is no name");
  EXPECT_EQ(with([](ModeInterval& one) { one.modes = {}; }), "mode notices: a mode does not exist");
  EXPECT_EQ(with([](ModeInterval& one) { one.modes = {128}; }),
            "mode notices: a mode does not exist");
  EXPECT_EQ(with([](ModeInterval& one) { one.until = one.from; }),
            "mode notices: a mode ends before it begins");
  EXPECT_EQ(with([](ModeInterval& one) { one.until += std::chrono::hours{24}; }),
            "mode notices: a time is not between 1970 and 2099");
  EXPECT_EQ(error(ModeNotices::make(7, {sample()[0], sample()[0]})),
            "mode notices: one stands there twice");
  EXPECT_EQ(error(ModeNotices::make(0, {})), "mode notices: number must not be 0");
}

TEST(ModeNotices, BytesThatSayItInAnotherWayAreRefused) {
  const Bytes good = ModeNotices::make(7, sample()).value()->encode();
  Bytes bad = good;
  std::swap_ranges(bad.begin() + 24, bad.begin() + 170, bad.begin() + 170);
  EXPECT_EQ(error(ModeNotices::load(bad)), "mode notices: they are not in order");
  bad = good;
  bad[24 + 63] = 'x';
  EXPECT_EQ(error(ModeNotices::load(bad)), "mode notices: a name has bytes behind its end");
  bad = good;
  bad.push_back(0);
  EXPECT_EQ(error(ModeNotices::load(bad)), "mode notices: longer or shorter than it says");
  bad = good;
  bad[16] = 1;
  EXPECT_EQ(error(ModeNotices::load(bad)), "mode notices: more than 10,000");
  EXPECT_EQ(error(ModeNotices::load({})),
            "mode notices: its payload is none (magic and width of a row)");
}

}  // namespace
}  // namespace tidegate::nfc
