// SPDX-License-Identifier: Apache-2.0
// What the kernel counts of the block device that a folder is on: flushes, and bytes written by
// everybody.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tidegate::bench {

struct DiskCounts {
  std::uint64_t flushes = 0;
  std::uint64_t written_bytes = 0;
  friend DiskCounts operator-(const DiskCounts& a, const DiskCounts& b) {
    return {a.flushes - b.flushes, a.written_bytes - b.written_bytes};
  }
};

class BlockDevice {
 public:
  /// nullopt: the folder is on no block device that counts (tmpfs, overlay).
  [[nodiscard]] static std::optional<BlockDevice> of(const std::filesystem::path& folder);
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] DiskCounts counts() const;

 private:
  explicit BlockDevice(std::filesystem::path stat, std::string name)
      : stat_{std::move(stat)}, name_{std::move(name)} {}
  std::filesystem::path stat_;
  std::string name_;
};

}  // namespace tidegate::bench
