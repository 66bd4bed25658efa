// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/serial_line.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tidegate::edge {

Result<SerialLine> SerialLine::open(const std::string& device) {
  SerialLine out;
  out.fd_ = posix::Fd{::open(device.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (!out.fd_) return fail_errno("opening " + device);
  termios settings{};
  if (::tcgetattr(out.fd_.get(), &settings) != 0) return fail_errno(device + " is no serial line");
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  ::cfsetspeed(&settings, B115200);
  if (::tcsetattr(out.fd_.get(), TCSANOW, &settings) != 0) return fail_errno("setting " + device);
  // A code that was scanned before anybody listened is nobody's who stands here now.
  ::tcflush(out.fd_.get(), TCIFLUSH);
  return out;
}

Result<Bytes> SerialLine::read() const {
  Bytes out(4096);
  while (true) {
    const ssize_t n = ::read(fd_.get(), out.data(), out.size());
    if (n > 0) {
      out.resize(static_cast<std::size_t>(n));
      return out;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return Bytes{};
    return fail(Errc::gone, "the scanner is gone");
  }
}

}  // namespace tidegate::edge
