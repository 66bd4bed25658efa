// SPDX-License-Identifier: Apache-2.0
// A folder of files for targets whose readers read folders: in memory where the machine has such a
// place, gone with the process.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/assert.h"

namespace tidegate::fuzz {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code ignored;
    const std::filesystem::path shm{"/dev/shm"};
    std::string name =
        (std::filesystem::exists(shm, ignored) ? shm
                                               : std::filesystem::temp_directory_path(ignored)) /
        "tidegate-fuzz-XXXXXX";
    ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void put(const std::string& name, std::string_view text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
  }
  void clear() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{path_, ignored})
      std::filesystem::remove(entry.path(), ignored);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tidegate::fuzz
