// SPDX-License-Identifier: Apache-2.0
// Whether a file that others put there is another one than at the last look. Reads nothing of it.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <utility>

namespace tidegate::edge {

class FileLook {
 public:
  explicit FileLook(std::filesystem::path file) : file_{std::move(file)} {}

  /// true: it was put, replaced or written to since. false also: there is none.
  [[nodiscard]] bool changed() {
    struct stat now{};
    if (::stat(file_.c_str(), &now) != 0) return false;
    const bool same = now.st_ino == seen_.st_ino && now.st_size == seen_.st_size &&
                      now.st_ctim.tv_sec == seen_.st_ctim.tv_sec &&
                      now.st_ctim.tv_nsec == seen_.st_ctim.tv_nsec;
    seen_ = now;
    return !same;
  }
  /// Nothing of it could be judged: the next look finds it changed.
  void forget() { seen_ = {}; }

 private:
  std::filesystem::path file_;
  struct stat seen_{};
};

}  // namespace tidegate::edge
