// SPDX-License-Identifier: Apache-2.0
// Owned file descriptors, whole-file reads and durable writes.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::posix {

/// Owns one descriptor; closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_{fd} {}
  Fd(Fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

 private:
  int fd_ = -1;
};

/// Whole file; Errc::full when it is larger than `limit` bytes.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit);
/// Writes a file so that after a power cut either the old or the new content is there, whole: write
/// to a neighbour, fsync, rename, fsync of the folder. `mode` are the permission bits.
[[nodiscard]] Status write_file_durably(const std::filesystem::path& path, ByteView content,
                                        unsigned mode = 0640);
/// fsync of a folder, which makes a rename or create in it durable.
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder);

}  // namespace tidegate::posix
