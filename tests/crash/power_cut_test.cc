// SPDX-License-Identifier: Apache-2.0
// A real ext4 under the ledger: cut off while a program appends, switched to read-only by the
// kernel, and full. Where the machine does not allow that, skipped with the step that failed.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "tests/crash/check.h"
#include "tests/crash/loop_disk.h"
#include "tests/crash/states.h"
#include "tests/crash/workload.h"

namespace tidegate::crash {
namespace {

using namespace edge;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class RealDisk : public testing::Test {
 protected:
  void SetUp() override {
    auto made = LoopDisk::make(folder_.path());
    if (!made) GTEST_SKIP() << "no loop-mounted ext4 here: " << made.error().message();
    disk_ = std::move(*made);
  }
  std::unique_ptr<Ledger> open() {
    auto ledger = Ledger::open(disk_->root() / "ledger", workload_identity(), workload_options());
    EXPECT_TRUE(ledger.has_value()) << (ledger ? "" : ledger.error().message());
    return ledger ? std::move(*ledger) : nullptr;
  }
  static Result<SequenceNo> append(Ledger& ledger) {
    const Entry entry = sample_refusal();
    auto numbers = ledger.append({&entry, 1});
    if (!numbers) return fail(numbers.error());
    return numbers->front();
  }
  void expect_sound() const {
    const auto report = verify_ledger(disk_->root() / "ledger");
    ASSERT_TRUE(report.has_value()) << report.error().message();
    EXPECT_FALSE(report->damaged.has_value()) << report->what;
  }

  TempFolder folder_;
  std::unique_ptr<LoopDisk> disk_;
};

// --- power cuts ----------------------------------------------------------------------------------

/// The workload as a process that knows of nothing. Its marks are a link to a file on another disk.
class Worker {
 public:
  Worker(const std::filesystem::path& root, const std::filesystem::path& marks, std::uint64_t seed)
      : marks_{marks} {
    std::filesystem::create_directory(root);
    std::filesystem::create_symlink(marks, root / "marks");
    // Who sets up a box does that long before.
    EXPECT_TRUE(posix::sync_folder(root) && posix::sync_folder(root.parent_path()));
    std::string program =
        (std::filesystem::path{TIDEGATE_BIN_DIR} / "tidegate-crash-workload").string();
    std::string where = root.string(), groups = "1000000", with = std::to_string(seed);
    char* const words[] = {program.data(), where.data(), groups.data(), with.data(), nullptr};
    if (::posix_spawn(&pid_, program.c_str(), nullptr, nullptr, words, environ) != 0) pid_ = 0;
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { kill(); }

  [[nodiscard]] bool started() const { return pid_ > 0; }
  /// Waits until it has said that much; false: it ended before.
  [[nodiscard]] bool wait_for(std::size_t acknowledged) const {
    while (count("ack") < acknowledged) {
      if (::waitpid(pid_, nullptr, WNOHANG) != 0) return false;
      std::this_thread::sleep_for(milliseconds{1});
    }
    return true;
  }
  [[nodiscard]] bool wait_for_an_error() const {
    while (count("err") == 0) {
      if (::waitpid(pid_, nullptr, WNOHANG) != 0) return false;
      std::this_thread::sleep_for(milliseconds{1});
    }
    return true;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  [[nodiscard]] std::vector<std::string> marks() const {
    std::vector<std::string> out;
    std::ifstream in{marks_};
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  [[nodiscard]] std::size_t count(const std::string& word) const {
    const auto all = marks();
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const std::string& mark) { return mark.starts_with(word); }));
  }

 private:
  std::filesystem::path marks_;
  pid_t pid_ = 0;
};

using PowerCut = RealDisk;

/// TIDEGATE_POWER_CUTS: that many cuts. TIDEGATE_CRASH_SEED: as an earlier run.
TEST_F(PowerCut, LosesNothingThatWasAcknowledged) {
  const std::uint64_t cuts = number_of("TIDEGATE_POWER_CUTS", 5);
  const std::uint64_t seed = number_of("TIDEGATE_CRASH_SEED", std::random_device{}());
  std::mt19937_64 random{seed};
  std::size_t acknowledged = 0, refused = 0;
  for (std::uint64_t cut = 0; cut < cuts; ++cut) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", cut " + std::to_string(cut));
    const auto root = disk_->root() / ("box-" + std::to_string(cut));
    Worker worker{root, folder_.path() / ("marks-" + std::to_string(cut)), random()};
    ASSERT_TRUE(worker.started());
    // Some while the ledger is being made, most under load; the map has room for some 600 groups.
    const std::size_t groups = cut % 5 == 4 ? 0 : 1 + random() % 200;
    ASSERT_TRUE(worker.wait_for(groups)) << "the workload ended by itself";
    std::this_thread::sleep_for(microseconds{random() % 20'000});
    const Status done = disk_->cut();
    if (!done) GTEST_SKIP() << "no cut here: " << done.error().message();
    // It goes on, and must not be told that anything is durable now.
    if (groups > 0) {
      ASSERT_TRUE(worker.wait_for_an_error()) << "it has noticed nothing";
    }
    worker.kill();
    ASSERT_TRUE(disk_->start_again());

    Expectation expected;
    for (const std::string& mark : worker.marks()) expected.hear(mark);
    acknowledged += worker.count("ack");
    refused += worker.count("err");
    EXPECT_EQ(expected.check(root, true), "");
    std::filesystem::remove_all(root);
  }
  std::cout << "seed " << seed << ": " << cuts << " cuts, " << acknowledged
            << " appends acknowledged before, " << refused << " refused after\n";
}

// --- a disk that turns read-only, and a full one
// --------------------------------------------------

using ReadOnlyDisk = RealDisk;

TEST_F(ReadOnlyDisk, RefusesAppendsAndKeepsTheLedgerForTheNextMount) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  ASSERT_TRUE(append(*ledger));
  const LedgerHead before = ledger->head();
  if (const Status done = disk_->turn_read_only(); !done)
    GTEST_SKIP() << "it cannot be turned read-only here: " << done.error().message();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(append(*ledger).has_value());
    EXPECT_EQ(ledger->head().hash, before.hash);
  }
  ledger.reset();
  EXPECT_FALSE(Ledger::open(disk_->root() / "ledger", workload_identity(), workload_options()));
  ASSERT_TRUE(disk_->start_again());
  ledger = open();
  ASSERT_TRUE(ledger);
  const auto after = append(*ledger);
  ASSERT_TRUE(after.has_value()) << after.error().message();
  EXPECT_GT(*after, before.sequence);
  ledger.reset();
  expect_sound();
}

using FullDisk = RealDisk;

/// Takes every block there is.
void fill(const std::filesystem::path& file) {
  std::ofstream out{file, std::ios::binary};
  const std::string block(4096, 'x');
  while (out.write(block.data(), 4096).flush()) {
  }
}

TEST_F(FullDisk, HasRoomForALedgerThatHasItsBlocksAlready) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  fill(disk_->root() / "other");
  ASSERT_LT(std::filesystem::space(disk_->root()).available, 4096U);
  for (int i = 0; i < 500; ++i) {
    const auto done = append(*ledger);
    ASSERT_TRUE(done.has_value()) << i << ": " << done.error().message();
  }
  ledger.reset();
  expect_sound();
}

TEST_F(FullDisk, HasNoRoomForANewLedgerAndLeavesNoHalfOne) {
  fill(disk_->root() / "other");
  const auto none = Ledger::open(disk_->root() / "ledger", workload_identity(), workload_options());
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code(), Errc::full) << none.error().message();
  std::filesystem::remove(disk_->root() / "other");
  auto ledger = open();
  ASSERT_TRUE(ledger);
  EXPECT_TRUE(append(*ledger).has_value());
  ledger.reset();
  expect_sound();
}

}  // namespace
}  // namespace tidegate::crash
