// SPDX-License-Identifier: Apache-2.0
// The transaction numbers of a simulated SAM: kept in a file and never given twice, whenever the
// process is killed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::sim {

/// The file holds the first number that was never promised, as eight hex digits and the CRC-16 of
/// them. Numbers are promised in blocks, on disk before the first of them is used; the first block
/// when it is opened, so that a purchase hardly ever waits for a disk.
class TxnStore {
 public:
  /// Whether a SAM of this file was ever started.
  [[nodiscard]] static bool used(const std::filesystem::path& file);
  /// No file is a new SAM, which begins at `first`. Errc::corrupt: there is one and it is damaged;
  /// Errc::exists: another process has it.
  [[nodiscard]] static Result<TxnStore> open(const std::filesystem::path& file,
                                             std::uint32_t first);
  /// Errc::full when the last number is gone.
  [[nodiscard]] Result<std::uint32_t> next();

 private:
  [[nodiscard]] Status promise();
  TxnStore(std::filesystem::path file, posix::Fd lock, std::uint32_t next)
      : file_{std::move(file)}, lock_{std::move(lock)}, next_{next}, promised_{next} {}

  std::filesystem::path file_;
  posix::Fd lock_;
  std::uint32_t next_;
  std::uint32_t promised_;  ///< numbers below are ours
};

}  // namespace tidegate::sim
