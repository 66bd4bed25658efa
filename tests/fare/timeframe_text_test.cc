// SPDX-License-Identifier: Apache-2.0
// Hours of the week as text.
#include "fare/authoring/timeframe_text.h"

#include <gtest/gtest.h>

namespace tidegate::fare {
namespace {

std::string error_of(std::string_view text) {
  const auto spans = parse_week_spans(text);
  return spans ? "taken" : spans.error().message();
}

TEST(TimeframeText, days_and_hours) {
  EXPECT_EQ(parse_week_spans("Mo-Fr 05:00-09:30,15:00-19:00").value(),
            (std::vector<WeekSpan>{{0x1F, 300, 570}, {0x1F, 900, 1140}}));
  EXPECT_EQ(parse_week_spans("Sa,Su 00:00-24:00").value(),
            (std::vector<WeekSpan>{{0x60, 0, 1440}}));
  EXPECT_EQ(parse_week_spans("Su-Tu 10:00-10:01").value(),
            (std::vector<WeekSpan>{{0x43, 600, 601}}));
  EXPECT_EQ(parse_week_spans("07:00-09:00").value(), (std::vector<WeekSpan>{{0x7F, 420, 540}}));
  EXPECT_EQ(parse_week_spans(" Mo 07:00-09:00 ; We 08:00-09:00, 10:00-11:00 ").value(),
            (std::vector<WeekSpan>{{0x01, 420, 540}, {0x04, 480, 540}, {0x04, 600, 660}}));
}

TEST(TimeframeText, is_written_as_it_is_read) {
  for (const char* text :
       {"Mo-Fr 05:00-09:30; Mo-Fr 15:00-19:00", "Sa,Su 00:00-24:00", "Mo,We-Fr,Su 00:01-00:02"}) {
    EXPECT_EQ(week_spans_text(parse_week_spans(text).value()), text);
  }
}

TEST(TimeframeText, what_is_not_understood_is_named) {
  EXPECT_EQ(error_of("Mo-Fry 05:00-09:30"),
            "\"Mo-Fry\": days such as Mo-Fr, Sa,Su, work or off were expected");
  EXPECT_EQ(error_of("Mo 5:00-09:30"), "\"5:00-09:30\": hours such as 05:00-09:30 were expected");
  EXPECT_EQ(error_of("Mo"), "\"Mo\": hours such as 05:00-09:30 were expected");
  EXPECT_EQ(error_of("Mo 24:01-24:02"), "\"24:01-24:02\": hours such as 05:00-09:30 were expected");
  EXPECT_EQ(error_of("Mo 22:00-02:00"),
            "\"22:00-02:00\": ends before it begins; past midnight is two spans, to 24:00 and from "
            "00:00");
  EXPECT_NE(error_of(""), "taken");
  EXPECT_NE(error_of(";"), "taken");
}

}  // namespace
}  // namespace tidegate::fare
