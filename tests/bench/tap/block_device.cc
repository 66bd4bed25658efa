// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/block_device.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <vector>

namespace tidegate::bench {
namespace {

// Documentation/block/stat.rst
constexpr std::size_t kSectorsWritten = 6, kFlushes = 15;
constexpr std::uint64_t kSectorBytes = 512;

}  // namespace

std::optional<BlockDevice> BlockDevice::of(const std::filesystem::path& folder) {
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
  return BlockDevice{disk / "stat", disk.filename()};
}

DiskCounts BlockDevice::counts() const {
  std::ifstream in{stat_};
  std::vector<std::uint64_t> fields;
  for (std::uint64_t field = 0; in >> field;) fields.push_back(field);
  if (fields.size() <= kFlushes) return {};
  return {fields[kFlushes], fields[kSectorsWritten] * kSectorBytes};
}

}  // namespace tidegate::bench
