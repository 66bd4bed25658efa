// SPDX-License-Identifier: Apache-2.0
// A real file system on a loop device, to be cut off, switched to read-only and mounted again. It
// needs root and a kernel that allows it; else make() says which step said what.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::crash {

class LoopDisk {
 public:
  /// Makes image, loop device and file system below `folder` and mounts it. The mount is seen by
  /// this process and its children only (a mount namespace of its own), and the kernel undoes mount
  /// and loop device with the last of them: nothing is left behind, however the test ends.
  [[nodiscard]] static Result<std::unique_ptr<LoopDisk>> make(const std::filesystem::path& folder);
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;
  ~LoopDisk();

  /// Where it is mounted.
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  /// As a power cut: from now on nothing reaches the disk, and what the journal holds in memory
  /// never will (FS_IOC_SHUTDOWN without a log flush).
  [[nodiscard]] Status cut() const;
  /// As the kernel does it itself when the journal fails: read-only, with files open for writing.
  [[nodiscard]] Status turn_read_only() const;
  /// Unmounts and mounts again, which replays the journal. No file may be open.
  [[nodiscard]] Status start_again() const;

 private:
  explicit LoopDisk(const std::filesystem::path& folder)
      : image_{folder / "image"}, root_{folder / "disk"} {}
  [[nodiscard]] Status make_image() const;
  [[nodiscard]] Status attach();
  [[nodiscard]] Status mount() const;
  [[nodiscard]] Status unmount() const;

  std::filesystem::path image_, root_;
  std::filesystem::path device_;
  posix::Fd loop_;  ///< the device goes when this is closed and nothing is mounted
};

}  // namespace tidegate::crash
