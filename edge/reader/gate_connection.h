// SPDX-License-Identifier: Apache-2.0
// The way to the gate from the programs that connect to it: made again and again, with a pause that
// grows while nobody listens. Used by one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

#include "base/ids.h"
#include "base/posix/seqpacket.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"

namespace tidegate::edge {

/// From now; 0 when it has passed.
[[nodiscard]] std::chrono::milliseconds left_until(SteadyTime at);

class GateConnection {
 public:
  GateConnection(std::filesystem::path socket, AisleNo aisle)
      : path_{std::move(socket)}, aisle_{aisle} {}

  explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
  /// For poll(); -1 without a connection, which poll() passes over.
  [[nodiscard]] int fd() const { return socket_ ? socket_.fd() : -1; }
  /// Connects when it is time to try. true: just now, and the gate waits for Hello.
  [[nodiscard]] bool connect(SteadyTime now);
  /// How long until connect() tries again.
  [[nodiscard]] std::chrono::milliseconds until_next_try() const { return left_until(next_try_); }
  /// What has come, without waiting.
  [[nodiscard]] Result<Bytes> receive() { return socket_.receive(std::chrono::milliseconds{0}); }
  /// An error: the gate does not drain its socket, or it is gone. Nothing is sent without one.
  [[nodiscard]] Status send(const reader_protocol::Message& message);
  void lose(const std::string& why);
  /// For a child process, which serves the gate from then on.
  [[nodiscard]] posix::SeqpacketSocket take_socket() { return std::move(socket_); }

 private:
  static constexpr std::chrono::milliseconds kFirstPause{20};

  std::filesystem::path path_;
  AisleNo aisle_;
  posix::SeqpacketSocket socket_;
  SteadyTime next_try_{};
  std::chrono::milliseconds pause_{kFirstPause};
};

}  // namespace tidegate::edge
