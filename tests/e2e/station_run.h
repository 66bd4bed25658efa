// SPDX-License-Identifier: Apache-2.0
// A simulated station run as a user would, and its money counted a second time.
#pragma once

#include "tests/e2e/programs.h"

namespace tidegate::e2e {

/// A run and what is wrong with it; no words when it ended well and money_check.py agrees.
struct StationRun {
  std::string out;    ///< the object it ended with
  std::string wrong;  ///< for people
};

class StationRunTest : public ProgramTest {
 protected:
  /// Runs a station in folder()/<name>. Any thread.
  [[nodiscard]] StationRun run_in(const std::string& name,
                                  const std::vector<std::string>& arguments) const;
  /// money_check.py over the cards and ledgers of the run of that name.
  [[nodiscard]] Ended count_again(const std::string& name) const;
  /// As run_in(), and fails when anything is wrong. Returns the object.
  std::string expect_exact(const std::vector<std::string>& arguments);
};

/// A number nobody has chosen, printed.
[[nodiscard]] std::string fresh_seed();

}  // namespace tidegate::e2e
