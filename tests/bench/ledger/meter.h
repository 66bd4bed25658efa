// SPDX-License-Identifier: Apache-2.0
// Time, processor time and bytes to the disk of many commits of one kind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/block_device.h"

namespace tidegate::bench {

class Meter {
 public:
  /// The folder is on the disk that is written to.
  explicit Meter(const std::filesystem::path& folder) : device_{BlockDevice::of(folder)} {}
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
  /// What has been written so far. Not what the kernel counts of this process: that counts all of
  /// a large folio for each page of it.
  [[nodiscard]] std::uint64_t written_bytes() const;

  std::optional<BlockDevice> device_;
  std::vector<std::int64_t> ns_;
  std::int64_t began_ = 0, cpu_began_ = 0, cpu_ = 0;
  std::uint64_t written_began_ = 0, written_ = 0;
};

}  // namespace tidegate::bench
