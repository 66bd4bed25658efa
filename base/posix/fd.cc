// SPDX-License-Identifier: Apache-2.0
#include "base/posix/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tidegate::posix {
namespace {

Status write_all(int fd, ByteView content, const std::string& name) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("writing " + name);
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

void Fd::reset() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return fail_errno("opening " + path.string());
  Bytes out;
  while (true) {
    if (out.size() > limit) return fail(Errc::full, path.string() + " is larger than allowed");
    const std::size_t had = out.size();
    out.resize(had + 65536);
    const ssize_t n = ::read(fd.get(), out.data() + had, 65536);
    out.resize(had + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n < 0 && errno != EINTR) return fail_errno("reading " + path.string());
    if (n == 0) return out;
  }
}

Status write_file_durably(const std::filesystem::path& path, ByteView content, unsigned mode) {
  const std::filesystem::path neighbour = path.string() + ".new";
  {
    const Fd fd{::open(neighbour.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (!fd) return fail_errno("creating " + neighbour.string());
    if (auto written = write_all(fd.get(), content, neighbour.string()); !written) return written;
    if (::fsync(fd.get()) != 0) return fail_errno("syncing " + neighbour.string());
  }
  if (::rename(neighbour.c_str(), path.c_str()) != 0)
    return fail_errno("renaming " + path.string());
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

Status sync_folder(const std::filesystem::path& folder) {
  const Fd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return fail_errno("opening " + folder.string());
  if (::fsync(fd.get()) != 0) return fail_errno("syncing " + folder.string());
  return {};
}

}  // namespace tidegate::posix
