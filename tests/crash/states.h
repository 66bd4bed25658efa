// SPDX-License-Identifier: Apache-2.0
// From a record to many states of the disk, each laid out in a folder and looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/crash/disk.h"
#include "tests/interposer/record.h"

namespace tidegate::crash {

/// A folder of its own in memory when there is room for that, else in the folder for tests. Gone
/// afterwards.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StatesOptions {
  std::uint64_t seed = 1;
  std::size_t states = 1000;     ///< to look at, different from each other; about
  std::size_t cut_every = 1;     ///< about one cut of so many; the seed says where it begins
  std::size_t append_every = 8;  ///< to every so many-th state one more entry is appended, 0: never
  Lies lies;
  std::size_t violations_max = ~std::size_t{0};  ///< ends early after so many
};
struct StatesResult {
  std::size_t cuts = 0;    ///< points in the record
  std::size_t states = 0;  ///< looked at
  std::size_t appended =
      0;  ///< of these: one more entry was appended and the ledger verified again
  std::size_t violations = 0;
  std::vector<std::string> first;  ///< the first few violations
};

[[nodiscard]] StatesResult try_states(const std::vector<interposer::Record>& records,
                                      const StatesOptions& options);

/// For a test of the test: every acknowledgement is moved to where its append began.
[[nodiscard]] std::vector<interposer::Record> acknowledged_early(
    std::vector<interposer::Record> records);

}  // namespace tidegate::crash
