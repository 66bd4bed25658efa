// SPDX-License-Identifier: Apache-2.0
// The killer's threads.
#include "simulators/station/killer.h"

namespace tidegate::sim {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLook{2};
/// A life lasts from nothing to this after the first heartbeat.
constexpr unsigned kLongestLifeMs = 400;

}  // namespace

std::optional<Clock::duration> ready_after(const Supervisor& daemons, const BoxGate& gate) {
  const auto born = daemons.running_since(gate_unit(*gate.box));
  const auto beat = gate.controllers->first_heartbeat();
  if (!born || !beat || *beat < *born) return std::nullopt;
  return *beat - *born;
}

Killer::Killer(Supervisor& daemons, const std::vector<BoxGate>& victims, unsigned kills,
               std::uint64_t seed)
    : daemons_{daemons},
      left_{static_cast<int>(kills)},
      working_{kills == 0 ? 0U : static_cast<unsigned>(victims.size())} {
  if (kills == 0) return;
  for (const BoxGate& victim : victims) {
    threads_.emplace_back([this, victim, seed] { run(victim, seed + victim.box->number); });
  }
}

Killer::~Killer() {
  stop_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

KillReport Killer::report() const {
  const std::lock_guard lock{mutex_};
  return report_;
}

void Killer::run(const BoxGate& victim, std::uint64_t seed) {
  Dice dice{seed * 31'337};
  while (!stop_.load() && left_.fetch_sub(1) > 0) {
    std::this_thread::sleep_for(milliseconds{dice.below(kLongestLifeMs)});
    kill_once(victim);
  }
  working_.fetch_sub(1);
}

void Killer::kill_once(const BoxGate& victim) {
  const std::string unit = gate_unit(*victim.box);
  const unsigned before = daemons_.starts(unit);
  daemons_.kill_unit(unit);
  // Somebody else's kill may come between: the life that is seen to begin is what counts.
  while (!stop_.load()) {
    std::this_thread::sleep_for(kLook);
    if (daemons_.starts(unit) == before) continue;
    const auto took = ready_after(daemons_, victim);
    if (!took) continue;
    const auto ms = std::chrono::duration_cast<milliseconds>(*took).count();
    const std::lock_guard lock{mutex_};
    ++report_.count;
    report_.ready_ms.push_back(static_cast<std::uint32_t>(ms));
    return;
  }
}

}  // namespace tidegate::sim
