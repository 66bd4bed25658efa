// SPDX-License-Identifier: Apache-2.0
// Asks the system what a commit took.
#include "tests/bench/ledger/meter.h"

#include <time.h>

#include <chrono>
#include <cstdio>

#include "tests/bench/percentiles.h"

namespace tidegate::bench {
namespace {

std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::int64_t steady_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

}  // namespace

std::uint64_t Meter::written_bytes() const {
  return device_ ? device_->counts().written_bytes : 0;
}

void Meter::begin() {
  written_began_ = written_bytes();
  cpu_began_ = cpu_ns();
  began_ = steady_ns();
}

void Meter::end() {
  ns_.push_back(steady_ns() - began_);
  cpu_ += cpu_ns() - cpu_began_;
  written_ += written_bytes() - written_began_;
}

void Meter::print(const std::string& what, std::size_t group) {
  if (ns_.empty()) return;
  const auto commits = static_cast<double>(ns_.size());
  const Distribution d = distribution_of(ns_);
  std::printf("| %-42s | %7.0f | %7.0f | %7.0f | %6.1f | %6.1f |\n", what.c_str(),
              static_cast<double>(d.p50) / 1e3, static_cast<double>(d.p99) / 1e3,
              static_cast<double>(d.p999) / 1e3,
              static_cast<double>(cpu_) / 1e3 / commits / static_cast<double>(group),
              static_cast<double>(written_) / 1024 / commits);
}

}  // namespace tidegate::bench
