// SPDX-License-Identifier: Apache-2.0
// The gate's local sockets while the process has no file descriptor left: nobody spins, the log
// says it once, and who waited is let in as soon as there is one again.
#include "edge/gate/acceptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>
#include <thread>

#include "edge/gate/gate_link.h"
#include "edge/gate/ledger_server.h"
#include "edge/gate/reader_link.h"
#include "edge/protocol/ledger_client.h"
#include "tests/edge/gate/faulty_ledger.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::count;
using gate_fixture::LogOf;
using gate_fixture::open_test_ledger;
using gate_fixture::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{30};

/// Takes every file descriptor that this process may have, under a low limit of its own.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit low = before_;
    low.rlim_cur = 256;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    while (true) {
      posix::Fd next{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
      if (!next) break;
      taken_.push_back(std::move(next));
    }
    EXPECT_EQ(errno, EMFILE);
  }
  ~NoDescriptors() { give_back(); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  void give_back() {
    taken_.clear();
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0);
  }

 private:
  rlimit before_{};
  std::vector<posix::Fd> taken_;
};

/// What the processor does for all threads of this process while the test sleeps.
milliseconds processor_time_in(milliseconds sleep) {
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(sleep);
  return milliseconds{(std::clock() - before) * 1000 / CLOCKS_PER_SEC};
}

class NoDescriptorLeft : public testing::Test {
 protected:
  void SetUp() override {
#ifdef TIDEGATE_SANITIZED
    GTEST_SKIP() << "a sanitizer looks at memory through a pipe: it needs descriptors itself";
#endif
  }
  /// Connects to `socket` with the last descriptor there is, and does not hang up.
  void knock(const char* socket) {
    posix::Fd last{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    ASSERT_TRUE(last);
    none_.emplace();
    last.reset();
    auto connected = posix::SeqpacketSocket::connect(folder_.path / socket);
    ASSERT_TRUE(connected.has_value()) << connected.error().message();
    caller_ = std::move(*connected);
  }
  void expect_rest() {
    EXPECT_LT(processor_time_in(milliseconds{600}), milliseconds{200}) << "somebody spins";
  }
  void expect_told_once(const std::string& socket) {
    const std::string told = log_.take();
    EXPECT_EQ(count(told, "event=accept_failed socket=" + socket), 1U) << told;
    EXPECT_EQ(count(told, "event=accept_works_again socket=" + socket), 1U) << told;
  }

  TempFolder folder_;
  LogOf log_;
  std::optional<NoDescriptors> none_;
  posix::SeqpacketSocket caller_;
};

TEST_F(NoDescriptorLeft, TheLedgerSocketRestsAndLetsInWhoWaited) {
  const auto ledger = open_test_ledger(folder_.path / "ledger");
  const auto server =
      LedgerServer::start(folder_.path / "ledger.sock", *ledger, BoxId{"b"}, {}).value();
  knock("ledger.sock");
  expect_rest();
  none_->give_back();
  ASSERT_TRUE(caller_.send(ledger_protocol::encode(ledger_protocol::Hello{}), kPatience));
  const auto answer = caller_.receive(kPatience);
  ASSERT_TRUE(answer.has_value()) << answer.error().message();
  EXPECT_TRUE(
      std::holds_alternative<ledger_protocol::Welcome>(ledger_protocol::decode(*answer).value()));
  expect_told_once("ledger.sock");
}

TEST_F(NoDescriptorLeft, TheGateSocketRestsAndItsHeartGoesOn) {
  namespace protocol = gate_protocol;
  const auto hello = protocol::encode({AisleNo{1}, protocol::Hello{}});
  const auto gate =
      GateLink::start(folder_.path / "gate.sock", {[](AisleNo, bool) {}, [](bool) {}});
  auto older = posix::SeqpacketSocket::connect(folder_.path / "gate.sock").value();
  ASSERT_TRUE(older.send(hello, kPatience));
  ASSERT_TRUE(older.receive(kPatience).has_value());
  knock("gate.sock");
  expect_rest();
  for (int beats = 0; beats < 3; ++beats) EXPECT_TRUE(older.receive(kPatience).has_value());
  none_->give_back();
  ASSERT_TRUE(caller_.send(hello, kPatience));
  EXPECT_TRUE(caller_.receive(kPatience).has_value());
  expect_told_once("gate.sock");
}

TEST_F(NoDescriptorLeft, TheReaderSocketRestsAndSaysItOnce) {
  ReaderLink link{AisleNo{1}};
  const auto server = ReaderServer::start(folder_.path / "reader.sock", {{AisleNo{1}, &link}});
  knock("reader.sock");
  expect_rest();
  none_->give_back();
  ASSERT_TRUE(
      caller_.send(reader_protocol::encode({0, reader_protocol::Hello{AisleNo{1}, 1}}), kPatience));
  EXPECT_TRUE(link.wait_connected(kPatience));
  expect_told_once("reader.sock");
}

}  // namespace
}  // namespace tidegate::edge
