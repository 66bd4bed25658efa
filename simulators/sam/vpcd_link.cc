// SPDX-License-Identifier: Apache-2.0
// The socket to vpcd.
#include "simulators/sam/vpcd_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>

namespace tidegate::sim {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetry{200};
/// pcscd looks every 400 ms whether a chip is there. One that is out for less would come back
/// unnoticed and without power, or never again: no hand is that quick.
constexpr milliseconds kSeenToBeOut{900};
constexpr std::size_t kLengthBytes = 2;

enum class Control : Byte { power_off = 0x00, power_on = 0x01, reset = 0x02, ask_atr = 0x04 };

class Connection {
 public:
  Connection(Psam& sam, const VpcdOptions& options, int stop_fd)
      : sam_{sam}, options_{options}, stop_fd_{stop_fd} {}

  /// Until the other side closes (true), or a command came without power (false), or to be stopped.
  [[nodiscard]] bool run(int fd) {
    fd_ = fd;
    while (const auto message = receive()) {
      if (message->size() == 1) {
        if (!control(static_cast<Control>(message->front()))) return true;
      } else {
        if (!sam_.powered()) return false;  // a chip without power says nothing
        const Bytes answer = sam_.transceive(*message);
        std::this_thread::sleep_for(options_.answer_time);
        if (!send(answer)) return true;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool control(Control code) {
    switch (code) {
      case Control::power_off: sam_.power_off(); break;
      case Control::power_on:
      case Control::reset: sam_.power_on(); break;
      case Control::ask_atr: return send(Psam::answer_to_reset());
    }
    return true;
  }

  [[nodiscard]] bool fill(std::span<Byte> out) const {
    while (!out.empty()) {
      std::array<pollfd, 2> waits{{{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return false;
      }
      if (waits[1].revents != 0) return false;
      // vpcd sends length and message apart and waits between them for our acknowledgement, which
      // Linux keeps back for 40 ms.
      const int on = 1;
      ::setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
      const ssize_t got = ::recv(fd_, out.data(), out.size(), 0);
      if (got <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(got));
    }
    return true;
  }

  [[nodiscard]] std::optional<Bytes> receive() const {
    std::array<Byte, kLengthBytes> length{};
    if (!fill(length)) return std::nullopt;
    Bytes message(read_be(length));
    if (!fill(message)) return std::nullopt;
    return message;
  }

  [[nodiscard]] bool send(ByteView answer) const {
    Bytes message;
    append_be(message, answer.size(), kLengthBytes);
    append(message, answer);
    const ssize_t sent = ::send(fd_, message.data(), message.size(), MSG_NOSIGNAL);
    return sent == static_cast<ssize_t>(message.size());
  }

  Psam& sam_;
  const VpcdOptions& options_;
  int stop_fd_;
  int fd_ = -1;
};

[[nodiscard]] bool stopped(int stop_fd, milliseconds wait) {
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace

Status serve_vpcd(Psam& sam, const VpcdOptions& options, int stop_fd,
                  const std::function<void(const std::string&)>& say) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  if (::inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1)
    return fail(Errc::invalid, options.host + " is not a numeric IPv4 address");
  const std::string place = options.host + ":" + std::to_string(options.port);
  bool told = false;
  if (options.was_in) static_cast<void>(stopped(stop_fd, kSeenToBeOut));
  while (!stopped(stop_fd, milliseconds{0})) {
    const posix::Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return fail_errno("making a socket");
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      if (!std::exchange(told, true)) say("waiting for a reader at " + place);
      static_cast<void>(stopped(stop_fd, kRetry));
      continue;
    }
    told = false;
    say("in the reader at " + place);
    Connection connection{sam, options, stop_fd};
    const bool ended = connection.run(fd.get());
    sam.power_off();
    say(ended ? "out of the reader" : "out of the reader: a command came without power");
    static_cast<void>(stopped(stop_fd, kSeenToBeOut));
  }
  return {};
}

}  // namespace tidegate::sim
