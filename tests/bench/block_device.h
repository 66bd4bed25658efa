// SPDX-License-Identifier: Apache-2.0
// What the kernel counts of the block device that a folder is on: flushes, and bytes written by
// everybody.
#pragma once

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

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
  [[nodiscard]] static std::optional<BlockDevice> of(const std::filesystem::path& folder) {
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0) return std::nullopt;
    std::filesystem::path device = "/sys/dev/block";
    device /= std::to_string(major(info.st_dev)) + ":" + std::to_string(minor(info.st_dev));
    std::error_code error;
    const auto real = std::filesystem::canonical(device, error);
    if (error) return std::nullopt;
    // A partition counts no flushes of its own: those are the disk's.
    const bool partition = std::filesystem::exists(real / "partition", error);
    const auto disk = partition ? real.parent_path() : real;
    if (!std::filesystem::exists(disk / "stat", error)) return std::nullopt;
    return BlockDevice{disk / "stat"};
  }

  [[nodiscard]] DiskCounts counts() const {
    // Documentation/block/stat.rst
    constexpr std::size_t kSectorsWritten = 6, kFlushes = 15;
    constexpr std::uint64_t kSectorBytes = 512;
    std::ifstream in{stat_};
    std::vector<std::uint64_t> fields;
    for (std::uint64_t field = 0; in >> field;) fields.push_back(field);
    if (fields.size() <= kFlushes) return {};
    return {fields[kFlushes], fields[kSectorsWritten] * kSectorBytes};
  }

 private:
  explicit BlockDevice(std::filesystem::path stat) : stat_{std::move(stat)} {}
  std::filesystem::path stat_;
};

}  // namespace tidegate::bench
