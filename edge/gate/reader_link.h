// SPDX-License-Identifier: Apache-2.0
// The gate's end of reader.sock: one ReaderLink an aisle, and the server that hands each link the
// newest connection whose Hello names its aisle. Scanners connect to the same socket.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <variant>

#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "edge/gate/acceptor.h"
#include "edge/gate/field_card.h"
#include "edge/gate/newest_connection.h"
#include "edge/gate/scanner_link.h"
#include "edge/protocol/reader_protocol.h"

namespace tidegate::edge {

/// Belongs to one aisle's thread, but for adopt() and wake().
class ReaderLink final : public FieldCard {
 public:
  explicit ReaderLink(AisleNo aisle) : aisle_{aisle} {}

  struct Lost {};     ///< no connection, or it broke just now
  struct Nothing {};  ///< the time passed
  using Event = std::variant<Nothing, Lost, reader_protocol::Target, reader_protocol::Gone,
                             reader_protocol::State>;
  /// What the reader says by itself. `Lost` is told at once when there is no connection.
  [[nodiscard]] Event next(std::chrono::milliseconds patience);
  /// Waits for a connection.
  [[nodiscard]] bool wait_connected(std::chrono::milliseconds patience) {
    return connection_.wait(patience);
  }

  [[nodiscard]] Result<Bytes> transceive(ByteView command,
                                         std::chrono::milliseconds timeout) override;
  [[nodiscard]] Status reselect() override;
  /// Gives an event back: next() tells it again.
  void hold(Event event) { held_ = std::move(event); }
  /// Done with this card.
  void release();

  /// Replaces the connection; the older one is shut down. Any thread.
  void adopt(posix::SeqpacketSocket socket) { connection_.adopt(std::move(socket)); }
  /// Ends waiting for good. Any thread.
  void stop() { connection_.stop(); }

 private:
  using Socket = NewestConnection::Socket;
  void lose(const Socket& socket);
  [[nodiscard]] Result<reader_protocol::Message> receive(const Socket& socket,
                                                         std::chrono::milliseconds patience);
  /// Sends and waits for the answer of this very request; older answers are dropped.
  [[nodiscard]] Result<reader_protocol::Message> ask(reader_protocol::Body body,
                                                     std::chrono::milliseconds patience);

  AisleNo aisle_;
  NewestConnection connection_;
  std::uint32_t request_ = 0;
  std::optional<Event> held_;  ///< told while an answer was waited for
};

/// Accepts readers.
class ReaderServer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ReaderServer>> start(
      const std::filesystem::path& socket, std::map<AisleNo, ReaderLink*> links,
      std::map<AisleNo, ScannerLink*> scanners = {});
  ~ReaderServer();
  ReaderServer(const ReaderServer&) = delete;
  ReaderServer& operator=(const ReaderServer&) = delete;

 private:
  ReaderServer(Acceptor acceptor, std::map<AisleNo, ReaderLink*> links,
               std::map<AisleNo, ScannerLink*> scanners);
  void run();
  void greet(posix::SeqpacketSocket socket);

  Acceptor acceptor_;
  std::map<AisleNo, ReaderLink*> links_;
  std::map<AisleNo, ScannerLink*> scanners_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tidegate::edge
