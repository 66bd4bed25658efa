// SPDX-License-Identifier: Apache-2.0
// `tidegate fare diff`: two books compared by what rides cost.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tidegate::tools {

struct FareDiff {
  std::filesystem::path before, after;
  std::filesystem::path journeys;  ///< empty: only the golden ones
  std::filesystem::path html;      ///< empty: no report
  std::string riders;              ///< empty: all who pay
  std::vector<std::string> at;     ///< empty: moments that matter
  std::size_t limit = 20;
  bool json = false;
};

/// 0: nothing changes; 1: something does; 2: wrong usage, or something could not be read or
/// written.
[[nodiscard]] int fare_diff(const FareDiff& options);

void add_fare_diff(CLI::App& fare, int& exit_code);

}  // namespace tidegate::tools
