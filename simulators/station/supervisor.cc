// SPDX-License-Identifier: Apache-2.0
// Supervisor with one thread that starts and reaps: a child dies with the thread that started it
// (PR_SET_PDEATHSIG), so this thread starts all of them and lives as long as the station.
#include "simulators/station/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "base/assert.h"

namespace tidegate::sim {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kReapEvery{5};
constexpr milliseconds kRestartPause{100};  // as RestartSec of the units
constexpr std::chrono::seconds kStart{30};  // within it every unit awaits SIGTERM, sanitizers too

struct Running {
  Unit unit;
  pid_t pid = 0;  ///< 0: not running
  unsigned starts = 0;
  bool killed = false;  ///< its end was our doing
  bool young = false;   ///< told to stop before it could await that
  bool held = false;    ///< not to be started again yet
  Clock::time_point start_at{};
  Clock::time_point started{};
};

/// Runs in the child between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* log,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int out = ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0) ::_exit(127);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

/// Pointers into `own` and into our environment, ended by a null; a name in both is as in `own`.
[[nodiscard]] std::vector<char*> environment_with(std::vector<std::string>& own) {
  std::vector<char*> out;
  for (std::string& variable : own) out.push_back(variable.data());
  for (char** ours = environ; *ours != nullptr; ++ours) {
    const std::string_view name =
        std::string_view{*ours}.substr(0, std::string_view{*ours}.find('='));
    const bool replaced = std::ranges::any_of(own, [&](const std::string& variable) {
      return variable.starts_with(name) && variable.substr(name.size(), 1) == "=";
    });
    if (!replaced) out.push_back(*ours);
  }
  out.push_back(nullptr);
  return out;
}

[[nodiscard]] std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

/// Whether a process has come so far that it blocks or catches SIGTERM. One that was just started
/// has not: the signal ends it by itself, and that says nothing of how it stops. What cannot be
/// read counts as awaiting it.
[[nodiscard]] bool awaits_sigterm(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  if (!status) return true;
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigBlk:") && !line.starts_with("SigCgt:")) continue;
    const auto set = std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 16);
    if ((set >> (SIGTERM - 1) & 1U) != 0) return true;
  }
  return false;
}

/// The first child of a process, by /proc; 0: none.
[[nodiscard]] pid_t child_of(pid_t parent) {
  std::error_code error;
  std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at{"/proc", error}; !error && at != end;
       at.increment(error)) {
    const auto& entry = *at;
    const std::string name = entry.path().filename();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    std::ifstream stat{entry.path() / "stat"};
    std::string line;
    if (!std::getline(stat, line)) continue;
    // "pid (name) state ppid …": the name may hold blanks and brackets.
    const auto close = line.rfind(')');
    if (close == std::string::npos || close + 4 > line.size()) continue;
    if (std::strtol(line.c_str() + close + 4, nullptr, 10) == parent) {
      return static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
    }
  }
  return 0;
}

class ThreadSupervisor final : public Supervisor {
 public:
  explicit ThreadSupervisor(std::vector<Unit> units) {
    for (Unit& unit : units) running_.push_back({.unit = std::move(unit)});
    thread_ = std::thread{[this] { run(); }};
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] {
      return std::ranges::all_of(running_, [](const Running& r) { return r.starts > 0; });
    });
  }
  ~ThreadSupervisor() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
      for (Running& running : running_) {
        if (running.pid > 0) signal(running, SIGKILL);
      }
    }
    wait_for_all(Clock::time_point::max());
    {
      const std::lock_guard lock{mutex_};
      leave_ = true;
    }
    thread_.join();
  }
  ThreadSupervisor(const ThreadSupervisor&) = delete;
  ThreadSupervisor& operator=(const ThreadSupervisor&) = delete;

  void kill_unit(const std::string& name) override {
    const std::lock_guard lock{mutex_};
    Running& running = find(name);
    if (running.pid > 0) signal(running, SIGKILL);
  }

  void kill_child_of(const std::string& name) override {
    const std::lock_guard lock{mutex_};
    const pid_t parent = find(name).pid;
    if (parent <= 0) return;
    if (const pid_t child = child_of(parent); child > 0) ::kill(child, SIGKILL);
  }

  void hold(const std::string& name, bool held) override {
    const std::lock_guard lock{mutex_};
    Running& running = find(name);
    running.held = held;
    if (held && running.pid > 0) signal(running, SIGKILL);
  }

  void limit_files(const std::string& name, bool limited) override {
    const std::lock_guard lock{mutex_};
    const pid_t pid = find(name).pid;
    if (pid <= 0) return;
    rlimit limit{};
    if (::prlimit(pid, RLIMIT_FSIZE, nullptr, &limit) != 0) return;  // it is about to end
    limit.rlim_cur = limited ? 0 : limit.rlim_max;
    ::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr);
  }

  std::optional<Clock::time_point> running_since(const std::string& name) const override {
    const std::lock_guard lock{mutex_};
    for (const Running& running : running_) {
      if (running.unit.name == name && running.pid > 0 && !running.killed) return running.started;
    }
    return std::nullopt;
  }

  unsigned starts(const std::string& name) const override {
    const std::lock_guard lock{mutex_};
    for (const Running& running : running_) {
      if (running.unit.name == name) return running.starts;
    }
    return 0;
  }

  std::vector<std::string> surprises() const override {
    const std::lock_guard lock{mutex_};
    return surprises_;
  }

  std::vector<std::string> stop(milliseconds patience) override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    // Last started, first stopped: the gate outlives its readers.
    for (std::size_t i = running_.size(); i-- > 0;) {
      const std::lock_guard lock{mutex_};
      Running& running = running_[i];
      if (running.pid <= 0) continue;
      running.young = Clock::now() - running.started < kStart && !awaits_sigterm(running.pid);
      ::kill(running.pid, SIGTERM);
    }
    if (!wait_for_all(Clock::now() + patience)) {
      const std::lock_guard lock{mutex_};
      for (Running& running : running_) {
        if (running.pid <= 0) continue;
        surprises_.push_back(running.unit.name + ": did not stop when told to");
        signal(running, SIGKILL);
      }
    }
    wait_for_all(Clock::time_point::max());
    return surprises();
  }

 private:
  [[nodiscard]] Running& find(const std::string& name) {
    const auto at = std::ranges::find_if(
        running_, [&](const Running& running) { return running.unit.name == name; });
    ASSERT(at != running_.end());
    return *at;
  }

  static void signal(Running& running, int number) {
    running.killed = true;
    ::kill(running.pid, number);
  }

  bool wait_for_all(Clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    const auto all_ended = [this] {
      return std::ranges::all_of(running_, [](const Running& r) { return r.pid == 0; });
    };
    // wait_until with the far future overflows in libstdc++.
    while (!all_ended()) {
      if (Clock::now() >= deadline) return false;
      changed_.wait_for(lock, milliseconds{20});
    }
    return true;
  }

  void run() {
    while (true) {
      {
        const std::lock_guard lock{mutex_};
        if (leave_) return;
        for (Running& running : running_) look_after(running);
      }
      changed_.notify_all();
      std::this_thread::sleep_for(kReapEvery);
    }
  }

  void look_after(Running& running) {
    if (running.pid > 0) {
      int status = 0;
      if (::waitpid(running.pid, &status, WNOHANG) != running.pid) return;
      const bool by_sigterm = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
      const bool asked =
          running.killed || (stopping_ && status == 0) || (running.young && by_sigterm);
      if (!asked) surprises_.push_back(running.unit.name + ": " + how_it_ended(status));
      if (running.unit.on_end) running.unit.on_end(running.pid);
      running.pid = 0;
      running.start_at = Clock::now() + kRestartPause;
    }
    if (stopping_ || running.held || Clock::now() < running.start_at) return;
    std::vector<char*> arguments;
    for (std::string& argument : running.unit.arguments) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const std::vector<char*> environment = environment_with(running.unit.environment);
    const pid_t self = ::getpid();
    running.started = Clock::now();  // nothing that it does comes before
    const pid_t pid = ::fork();
    if (pid == 0) become(arguments.data(), environment.data(), running.unit.log.c_str(), self);
    running.killed = false;
    ++running.starts;
    if (pid > 0) {
      running.pid = pid;
    } else {
      surprises_.push_back(running.unit.name + ": could not be started");
      running.start_at = Clock::now() + kRestartPause;
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Running> running_;  ///< its size never changes
  std::vector<std::string> surprises_;
  bool stopping_ = false;
  bool leave_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::start(std::vector<Unit> units) {
  for (const Unit& unit : units) {
    if (::access(unit.arguments.front().c_str(), X_OK) != 0) {
      return fail(Errc::not_found, "the program " + unit.arguments.front() + " is not there");
    }
  }
  return std::make_unique<ThreadSupervisor>(std::move(units));
}

}  // namespace tidegate::sim
