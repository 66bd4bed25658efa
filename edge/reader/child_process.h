// SPDX-License-Identifier: Apache-2.0
// Starts, kills and buries the libnfc child. fork without exec: it must be called from a process
// with one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <string>

#include "base/posix/seqpacket.h"
#include "base/result.h"

namespace tidegate::edge {

/// A child process at the other end of a socket pair. Killed when this goes away.
class ChildProcess {
 public:
  /// Runs `body` in the child, which exits with its result. `close_first` are descriptors of the
  /// parent that the child has no business with.
  [[nodiscard]] static Result<ChildProcess> start(
      const std::function<int(posix::SeqpacketSocket)>& body,
      std::initializer_list<int> close_first);

  ChildProcess() = default;
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  [[nodiscard]] const posix::SeqpacketSocket& socket() const noexcept { return socket_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  explicit operator bool() const noexcept { return pid_ > 0; }
  /// SIGKILL, then wait: its descriptors and locks are free afterwards. Says how it ended.
  std::string kill();
  /// Exit code, once it has ended by itself within `timeout`; Errc::timeout, or Errc::io for a
  /// signal. The child is gone in any case.
  [[nodiscard]] Result<int> wait(std::chrono::milliseconds timeout);

 private:
  ChildProcess(pid_t pid, posix::SeqpacketSocket socket) : pid_{pid}, socket_{std::move(socket)} {}
  pid_t pid_ = -1;
  posix::SeqpacketSocket socket_;
};

}  // namespace tidegate::edge
