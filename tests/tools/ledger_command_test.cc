// SPDX-License-Identifier: Apache-2.0
// What `tidegate ledger` prints and answers.
#include "tools/ledger_command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/lmdb/lmdb.h"
#include "edge/gate/ledger_server.h"
#include "edge/ledger/acknowledgement.h"
#include "tests/edge/ledger/ledger_fixture.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

using namespace edge;

class LedgerCommand : public LedgerFixture {
 protected:
  void SetUp() override {
    options_.preallocate = false;
    auto ledger = open();
    ASSERT_TRUE(ledger);
    add(*ledger, Boot{"0.1.0", 1, {}, false});
    for (Byte i = 0; i < 8; ++i) add_tap(*ledger, i);
    add(*ledger, StaffAct{"Wang\n\x1B[2J", "open side gate", "wheelchair"});
    head_ = ledger->head();
  }
  void damage(std::uint64_t sequence) {
    auto env = lmdb::Environment::open(folder_, {.map_bytes = options_.map_bytes});
    auto txn = lmdb::WriteTxn::begin(*env);
    auto table = lmdb::Table::open(*txn, "entries");
    Bytes key;
    append_be(key, head_.epoch.get(), 8);
    append_be(key, sequence, 8);
    const auto value = *table->get(*txn, key);
    Bytes bytes(value->begin(), value->end());
    bytes[60] = static_cast<Byte>(bytes[60] ^ 4U);
    ASSERT_TRUE(table->put(*txn, key, bytes).has_value());
    ASSERT_TRUE(std::move(*txn).commit().has_value());
  }
  [[nodiscard]] long lines() const {
    const std::string text = out_.str();
    return std::count(text.begin(), text.end(), '\n');
  }
  bool says(const std::ostringstream& stream, const std::string& text) {
    return stream.str().find(text) != std::string::npos;
  }
  std::ostringstream out_, err_;
  LedgerHead head_;
};

TEST_F(LedgerCommand, AWholeLedgerIsExitZeroInOneSentence) {
  EXPECT_EQ(ledger_verify(folder_, false, out_, err_), 0);
  EXPECT_TRUE(says(out_, "is whole")) << out_.str();
  EXPECT_TRUE(says(out_, "8 debits of 24.00 yuan")) << out_.str();
  EXPECT_EQ(err_.str(), "");
}

TEST_F(LedgerCommand, WhatAPowerCutTookAndTheNextStartEntersIsTold) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    const std::string before = read_roots();
    add(*ledger, StaffAct{"Li", "open side gate", "wheelchair"});
    ledger.reset();
    write_roots(before);
  }
  EXPECT_EQ(ledger_verify(folder_, false, out_, err_), 0);
  EXPECT_TRUE(says(out_, "1 more are in the redo record")) << out_.str();
  EXPECT_EQ(ledger_verify(folder_, true, out_, err_), 0);
  EXPECT_TRUE(says(out_, "\"to_redo\":1")) << out_.str();
  ASSERT_TRUE(open());
  out_.str("");
  EXPECT_EQ(ledger_verify(folder_, true, out_, err_), 0);
  EXPECT_FALSE(says(out_, "to_redo")) << out_.str();
}

TEST_F(LedgerCommand, DamageBeforeACheckpointSaysThatTapsMayGoOn) {
  damage(3);
  EXPECT_EQ(ledger_verify(folder_, true, out_, err_), 1);
  EXPECT_TRUE(says(out_, "\"verified\":false")) << out_.str();
  EXPECT_TRUE(says(out_, "\"damaged\":3,\"taps_may_go_on\":true,\"intact_from\":8"));
  EXPECT_TRUE(says(err_, "taps may go on")) << err_.str();
  EXPECT_FALSE(says(err_, "new-epoch"));
}

TEST_F(LedgerCommand, DamageAfterTheLastCheckpointNamesTheCommandThatHelps) {
  damage(head_.sequence.get());
  EXPECT_EQ(ledger_verify(folder_, false, out_, err_), 1);
  EXPECT_TRUE(says(err_, "no taps may be taken: tidegate ledger new-epoch " + folder_.string()))
      << err_.str();
}

TEST_F(LedgerCommand, AFolderWithoutALedgerIsExitOne) {
  EXPECT_EQ(ledger_verify(root_, false, out_, err_), 1);
  EXPECT_EQ(ledger_tail(root_, {}, out_, err_), 1);
  EXPECT_EQ(ledger_export(root_, {}, out_, err_), 1);
  EXPECT_TRUE(says(err_, "no ledger in"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(LedgerCommand, TailPrintsTheNewestEntriesForPeople) {
  EXPECT_EQ(ledger_tail(folder_, {.lines = 4}, out_, err_), 0);
  EXPECT_EQ(lines(), 4);
  EXPECT_TRUE(says(out_, "debited 3.00 yuan")) << out_.str();
  EXPECT_TRUE(says(out_, "open side gate by Wang"));
  EXPECT_EQ(out_.str().find('\x1B'), std::string::npos);
  EXPECT_TRUE(says(out_, "2026-11-02T08:00:00+08:00"));
}

TEST_F(LedgerCommand, EveryKindHasALine) {
  for (const Entry& entry : sample_entries()) {
    const std::string line = ledger_line({Epoch{1}, SequenceNo{7}, {}, entry});
    EXPECT_NE(line.find(kind_name(entry.body)), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST_F(LedgerCommand, ExportPrintsTheRangeWithBothEnds) {
  EXPECT_EQ(ledger_export(folder_, {.from = 2, .to = 5}, out_, err_), 0);
  EXPECT_EQ(lines(), 4);
  EXPECT_TRUE(out_.str().starts_with("{\"epoch\":"));
  EXPECT_TRUE(says(out_, "\"seq\":2,"));
  EXPECT_TRUE(says(out_, "\"seq\":5,"));
  out_.str("");
  EXPECT_EQ(ledger_export(folder_, {}, out_, err_), 0);
  EXPECT_EQ(lines(), static_cast<long>(head_.sequence.get()) + 1);
}

TEST_F(LedgerCommand, ExportStopsAtDamageAndSaysWhere) {
  damage(5);
  EXPECT_EQ(ledger_export(folder_, {}, out_, err_), 1);
  EXPECT_EQ(lines(), 5);
  EXPECT_TRUE(says(err_, "entry 5 does not fit the chain")) << err_.str();
}

TEST_F(LedgerCommand, AckSignsWhatTheLedgerHasAndAPrunedOneSaysFromWhere) {
  const auto key = root_ / "clearing.key";
  std::ofstream{key} << std::string(64, '5') << '\n';
  const AckOptions options{.through = 10, .number = 12, .key = key, .out = root_ / "ledger.ack"};
  ASSERT_EQ(ledger_ack(folder_, options, out_, err_), 0) << err_.str();
  EXPECT_TRUE(says(out_, "of box sh-0101-a up to 10")) << out_.str();
  const auto opened = open_signed(options.out, FileKind::ack, "");
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_EQ(opened->header.number, 12U);
  EXPECT_EQ(opened->header.realm, Realm::test);
  const auto ack = decode_acknowledgement(opened->payload);
  ASSERT_TRUE(ack.has_value());
  EXPECT_EQ(ack->epoch, head_.epoch);
  EXPECT_EQ(ack->sequence, SequenceNo{10});
  {
    auto ledger = open();
    const auto gone = ledger->prune({.through = ack->sequence, .hash = ack->hash});
    ASSERT_TRUE(gone.has_value()) << gone.error().message();
  }
  out_.str("");
  EXPECT_EQ(ledger_verify(folder_, false, out_, err_), 0) << err_.str();
  EXPECT_TRUE(says(out_, "entries 11 to ")) << out_.str();
  EXPECT_TRUE(says(out_, "8 debits of 24.00 yuan")) << out_.str();
  out_.str("");
  EXPECT_EQ(ledger_export(folder_, {.from = 1}, out_, err_), 0) << err_.str();
  EXPECT_TRUE(says(out_, "\"kind\":\"pruned\"")) << out_.str();
  EXPECT_EQ(ledger_explain(folder_, {.sequence = 3}, out_, err_), 1);
  EXPECT_TRUE(says(err_, "entry 3 was pruned")) << err_.str();
  EXPECT_EQ(ledger_ack(folder_, {.through = 3, .key = key, .out = root_ / "x"}, out_, err_), 1);
  EXPECT_TRUE(says(err_, "there is no entry 3")) << err_.str();
}

TEST_F(LedgerCommand, ReadPrintsOverTheSocketWhatExportPrints) {
  const auto socket = root_ / "ledger.sock";
  EXPECT_EQ(ledger_read({.socket = socket}, out_, err_), 1);
  EXPECT_TRUE(says(err_, "connecting to")) << err_.str();
  ASSERT_EQ(ledger_export(folder_, {.from = 3}, out_, err_), 0);
  const std::string exported = out_.str();
  auto ledger = open();
  const auto server = LedgerServer::start(socket, *ledger, identity_.box, {});
  ASSERT_TRUE(server.has_value()) << server.error().message();
  out_.str("");
  EXPECT_EQ(ledger_read({.socket = socket, .from = 3}, out_, err_), 0) << err_.str();
  EXPECT_EQ(out_.str(), exported);

  const auto slice = ledger->read_raw(SequenceNo{10}, 1);
  ASSERT_TRUE(ledger->prune({.through = SequenceNo{10}, .hash = slice->rows[0].hash}).has_value());
  out_.str("");
  EXPECT_EQ(ledger_read({.socket = socket}, out_, err_), 0) << err_.str();
  EXPECT_TRUE(says(err_, "entries before 11 were pruned")) << err_.str();
  EXPECT_EQ(lines(), static_cast<long>(ledger->head().sequence.get()) - 10);
}

}  // namespace
}  // namespace tidegate::tools
