// SPDX-License-Identifier: Apache-2.0
// Reads /proc and the processor clocks of other processes.
#include "tests/bench/footprint/processes.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace tidegate::bench {

namespace {

namespace fs = std::filesystem;

struct Stat {
  std::string name;
  pid_t parent = 0;
};

/// "pid (name) state ppid …": the name may hold blanks and brackets. It ended meanwhile: parent 0.
Stat stat_of(const fs::path& folder) {
  std::ifstream file{folder / "stat"};
  std::string line;
  std::getline(file, line);
  const auto open = line.find('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close + 4 > line.size()) return {};
  return {line.substr(open + 1, close - open - 1),
          static_cast<pid_t>(std::strtol(line.c_str() + close + 4, nullptr, 10))};
}

}  // namespace

std::vector<Process> descendants() {
  std::vector<std::pair<pid_t, Stat>> all;
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    all.emplace_back(static_cast<pid_t>(std::stol(name)), stat_of(entry.path()));
  }
  std::vector<Process> out;
  std::vector<pid_t> parents{::getpid()};
  while (!parents.empty()) {
    const pid_t parent = parents.back();
    parents.pop_back();
    for (const auto& [pid, stat] : all) {
      if (stat.parent != parent) continue;
      out.push_back({pid, stat.name});
      parents.push_back(pid);
    }
  }
  return out;
}

Memory memory_of(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  Memory out;
  std::string line;
  std::getline(file, line);  // the range of addresses
  std::string name, unit;
  for (std::uint64_t kib = 0; file >> name >> kib >> unit;) {
    if (name == "Pss:") out.pss = kib;
    if (name == "Pss_Anon:") out.anonymous = kib;
  }
  return out;
}

std::int64_t cpu_ns(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
}

}  // namespace tidegate::bench
