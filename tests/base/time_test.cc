// SPDX-License-Identifier: Apache-2.0
// Civil time, service days, ISO 8601 and BCD times.
#include "base/time.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

Timestamp at(std::string_view text) {
  const auto parsed = parse_iso8601(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Timestamp{});
}

TEST(Iso8601, ParsesOffsetsAndMilliseconds) {
  EXPECT_EQ(at("2026-11-02T08:00:00+08:00"), at("2026-11-02T00:00:00Z"));
  EXPECT_EQ(at("2026-11-02T08:00:00.250+08:00") - at("2026-11-02T08:00:00+08:00"),
            std::chrono::milliseconds{250});
  EXPECT_EQ(at("1970-01-01T00:00:00Z"), Timestamp{});
  EXPECT_EQ(iso8601(at("2026-11-02T00:00:00Z")), "2026-11-02T08:00:00+08:00");
}

TEST(Iso8601, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "2026-11-02", "2026-11-02T08:00:00", "2026-02-30T08:00:00Z", "2026-11-02T24:00:00Z",
        "2026-11-02T08:00:00+0800", "2026-11-02 08:00:00Z", "2026-11-02T08:00:00Zx"})
    EXPECT_EQ(parse_iso8601(text).error().code(), Errc::invalid) << text;
}

TEST(LocalTime, GoesToUtcAndBack) {
  const Timestamp when = at("2028-02-29T23:59:59+08:00");
  const LocalTime local = to_local(when);
  EXPECT_EQ(local.year, 2028);
  EXPECT_EQ(local.month, 2);
  EXPECT_EQ(local.day, 29);
  EXPECT_EQ(local.hour, 23);
  EXPECT_EQ(from_local(local).value(), when);
}

TEST(BcdTime, RoundTripsAndRefusesImpossibleTimes) {
  const Bytes bytes = from_hex("20260105083000").value();
  const auto local = parse_bcd_time(bytes);
  ASSERT_TRUE(local.has_value());
  EXPECT_EQ(to_hex(bcd_time(*local)), "20260105083000");
  for (const std::string_view text :
       {"00000000000000", "20261305083000", "20260230083000", "20260105240000", "20260105086000",
        "2026010508300A", "FFFFFFFFFFFFFF"})
    EXPECT_FALSE(parse_bcd_time(from_hex(text).value()).has_value()) << text;
}

TEST(ServiceCalendar, TheDayTurnsAtTheRollover) {
  const ServiceCalendar calendar;
  EXPECT_EQ(calendar.day_of(at("2026-11-03T01:59:59+08:00")).text(), "2026-11-02");
  EXPECT_EQ(calendar.day_of(at("2026-11-03T02:00:00+08:00")).text(), "2026-11-03");
}

TEST(Date, ParsesAndPrints) {
  EXPECT_EQ(parse_date("2026-11-02").value().text(), "2026-11-02");
  for (const std::string_view text : {"", "2026-11-31", "2026-1-2", "20261102", "2026-11-02x"})
    EXPECT_FALSE(parse_date(text).has_value()) << text;
}

}  // namespace
}  // namespace tidegate
