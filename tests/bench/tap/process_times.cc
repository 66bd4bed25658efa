// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/process_times.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace tidegate::bench {
namespace {

struct Process {
  std::string name;
  pid_t parent = 0;
  std::chrono::milliseconds used{};
};

Process read(const std::filesystem::path& stat) {
  Process out;
  std::ifstream in{stat};
  std::string line;
  std::getline(in, line);
  // "pid (name) state ppid …", utime and stime are fields 14 and 15; the name may hold anything.
  const auto open = line.find('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return out;
  out.name = line.substr(open + 1, close - open - 1);
  std::istringstream rest{line.substr(close + 1)};
  std::string word;
  long ticks = 0;
  for (int field = 3; field <= 15 && rest >> word; ++field) {
    if (field == 4) out.parent = std::stoi(word);
    if (field >= 14) ticks += std::stol(word);
  }
  out.used = std::chrono::milliseconds{ticks * 1000 / ::sysconf(_SC_CLK_TCK)};
  return out;
}

std::map<pid_t, Process> all_processes() {
  std::map<pid_t, Process> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
    const std::string name = entry.path().filename();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; }))
      out[std::stoi(name)] = read(entry.path() / "stat");
  }
  return out;
}

}  // namespace

ProcessTimes process_times() {
  const auto all = all_processes();
  ProcessTimes out;
  for (const auto& [pid, process] : all) {
    if (pid == ::getpid()) out.simulators = process.used;
    const auto parent = all.find(process.parent);
    const bool ours = process.parent == ::getpid();
    if (ours && process.name == "tidegate-gate") out.gate += process.used;
    if (process.name != "tidegate-reader") continue;
    if (ours) out.reader_parents += process.used;
    if (parent != all.end() && parent->second.parent == ::getpid())
      out.reader_children += process.used;
  }
  return out;
}

}  // namespace tidegate::bench
