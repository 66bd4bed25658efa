// SPDX-License-Identifier: Apache-2.0
// A disk whose flushes take longer, to be preloaded into a program: every fdatasync, and every
// write through a descriptor that flushes by itself (LMDB's roots), takes TIDEGATE_BENCH_FLUSH_MS
// more.
#include <fcntl.h>
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
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  const ssize_t done = syscall(SYS_pwrite64, fd, data, size, offset);
  if ((fcntl(fd, F_GETFL) & O_DSYNC) != 0) wait_for_disk();
  return done;
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return pwrite(fd, data, size, offset);
}

}  // extern "C"
