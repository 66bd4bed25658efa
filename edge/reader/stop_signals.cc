// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/stop_signals.h"

#include <sys/signalfd.h>

#include <csignal>

namespace tidegate::edge {

Result<posix::Fd> stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  if (const int error = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0)
    return fail_errno("blocking signals", error);
  posix::Fd fd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd) return fail_errno("making a signal descriptor");
  return fd;
}

}  // namespace tidegate::edge
