// SPDX-License-Identifier: Apache-2.0
// A power cut at any point of a recorded run leaves a ledger that opens by itself and has every
// acknowledged entry. And: the same test fails where the promise is broken.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/crash/lmdb_flags.h"
#include "tests/crash/states.h"
#include "tests/crash/workload.h"
#include "tests/interposer/interposer.h"

namespace tidegate::crash {
namespace {

using interposer::Record;

struct Recorded {
  std::vector<Record> records;
  WorkloadResult result;
};

Recorded run_recorded(WorkloadOptions options, Promise promise = Promise::kept) {
  const TempFolder folder;
  const auto root = folder.path() / "box";
  const auto record = folder.path() / "record";
  std::filesystem::create_directory(root);
  options.control = folder.path() / "control";
  std::ofstream{options.control} << "";
  set_promise(promise);
  interposer::configure(root.c_str(), record.c_str(), options.control.c_str());
  Recorded out;
  out.result = run_workload(root, options);
  interposer::configure("", "", "");
  set_promise(Promise::kept);
  out.records = interposer::read_records(record);
  return out;
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string told(const StatesResult& result) {
  std::string out = std::to_string(result.states) + " states at " + std::to_string(result.cuts) +
                    " cuts, " + std::to_string(result.appended) + " appended to, " +
                    std::to_string(result.violations) + " violations";
  for (const std::string& each : result.first) out += "\n  " + each;
  return out;
}

/// TIDEGATE_CRASH_STATES: that many states for each run instead of a few hundred. A sanitizer makes
/// each cost ten times as much: there it is one at every third cut.
StatesResult try_some(const Recorded& run, std::uint64_t seed, std::size_t states) {
  StatesOptions options{.seed = seed};
#ifdef TIDEGATE_SANITIZED
  states = 1;
  options.cut_every = std::getenv("TIDEGATE_CRASH_STATES") == nullptr ? 3 : 1;
#endif
  options.states = number_of("TIDEGATE_CRASH_STATES", states);
  const auto result = try_states(run.records, options);
  std::cout << "seed " << seed << ": " << told(result) << "\n";
  return result;
}

/// A number for this run; TIDEGATE_CRASH_SEED repeats one.
std::uint64_t fresh_seed() {
  return number_of("TIDEGATE_CRASH_SEED", std::random_device{}());
}

TEST(CrashStates, OfAGateThatTakesTapsKeepAllThatWasAcknowledged) {
  const Recorded run = run_recorded({.seed = 1});
  ASSERT_EQ(run.result.failed, 0) << run.result.first_error;
  ASSERT_EQ(run.result.acknowledged, 24);
  const auto result = try_some(run, 1, 350);
  EXPECT_EQ(result.violations, 0U) << told(result);
#ifdef TIDEGATE_SANITIZED
  EXPECT_GT(result.states, 50U);
#else
  EXPECT_GT(result.states, 250U);
#endif
}

TEST(CrashStates, OfAFreshRunKeepAllThatWasAcknowledged) {
  const std::uint64_t seed = fresh_seed();
  const Recorded run = run_recorded({.seed = seed, .restart_every = 10});
  ASSERT_EQ(run.result.failed, 0) << run.result.first_error << " (seed " << seed << ")";
  const auto result = try_some(run, seed, 350);
  EXPECT_EQ(result.violations, 0U) << told(result);
}

TEST(CrashStates, OfANewEpochHaveTheOldOneOrTheNewOneAndLoseNothing) {
  const Recorded run = run_recorded({.seed = 2, .groups = 10, .new_epoch_at = 6});
  ASSERT_EQ(run.result.first_error, "");
  const auto result = try_some(run, fresh_seed(), 200);
  EXPECT_EQ(result.violations, 0U) << told(result);
}

TEST(CrashStates, OfAGateThatPrunesLoseNothingElse) {
  const Recorded run =
      run_recorded({.seed = 6, .groups = 24, .restart_every = 9, .prune_every = 3});
  ASSERT_EQ(run.result.failed, 0) << run.result.first_error;
  const auto result = try_some(run, fresh_seed(), 350);
  EXPECT_EQ(result.violations, 0U) << told(result);
}

TEST(CrashStates, OfAGateThatPrunesOnAFailingDiskLoseNothingElse) {
  for (const char* rule : {"write ENOSPC", "sync EIO times=1", "root EIO times=1 landed"}) {
    WorkloadOptions options{.seed = 7, .groups = 14, .prune_every = 1};
    options.faults[10] = rule;
    options.faults[12] = "";
    const Recorded run = run_recorded(options);
    ASSERT_GT(run.result.failed, 0) << "the fault was not met";
    ASSERT_FALSE(run.result.last_failed) << run.result.first_error;
    const auto result = try_some(run, fresh_seed(), 80);
    EXPECT_EQ(result.violations, 0U) << rule << ": " << told(result);
  }
}

/// The sync of a quiet moment takes a root along that nobody writes again.
TEST(CrashStates, AfterAFailedSyncOfFilledPagesKeepAllThatWasAcknowledged) {
  WorkloadOptions options{.seed = 8, .groups = 9};
  options.faults[4] = "sync EIO times=1 after=1";  // the append's own sync passes
  options.faults[5] = "";
  const Recorded run = run_recorded(options);
  const auto failed = std::ranges::count_if(run.records, [](const Record& each) {
    return each.kind == interposer::Kind::sync && each.error != 0;
  });
  ASSERT_EQ(failed, 1) << "the fault was not met";
  ASSERT_EQ(run.result.failed, 0) << run.result.first_error;
  const auto result = try_some(run, fresh_seed(), 250);
  EXPECT_EQ(result.violations, 0U) << told(result);
}

struct Fault {
  const char* name;
  const char* rule;
  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.rule; }
};
class CrashStatesAfter : public testing::TestWithParam<Fault> {};

TEST_P(CrashStatesAfter, KeepAllThatWasAcknowledged) {
  WorkloadOptions options{.seed = 3, .groups = 12};
  options.faults[5] = GetParam().rule;
  options.faults[8] = "";
  const Recorded run = run_recorded(options);
  ASSERT_GT(run.result.failed, 0) << "the fault was not met";
  ASSERT_FALSE(run.result.last_failed) << run.result.first_error;
  const auto result = try_some(run, fresh_seed(), 150);
  EXPECT_EQ(result.violations, 0U) << told(result);
}

INSTANTIATE_TEST_SUITE_P(Faults, CrashStatesAfter,
                         testing::Values(Fault{"full_disk", "write ENOSPC"},
                                         Fault{"short_write", "write ENOSPC short"},
                                         Fault{"failed_sync", "sync EIO times=1"},
                                         Fault{"failing_syncs", "sync EIO"},
                                         Fault{"failed_root", "root EIO times=1"},
                                         Fault{"landed_root", "root EIO times=1 landed"},
                                         Fault{"landed_roots", "root EIO landed"},
                                         Fault{"landed_root_and_failing_syncs",
                                               "root EIO times=1 landed\nsync EIO after=1"},
                                         Fault{"read_only", "all EROFS"}),
                         [](const auto& fault) { return std::string{fault.param.name}; });

// Tests of the test: each way to break the promise is noticed.

std::size_t violations_of(const std::vector<Record>& records, Lies lies = {}) {
  const auto result = try_states(
      records, {.seed = 4, .states = 400, .append_every = 0, .lies = lies, .violations_max = 10});
  std::cout << told(result) << "\n";
  return result.violations;
}

TEST(BrokenDurability, OfCommitsWithoutRedoRecordsIsNoticed) {
  auto records = run_recorded({.seed = 5}).records;
  const auto is_redo = [](const Record& each) {
    return each.kind == interposer::Kind::write && each.data.starts_with("tidegate-redo-");
  };
  ASSERT_GT(std::erase_if(records, is_redo), 9U);
  EXPECT_GT(violations_of(records), 9U);
}
TEST(BrokenDurability, OfLmdbWithoutSyncIsNoticed) {
  EXPECT_GT(violations_of(run_recorded({.seed = 5}, Promise::no_sync).records), 9U);
}
TEST(BrokenDurability, OfAnAcknowledgementBeforeTheCommitIsNoticed) {
  EXPECT_GT(violations_of(acknowledged_early(run_recorded({.seed = 5}).records)), 9U);
}
TEST(BrokenDurability, OfADiskThatIgnoresFdatasyncIsNoticed) {
  EXPECT_GT(violations_of(run_recorded({.seed = 5}).records, {.ignores_sync = true}), 9U);
}

}  // namespace
}  // namespace tidegate::crash
