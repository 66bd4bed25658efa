// SPDX-License-Identifier: Apache-2.0
// The independent money check agrees with a station's run, and finds every change to its export.
#include <algorithm>

#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

using Lines = std::vector<std::string>;

class MoneyCheckTest : public ProgramTest {
 protected:
  Ended check(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    return check_money(text);
  }
};

Lines split(const std::string& text) {
  Lines out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// The first outcome that moved money.
Lines::iterator paid_outcome(Lines& lines) {
  return std::ranges::find_if(lines, [](const std::string& line) {
    return line.find("\"kind\":\"outcome\"") != std::string::npos &&
           line.find("\"result\":\"debited\"") != std::string::npos &&
           line.find("\"amount_fen\":0,") == std::string::npos;
  });
}

TEST_F(MoneyCheckTest, AgreesWithAStationAndFindsADroppedADoubledAndAnAlteredOutcome) {
  run_station({"--aisles", "2", "--passengers", "40", "--seed", "20261102"});
  if (HasFailure()) return;
  const Lines lines = split(export_ledger());
  const Ended equal = check(lines);
  EXPECT_EQ(equal.status, 0) << equal.out << equal.err;
  EXPECT_TRUE(equal.out.starts_with("equal")) << equal.out;

  Lines changed = lines;
  auto outcome = paid_outcome(changed);
  ASSERT_NE(outcome, changed.end()) << "no passenger paid: the run is too small";
  changed.erase(outcome);
  const Ended dropped = check(changed);
  EXPECT_EQ(dropped.status, 1) << dropped.out;
  EXPECT_NE(dropped.out.find("the purse lost"), std::string::npos) << dropped.out;

  changed = lines;
  outcome = paid_outcome(changed);
  changed.insert(outcome, *outcome);
  const Ended doubled = check(changed);
  EXPECT_EQ(doubled.status, 1) << doubled.out;
  EXPECT_NE(doubled.out.find("a second time"), std::string::npos) << doubled.out;

  changed = lines;
  outcome = paid_outcome(changed);
  const std::string key = "\"amount_fen\":";
  outcome->insert(outcome->find(key) + key.size(), "1");
  const Ended altered = check(changed);
  EXPECT_EQ(altered.status, 1) << altered.out;
  EXPECT_NE(altered.out.find("amount_fen"), std::string::npos) << altered.out;
}

}  // namespace
}  // namespace tidegate::e2e
