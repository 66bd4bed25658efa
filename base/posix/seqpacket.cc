// SPDX-License-Identifier: Apache-2.0
#include "base/posix/seqpacket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace tidegate::posix {
namespace {

constexpr const char* kNothing = "nothing came from a local socket";

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path)
    return fail(Errc::invalid, "socket path is longer than 107 bytes: " + text);
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

/// Waits until `events` hold; false on timeout.
Result<bool> wait_for(int fd, short events, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd item{fd, events, 0};
    const int n = ::poll(&item, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (n > 0) return true;
    if (n == 0) return false;
    if (errno != EINTR) return fail_errno("polling a socket");
  }
}

}  // namespace

Result<SeqpacketSocket> SeqpacketSocket::connect(const std::filesystem::path& path) {
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  Fd fd{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  if (!fd) return fail_errno("making a socket");
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return fail_errno("connecting to " + path.string());
  return SeqpacketSocket{std::move(fd)};
}

Result<std::pair<SeqpacketSocket, SeqpacketSocket>> SeqpacketSocket::pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    return fail_errno("making a socket pair");
  return std::pair{SeqpacketSocket{Fd{fds[0]}}, SeqpacketSocket{Fd{fds[1]}}};
}

Status SeqpacketSocket::send(ByteView message, std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const ssize_t n =
        ::send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) return {};
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail_errno("sending to a local socket");
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    auto ready = wait_for(fd_.get(), POLLOUT, left);
    if (!ready) return fail(ready.error());
    if (!*ready) return fail(Errc::timeout, "the peer of a local socket does not drain it");
  }
}

Result<Bytes> SeqpacketSocket::receive(std::chrono::milliseconds timeout) const {
  while (true) {
    // Who does not want to wait has waited elsewhere: no second look.
    const bool waits = timeout > std::chrono::milliseconds{0};
    if (waits) {
      auto ready = wait_for(fd_.get(), POLLIN, timeout);
      if (!ready) return fail(ready.error());
      if (!*ready) return fail(Errc::timeout, kNothing);
    }
    // Not a vector: filling 64 KiB with zeros costs more than all else here.
    Byte buffer[kMessageBytesMax];
    iovec part{buffer, sizeof buffer};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t n = ::recvmsg(fd_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n == 0) return fail(Errc::gone, "the peer closed a local socket");
    if (n < 0 && errno == EAGAIN && !waits) return fail(Errc::timeout, kNothing);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return fail_errno("receiving from a local socket");
    if ((header.msg_flags & MSG_TRUNC) != 0)
      return fail(Errc::invalid, "a local message is larger than 64 KiB");
    return Bytes{buffer, buffer + n};
  }
}

Result<PeerCredentials> SeqpacketSocket::peer() const {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return fail_errno("asking who the peer is");
  return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

void SeqpacketSocket::shut_down() const noexcept {
  ::shutdown(fd_.get(), SHUT_RDWR);
}

Result<SeqpacketListener> SeqpacketListener::listen(const std::filesystem::path& path,
                                                    unsigned mode) {
  const auto address = address_of(path);
  if (!address) return fail(address.error());
  Fd fd{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  if (!fd) return fail_errno("making a socket");
  ::unlink(path.c_str());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return fail_errno("binding " + path.string());
  if (::chmod(path.c_str(), mode) != 0) return fail_errno("setting the mode of " + path.string());
  if (::listen(fd.get(), 64) != 0) return fail_errno("listening on " + path.string());
  return SeqpacketListener{std::move(fd)};
}

Result<SeqpacketSocket> SeqpacketListener::accept(std::chrono::milliseconds timeout) const {
  auto ready = wait_for(fd_.get(), POLLIN, timeout);
  if (!ready) return fail(ready.error());
  if (!*ready) return fail(Errc::timeout, "nobody connected");
  Fd fd{::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  if (!fd) return fail_errno("accepting a connection");
  return SeqpacketSocket{std::move(fd)};
}

}  // namespace tidegate::posix
