// SPDX-License-Identifier: Apache-2.0
// Strikes, and one thread that undoes them when their time is over.
#include "simulators/station/mischief.h"

#include <array>
#include <condition_variable>
#include <fstream>
#include <list>
#include <mutex>
#include <thread>

namespace tidegate::sim {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr unsigned kShortestMs = 200, kLongestMs = 1'500;
/// Where a clock may stand, seconds from the right time. Any two are less than two minutes apart:
/// so far the boxes of a station still know each other's debits.
constexpr std::array kClockOffsets{40, -60, 0, 25, -45, 10, -30};

/// In /usr/lib, in the folder of this machine's architecture. Empty: it is not installed.
[[nodiscard]] fs::path find_faketime() {
  std::error_code error;
  const fs::directory_iterator end;
  for (fs::directory_iterator at{"/usr/lib", error}; !error && at != end; at.increment(error)) {
    const fs::path found = at->path() / "faketime" / "libfaketimeMT.so.1";
    std::error_code ignored;
    if (fs::exists(found, ignored)) return found;
  }
  return {};
}

[[nodiscard]] milliseconds how_long(unsigned draw) {
  return milliseconds{kShortestMs + draw % (kLongestMs - kShortestMs)};
}

[[nodiscard]] fs::path clock_file(const BoxFiles& box) {
  return box.dir / "clock";
}

/// Whole or not at all: the gate reads it at every look at its clock.
[[nodiscard]] bool set_clock(const BoxFiles& box, int seconds) {
  const fs::path fresh = box.dir / "clock.new";
  {
    std::ofstream out{fresh};
    out << (seconds < 0 ? "" : "+") << seconds << "\n";
    if (!out.flush()) return false;
  }
  std::error_code error;
  fs::rename(fresh, clock_file(box), error);
  return !error;
}

}  // namespace

struct Mischief::Impl {
  explicit Impl(Supervisor& supervisor) : daemons{supervisor} {
    thread = std::thread{[this] { run(); }};
  }
  ~Impl() {
    {
      const std::lock_guard lock{mutex};
      leave = true;
    }
    changed.notify_all();
    thread.join();
    undo_due(Clock::time_point::max());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  struct Undo {
    Clock::time_point at;
    std::string what;  ///< one of a kind: a second strike lasts as long as the first
    std::function<void()> work;
  };

  void run() {
    std::unique_lock lock{mutex};
    while (!leave) {
      Clock::time_point next = Clock::now() + std::chrono::seconds{1};
      for (const Undo& undo : undos) next = std::min(next, undo.at);
      changed.wait_until(lock, next);
      lock.unlock();
      undo_due(Clock::now());
      lock.lock();
    }
  }

  void undo_due(Clock::time_point now) {
    const std::lock_guard lock{mutex};
    std::erase_if(undos, [&](const Undo& undo) {
      if (undo.at > now) return false;
      undo.work();
      return true;
    });
  }

  /// Under the lock, so that nothing is undone before it is done.
  void strike_for(milliseconds time, const std::string& what, const std::function<void()>& work,
                  std::function<void()> undo) {
    const std::lock_guard lock{mutex};
    for (const Undo& running : undos) {
      if (running.what == what) return;
    }
    work();
    undos.push_back({.at = Clock::now() + time, .what = what, .work = std::move(undo)});
    changed.notify_all();
  }

  void fill_disk(const BoxFiles& box, unsigned draw) {
    const std::string unit = gate_unit(box);
    strike_for(
        how_long(draw), "disk of " + unit, [this, unit] { daemons.limit_files(unit, true); },
        [this, unit] { daemons.limit_files(unit, false); });
  }

  /// Behind pcscd one strike of four is pcscd's own death, which every aisle feels.
  void pull_chip(const BoxFiles& box, const SimAisle& aisle, unsigned draw) {
    if (draw % 4 == 3) {
      daemons.kill_unit(kPcscdUnit);
      return;
    }
    const std::string unit = sam_unit(box, aisle);
    strike_for(
        how_long(draw), unit, [this, unit] { daemons.hold(unit, true); },
        [this, unit] { daemons.hold(unit, false); });
  }

  void pull_sam(const BoxFiles& box, const SimAisle& aisle, unsigned draw) {
    if (aisle.chip) {
      pull_chip(box, aisle, draw);
      return;
    }
    const fs::path in = box.sam_file(aisle);
    const fs::path out = in.string() + ".out";
    const auto move = [](const fs::path& from, const fs::path& to) {
      std::error_code ignored;  // a file that is not there is out already
      fs::rename(from, to, ignored);
    };
    strike_for(how_long(draw), in, [=] { move(in, out); }, [=] { move(out, in); });
  }

  Supervisor& daemons;
  std::mutex mutex;
  std::condition_variable changed;
  std::list<Undo> undos;
  bool leave = false;
  std::thread thread;
};

Mischief::Mischief(Supervisor& daemons) : impl_{std::make_unique<Impl>(daemons)} {}
Mischief::~Mischief() = default;

void Mischief::strike(const BoxFiles& box, const SimAisle& aisle, Fault fault, unsigned draw) {
  switch (fault) {
    case Fault::none:
    case Fault::tear: break;
    case Fault::reader_kill: impl_->daemons.kill_unit(reader_unit(box, aisle)); break;
    case Fault::reader_child_kill: impl_->daemons.kill_child_of(reader_unit(box, aisle)); break;
    case Fault::gate_kill: impl_->daemons.kill_unit(gate_unit(box)); break;
    case Fault::sam_out: impl_->pull_sam(box, aisle, draw); break;
    case Fault::disk_full: impl_->fill_disk(box, draw); break;
    case Fault::clock_step: {
      const std::lock_guard lock{impl_->mutex};
      static_cast<void>(set_clock(box, kClockOffsets[draw % kClockOffsets.size()]));
      break;
    }
  }
}

void Mischief::calm() {
  impl_->undo_due(Clock::time_point::max());
}

ClockTools clock_tools() {
#ifdef TIDEGATE_SANITIZED
  return {.possible = false,
          .sanitizer = true,
          .why_not = "a sanitizer's runtime must be loaded first, so libfaketime cannot be"};
#else
  if (!find_faketime().empty()) return {.possible = true, .why_not = {}};
  return {
      .possible = false,
      .why_not = "stepping a gate's clock needs the package libfaketime, which is not installed"};
#endif
}

Result<std::vector<std::string>> clock_environment(const BoxFiles& box) {
  if (!set_clock(box, 0)) return fail(Errc::io, "writing " + clock_file(box).string());
  return std::vector<std::string>{
      "LD_PRELOAD=" + find_faketime().string(),
      "FAKETIME_TIMESTAMP_FILE=" + clock_file(box).string(),
      "FAKETIME_NO_CACHE=1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
      "NO_FAKE_STAT=1",
  };
}

void remove_clock_leftovers(int pid) {
  for (const char* name : {"faketime_shm_", "sem.faketime_sem_"}) {
    std::error_code ignored;
    fs::remove(fs::path{"/dev/shm"} / (name + std::to_string(pid)), ignored);
  }
}

}  // namespace tidegate::sim
