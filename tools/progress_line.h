// SPDX-License-Identifier: Apache-2.0
// How far a long piece of work is, on standard error: nothing in the first two seconds; then one
// line that is written over on a terminal, or a line every five seconds elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tidegate::tools {

class ProgressLine {
 public:
  /// `what` is counted: "rides priced".
  explicit ProgressLine(std::string what);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();  ///< ends the line on a terminal

  void tell(std::uint64_t done, std::uint64_t total);

 private:
  using Steady = std::chrono::steady_clock;
  std::string what_;
  bool terminal_;
  bool told_ = false, finished_ = false;
  Steady::time_point next_;
};

}  // namespace tidegate::tools
