// SPDX-License-Identifier: Apache-2.0
// Reading a gate's ledger over its socket: all of it, as it grows, after pruning; and what becomes
// of a reader that misbehaves.
#include "edge/gate/ledger_server.h"

#include <gtest/gtest.h>

#include "edge/ledger/ledger_chain.h"
#include "edge/protocol/ledger_client.h"
#include "tests/edge/gate/faulty_ledger.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

using gate_fixture::LogOf;
using gate_fixture::note;
using gate_fixture::open_test_ledger;
using gate_fixture::TempFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace protocol = ledger_protocol;

class LedgerServerTest : public testing::Test {
 protected:
  void start(LedgerServer::Options options = {}) {
    auto started = LedgerServer::start(socket_, *ledger_, BoxId{"b"}, options);
    ASSERT_TRUE(started.has_value()) << started.error().message();
    server_ = std::move(*started);
  }
  void write(std::size_t entries, std::size_t text = 10) {
    ASSERT_TRUE(ledger_->append(std::vector<Entry>(entries, note(std::string(text, 'x')))));
  }
  LedgerClient connect() {
    auto client = LedgerClient::connect(socket_);
    EXPECT_TRUE(client.has_value()) << client.error().message();
    return std::move(*client);
  }
  /// Everything from `from` to the head; the chain fits.
  std::vector<protocol::Row> read_all(LedgerClient& client, SequenceNo from,
                                      std::uint32_t bytes = protocol::kBatchBytesMax) {
    std::vector<protocol::Row> out;
    while (true) {
      auto batch = client.read({.from = from, .bytes = bytes});
      EXPECT_TRUE(batch.has_value()) << (batch ? "" : batch.error().message());
      if (!batch || batch->rows.empty()) return out;
      Hash256 before = batch->before;
      EXPECT_TRUE(out.empty() || before == out.back().hash);
      for (protocol::Row& row : batch->rows) {
        EXPECT_EQ(row.hash, row.sequence == SequenceNo{} ? genesis_hash(row.entry)
                                                         : next_hash(before, row.entry));
        before = row.hash;
        from = SequenceNo{row.sequence.get() + 1};
        out.push_back(std::move(row));
      }
    }
  }
  posix::SeqpacketSocket raw() {
    auto socket = posix::SeqpacketSocket::connect(socket_);
    EXPECT_TRUE(socket.has_value());
    return std::move(*socket);
  }
  static void send(const posix::SeqpacketSocket& socket, ByteView bytes) {
    EXPECT_TRUE(socket.send(bytes, seconds{10}).has_value());
  }
  /// Until the gate has closed it.
  static bool is_closed(const posix::SeqpacketSocket& socket) {
    while (true) {
      const auto packet = socket.receive(seconds{10});
      if (!packet) return packet.error().code() == Errc::gone;
    }
  }

  TempFolder folder_;
  std::filesystem::path socket_ = folder_.path / "ledger.sock";
  std::unique_ptr<Ledger> ledger_ = open_test_ledger(folder_.path / "ledger");
  std::unique_ptr<LedgerServer> server_;
};

TEST_F(LedgerServerTest, GivesEveryEntryInBoundedBatches) {
  write(2000, 100);
  start();
  LedgerClient client = connect();
  EXPECT_EQ(client.box(), BoxId{"b"});
  EXPECT_EQ(client.where().head, ledger_->head().sequence);
  EXPECT_EQ(client.where().head_hash, ledger_->head().hash);
  const auto rows = read_all(client, SequenceNo{0});
  EXPECT_EQ(rows.size(), 2001U);
  EXPECT_EQ(rows.back().hash, ledger_->head().hash);
  EXPECT_EQ(read_all(client, SequenceNo{1990}, 1000).size(), 11U);
  // One row at least, and never more than the gate's own limit.
  EXPECT_EQ(client.read({.from = SequenceNo{5}, .bytes = 0})->rows.size(), 1U);
  const auto most = client.read({.from = SequenceNo{5}, .bytes = UINT32_MAX});
  EXPECT_GT(protocol::encode_batch(*most).size(), protocol::kPieceBytesMax);
  EXPECT_LT(protocol::encode_batch(*most).size(), 2 * protocol::kBatchBytesMax);
}

TEST_F(LedgerServerTest, AReadBehindTheHeadWaitsForTheNextEntry) {
  start({.look_every = milliseconds{5}});
  LedgerClient client = connect();
  const SequenceNo next{ledger_->head().sequence.get() + 1};
  EXPECT_TRUE(client.read({.from = next, .wait = milliseconds{30}})->rows.empty());
  std::thread later{[&] {
    std::this_thread::sleep_for(milliseconds{30});
    write(1);
  }};
  const auto batch = client.read({.from = next, .wait = seconds{20}});
  later.join();
  ASSERT_TRUE(batch.has_value()) << batch.error().message();
  ASSERT_EQ(batch->rows.size(), 1U);
  EXPECT_EQ(batch->rows[0].sequence, next);
  EXPECT_EQ(client.where().head, next);
}

TEST_F(LedgerServerTest, PrunedEntriesArePassedOver) {
  write(5000);
  const auto at = ledger_->read_raw(SequenceNo{1000}, 1);
  PruneOrder order{.through = SequenceNo{1000}, .hash = at->rows[0].hash, .entries_max = 5000};
  order.younger_than = order.now = Timestamp{} + std::chrono::hours{1};
  ASSERT_TRUE(ledger_->prune(order).has_value());
  start();
  LedgerClient client = connect();
  EXPECT_EQ(client.where().first, SequenceNo{1001});
  EXPECT_EQ(client.where().before, at->rows[0].hash);
  const auto rows = read_all(client, SequenceNo{0});
  EXPECT_EQ(rows.front().sequence, SequenceNo{1001});
  EXPECT_EQ(rows.back().hash, ledger_->head().hash);
}

TEST_F(LedgerServerTest, WhoSendsGarbageOrAsksOutOfOrderIsClosed) {
  const LogOf log;
  start();
  const Bytes hello = protocol::encode(protocol::Hello{});
  const Bytes read = protocol::encode(protocol::Read{.from = SequenceNo{99}, .wait = seconds{30}});
  const std::vector<std::vector<Bytes>> all{{Bytes{0xFF}},
                                            {Bytes(60'000, 1)},
                                            {read},  // without a hello
                                            {hello, Bytes{1}},
                                            {hello, hello},
                                            {hello, read, read},
                                            {hello, read, Bytes{9}},
                                            {protocol::encode(protocol::Piece{{1}})}};
  for (const auto& words : all) {
    const auto socket = raw();
    for (const Bytes& word : words) static_cast<void>(socket.send(word, seconds{10}));
    EXPECT_TRUE(is_closed(socket));
  }
  LedgerClient client = connect();
  EXPECT_EQ(read_all(client, SequenceNo{0}).size(), 1U);
}

TEST_F(LedgerServerTest, WhoTakesNothingIsClosedAndOthersGoOn) {
  const LogOf log;
  write(2000, 1000);
  start({.patience = milliseconds{50}, .look_every = milliseconds{5}});
  const auto lazy = raw();
  send(lazy, protocol::encode(protocol::Hello{}));
  // Only that much fits into the socket; what is asked for later comes on top.
  for (int i = 0; i < 200; ++i) {
    const auto sent =
        lazy.send(protocol::encode(protocol::Read{.from = SequenceNo{1}}), seconds{1});
    std::this_thread::sleep_for(milliseconds{1});
    if (!sent) break;
  }
  LedgerClient client = connect();
  EXPECT_EQ(read_all(client, SequenceNo{0}).size(), 2001U);
  EXPECT_TRUE(is_closed(lazy));
}

TEST_F(LedgerServerTest, AFifthReaderIsClosedUntilOneLeaves) {
  const LogOf log;
  start();
  std::vector<LedgerClient> four;
  for (int i = 0; i < 4; ++i) four.push_back(connect());
  EXPECT_TRUE(is_closed(raw()));
  four.pop_back();
  Result<LedgerClient> again = LedgerClient::connect(socket_);
  while (!again) again = LedgerClient::connect(socket_);
  EXPECT_EQ(read_all(*again, SequenceNo{0}).size(), 1U);
}

TEST_F(LedgerServerTest, StopsWhileSomebodyWaits) {
  start();
  LedgerClient client = connect();
  std::thread waiting{[&] {
    const auto batch = client.read({.from = SequenceNo{99}, .wait = seconds{30}});
    EXPECT_EQ(batch.error().code(), Errc::gone);
  }};
  std::this_thread::sleep_for(milliseconds{20});
  server_.reset();
  waiting.join();
}

}  // namespace
}  // namespace tidegate::edge
