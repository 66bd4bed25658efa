// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/tap_log.h"

#include <charconv>
#include <fstream>
#include <numeric>
#include <string>

namespace tidegate::bench {
namespace {

/// The number behind " name="; 0 when it is not there.
std::int64_t number(std::string_view line, const std::string& name) {
  const auto at = line.find(" " + name + "=");
  if (at == std::string_view::npos) return 0;
  const std::string_view text = line.substr(at + name.size() + 2);
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::int64_t LoggedTap::total() const {
  return std::accumulate(stages.begin(), stages.end(), std::int64_t{0});
}

std::vector<LoggedTap> read_tap_log(const std::filesystem::path& log) {
  std::vector<LoggedTap> out;
  std::ifstream in{log};
  for (std::string line; std::getline(in, line);) {
    if (line.find("event=tap ") == std::string::npos) continue;
    if (line.find(" decision=open ") == std::string::npos) continue;
    LoggedTap tap;
    for (std::size_t i = 0; i < kStages.size(); ++i)
      tap.stages[i] = number(line, std::string{kStages[i]} + "_us");
    tap.commands = number(line, "apdus");
    tap.card = number(line, "card_us");
    tap.commit = number(line, "commit_us");
    tap.flush = number(line, "flush_us");
    tap.behind = number(line, "behind_us");
    out.push_back(tap);
  }
  return out;
}

}  // namespace tidegate::bench
