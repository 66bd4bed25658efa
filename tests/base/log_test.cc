// SPDX-License-Identifier: Apache-2.0
// Log lines: one event a line, whatever is in the values.
#include "base/log.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

TEST(LogLine, HasPriorityEventAndFields) {
  EXPECT_EQ(log_line(Priority::info, "tap", {{"aisle", AisleNo{2}}, {"fare_fen", Fen{300}}}),
            "<6>event=tap aisle=2 fare_fen=300");
  EXPECT_EQ(log_line(Priority::error, "stop", {{"ok", false}}), "<3>event=stop ok=false");
}

TEST(LogLine, QuotesBlanksAndEscapesWhatCouldForgeALine) {
  const std::string line =
      log_line(Priority::warning, "bad", {{"why", "two words"}, {"text", "a\n<3>event=b \"c\""}});
  EXPECT_NE(line.find("why=\"two words\""), std::string::npos) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  EXPECT_EQ(line.find(" \"c\""), std::string::npos) << line;
}

}  // namespace
}  // namespace tidegate
