// SPDX-License-Identifier: Apache-2.0
// A disk that fails: append says so, nothing acknowledged is lost, and the ledger heals without a
// restart. The interposer is linked into this test; one test preloads it into another program.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/crash/states.h"
#include "tests/crash/workload.h"
#include "tests/interposer/interposer.h"

namespace tidegate::crash {
namespace {

using namespace edge;
using interposer::Kind;

struct Case {
  const char* name;
  const char* rule;
  Errc expected;
  friend void PrintTo(const Case& each, std::ostream* out) { *out << each.rule; }
};

class DiskFault : public testing::TestWithParam<Case> {
 protected:
  DiskFault() : root_{folder_.path() / "box"}, control_{folder_.path() / "control"} {
    std::filesystem::create_directory(root_);
    fail("");
    interposer::configure(root_.c_str(), "", control_.c_str());
  }
  ~DiskFault() override { interposer::configure("", "", ""); }

  void fail(const std::string& rule) { std::ofstream{control_, std::ios::trunc} << rule; }
  std::unique_ptr<Ledger> open() {
    auto ledger = Ledger::open(root_ / "ledger", workload_identity(), workload_options());
    EXPECT_TRUE(ledger.has_value()) << (ledger ? "" : ledger.error().message());
    return ledger ? std::move(*ledger) : nullptr;
  }
  static Result<SequenceNo> append(Ledger& ledger) {
    const Entry entry = sample_refusal();
    auto numbers = ledger.append({&entry, 1});
    if (!numbers) return tidegate::fail(numbers.error());
    return numbers->front();
  }

  TempFolder folder_;
  std::filesystem::path root_, control_;
};

TEST_P(DiskFault, IsAnErrorLosesNothingAndHealsWithoutARestart) {
  auto ledger = open();
  ASSERT_TRUE(ledger);
  ASSERT_TRUE(append(*ledger));
  const LedgerHead before = ledger->head();

  fail(GetParam().rule);
  for (int i = 0; i < 3; ++i) {
    const auto refused = append(*ledger);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), GetParam().expected) << refused.error().message();
    EXPECT_EQ(ledger->head().hash, before.hash);
  }

  fail("");
  const auto healed = append(*ledger);
  ASSERT_TRUE(healed.has_value()) << healed.error().message();
  EXPECT_EQ(healed->get(), before.sequence.get() + 1);
  ledger.reset();
  const auto report = verify_ledger(root_ / "ledger");
  ASSERT_TRUE(report.has_value()) << report.error().message();
  EXPECT_FALSE(report->damaged.has_value()) << report->what;
  EXPECT_EQ(report->head, *healed);
}

INSTANTIATE_TEST_SUITE_P(Faults, DiskFault,
                         testing::Values(Case{"full_disk", "write ENOSPC", Errc::full},
                                         Case{"over_quota", "write EDQUOT", Errc::full},
                                         Case{"failing_writes", "write EIO", Errc::io},
                                         Case{"failing_syncs", "sync EIO", Errc::io},
                                         Case{"failing_roots", "root EIO", Errc::io},
                                         Case{"read_only", "all EROFS", Errc::io}),
                         [](const auto& each) { return std::string{each.param.name}; });

using DiskFaultOnce = DiskFault;

TEST_F(DiskFaultOnce, InAnySingleCallOfACommitIsAnErrorOrADurableOk) {
  for (const char* call : {"write", "sync", "root"})
    for (const char* how : {"", " landed", " short"})
      for (int after = 0; after < 3; ++after) {
        SCOPED_TRACE(std::string{call} + how + " after " + std::to_string(after));
        auto ledger = open();
        ASSERT_TRUE(ledger);
        const LedgerHead before = ledger->head();
        fail(std::string{call} + " EIO times=1 after=" + std::to_string(after) + how);
        const auto done = append(*ledger);
        const LedgerHead now = ledger->head();
        if (done.has_value()) {
          // A checkpoint may have come behind it.
          EXPECT_LE(now.sequence.get() - done->get(), 1U);
          EXPECT_GT(*done, before.sequence);
        } else {
          EXPECT_EQ(before.hash, now.hash);
        }
        fail("");
        const auto next = append(*ledger);
        ASSERT_TRUE(next.has_value()) << next.error().message();
        EXPECT_GT(*next, now.sequence);
        ledger.reset();
        EXPECT_FALSE(verify_ledger(root_ / "ledger")->damaged.has_value());
      }
}

TEST_F(DiskFaultOnce, WhileALedgerIsMadeLeavesNoneAndTheNextOpenMakesIt) {
  for (const char* rule : {"resize ENOSPC", "write ENOSPC", "sync EIO", "root EIO", "folder EIO"}) {
    SCOPED_TRACE(rule);
    fail(rule);
    EXPECT_FALSE(Ledger::open(root_ / "ledger", workload_identity(), workload_options()));
    fail("");
    auto ledger = open();
    ASSERT_TRUE(ledger);
    EXPECT_TRUE(append(*ledger));
    ledger.reset();
    std::filesystem::remove_all(root_ / "ledger");
  }
}

/// The library for shipped programs sees what the linked one sees.
TEST(Preload, RecordsAProgramThatKnowsNothingOfIt) {
#ifdef TIDEGATE_SANITIZED
  GTEST_SKIP() << "a sanitizer's runtime must be loaded first; the linked interposer is tested";
#endif
  const std::filesystem::path bin = TIDEGATE_BIN_DIR;
  const TempFolder folder;
  const auto root = folder.path() / "box";
  const auto record = folder.path() / "record";
  std::filesystem::create_directory(root);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::setenv("LD_PRELOAD", (bin / "libtidegate_interposer.so").c_str(), 1);
    ::setenv("TIDEGATE_INTERPOSER_FOLDER", root.c_str(), 1);
    ::setenv("TIDEGATE_INTERPOSER_RECORD", record.c_str(), 1);
    const auto program = bin / "tidegate-crash-workload";
    ::execl(program.c_str(), program.c_str(), root.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);
  std::size_t acknowledged = 0, redo_records = 0, syncs = 0;
  for (const auto& each : interposer::read_records(record)) {
    if (each.kind == Kind::mark && each.data.starts_with("ack")) ++acknowledged;
    if (each.kind == Kind::sync) ++syncs;
    if (each.kind == Kind::write && each.data.starts_with("tidegate-redo-")) ++redo_records;
  }
  EXPECT_EQ(acknowledged, 25U);  // 24 groups and the open
  EXPECT_EQ(redo_records, 24U);
  EXPECT_GE(syncs, redo_records);
}

}  // namespace
}  // namespace tidegate::crash
