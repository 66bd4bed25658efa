// SPDX-License-Identifier: Apache-2.0
// What was acknowledged is there after a kill, and a disk that fails for a moment heals without a
// restart.
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>

#include "tests/edge/ledger/ledger_fixture.h"

namespace {
std::atomic<int> g_failing_syncs{0};    // so many fdatasync calls fail with EIO
std::atomic<int> g_write_error{0};      // not 0: data writes fail with this errno
std::atomic<bool> g_root_lands{false};  // the next root is written, but reported as failed
std::atomic<bool> g_syncs_fail_after_root{false};

bool take_one(std::atomic<int>& left) {
  int now = left.load();
  while (now > 0)
    if (left.compare_exchange_weak(now, now - 1)) return true;
  return false;
}
}  // namespace

// LMDB is a shared library: these take the place of the C library's. The file descriptor's own
// calls are made directly.
extern "C" int fdatasync(int fd) {
  if (take_one(g_failing_syncs)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
extern "C" ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  static std::atomic<bool> refuse_the_undo{false};
  if (size < 4096 && offset < 8192) {  // a root (meta page)
    if (g_root_lands.exchange(false)) {
      refuse_the_undo = true;
      ::syscall(SYS_pwrite64, fd, data, size, offset);
      if (g_syncs_fail_after_root.exchange(false)) g_failing_syncs = 1000;
      errno = EIO;
      return -1;
    }
    if (refuse_the_undo.exchange(false)) {
      errno = EIO;
      return -1;
    }
  } else if (const int error = g_write_error.load(); error != 0) {
    errno = error;
    return -1;
  }
  return ::syscall(SYS_pwrite64, fd, data, size, offset);
}
extern "C" ssize_t writev(int fd, const iovec* parts, int count) {
  if (const int error = g_write_error.load(); error != 0) {
    errno = error;
    return -1;
  }
  return ::syscall(SYS_writev, fd, parts, count);
}

namespace tidegate::edge {
namespace {

class LedgerCrash : public LedgerFixture {
 protected:
  void SetUp() override {
    options_.preallocate = false;
    options_.map_bytes = 32U << 20U;
  }
  void TearDown() override {
    g_failing_syncs = 0;
    g_write_error = 0;
    g_root_lands = false;
  }
  /// All that may go by now.
  static PruneOrder order_all(const Ledger& ledger, std::size_t entries_max = 3) {
    const LedgerHead head = ledger.head();
    PruneOrder out{.through = head.sequence, .hash = head.hash, .entries_max = entries_max};
    out.younger_than = out.now = sample_head().at + std::chrono::hours{1};
    out.head = sample_head();
    return out;
  }
  struct Child {
    pid_t pid = -1;
    int pipe = -1;  ///< what it writes
  };
  /// Forks a process that works until it is killed; pid below 0: it could not.
  static Child start(const std::function<void(int pipe)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) return {};
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      work(ends[1]);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
  }
  /// In a child: taps and pruning for ever, the first entry and the head on the pipe each time.
  [[noreturn]] void prune_for_ever(int pipe) {
    auto ledger = Ledger::open(folder_, identity_, options_);
    if (!ledger) ::_exit(3);
    for (std::uint64_t i = 0;; ++i) {
      const Entry intent{sample_head(), sample_intent(static_cast<Byte>(i))};
      const std::vector<Entry> group(3, intent);
      auto numbers = (*ledger)->append(group);
      if (!numbers) ::_exit(4);
      const Entry outcome{sample_head(),
                          sample_outcome(numbers->front(), std::get<Intent>(intent.body))};
      if (!(*ledger)->append({&outcome, 1})) ::_exit(5);
      if (!(*ledger)->prune(order_all(**ledger))) ::_exit(6);
      const std::uint64_t word[] = {(*ledger)->base()->first.get(),
                                    (*ledger)->head().sequence.get()};
      if (::write(pipe, word, sizeof word) != sizeof word) ::_exit(7);
    }
  }
  /// In a child: taps for ever, the number of each on the pipe when it is acknowledged.
  [[noreturn]] void append_for_ever(int pipe) {
    auto ledger = Ledger::open(folder_, identity_, options_);
    if (!ledger) ::_exit(3);
    for (std::uint64_t i = 0;; ++i) {
      const Entry intent{sample_head(), sample_intent(static_cast<Byte>(i))};
      auto numbers = (*ledger)->append({&intent, 1});
      if (!numbers) ::_exit(4);
      const Entry outcome{sample_head(),
                          sample_outcome(numbers->front(), std::get<Intent>(intent.body))};
      auto done = (*ledger)->append({&outcome, 1});
      if (!done) ::_exit(5);
      const std::uint64_t acknowledged = done->front().get();
      if (::write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(6);
    }
  }
};

TEST_F(LedgerCrash, WhatWasAcknowledgedSurvivesKill) {
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 25; ++round) {
    const Child child = start([this](int pipe) { append_for_ever(pipe); });
    ASSERT_GE(child.pid, 0);
    std::uint64_t number = 0;
    for (int i = 0; i <= round % 7; ++i)
      ASSERT_EQ(::read(child.pipe, &number, sizeof number), static_cast<ssize_t>(sizeof number));
    ::usleep(static_cast<useconds_t>(round * 137 % 1000));  // somewhere inside the next append
    ::kill(child.pid, SIGKILL);
    ASSERT_EQ(::waitpid(child.pid, nullptr, 0), child.pid);
    do {
      EXPECT_GT(number, acknowledged);
      acknowledged = number;
    } while (::read(child.pipe, &number, sizeof number) == static_cast<ssize_t>(sizeof number));
    ::close(child.pipe);

    const auto report = verify_ledger(folder_);
    ASSERT_TRUE(report.has_value()) << report.error().message();
    EXPECT_FALSE(report->damaged.has_value()) << report->what;
    EXPECT_GE(report->head.get(), acknowledged);
    bool found = false;
    ASSERT_TRUE(read_ledger(folder_, SequenceNo{acknowledged}, [&](const StoredEntry& stored) {
      found = std::holds_alternative<Outcome>(stored.entry.body);
      return false;
    }));
    EXPECT_TRUE(found);
  }
}

TEST_F(LedgerCrash, AKillWhilePruningLeavesASoundLedgerWithEveryOpenIntent) {
  for (int round = 0; round < 25; ++round) {
    const Child child = start([this](int pipe) { prune_for_ever(pipe); });
    ASSERT_GE(child.pid, 0);
    std::uint64_t word[2] = {};
    for (int i = 0; i <= round % 5; ++i)
      ASSERT_EQ(::read(child.pipe, word, sizeof word), static_cast<ssize_t>(sizeof word));
    ::usleep(static_cast<useconds_t>(round * 137 % 1500));  // somewhere inside the next ones
    ::kill(child.pid, SIGKILL);
    ASSERT_EQ(::waitpid(child.pid, nullptr, 0), child.pid);
    while (::read(child.pipe, word, sizeof word) == static_cast<ssize_t>(sizeof word)) continue;
    ::close(child.pipe);

    const auto report = verify_ledger(folder_);
    ASSERT_TRUE(report.has_value()) << report.error().message();
    EXPECT_FALSE(report->damaged.has_value()) << report->what;
    EXPECT_GE(report->first.get(), word[0]);
    EXPECT_GE(report->head.get(), word[1]);
    // Two of three intents are open for ever, however far the base is.
    std::uint64_t kept = 0;
    ASSERT_TRUE(read_ledger(folder_, SequenceNo{1}, [&](const StoredEntry& stored) {
      kept += std::holds_alternative<Intent>(stored.entry.body) ? 1U : 0U;
      return true;
    }));
    const Totals& t = report->totals;
    EXPECT_GE(kept, t.intents - t.debited);
  }
  EXPECT_GT(verify_ledger(folder_)->first, SequenceNo{0});
}

TEST_F(LedgerCrash, ADiskThatFailsWhilePruningLosesNothingAndHeals) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  for (Byte card = 1; card < 8; ++card) add_tap(*ledger, card);
  const LedgerHead head = ledger->head();
  g_write_error = ENOSPC;
  EXPECT_EQ(ledger->prune(order_all(*ledger)).error().code(), Errc::full);
  g_write_error = 0;
  g_failing_syncs = 1;
  EXPECT_EQ(ledger->prune(order_all(*ledger)).error().code(), Errc::io);
  EXPECT_EQ(ledger->head().hash, head.hash);
  EXPECT_EQ(ledger->base()->first, SequenceNo{0});
  add_tap(*ledger, 9);
  const auto done = ledger->prune(order_all(*ledger));
  ASSERT_TRUE(done.has_value()) << done.error().message();
  EXPECT_EQ(done->entries, 3U);
  // The root landed, but the answer was an error: the next slice goes on from what is on disk.
  g_root_lands = true;
  g_syncs_fail_after_root = true;
  EXPECT_FALSE(ledger->prune(order_all(*ledger)).has_value());
  g_failing_syncs = 0;
  while (ledger->prune(order_all(*ledger))->more) continue;
  EXPECT_GT(ledger->base()->first, SequenceNo{7});
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerCrash, AFailedSyncIsAnErrorThatHeals) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const SequenceNo intent = add(*ledger, sample_intent());
  const Entry outcome{sample_head(), sample_outcome(intent, sample_intent())};
  g_failing_syncs = 1;
  const auto failed = ledger->append({&outcome, 1});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), Errc::io);
  EXPECT_EQ(ledger->head().sequence, intent);
  EXPECT_EQ(ledger->unconfirmed_count(), 1U);
  // The same again, from memory, without a restart.
  EXPECT_TRUE(ledger->append({&outcome, 1}).has_value());
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerCrash, AFullDiskIsAnErrorThatHeals) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  add_tap(*ledger, 1);
  const LedgerHead head = ledger->head();
  const std::vector<Entry> batch(12, {sample_head(), sample_intent(2)});
  g_write_error = ENOSPC;
  for (int i = 0; i < 3; ++i) {
    const auto failed = ledger->append(batch);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code(), Errc::full) << failed.error().message();
  }
  EXPECT_EQ(ledger->head().hash, head.hash);
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  g_write_error = 0;
  EXPECT_TRUE(ledger->append(batch).has_value());
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerCrash, ACommitThatLandedAllTheSameIsMadeDurableAndIsOk) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const SequenceNo intent = add(*ledger, sample_intent());
  const Entry outcome{sample_head(), sample_outcome(intent, sample_intent())};
  g_root_lands = true;
  const auto numbers = ledger->append({&outcome, 1});
  ASSERT_TRUE(numbers.has_value()) << numbers.error().message();
  EXPECT_EQ(ledger->head().sequence, numbers->front());
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  add_tap(*ledger, 5);
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

TEST_F(LedgerCrash, ACommitThatLandedButCannotBeMadeDurableIsAnErrorAndGoneOnBehind) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  const SequenceNo intent = add(*ledger, sample_intent());
  const Entry outcome{sample_head(), sample_outcome(intent, sample_intent())};
  // The root lands, and from then on the disk syncs nothing for a while.
  g_root_lands = true;
  g_syncs_fail_after_root = true;
  const auto failed = ledger->append({&outcome, 1});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), Errc::io);
  g_failing_syncs = 0;
  // The outcome is there, so giving it again is told apart from a wrong one.
  const auto again = ledger->append({&outcome, 1});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), Errc::exists);
  EXPECT_EQ(ledger->unconfirmed_count(), 0U);
  add_tap(*ledger, 5);
  ledger.reset();
  EXPECT_FALSE(verify_ledger(folder_)->damaged.has_value());
}

}  // namespace
}  // namespace tidegate::edge
