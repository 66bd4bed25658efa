// SPDX-License-Identifier: Apache-2.0
// One end of a local socket whose other end may come again at any time: the newest connection
// counts, an older one is shut down. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/posix/seqpacket.h"

namespace tidegate::edge {

class NewestConnection {
 public:
  using Socket = std::shared_ptr<posix::SeqpacketSocket>;

  /// Replaces the connection.
  void adopt(posix::SeqpacketSocket socket);
  /// Ends waiting for good; what is connected or comes later is shut down.
  void stop();
  /// nullptr: nobody is connected.
  [[nodiscard]] Socket current() const;
  /// Lets a broken connection go. false: a newer one has come already.
  bool lose(const Socket& socket);
  /// Waits for a connection; false when there is none, or after stop().
  [[nodiscard]] bool wait(std::chrono::milliseconds patience);

 private:
  mutable std::mutex mutex_;
  std::condition_variable connected_;
  Socket socket_;
  bool stopped_ = false;
};

}  // namespace tidegate::edge
