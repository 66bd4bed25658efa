// SPDX-License-Identifier: Apache-2.0
// Keeps the newest connection.
#include "edge/gate/newest_connection.h"

#include <utility>

namespace tidegate::edge {

void NewestConnection::adopt(posix::SeqpacketSocket socket) {
  {
    const std::lock_guard lock{mutex_};
    if (socket_) socket_->shut_down();
    socket_ = std::make_shared<posix::SeqpacketSocket>(std::move(socket));
    if (stopped_) socket_->shut_down();
  }
  connected_.notify_all();
}

void NewestConnection::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    if (socket_) socket_->shut_down();
  }
  connected_.notify_all();
}

NewestConnection::Socket NewestConnection::current() const {
  const std::lock_guard lock{mutex_};
  return socket_;
}

bool NewestConnection::lose(const Socket& socket) {
  const std::lock_guard lock{mutex_};
  if (socket_ != socket) return false;
  socket_.reset();
  return true;
}

bool NewestConnection::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  connected_.wait_for(lock, patience, [&] { return stopped_ || socket_ != nullptr; });
  return socket_ != nullptr && !stopped_;
}

}  // namespace tidegate::edge
