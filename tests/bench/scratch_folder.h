// SPDX-License-Identifier: Apache-2.0
// A fresh folder on a real disk, gone afterwards: /tmp may be memory, where a flush costs nothing.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/assert.h"

namespace tidegate::bench {

/// `bench` beside the folder of the programs: in the build folder.
[[nodiscard]] inline std::filesystem::path default_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "bench";
}

class ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& parent) {
    std::filesystem::create_directories(parent);
    std::string name = std::filesystem::absolute(parent) / "XXXXXX";
    ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tidegate::bench
