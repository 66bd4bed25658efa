// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <utility>

namespace tidegate::edge {
namespace {

/// libnfc takes descriptor 0 for a wish to abort.
void keep_standard_descriptors() {
  int fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = ::open("/dev/null", O_RDWR);
  if (fd >= 0) ::close(fd);
}

[[noreturn]] void run_child(const std::function<int(posix::SeqpacketSocket)>& body,
                            posix::SeqpacketSocket socket, pid_t parent,
                            std::initializer_list<int> close_first) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before we could ask for the signal
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const int fd : close_first)
    if (fd >= 0) ::close(fd);
  keep_standard_descriptors();
  ::_exit(body(std::move(socket)));
}

std::string ending(int status) {
  if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "unknown ending";
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::function<int(posix::SeqpacketSocket)>& body,
                                         std::initializer_list<int> close_first) {
  auto pair = posix::SeqpacketSocket::pair();
  if (!pair) return fail(std::move(pair.error()));
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return fail_errno("starting the reader's child process");
  if (pid == 0) {
    pair->first = {};
    run_child(body, std::move(pair->second), parent, close_first);
  }
  return ChildProcess{pid, std::move(pair->first)};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)}, socket_{std::move(other.socket_)} {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(socket_, other.socket_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) kill();
}

std::string ChildProcess::kill() {
  if (pid_ <= 0) return "it never ran";
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  socket_ = {};
  return ending(status);
}

Result<int> ChildProcess::wait(std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      kill();
      return fail(Errc::timeout, "the reader's child process did not end in time");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  pid_ = -1;
  if (!WIFEXITED(status)) return fail(Errc::io, "the reader's child died of " + ending(status));
  return WEXITSTATUS(status);
}

}  // namespace tidegate::edge
