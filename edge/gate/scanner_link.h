// SPDX-License-Identifier: Apache-2.0
// The gate's end of one aisle's scanner on reader.sock: the newest connection that said it is one.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "edge/gate/newest_connection.h"
#include "edge/protocol/reader_protocol.h"

namespace tidegate::edge {

/// Belongs to one thread, but for adopt() and stop().
class ScannerLink {
 public:
  explicit ScannerLink(AisleNo aisle) : aisle_{aisle} {}

  /// Waits for a connection.
  [[nodiscard]] bool wait_connected(std::chrono::milliseconds patience) {
    return connection_.wait(patience);
  }
  /// The newest code that has come; older ones are of passengers who were not waited for. nullopt:
  /// none within `patience`, or the connection broke.
  [[nodiscard]] std::optional<Bytes> next(std::chrono::milliseconds patience);
  /// Connected, and its scanner works.
  [[nodiscard]] bool works();
  /// Drops what has come: it was read while nobody could be served.
  void forget();

  /// Replaces the connection; the older one is shut down. Any thread.
  void adopt(posix::SeqpacketSocket socket);
  /// Ends waiting for good. Any thread.
  void stop() { connection_.stop(); }

 private:
  using Socket = NewestConnection::Socket;
  void lose(const Socket& socket);
  /// nullopt: nothing came. Else what came, nothing when it was no code.
  [[nodiscard]] std::optional<Bytes> receive(const Socket& socket,
                                             std::chrono::milliseconds patience);

  AisleNo aisle_;
  NewestConnection connection_;
  std::atomic<bool> lost_{false};  ///< the scanner behind the connection
};

}  // namespace tidegate::edge
