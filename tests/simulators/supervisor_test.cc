// SPDX-License-Identifier: Apache-2.0
// The simulated station's service manager: starting again, telling bad ends, stopping.
#include "simulators/station/supervisor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace tidegate::sim {
namespace {

namespace fs = std::filesystem;

class SupervisorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "supervisorXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

/// Waits, generously, for something another thread brings about.
template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

TEST_F(SupervisorTest, RestartsWhatItKilledAndTellsWhatDiedByItself) {
  auto daemons = Supervisor::start(
      {{.name = "steady", .arguments = {"/bin/sleep", "1000"}, .log = folder_ / "steady"},
       {.name = "failing",
        .arguments = {"/bin/sh", "-c", "echo why; exit 3"},
        .log = folder_ / "failing"}});
  ASSERT_TRUE(daemons) << daemons.error().message();
  EXPECT_EQ((*daemons)->starts("steady"), 1U);
  const auto first_life = (*daemons)->running_since("steady");
  ASSERT_TRUE(first_life);
  (*daemons)->kill_unit("steady");
  const auto next_life = (*daemons)->running_since("steady");
  EXPECT_NE(next_life, first_life) << "a life that is over counts as running";
  EXPECT_TRUE(comes_true([&] { return (*daemons)->starts("steady") == 2; }));
  EXPECT_GT((*daemons)->running_since("steady"), first_life);
  EXPECT_TRUE(comes_true([&] { return (*daemons)->starts("failing") >= 2; }));
  const auto surprises = (*daemons)->stop(std::chrono::minutes{2});
  ASSERT_FALSE(surprises.empty());
  EXPECT_EQ(surprises.front(), "failing: exit status 3");
  std::ifstream log{folder_ / "failing"};
  std::string line;
  std::getline(log, line);
  EXPECT_EQ(line, "why");
}

// A unit that was started a moment before the end is ended by SIGTERM before it could ask for it.
TEST_F(SupervisorTest, AUnitThatDoesNotAwaitSigtermEndsWellByItAndOneThatDoesEndsAsItSays) {
  auto daemons = Supervisor::start(
      {{.name = "young", .arguments = {"/bin/sleep", "1000"}, .log = folder_ / "young"},
       {.name = "grown",
        .arguments = {"/bin/sh", "-c",
                      "trap 'exit 7' TERM; echo up; while true; do sleep 0.05; done"},
        .log = folder_ / "grown"},
       {.name = "fallen",
        .arguments = {"/bin/sh", "-c", "echo up; kill -SEGV $$"},
        .log = folder_ / "fallen"}});
  ASSERT_TRUE(daemons) << daemons.error().message();
  EXPECT_TRUE(comes_true([&] {
    std::ifstream in{folder_ / "grown"};
    std::string line;
    return std::getline(in, line) && line == "up";
  }));
  EXPECT_TRUE(comes_true([&] { return !(*daemons)->surprises().empty(); }));
  const auto surprises = (*daemons)->stop(std::chrono::minutes{2});
  const auto tells = [&](const std::string& what) { return std::ranges::count(surprises, what); };
  EXPECT_EQ(tells("grown: exit status 7"), 1);
  EXPECT_GE(tells("fallen: killed by signal 11"), 1);
  EXPECT_EQ(tells("grown: exit status 7") + tells("fallen: killed by signal 11"),
            std::ssize(surprises));
}

TEST_F(SupervisorTest, AUnitGetsItsEnvironmentAndItsEndIsTold) {
  std::atomic<pid_t> ended{0};
  auto daemons =
      Supervisor::start({{.name = "one",
                          .arguments = {"/bin/sh", "-c", "echo $COLOUR; exec sleep 1000"},
                          .log = folder_ / "one",
                          .environment = {"COLOUR=green"},
                          .on_end = [&](pid_t pid) { ended = pid; }}});
  ASSERT_TRUE(daemons);
  const auto log = [&] {
    std::ifstream in{folder_ / "one"};
    std::string line;
    std::getline(in, line);
    return line;
  };
  EXPECT_TRUE(comes_true([&] { return log() == "green"; }));
  EXPECT_TRUE((*daemons)->running_since("one").has_value());
  (*daemons)->kill_unit("one");
  EXPECT_TRUE(comes_true([&] { return ended != 0; }));
}

TEST_F(SupervisorTest, ALimitedUnitCannotWriteFilesUntilTheLimitIsLifted) {
  const fs::path file = folder_ / "out";
  const std::string script =
      "trap '' XFSZ; while :; do echo x 2>/dev/null >>" + file.string() + "; sleep 0.01; done";
  auto daemons = Supervisor::start(
      {{.name = "one", .arguments = {"/bin/sh", "-c", script}, .log = folder_ / "log"}});
  ASSERT_TRUE(daemons);
  const auto size = [&] {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    return error ? 0 : bytes;
  };
  EXPECT_TRUE(comes_true([&] { return size() > 0; }));
  (*daemons)->limit_files("one", true);
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  const auto before = size();
  std::this_thread::sleep_for(std::chrono::milliseconds{200});
  EXPECT_EQ(size(), before);
  (*daemons)->limit_files("one", false);
  EXPECT_TRUE(comes_true([&] { return size() > before; }));
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsAnError) {
  const auto daemons =
      Supervisor::start({{.name = "x", .arguments = {"/nonexistent/x"}, .log = "/dev/null"}});
  ASSERT_FALSE(daemons);
  EXPECT_EQ(daemons.error().code(), Errc::not_found);
}

}  // namespace
}  // namespace tidegate::sim
