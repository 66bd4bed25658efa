// SPDX-License-Identifier: Apache-2.0
// Runs the shipped programs as a user would, in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tidegate::e2e {

/// A program of this build.
[[nodiscard]] std::filesystem::path program(const std::string& name);

struct Ended {
  int status = -1;  ///< exit status; 128 + signal
  std::string out;  ///< standard output
  std::string err;
};

/// Starts a program with its output in files; kills it when the object dies.
class Started {
 public:
  Started(const std::vector<std::string>& arguments, const std::filesystem::path& folder);
  ~Started();
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  /// Waits for its end; kills it after `patience`.
  [[nodiscard]] Ended wait(std::chrono::seconds patience);
  /// Waits until standard output has this text. false: not within `patience`, or it ended before.
  [[nodiscard]] bool wait_for(const std::string& text, std::chrono::seconds patience);
  void terminate() const;

 private:
  std::filesystem::path out_, err_;
  pid_t pid_ = -1;
  int status_ = -1;
};

/// Runs it to the end, generously.
[[nodiscard]] Ended run(const std::vector<std::string>& arguments,
                        const std::filesystem::path& folder);

[[nodiscard]] std::string read_text(const std::filesystem::path& file);

/// A folder for one test, removed when the test passed.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// Runs a station in folder()/box and expects it to end well.
  Ended run_station(const std::vector<std::string>& more);
  /// What `tidegate ledger export` prints of that station's ledger.
  [[nodiscard]] std::string export_ledger();
  /// money_check.py over that station's cards and an export.
  [[nodiscard]] Ended check_money(const std::string& exported);
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] std::filesystem::path box() const { return folder_ / "box"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace tidegate::e2e
