// SPDX-License-Identifier: Apache-2.0
// Starts and stops pcscd and SAMs.
#include "tests/pcsc/stack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace tidegate::pcsc {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

}  // namespace

bool eventually(const std::function<bool()>& happened) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

Program::Program(std::vector<std::string> arguments, std::filesystem::path log)
    : log_{std::move(log)} {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(out);
}

Program::~Program() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Program::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

bool Program::stop() const {
  signal(SIGSTOP);
  siginfo_t told{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &told, WSTOPPED) == 0 &&
         told.si_code == CLD_STOPPED;
}

bool Program::wait_for(std::string_view text) const {
  return eventually([&] {
    std::ifstream in{log_};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str().find(text) != std::string::npos;
  });
}

void StackTest::SetUp() {
  if (const auto possible = sim::pcscd_possible(); !possible)
    GTEST_SKIP() << possible.error().message();
  std::string name = testing::TempDir() + "pcscXXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  std::ofstream{folder_ / "keys.toml"} << "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
}

void StackTest::TearDown() {
  pcscd_.reset();
  if (folder_.empty()) return;
  if (HasFailure()) {
    std::printf("kept for a look: %s\n", folder_.c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void StackTest::start_pcscd(unsigned readers) {
  if (readers_.readers.empty()) {
    auto made = sim::make_virtual_readers(folder_ / "readers", readers);
    ASSERT_TRUE(made) << made.error().message();
    readers_ = std::move(*made);
  }
  pcscd_ = std::make_unique<Program>(readers_.pcscd, folder_ / "pcscd.log");
  ASSERT_TRUE(pcscd_->wait_for("daemon ready"));
}

std::unique_ptr<Program> StackTest::sam(unsigned reader, const std::vector<std::string>& more) {
  const std::string number = std::to_string(reader);
  std::vector<std::string> command{std::filesystem::path{TIDEGATE_BIN_DIR} / "tidegate-sim",
                                   "sam",
                                   "--keys",
                                   folder_ / "keys.toml",
                                   "--terminal",
                                   "41310000000" + std::to_string(reader + 2),
                                   "--state",
                                   folder_ / ("sam-" + number),
                                   "--first-number",
                                   "256",
                                   "--port",
                                   std::to_string(readers_.readers[reader].port)};
  command.insert(command.end(), more.begin(), more.end());
  auto out = std::make_unique<Program>(command, folder_ / ("sam-" + number + ".log"));
  EXPECT_TRUE(out->wait_for("in the reader"));
  return out;
}

std::unique_ptr<nfc::Sam> StackTest::open(unsigned reader) const {
  std::unique_ptr<nfc::Sam> out;
  std::string last;
  const bool opened = eventually([&] {
    auto sam = nfc::open_pcsc_sam(name(reader));
    if (sam) {
      out = std::move(*sam);
    } else {
      last = sam.error().message();
    }
    return out != nullptr;
  });
  EXPECT_TRUE(opened) << last;
  return out;
}

std::string StackTest::refusal(const std::string& reader, Errc kind) const {
  std::string text;
  const bool refused = eventually([&] {
    const auto sam = nfc::open_pcsc_sam(reader);
    text = sam ? "opened" : sam.error().message();
    return !sam && sam.error().code() == kind;
  });
  EXPECT_TRUE(refused) << text;
  return text;
}

nfc::SamRequest StackTest::golden_entry() {
  return {.random = {0x11, 0x22, 0x33, 0x44},
          .counter = CardCounter{0},
          .amount = Fen{0},
          .type = nfc::PurchaseType::capp,
          .at = parse_bcd_time(Bytes{0x20, 0x26, 0x01, 0x05, 0x08, 0x00, 0x00}).value(),
          .key_version = 0x01,
          .algorithm = 0x00,
          .pan_factor = {0x47, 0x70, 0x00, 0x00, 0x00, 0x00, 0x04, 0x26},
          .issuer_factor = {0x02, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF}};
}

}  // namespace tidegate::pcsc
