// SPDX-License-Identifier: Apache-2.0
// Lets in who connects to one of the gate's local sockets and may speak to it: our own user or
// root. While the process has no file descriptor left nobody can be let in and the listener stays
// readable, so whoever polls it would spin: it looks away for a moment instead.
#pragma once

#include <poll.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "base/time.h"

namespace tidegate::edge {

/// One thread's.
class Acceptor {
 public:
  /// How long it looks away.
  static constexpr std::chrono::milliseconds kPause{200};

  /// A socket file of our own user's; a stale one is replaced.
  [[nodiscard]] static Result<Acceptor> listen(const std::filesystem::path& socket);

  /// For poll(), which passes over it while it looks away.
  [[nodiscard]] pollfd polled() const {
    return {looks_away().count() > 0 ? -1 : listener_.fd(), POLLIN, 0};
  }
  /// How long poll() may wait at most, so that it looks again in time; 0: as long as it likes.
  [[nodiscard]] std::chrono::milliseconds looks_away() const;
  /// Waits for somebody. Who may not speak to us and what failed is in the log.
  [[nodiscard]] std::optional<posix::SeqpacketSocket> accept(std::chrono::milliseconds patience);

 private:
  Acceptor(posix::SeqpacketListener listener, std::string name)
      : listener_{std::move(listener)}, name_{std::move(name)} {}

  posix::SeqpacketListener listener_;
  std::string name_;  ///< for the log
  std::optional<SteadyTime> looks_again_;
};

}  // namespace tidegate::edge
