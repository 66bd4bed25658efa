// SPDX-License-Identifier: Apache-2.0
// Loop device, ext4 and the private mount namespace by system calls; only mkfs is a program.
#include "tests/crash/loop_disk.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

namespace tidegate::crash {

namespace {

constexpr off_t kImageBytes = off_t{96} << 20;
constexpr const char* kType = "ext4";
/// The kernel's header for these came late: linux/fs.h of Debian 12 does not have them.
constexpr unsigned long kShutdown = _IOR('X', 125, __u32);
constexpr __u32 kWithoutLogFlush = 2;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// Once for the process: what is mounted here is nobody else's business.
Status hide_mounts() {
  static const int error = [] {
    if (::unshare(CLONE_NEWNS) != 0) return errno;
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : errno;
  }();
  if (error != 0) return fail_errno("a mount namespace", error);
  return {};
}

Status make_file_system(const std::filesystem::path& image) {
  const std::filesystem::path said = image.string() + ".mkfs";
  std::string command = "PATH=$PATH:/usr/sbin:/sbin exec mkfs.ext4 -q -F '" + image.string() +
                        "' >'" + said.string() + "' 2>&1";
  std::string shell = "/bin/sh", option = "-c";
  char* const words[] = {shell.data(), option.data(), command.data(), nullptr};
  pid_t pid = 0;
  if (const int rc = ::posix_spawn(&pid, shell.c_str(), nullptr, nullptr, words, environ); rc != 0)
    return fail_errno("starting mkfs.ext4", rc);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) return fail(Errc::io, "mkfs.ext4: " + text_of(said));
  return {};
}

}  // namespace

Result<std::unique_ptr<LoopDisk>> LoopDisk::make(const std::filesystem::path& folder) {
  if (auto done = hide_mounts(); !done) return fail(std::move(done.error()));
  std::unique_ptr<LoopDisk> disk{new LoopDisk{folder}};
  if (auto done = disk->make_image(); !done) return fail(std::move(done.error()));
  if (auto done = disk->attach(); !done) return fail(std::move(done.error()));
  if (auto done = disk->mount(); !done) return fail(std::move(done.error()));
  return disk;
}

LoopDisk::~LoopDisk() {
  // Also when a failed test has left a file open.
  ::umount2(root_.c_str(), MNT_DETACH);
}

Status LoopDisk::make_image() const {
  std::error_code error;
  std::filesystem::create_directory(root_, error);
  const posix::Fd fd{::open(image_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!fd) return fail_errno("making " + image_.string());
  if (::ftruncate(fd.get(), kImageBytes) != 0) return fail_errno("sizing " + image_.string());
  return make_file_system(image_);
}

Status LoopDisk::attach() {
  const posix::Fd control{::open("/dev/loop-control", O_RDWR | O_CLOEXEC)};
  if (!control) return fail_errno("opening /dev/loop-control");
  const posix::Fd image{::open(image_.c_str(), O_RDWR | O_CLOEXEC)};
  if (!image) return fail_errno("opening " + image_.string());
  constexpr int kTries = 20;  // somebody else may take the free one first
  for (int i = 0; i < kTries; ++i) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return fail_errno("asking for a free loop device");
    device_ = "/dev/loop" + std::to_string(number);
    posix::Fd loop{::open(device_.c_str(), O_RDWR | O_CLOEXEC)};
    if (!loop) return fail_errno("opening " + device_.string());
    loop_config config{};
    config.fd = static_cast<__u32>(image.get());
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (::ioctl(loop.get(), LOOP_CONFIGURE, &config) == 0) {
      loop_ = std::move(loop);
      return {};
    }
    if (errno != EBUSY) return fail_errno("configuring " + device_.string());
  }
  return fail(Errc::io, "every loop device is taken at once");
}

Status LoopDisk::mount() const {
  if (::mount(device_.c_str(), root_.c_str(), kType, MS_NOATIME, nullptr) != 0)
    return fail_errno("mounting " + device_.string() + " as " + kType);
  return {};
}

Status LoopDisk::unmount() const {
  constexpr int kTries = 200;  // a process that was killed a moment ago may hold a file still
  for (int i = 0; ::umount2(root_.c_str(), 0) != 0; ++i) {
    if (errno != EBUSY || i == kTries) return fail_errno("unmounting " + root_.string());
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return {};
}

Status LoopDisk::cut() const {
  const posix::Fd fd{::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return fail_errno("opening " + root_.string());
  __u32 how = kWithoutLogFlush;
  if (::ioctl(fd.get(), kShutdown, &how) != 0) return fail_errno("FS_IOC_SHUTDOWN");
  return {};
}

Status LoopDisk::turn_read_only() const {
  if (::mount(device_.c_str(), root_.c_str(), kType, MS_REMOUNT | MS_NOATIME, "abort") != 0)
    return fail_errno("mount -o remount,abort");
  return {};
}

Status LoopDisk::start_again() const {
  if (auto done = unmount(); !done) return done;
  return mount();
}

}  // namespace tidegate::crash
