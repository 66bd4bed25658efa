// SPDX-License-Identifier: Apache-2.0
// What the kernel knows of the processes that this one started, and they in turn.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tidegate::bench {

struct Process {
  pid_t pid = 0;
  std::string name;  ///< of the program
};
[[nodiscard]] std::vector<Process> descendants();

/// KiB, from smaps_rollup: a page that n processes share counts 1/n for each.
struct Memory {
  std::uint64_t pss = 0, anonymous = 0;
  Memory& operator+=(const Memory& other) {
    pss += other.pss;
    anonymous += other.anonymous;
    return *this;
  }
};
[[nodiscard]] Memory memory_of(pid_t pid);

/// Processor time since its start, of all its threads.
[[nodiscard]] std::int64_t cpu_ns(pid_t pid);

}  // namespace tidegate::bench
