// SPDX-License-Identifier: Apache-2.0
// The gate's clock: notices when wall time is set, and says whether it can be believed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/time.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

/// Wall time against steady time: a difference that changes by more than kStep is a step. Slow
/// correction goes unnoticed, as it must. Any thread.
class GateClock final : public Clock {
 public:
  static constexpr std::chrono::seconds kStep{2};
  /// `synchronised`: somebody keeps the machine's clock right now (see kernel_synchronised()).
  /// `floor`: the newest time the ledger has; a clock before it is not believed. `stepped`: an
  /// earlier run's distrust lasts.
  GateClock(const Clock& machine, Timestamp floor, bool stepped,
            std::function<bool()> synchronised);

  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady() const override { return machine_.steady(); }
  /// Trusted while there was no step and wall time is not before the ledger's; otherwise when the
  /// clock is kept by somebody who knows the time.
  [[nodiscard]] ClockTrust trust() const override;

  /// The steps since the last call, summed up; nullopt: none. Reads the clock.
  [[nodiscard]] std::optional<std::chrono::milliseconds> take_step();

 private:
  using Offset = std::chrono::milliseconds;
  void observe(Timestamp wall, SteadyTime steady) const;

  const Clock& machine_;
  Timestamp floor_;
  std::function<bool()> synchronised_;
  mutable std::mutex mutex_;
  mutable std::optional<Offset> offset_;
  mutable Offset pending_{0};
  mutable std::atomic<bool> stepped_{false};
};

/// The last run did not believe its clock (`last`: its last entry's head), and the machine has not
/// been started since: `now` is later by the machine's monotonic time.
[[nodiscard]] bool distrust_lasts(const EntryHead& last, const EntryHead& now) noexcept;

/// The kernel says that NTP keeps the clock, to better than a minute.
[[nodiscard]] bool kernel_synchronised();

/// Looks at the clock four times a second and tells of steps, on its own thread.
class ClockWatch {
 public:
  ClockWatch(GateClock& clock, std::function<void(std::chrono::milliseconds)> on_step);
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

 private:
  void run();

  GateClock& clock_;
  std::function<void(std::chrono::milliseconds)> on_step_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tidegate::edge
