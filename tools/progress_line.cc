// SPDX-License-Identifier: Apache-2.0
// The progress of a command.
#include "tools/progress_line.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace tidegate::tools {

using std::chrono::milliseconds;

ProgressLine::ProgressLine(std::string what)
    : what_{std::move(what)},
      terminal_{::isatty(STDERR_FILENO) == 1},
      next_{Steady::now() + milliseconds{2000}} {}

ProgressLine::~ProgressLine() {
  if (told_ && terminal_) std::fputc('\n', stderr);
}

void ProgressLine::tell(std::uint64_t done, std::uint64_t total) {
  const auto now = Steady::now();
  const bool last = told_ && done == total && !finished_;
  if (total == 0 || finished_ || (now < next_ && !last)) return;
  finished_ = done == total;
  next_ = now + milliseconds{terminal_ ? 200 : 5000};
  told_ = true;
  std::fprintf(stderr, "%s%3llu %%, %llu of %llu %s%s",
               terminal_ ? "\r" : "tidegate: ", static_cast<unsigned long long>(done * 100 / total),
               static_cast<unsigned long long>(done), static_cast<unsigned long long>(total),
               what_.c_str(), terminal_ ? "\x1B[K" : "\n");
  std::fflush(stderr);
}

}  // namespace tidegate::tools
