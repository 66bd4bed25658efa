// SPDX-License-Identifier: Apache-2.0
// Stands between a program and the C library: records what it does to files under one folder and
// makes such calls fail on demand. Preloaded or linked; no shipped program knows of it.
//
// Calls go to the kernel directly, so nothing here comes back to itself. A descriptor's path is
// asked of /proc at each call instead of being remembered: right after dup, fork and rename too.
// Writes through a shared mapping are not seen; LMDB does that to lock.mdb only.
#include "tests/interposer/interposer.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/interposer/faults.h"
#include "tests/interposer/record.h"

namespace tidegate::interposer {
namespace {

constexpr std::string_view kMarks = "marks";

/// Never destroyed: calls come before main and after it.
struct Setup {
  std::string folder;
  std::string control;
  int record = -1;
  Faults faults;
};
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
Setup* setup = nullptr;

struct Lock {
  Lock() { pthread_mutex_lock(&mutex); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { pthread_mutex_unlock(&mutex); }
};

std::string text_of(const char* text) {
  return text == nullptr ? "" : text;
}

Setup* make_setup(const char* folder, const char* record, const char* control) {
  auto* out = new Setup{text_of(folder), text_of(control), -1, {}};
  if (!text_of(record).empty())
    out->record = static_cast<int>(
        syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  return out;
}

/// Under the lock.
Setup& current() {
  if (setup == nullptr)
    setup = make_setup(std::getenv("TIDEGATE_INTERPOSER_FOLDER"),
                       std::getenv("TIDEGATE_INTERPOSER_RECORD"),
                       std::getenv("TIDEGATE_INTERPOSER_CONTROL"));
  return *setup;
}

/// Path relative to the watched folder. False: it is elsewhere.
bool relative(const std::string& path, std::string& out) {
  const std::string& folder = current().folder;
  if (folder.empty() || path.size() <= folder.size() + 1 || !path.starts_with(folder) ||
      path[folder.size()] != '/')
    return path == folder && !folder.empty() && (out.clear(), true);
  out = path.substr(folder.size() + 1);
  return true;
}

bool path_of(int fd, std::string& out) {
  if (current().folder.empty()) return false;
  char link[64];
  char path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const long size = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path);
  return size > 0 && relative({path, static_cast<std::size_t>(size)}, out);
}

/// A path as a program gives it, at a folder's descriptor.
bool path_of(int at, const char* name, std::string& out) {
  if (current().folder.empty()) return false;
  if (name[0] == '/') return relative(name, out);
  char base[PATH_MAX];
  char link[64] = "/proc/self/cwd";
  if (at != AT_FDCWD) std::snprintf(link, sizeof link, "/proc/self/fd/%d", at);
  const long size = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base);
  return size > 0 && relative(std::string(base, static_cast<std::size_t>(size)) + "/" + name, out);
}

Fault fault_of(Call call) {
  Setup& now = current();
  if (now.control.empty()) return {};
  std::string text;
  const int fd =
      static_cast<int>(syscall(SYS_openat, AT_FDCWD, now.control.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd >= 0) {
    char buffer[4096];
    long size = 0;
    while ((size = syscall(SYS_read, fd, buffer, sizeof buffer)) > 0)
      text.append(buffer, static_cast<std::size_t>(size));
    syscall(SYS_close, fd);
  }
  now.faults.load(std::move(text));
  return now.faults.next(call);
}

void record(const Record& what) {
  Setup& now = current();
  if (now.record < 0) return;
  Header header{kMagic,
                what.kind,
                what.flags,
                static_cast<std::uint16_t>(what.error),
                what.inode,
                what.offset,
                static_cast<std::uint32_t>(what.path.size()),
                static_cast<std::uint32_t>(what.data.size())};
  std::string out(sizeof header, '\0');
  std::memcpy(out.data(), &header, sizeof header);
  out += what.path;
  out += what.data;
  if (syscall(SYS_write, now.record, out.data(), out.size()) != static_cast<long>(out.size()))
    std::abort();  // a record with a hole would make the test lie
}

std::uint64_t inode_of(int fd, bool* is_folder = nullptr) {
  struct stat info{};
  if (fstat(fd, &info) != 0) return 0;
  if (is_folder != nullptr) *is_folder = S_ISDIR(info.st_mode);
  return info.st_ino;
}

std::string joined(const iovec* parts, int count) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return out;
}

constexpr long kAtPosition = -1;

long real_write(int fd, const char* data, std::size_t size, long offset) {
  return offset == kAtPosition ? syscall(SYS_write, fd, data, size)
                               : syscall(SYS_pwrite64, fd, data, size, offset);
}

/// A write from the start of the file on is LMDB's first one, or a root written again by us.
bool is_root(const Record& record) {
  constexpr std::uint64_t kPage = 4096, kRootPages = 2;
  return record.path.ends_with("data.mdb") && record.offset % kPage != 0 &&
         record.offset < kRootPages * kPage;
}

/// Every kind of write ends here. `real` is the call as the program made it.
template <class Real>
ssize_t any_write(int fd, const iovec* parts, int count, long offset, Real real) {
  const Lock lock;
  Record out{Kind::write, 0, 0, 0, 0, {}, {}};
  if (!path_of(fd, out.path)) return real();
  if (out.path == kMarks) {
    record({Kind::mark, 0, 0, 0, 0, out.path, joined(parts, count)});
    return real();
  }
  const long flags = syscall(SYS_fcntl, fd, F_GETFL);
  out.data = joined(parts, count);
  out.inode = inode_of(fd);
  if (offset != kAtPosition) {
    out.offset = static_cast<std::uint64_t>(offset);
  } else {
    const long at = syscall(SYS_lseek, fd, 0, (flags & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
    if (at < 0) return real();  // a socket or pipe
    out.offset = static_cast<std::uint64_t>(at);
  }
  const Fault fault = fault_of(is_root(out) ? Call::root : Call::write);
  long written = 0;
  if (fault.error == 0) {
    written = real();
    if (written < 0) out.error = errno;
  } else if (fault.is_short) {
    out.data.resize(out.data.size() / 2);
    written = real_write(fd, out.data.data(), out.data.size(), offset);
  } else {
    out.error = fault.error;
    if (fault.landed) {
      written = real_write(fd, out.data.data(), out.data.size(), offset);
      out.flags |= kLanded;
    }
  }
  if (written >= 0 && static_cast<std::size_t>(written) < out.data.size() && out.error == 0)
    out.data.resize(static_cast<std::size_t>(written));
  record(out);
  if (out.error != 0) errno = out.error;
  return out.error != 0 ? -1 : written;
}

/// Any other call. `real` returns what the system call returns.
template <class Real>
int any_call(Call call, Record out, Real real) {
  const Fault fault = fault_of(call);
  long result = -1;
  if (fault.error == 0 || fault.landed) {
    result = real();
    if (result < 0) out.error = errno;
  }
  if (fault.error != 0) {
    if (fault.landed && out.error == 0) out.flags |= kLanded;
    out.error = fault.error;
  }
  record(out);
  if (out.error != 0) errno = out.error;
  return out.error != 0 ? -1 : static_cast<int>(result);
}

template <class Real>
int file_call(Kind kind, int fd, std::uint64_t offset, Real real) {
  const Lock lock;
  Record out{kind, 0, 0, 0, offset, {}, {}};
  if (!path_of(fd, out.path)) return static_cast<int>(real());
  bool is_folder = false;
  out.inode = inode_of(fd, &is_folder);
  if (is_folder) {
    out.kind = Kind::sync_folder;
    return any_call(Call::folder, out, real);
  }
  return any_call(kind == Kind::sync ? Call::sync : Call::resize, out, real);
}

template <class Real>
int folder_call(Kind kind, int at, const char* name, const char* to, Real real) {
  const Lock lock;
  Record out{kind, 0, 0, 0, 0, {}, {}};
  if (!path_of(at, name, out.path)) return static_cast<int>(real());
  if (to != nullptr && !path_of(at, to, out.data)) return static_cast<int>(real());
  return any_call(Call::folder, out, real);
}

bool takes_mode(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

int any_open(int at, const char* name, int flags, mode_t mode) {
  const auto real = [&] { return static_cast<int>(syscall(SYS_openat, at, name, flags, mode)); };
  const Lock lock;
  std::string path;
  if ((flags & O_ACCMODE) == O_RDONLY || !path_of(at, name, path) || path == kMarks) return real();
  if (const Fault fault = fault_of(Call::open); fault.error != 0) {
    errno = fault.error;
    return -1;
  }
  const bool is_new = (flags & O_CREAT) != 0 && syscall(SYS_faccessat, at, name, F_OK) != 0;
  if (is_new)
    if (const Fault fault = fault_of(Call::folder); fault.error != 0) {
      errno = fault.error;
      return -1;
    }
  const int fd = real();
  if (fd < 0) return fd;
  const std::uint64_t inode = inode_of(fd);
  if (is_new) record({Kind::create, 0, 0, inode, 0, path, {}});
  if (!is_new && (flags & O_TRUNC) != 0) record({Kind::resize, 0, 0, inode, 0, path, {}});
  return fd;
}

}  // namespace

void configure(const char* folder, const char* record_file, const char* control) {
  const Lock lock;
  if (setup != nullptr && setup->record >= 0) syscall(SYS_close, setup->record);
  delete setup;
  setup = make_setup(folder, record_file, control);
}

}  // namespace tidegate::interposer

// The C library's names. Forms with and without 64 are one and the same where long has 64 bits.
using namespace tidegate::interposer;

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  const iovec part{const_cast<void*>(data), size};
  return any_write(fd, &part, 1, kAtPosition, [&] { return syscall(SYS_write, fd, data, size); });
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  const iovec part{const_cast<void*>(data), size};
  return any_write(fd, &part, 1, offset,
                   [&] { return syscall(SYS_pwrite64, fd, data, size, offset); });
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return pwrite(fd, data, size, offset);
}
ssize_t writev(int fd, const iovec* parts, int count) {
  return any_write(fd, parts, count, kAtPosition,
                   [&] { return syscall(SYS_writev, fd, parts, count); });
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
  return any_write(fd, parts, count, offset,
                   [&] { return syscall(SYS_pwritev, fd, parts, count, offset, 0); });
}
ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t offset) {
  return pwritev(fd, parts, count, offset);
}
int fsync(int fd) {
  return file_call(Kind::sync, fd, 0, [&] { return syscall(SYS_fsync, fd); });
}
int fdatasync(int fd) {
  return file_call(Kind::sync, fd, 0, [&] { return syscall(SYS_fdatasync, fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  return file_call(Kind::resize, fd, static_cast<std::uint64_t>(size),
                   [&] { return syscall(SYS_ftruncate, fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  return ftruncate(fd, size);
}
int fallocate(int fd, int mode, off_t offset, off_t size) {
  return file_call(Kind::allocate, fd, static_cast<std::uint64_t>(offset + size),
                   [&] { return syscall(SYS_fallocate, fd, mode, offset, size); });
}
int fallocate64(int fd, int mode, off64_t offset, off64_t size) {
  return fallocate(fd, mode, offset, size);
}

int open(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return any_open(AT_FDCWD, name, flags, mode);
}
int open64(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return any_open(AT_FDCWD, name, flags, mode);
}
int openat(int at, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return any_open(at, name, flags, mode);
}
int openat64(int at, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return any_open(at, name, flags, mode);
}
int rename(const char* from, const char* to) noexcept {
  return folder_call(Kind::rename, AT_FDCWD, from, to,
                     [&] { return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); });
}
int unlink(const char* name) noexcept {
  return folder_call(Kind::remove, AT_FDCWD, name, nullptr,
                     [&] { return syscall(SYS_unlinkat, AT_FDCWD, name, 0); });
}
int unlinkat(int at, const char* name, int flags) noexcept {
  return folder_call(Kind::remove, at, name, nullptr,
                     [&] { return syscall(SYS_unlinkat, at, name, flags); });
}
int rmdir(const char* name) noexcept {
  return folder_call(Kind::remove, AT_FDCWD, name, nullptr,
                     [&] { return syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR); });
}
int remove(const char* name) noexcept {
  return folder_call(Kind::remove, AT_FDCWD, name, nullptr, [&] {
    const long done = syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    return done < 0 && errno == EISDIR ? syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR) : done;
  });
}
int mkdir(const char* name, mode_t mode) noexcept {
  return folder_call(Kind::make_folder, AT_FDCWD, name, nullptr,
                     [&] { return syscall(SYS_mkdirat, AT_FDCWD, name, mode); });
}

}  // extern "C"
