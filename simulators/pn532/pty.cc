// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/pty.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace tidegate::sim::pn532 {
namespace {

namespace fs = std::filesystem;

/// Points `link` to `target`, whether it was there or not, without a moment without it.
Status point(const fs::path& link, const fs::path& target) {
  std::error_code error;
  const fs::file_status old = fs::symlink_status(link, error);
  if (old.type() != fs::file_type::not_found && old.type() != fs::file_type::symlink)
    return fail(Errc::exists, link.string() + " is there and is not a symlink");
  const fs::path neighbour = link.string() + ".new";
  fs::remove(neighbour, error);
  fs::create_symlink(target, neighbour, error);
  if (!error) fs::rename(neighbour, link, error);
  if (error) return fail_errno("linking " + link.string(), error.value());
  return {};
}

Status make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return fail_errno("reading the terminal's settings");
  ::cfmakeraw(&settings);
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) return fail_errno("making the terminal raw");
  return {};
}

}  // namespace

Result<Pty> Pty::open(const fs::path& link) {
  Pty out;
  out.master_ = posix::Fd{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (!out.master_) return fail_errno("opening a pseudo-terminal");
  const int master = out.master_.get();
  std::array<char, 64> name{};
  if (::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
      ::ptsname_r(master, name.data(), name.size()) != 0)
    return fail_errno("unlocking a pseudo-terminal");
  out.name_ = name.data();
  out.slave_ = posix::Fd{::open(name.data(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (!out.slave_) return fail_errno("opening " + out.name_.string());
  if (auto raw = make_raw(out.slave_.get()); !raw) return fail(std::move(raw.error()));
  // Readers of the tests and of the daemons run as users of their own.
  if (::fchmod(out.slave_.get(), 0666) != 0) return fail_errno("opening it to other users");
  if (auto linked = point(link, out.name_); !linked) return fail(std::move(linked.error()));
  out.link_ = link;
  return out;
}

Pty& Pty::operator=(Pty&& other) noexcept {
  std::swap(master_, other.master_);
  std::swap(slave_, other.slave_);
  std::swap(link_, other.link_);
  std::swap(name_, other.name_);
  return *this;
}

void Pty::close() noexcept {
  std::error_code error;
  if (!link_.empty() && fs::read_symlink(link_, error) == name_) fs::remove(link_, error);
  link_.clear();
  slave_.reset();
  master_.reset();
}

Result<Bytes> Pty::read() const {
  Bytes out(4096);
  while (true) {
    const ssize_t n = ::read(master_.get(), out.data(), out.size());
    if (n > 0) {
      out.resize(static_cast<std::size_t>(n));
      return out;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return Bytes{};
    return fail(Errc::gone, "the pseudo-terminal is hung up");
  }
}

void Pty::write(ByteView bytes) const noexcept {
  ssize_t n = 0;
  do {
    n = ::write(master_.get(), bytes.data(), bytes.size());
  } while (n < 0 && errno == EINTR);
}

}  // namespace tidegate::sim::pn532
