// SPDX-License-Identifier: Apache-2.0
// SimGate against a gate played by the test: decisions, barrier, heartbeat, reconnection.
#include "simulators/gate/sim_gate.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "base/posix/seqpacket.h"

namespace tidegate::sim {
namespace {

namespace protocol = edge::gate_protocol;
using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
const AisleNo kFirst{1};
const AisleNo kSecond{2};

/// The gate's side of the socket.
class SimGateTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "simgateXXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    socket_ = folder_ / "gate.sock";
    listen();
    auto gate = SimGate::start(socket_, 10s);
    ASSERT_TRUE(gate) << gate.error().message();
    gate_ = std::move(*gate);
    accept();
  }
  void TearDown() override {
    gate_.reset();
    std::filesystem::remove_all(folder_);
  }

  void listen() {
    auto listener = posix::SeqpacketListener::listen(socket_, 0600);
    ASSERT_TRUE(listener) << listener.error().message();
    listener_ = std::move(*listener);
  }
  void accept() {
    auto peer = listener_.accept(kPatience);
    ASSERT_TRUE(peer) << peer.error().message();
    peer_ = std::move(*peer);
    const auto hello = next_but_alive();
    ASSERT_TRUE(std::holds_alternative<protocol::Hello>(hello.body));
    EXPECT_EQ(hello.aisle, AisleNo{0});
  }
  void tell(AisleNo aisle, protocol::Body body) {
    const auto sent = peer_.send(protocol::encode({aisle, std::move(body)}), 10s);
    ASSERT_TRUE(sent) << sent.error().message();
  }
  void show(AisleNo aisle, protocol::Screen screen, std::int64_t fare = 0) {
    tell(aisle, protocol::Display{.screen = screen, .fare = Fen{fare}, .zh = "", .en = ""});
  }
  protocol::Message next_but_alive() {
    while (true) {
      auto packet = peer_.receive(kPatience);
      if (!packet) {
        ADD_FAILURE() << packet.error().message();
        return {};
      }
      auto message = protocol::decode(*packet);
      if (!message) {
        ADD_FAILURE() << message.error().message();
        return {};
      }
      if (!std::holds_alternative<protocol::Alive>(message->body)) return *message;
    }
  }

  std::filesystem::path folder_;
  std::filesystem::path socket_;
  posix::SeqpacketListener listener_;
  posix::SeqpacketSocket peer_;
  std::unique_ptr<SimGate> gate_;
};

TEST_F(SimGateTest, AcceptedIsSeenWithItsBarrierWhicheverComesFirst) {
  gate_->arm(kFirst);
  tell(kFirst, protocol::Open{.direction = protocol::Direction::exit});
  show(kFirst, protocol::Screen::accepted, 300);
  auto seen = gate_->wait(kFirst, kPatience);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->display.fare, Fen{300});
  ASSERT_TRUE(seen->open);
  EXPECT_EQ(seen->open->direction, protocol::Direction::exit);

  gate_->arm(kFirst);
  show(kFirst, protocol::Screen::accepted, 400);
  tell(kFirst, protocol::Open{.direction = protocol::Direction::entry});
  seen = gate_->wait(kFirst, kPatience);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->display.fare, Fen{400});
  ASSERT_TRUE(seen->open);
  EXPECT_EQ(seen->open->direction, protocol::Direction::entry);
}

TEST_F(SimGateTest, AcceptedWithoutBarrierIsReportedWithoutIt) {
  gate_->arm(kFirst);
  show(kFirst, protocol::Screen::accepted);
  ASSERT_TRUE(gate_->wait(kFirst, 200ms) || gate_->wait(kFirst, kPatience));
  EXPECT_FALSE(gate_->wait(kFirst, 1ms)->open);
}

TEST_F(SimGateTest, AnAisleThatClosesAfterATapTakesNoDecisionBack) {
  gate_->arm(kFirst);
  tell(kFirst, protocol::Open{.direction = protocol::Direction::exit});
  show(kFirst, protocol::Screen::accepted, 300);
  show(kFirst, protocol::Screen::out_of_service);
  show(kSecond, protocol::Screen::ready);  // behind it: all has arrived
  ASSERT_TRUE(gate_->wait_ready(kSecond, kPatience));
  auto seen = gate_->wait(kFirst, kPatience);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->display.screen, protocol::Screen::accepted);

  gate_->arm(kFirst);
  show(kFirst, protocol::Screen::out_of_service);
  seen = gate_->wait(kFirst, kPatience);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->display.screen, protocol::Screen::out_of_service);
}

TEST_F(SimGateTest, ArmForgetsAndAislesAreApart) {
  show(kFirst, protocol::Screen::refused);
  ASSERT_TRUE(gate_->wait(kFirst, kPatience));
  EXPECT_FALSE(gate_->wait(kSecond, 1ms));
  gate_->arm(kFirst);
  EXPECT_FALSE(gate_->wait(kFirst, 1ms));
}

TEST_F(SimGateTest, ReadyIsNoDecisionButEndsTheWaitForReady) {
  gate_->arm(kFirst);
  EXPECT_FALSE(gate_->wait_ready(kFirst, 1ms));
  show(kFirst, protocol::Screen::ready);
  EXPECT_TRUE(gate_->wait_ready(kFirst, kPatience));
  EXPECT_FALSE(gate_->wait(kFirst, 1ms));
  show(kFirst, protocol::Screen::refused);
  ASSERT_TRUE(gate_->wait(kFirst, kPatience));
  EXPECT_FALSE(gate_->wait_ready(kFirst, 1ms));
}

TEST_F(SimGateTest, PassageAndFireReachTheGate) {
  gate_->report_passage(kSecond, true);
  const auto passage = next_but_alive();
  ASSERT_TRUE(std::holds_alternative<protocol::Passage>(passage.body));
  EXPECT_EQ(passage.aisle, kSecond);
  EXPECT_TRUE(std::get<protocol::Passage>(passage.body).passed);

  gate_->report_fire(true);
  const auto fire = next_but_alive();
  ASSERT_TRUE(std::holds_alternative<protocol::Fire>(fire.body));
  EXPECT_TRUE(std::get<protocol::Fire>(fire.body).on);
  EXPECT_TRUE(gate_->emergency_open());
}

TEST_F(SimGateTest, BarriersOpenByThemselvesWhenTheHeartbeatStops) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!gate_->emergency_open() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(gate_->emergency_open());
}

TEST_F(SimGateTest, ConnectsAgainToANewGateAndForgetsTheOldOnesReady) {
  show(kFirst, protocol::Screen::ready);
  ASSERT_TRUE(gate_->wait_ready(kFirst, kPatience));
  peer_ = {};
  listener_ = {};
  listen();
  accept();
  EXPECT_FALSE(gate_->wait_ready(kFirst, 1ms));
  EXPECT_FALSE(gate_->first_heartbeat());
  tell(AisleNo{0}, protocol::Heartbeat{});
  show(kFirst, protocol::Screen::ready);
  EXPECT_TRUE(gate_->wait_ready(kFirst, kPatience));
  EXPECT_TRUE(gate_->first_heartbeat());
}

TEST(SimGateStart, GivesUpWhenNoGateComes) {
  const auto gate = SimGate::start("/nonexistent/gate.sock", 30ms);
  ASSERT_FALSE(gate);
  EXPECT_EQ(gate.error().code(), Errc::not_found) << gate.error().message();
}

}  // namespace
}  // namespace tidegate::sim
