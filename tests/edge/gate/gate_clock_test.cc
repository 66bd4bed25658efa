// SPDX-License-Identifier: Apache-2.0
// The gate's clock: steps are noticed, slow correction is not, and trust follows.
#include "edge/gate/gate_clock.h"

#include <gtest/gtest.h>

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HandClock final : public Clock {
 public:
  Timestamp now() const override { return wall; }
  SteadyTime steady() const override { return steady_time; }
  void pass(milliseconds by) {
    wall += by;
    steady_time += by;
  }
  Timestamp wall = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  SteadyTime steady_time{seconds{1000}};
};

class GateClockTest : public testing::Test {
 protected:
  HandClock machine_;
  bool synchronised_ = false;
  GateClock clock_{machine_, machine_.wall, false, [this] { return synchronised_; }};
};

TEST_F(GateClockTest, TimeThatPassesIsNoStep) {
  machine_.pass(std::chrono::hours{5});
  EXPECT_EQ(clock_.take_step(), std::nullopt);
  EXPECT_EQ(clock_.now(), machine_.wall);
  EXPECT_EQ(clock_.trust(), (ClockTrust{true, false}));
}

TEST_F(GateClockTest, SlowCorrectionIsNoStep) {
  for (int i = 0; i < 100; ++i) {
    machine_.pass(milliseconds{250});
    machine_.wall += milliseconds{100};
    EXPECT_EQ(clock_.take_step(), std::nullopt);
  }
  EXPECT_TRUE(clock_.trust().trusted);
}

TEST_F(GateClockTest, AStepIsToldOnceAndTakesTheTrust) {
  for (const seconds by : {seconds{40}, seconds{-90}}) {
    machine_.wall += by;
    EXPECT_EQ(clock_.now(), machine_.wall);
    EXPECT_EQ(clock_.take_step(), milliseconds{by});
    EXPECT_EQ(clock_.take_step(), std::nullopt);
    EXPECT_EQ(clock_.trust(), (ClockTrust{false, true}));
  }
  synchronised_ = true;  // it was NTP
  EXPECT_EQ(clock_.trust(), (ClockTrust{true, true}));
}

TEST_F(GateClockTest, AClockBehindTheLedgerIsNotTrusted) {
  const GateClock behind{machine_, machine_.wall + seconds{1}, false, [] { return false; }};
  EXPECT_EQ(behind.trust(), (ClockTrust{false, false}));
  machine_.pass(seconds{2});
  EXPECT_TRUE(behind.trust().trusted);
}

TEST_F(GateClockTest, AStepOfAnEarlierRunIsNotForgotten) {
  const GateClock after{machine_, machine_.wall, true, [] { return false; }};
  EXPECT_EQ(after.trust(), (ClockTrust{false, true}));
}

TEST(DistrustTest, LastsUntilTheMachineIsStartedAgain) {
  EntryHead last, now;
  last.monotonic_us = 1000;
  now.monotonic_us = 2000;
  EXPECT_FALSE(distrust_lasts(last, now));
  // Also when it was only behind the ledger: the entries of that run hide it from the next one.
  last.clock = {.trusted = false, .stepped_since_boot = false};
  EXPECT_TRUE(distrust_lasts(last, now));
  now.monotonic_us = 500;
  EXPECT_FALSE(distrust_lasts(last, now));
}

TEST_F(GateClockTest, TheWatchTellsOfAStep) {
  const SystemClock real;
  struct Jumping final : Clock {
    Timestamp now() const override { return real.now() + seconds{by.load()}; }
    SteadyTime steady() const override { return real.steady(); }
    SystemClock real;
    std::atomic<int> by{0};
  } machine;
  GateClock clock{machine, {}, false, [] { return false; }};
  std::atomic<std::int64_t> told{0};
  const ClockWatch watch{clock, [&](milliseconds by) { told += by.count(); }};
  machine.by = 100;
  for (int i = 0; i < 3000 && told == 0; ++i) std::this_thread::sleep_for(milliseconds{10});
  EXPECT_NEAR(static_cast<double>(told), 100'000.0, 1000.0);
}

}  // namespace
}  // namespace tidegate::edge
