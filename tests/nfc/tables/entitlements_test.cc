// SPDX-License-Identifier: Apache-2.0
// The entitlements: who is which rider on which day, and which bytes are none.
#include "nfc/tables/entitlements.h"

#include "tests/nfc/tables/sample_tables.h"

namespace tidegate::nfc {
namespace {

using fare::RiderCategory;

constexpr ListHandle kFirst{{1}}, kSecond{{2}}, kNobody{{3}};
constexpr RiderCategory kPensioner{40};

ServiceDay day(const char* text) {
  return parse_date(text).value();
}
std::vector<EntitledRow> sample() {
  return {{kSecond, kPensioner, day("2026-12-31")},
          {kFirst, RiderCategory::senior, day("2027-06-30")},
          {kSecond, RiderCategory::student, day("2026-08-31")}};
}
Result<std::shared_ptr<const Entitlements>> make(std::vector<EntitledRow> rows) {
  return Entitlements::make({.number = 7, .key_check = {9}}, std::move(rows));
}
std::string error(const Result<std::shared_ptr<const Entitlements>>& list) {
  return list ? "taken" : list.error().message();
}
std::vector<RiderCategory> riders(const Entitlements& list, const ListHandle& handle,
                                  std::optional<ServiceDay> today) {
  const auto found = list.find(handle, today);
  return {found.begin(), found.end()};
}

TEST(Entitlements, EndAfterTheirLastDayEachByItself) {
  const auto list = make(sample()).value();
  using Riders = std::vector<RiderCategory>;
  EXPECT_EQ(list->size(), 2U);
  EXPECT_EQ(riders(*list, kSecond, day("2026-08-31")),
            (Riders{RiderCategory::student, kPensioner}));
  EXPECT_EQ(riders(*list, kSecond, day("2026-09-01")), Riders{kPensioner});
  EXPECT_EQ(riders(*list, kSecond, day("2026-12-31")), Riders{kPensioner});
  EXPECT_EQ(riders(*list, kSecond, day("2027-01-01")), Riders{});
  EXPECT_EQ(riders(*list, kSecond, std::nullopt), (Riders{RiderCategory::student, kPensioner}));
  EXPECT_EQ(riders(*list, kFirst, day("2027-01-01")), Riders{RiderCategory::senior});
  EXPECT_EQ(riders(*list, kNobody, std::nullopt), Riders{});
}

TEST(Entitlements, AreTheSameAfterSavingAndLoading) {
  const auto list = make(sample()).value();
  const Bytes payload = list->encode();
  EXPECT_EQ(payload.size(), 32U + 2 * 28);
  const auto again = Entitlements::load(payload);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ((*again)->encode(), payload);
  EXPECT_EQ((*again)->all().size(), 3U);
  EXPECT_EQ(error(make((*again)->all())), "taken");
}

TEST(Entitlements, ACardIsAtMostFourRidersAndEachOnce) {
  std::vector<EntitledRow> rows;
  for (std::uint8_t i = 40; i < 44; ++i)
    rows.push_back({kFirst, static_cast<RiderCategory>(i), day("2026-12-31")});
  EXPECT_EQ(error(make(rows)), "taken");
  rows.push_back({kFirst, RiderCategory::senior, day("2026-12-31")});
  EXPECT_EQ(error(make(rows)), "entitlements: a card is more than 4 riders");
  rows = sample();
  rows.push_back(rows[0]);
  EXPECT_EQ(error(make(rows)), "row 1: entitlements: riders of a card are not in order");
}

TEST(Entitlements, WhatIsOutOfRangeIsRefusedWhole) {
  EXPECT_EQ(error(make({{kFirst, RiderCategory{9}, day("2026-12-31")}})),
            "row 0: entitlements: unknown rider category");
  EXPECT_EQ(error(make({{kFirst, RiderCategory::adult, ServiceDay{}}})),
            "entitlements: a last day is not between 1970 and 2099");
  const Bytes good = make(sample()).value()->encode();
  const auto with = [&](std::size_t at, Byte value) {
    Bytes bad = good;
    bad[at] = value;
    return error(Entitlements::load(bad));
  };
  EXPECT_EQ(with(32 + 16, 0), "row 0: entitlements: a card is no rider at all");
  EXPECT_EQ(with(32 + 17, 0xFF), "row 0: entitlements: a last day is not between 1970 and 2099");
  EXPECT_EQ(with(32 + 20, 1), "row 0: entitlements: an empty place has a last day");
  EXPECT_EQ(with(32 + 22, 5), "row 0: entitlements: riders of a card are not in order");
  EXPECT_EQ(with(1, 'D'), "entitlements: its payload is not one (magic)");
}

}  // namespace
}  // namespace tidegate::nfc
