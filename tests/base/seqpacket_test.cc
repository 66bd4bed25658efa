// SPDX-License-Identifier: Apache-2.0
// Local sockets: whole messages, deadlines, peers that go away.
#include "base/posix/seqpacket.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

namespace tidegate::posix {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{30'000};

class SeqpacketTest : public testing::Test {
 protected:
  SeqpacketTest() {
    std::string pattern = "/tmp/tidegate-sp-XXXXXX";  // socket paths must be short
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  ~SeqpacketTest() override { std::filesystem::remove_all(dir_); }
  std::filesystem::path dir_;
};

TEST_F(SeqpacketTest, OneSendIsOneMessage) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  ASSERT_TRUE(pair->first.send(as_bytes("one"), kLong).has_value());
  ASSERT_TRUE(pair->first.send(Bytes(kMessageBytesMax, 7), kLong).has_value());
  EXPECT_EQ(as_text(pair->second.receive(kLong).value()), "one");
  EXPECT_EQ(pair->second.receive(kLong).value().size(), kMessageBytesMax);
}

TEST_F(SeqpacketTest, ReceiveEndsAtItsDeadline) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first.receive(milliseconds{10}).error().code(), Errc::timeout);
}

TEST_F(SeqpacketTest, WithoutPatienceOnlyWhatIsThereIsReceived) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first.receive(milliseconds{0}).error().code(), Errc::timeout);
  ASSERT_TRUE(pair->second.send(as_bytes("there"), kLong).has_value());
  EXPECT_EQ(as_text(pair->first.receive(milliseconds{0}).value()), "there");
}

TEST_F(SeqpacketTest, APeerThatDoesNotDrainIsATimeout) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  Status sent;
  for (int i = 0; i < 100'000 && sent; ++i) sent = pair->first.send(Bytes(1'024), milliseconds{10});
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code(), Errc::timeout);
}

TEST_F(SeqpacketTest, AClosedPeerIsGone) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  {
    const SeqpacketSocket closed = std::move(pair->second);
  }
  EXPECT_EQ(pair->first.receive(kLong).error().code(), Errc::gone);
  EXPECT_EQ(pair->first.send(as_bytes("x"), kLong).error().code(), Errc::gone);
}

TEST_F(SeqpacketTest, ShutDownWakesABlockedReceive) {
  auto pair = SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value());
  Errc seen = Errc::invalid;
  std::thread reader{[&] { seen = pair->second.receive(kLong).error().code(); }};
  pair->first.shut_down();
  reader.join();
  EXPECT_EQ(seen, Errc::gone);
}

TEST_F(SeqpacketTest, ListensConnectsAndKnowsThePeer) {
  const auto path = dir_ / "s";
  auto listener = SeqpacketListener::listen(path, 0600);
  ASSERT_TRUE(listener.has_value()) << listener.error().message();
  EXPECT_EQ(listener->accept(milliseconds{10}).error().code(), Errc::timeout);
  auto client = SeqpacketSocket::connect(path);
  ASSERT_TRUE(client.has_value()) << client.error().message();
  auto server = listener->accept(kLong);
  ASSERT_TRUE(server.has_value());
  ASSERT_TRUE(client->send(as_bytes("hello"), kLong).has_value());
  EXPECT_EQ(as_text(server->receive(kLong).value()), "hello");
  const auto peer = server->peer();
  ASSERT_TRUE(peer.has_value());
  EXPECT_EQ(peer->pid, ::getpid());
  EXPECT_EQ(peer->uid, ::getuid());
}

TEST_F(SeqpacketTest, AStaleSocketFileIsReplaced) {
  const auto path = dir_ / "s";
  {
    ASSERT_TRUE(SeqpacketListener::listen(path, 0600).has_value());
  }
  EXPECT_TRUE(SeqpacketListener::listen(path, 0600).has_value());
  EXPECT_FALSE(SeqpacketSocket::connect(dir_ / "nobody").has_value());
}

}  // namespace
}  // namespace tidegate::posix
