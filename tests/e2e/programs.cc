// SPDX-License-Identifier: Apache-2.0
// Programs under test as child processes.
#include "tests/e2e/programs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

namespace tidegate::e2e {

namespace {

using namespace std::chrono_literals;

constexpr auto kPoll = 20ms;
constexpr auto kRunPatience = 800s;

}  // namespace

std::filesystem::path program(const std::string& name) {
  return std::filesystem::path{TIDEGATE_BIN_DIR} / name;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Started::Started(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  static std::atomic<int> count{0};
  const std::string number = std::to_string(count.fetch_add(1));
  out_ = folder / ("out-" + number);
  err_ = folder / ("err-" + number);
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  const int out = ::open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(out, 1);
    ::dup2(err, 2);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(out);
  ::close(err);
}

Started::~Started() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status_, 0);
}

Ended Started::wait(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(kPoll);
  }
  pid_ = -1;
  const int status = WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
  return {.status = status, .out = read_text(out_), .err = read_text(err_)};
}

bool Started::wait_for(const std::string& text, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (read_text(out_).find(text) != std::string::npos) return true;
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) != 0) pid_ = -1;
    if (pid_ < 0) return read_text(out_).find(text) != std::string::npos;
    std::this_thread::sleep_for(kPoll);
  }
  return false;
}

void Started::terminate() const {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

Ended run(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  return Started{arguments, folder}.wait(kRunPatience);
}

void ProgramTest::SetUp() {
  // Sockets want short paths, so not below a long folder of test names.
  std::string name = testing::TempDir() + "tgXXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
}

void ProgramTest::TearDown() {
  if (HasFailure()) {
    std::printf("kept for a look: %s\n", folder_.c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Ended ProgramTest::run_station(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{program("tidegate-sim"), "station", "--json", "--dir", box()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Ended ended = run(arguments, folder());
  EXPECT_EQ(ended.status, 0) << ended.err << ended.out;
  return ended;
}

std::string ProgramTest::export_ledger() {
  const Ended exported =
      run({program("tidegate"), "ledger", "export", box() / "state" / "ledger"}, folder());
  EXPECT_EQ(exported.status, 0) << exported.err;
  return exported.out;
}

Ended ProgramTest::check_money(const std::string& exported) {
  const std::filesystem::path file = folder() / "export.jsonl";
  std::ofstream{file} << exported;
  const std::filesystem::path source{TIDEGATE_SOURCE_DIR};
  return run({"python3", source / "tests" / "e2e" / "money_check.py", box() / "cards" / "before",
              box() / "cards" / "after", file, box() / "keys" / "handle.key"},
             folder());
}

}  // namespace tidegate::e2e
