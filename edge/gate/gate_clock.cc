// SPDX-License-Identifier: Apache-2.0
// Compares the machine's two clocks.
#include "edge/gate/gate_clock.h"

#include <sys/timex.h>

#include <utility>

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{250};
/// A thread that was put aside between its two readings compares what does not belong together.
constexpr milliseconds kReadingMax{50};
constexpr long kErrorMaxUs = 60'000'000;

}  // namespace

GateClock::GateClock(const Clock& machine, Timestamp floor, bool stepped,
                     std::function<bool()> synchronised)
    : machine_{machine}, floor_{floor}, synchronised_{std::move(synchronised)}, stepped_{stepped} {
  static_cast<void>(now());
}

Timestamp GateClock::now() const {
  const SteadyTime before = machine_.steady();
  const Timestamp wall = machine_.now();
  const SteadyTime after = machine_.steady();
  if (after - before <= kReadingMax) observe(wall, after);
  return wall;
}

void GateClock::observe(Timestamp wall, SteadyTime steady) const {
  const Offset offset =
      wall.time_since_epoch() - std::chrono::floor<milliseconds>(steady.time_since_epoch());
  const std::lock_guard lock{mutex_};
  const Offset moved = offset_ ? offset - *offset_ : Offset{0};
  offset_ = offset;
  if (moved > kStep || moved < -kStep) {
    pending_ += moved;
    stepped_ = true;
  }
}

ClockTrust GateClock::trust() const {
  const bool behind = now() < floor_;
  const bool stepped = stepped_;
  return {.trusted = (!stepped && !behind) || synchronised_(), .stepped_since_boot = stepped};
}

std::optional<milliseconds> GateClock::take_step() {
  static_cast<void>(now());
  const std::lock_guard lock{mutex_};
  const Offset out = std::exchange(pending_, Offset{0});
  if (out == Offset{0}) return std::nullopt;
  return out;
}

bool distrust_lasts(const EntryHead& last, const EntryHead& now) noexcept {
  return !last.clock.trusted && last.monotonic_us <= now.monotonic_us;
}

bool kernel_synchronised() {
  timex state{};
  const int answer = ::adjtimex(&state);  // modes 0: asks only
  return answer != -1 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0 &&
         state.maxerror < kErrorMaxUs;
}

ClockWatch::ClockWatch(GateClock& clock, std::function<void(milliseconds)> on_step)
    : clock_{clock}, on_step_{std::move(on_step)}, thread_{[this] { run(); }} {}

ClockWatch::~ClockWatch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void ClockWatch::run() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, kLookEvery, [this] { return stopping_; }))
    if (const auto step = clock_.take_step()) on_step_(*step);
}

}  // namespace tidegate::edge
