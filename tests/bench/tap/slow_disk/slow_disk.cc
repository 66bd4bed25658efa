// SPDX-License-Identifier: Apache-2.0
// A disk whose flushes take longer, to be preloaded into a program: every fdatasync takes
// TIDEGATE_BENCH_FLUSH_MS more.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

constexpr long kNsOfMs = 1'000'000;

void wait_for_disk() {
  static const long ms = [] {
    const char* text = std::getenv("TIDEGATE_BENCH_FLUSH_MS");
    return text == nullptr ? 0L : std::strtol(text, nullptr, 10);
  }();
  const int kept = errno;
  timespec left{ms / 1000, ms % 1000 * kNsOfMs};
  while (nanosleep(&left, &left) != 0) {
  }
  errno = kept;
}

}  // namespace

extern "C" {

int fdatasync(int fd) {
  const int done = static_cast<int>(syscall(SYS_fdatasync, fd));
  wait_for_disk();
  return done;
}

}  // extern "C"
