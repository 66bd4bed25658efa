// SPDX-License-Identifier: Apache-2.0
// Times one call at a time and tells the distribution: a mean hides what a passenger waits for.
// Every figure stands beside that of an empty call, the cost of looking at the clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidegate::bench {

struct Distribution {
  std::int64_t p50 = 0, p99 = 0, p999 = 0;  ///< ns
};

/// Keeps the compiler from leaving out a result that nobody reads.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

[[nodiscard]] inline Distribution distribution_of(std::vector<std::int64_t>& ns) {
  std::ranges::sort(ns);
  const auto at = [&](std::size_t per_mille) { return ns[(ns.size() - 1) * per_mille / 1000]; };
  return {.p50 = at(500), .p99 = at(990), .p999 = at(999)};
}

/// `prepare(i)` is not timed, `call(i)` is.
template <class Prepare, class Call>
[[nodiscard]] Distribution measure(std::size_t samples, Prepare prepare, Call call) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::int64_t> ns;
  ns.reserve(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    prepare(i);
    const auto begin = Clock::now();
    call(i);
    ns.push_back((Clock::now() - begin).count());
  }
  return distribution_of(ns);
}

}  // namespace tidegate::bench
