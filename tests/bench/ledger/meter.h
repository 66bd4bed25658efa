// SPDX-License-Identifier: Apache-2.0
// Time, processor time and bytes to the disk of many commits of one kind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidegate::bench {

class Meter {
 public:
  template <class Call>
  void time(Call call) {
    begin();
    call();
    end();
  }
  /// A row of a table: percentiles in microseconds, CPU in microseconds of each of `group` entries,
  /// KiB of a commit.
  void print(const std::string& what, std::size_t group);

 private:
  void begin();
  void end();

  std::vector<std::int64_t> ns_;
  std::int64_t began_ = 0, cpu_began_ = 0, cpu_ = 0;
  std::uint64_t written_began_ = 0, written_ = 0;
};

}  // namespace tidegate::bench
