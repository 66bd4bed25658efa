// SPDX-License-Identifier: Apache-2.0
// Local sockets of kind SOCK_SEQPACKET: one send is one message. Blocking with a deadline; a peer
// that does not drain gets an error instead of our patience.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::posix {

/// Largest message of any local protocol of ours.
inline constexpr std::size_t kMessageBytesMax = 64 * 1024;

struct PeerCredentials {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

class SeqpacketSocket {
 public:
  SeqpacketSocket() = default;
  explicit SeqpacketSocket(Fd fd) : fd_{std::move(fd)} {}

  [[nodiscard]] static Result<SeqpacketSocket> connect(const std::filesystem::path& path);
  /// A connected pair, for a child process and for tests.
  [[nodiscard]] static Result<std::pair<SeqpacketSocket, SeqpacketSocket>> pair();

  /// Errc::gone: the peer closed; Errc::timeout: its buffer stayed full.
  [[nodiscard]] Status send(ByteView message, std::chrono::milliseconds timeout) const;
  /// Errc::gone on end of stream, Errc::timeout, Errc::invalid on a message that is too long.
  [[nodiscard]] Result<Bytes> receive(std::chrono::milliseconds timeout) const;
  [[nodiscard]] Result<PeerCredentials> peer() const;
  /// Makes every blocked and later call on both ends end with Errc::gone.
  void shut_down() const noexcept;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

 private:
  Fd fd_;
};

class SeqpacketListener {
 public:
  /// Replaces a stale socket file of the same name; `mode` are its permission bits.
  [[nodiscard]] static Result<SeqpacketListener> listen(const std::filesystem::path& path,
                                                        unsigned mode);
  SeqpacketListener() = default;
  /// Errc::timeout when nobody came.
  [[nodiscard]] Result<SeqpacketSocket> accept(std::chrono::milliseconds timeout) const;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  explicit SeqpacketListener(Fd fd) : fd_{std::move(fd)} {}
  Fd fd_;
};

}  // namespace tidegate::posix
