// SPDX-License-Identifier: Apache-2.0
// What the ledger's tests share: a sample entry of each kind, and a small ledger in a folder of its
// own.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "edge/ledger/ledger.h"

namespace tidegate::edge {

template <std::size_t N>
std::array<Byte, N> filled(Byte first) {
  std::array<Byte, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<Byte>(first + i);
  return out;
}

inline EntryHead sample_head(std::int64_t ms = 1'793'577'600'123) {
  EntryHead head;
  head.at = Timestamp{std::chrono::milliseconds{ms}};
  head.monotonic_us = 77'000'001;
  head.service_day = ServiceDay{std::chrono::sys_days{std::chrono::days{20'759}}};
  head.clock = {false, true};
  head.aisle = AisleNo{3};
  head.modes.bits = fare::Modes::kTimeFree | fare::Modes::kFareFree;
  return head;
}

inline CardHandle sample_card(Byte which = 0x40) {
  return CardHandle{filled<16>(which)};
}

inline SealedNumber sample_sealed() {
  SealedNumber out;
  out.key_number = 20'759;
  out.ephemeral = filled<32>(1);
  out.nonce = filled<12>(2);
  out.ciphertext = Bytes(26, 0xA5);
  return out;
}

inline Intent sample_intent(Byte card = 0x40, Fen amount = Fen{300}) {
  Intent i;
  i.card = sample_card(card);
  i.sealed = sample_sealed();
  i.issuer_factor = {0x02, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
  i.purpose = Purpose::missed_alighting;
  i.terminal = TerminalNo{{0x29, 0, 0, 0, 0, 0x17}};
  i.sam_txn = SamTxnNo{0xFFFFFFFF};
  i.counter = CardCounter{65'535};
  i.random = filled<4>(9);
  i.balance_before = Fen{0xFFFFFF};
  i.amount = amount;
  i.card_time = {2026, 11, 2, 8, 31, 5};
  i.mac1 = filled<4>(0x60);
  i.journey_record = Bytes(128, 0x27);
  i.trip_record = Bytes(48, 0x1E);
  i.medium.issuer = {0x02, 0x00, 0x29, 0x00};
  i.medium.rider = fare::RiderCategory::student;
  i.medium.balance = Fen{5000};
  const fare::CardCode where{0x2900, filled<8>(0x10), filled<8>(0x20), 0x02};
  i.medium.open = fare::OpenJourney{where, filled<8>(0x30), sample_head().at};
  i.medium.state = fare::CardState{.serial = 7, .month = 82, .month_spent = Fen{12'300}};
  i.medium.history = {{0x04, 0x01, where, Fen{400}, sample_head().at}};
  i.context.network = NetworkId{"shanghai-metro"};
  i.context.stop = StopCode{"0245"};
  i.tap = {fare::TapKind::exit, sample_head().at, sample_head().modes, false};
  i.decision.charges = {{Fen{400}, {{"shanghai-metro/distance", Fen{400}}}},
                        {amount, {{"shanghai-metro/distance", Fen{400}}, {"student", Fen{-100}}}}};
  i.decision.state_after = {.serial = 8, .month_spent = Fen{12'700}, .transfers = 1};
  i.decision.max_fare = Fen{900};
  i.book_hash = filled<32>(0x70);
  i.book_number = 12;
  i.engine_version = 1;
  return i;
}

inline Outcome sample_outcome(SequenceNo intent, const Intent& of,
                              OutcomeResult result = OutcomeResult::debited) {
  Outcome o;
  o.intent = intent;
  o.result = result;
  o.card = of.card;
  o.amount = of.amount;
  o.terminal = of.terminal;
  o.sam_txn = of.sam_txn;
  o.counter = CardCounter{static_cast<std::uint16_t>(of.counter.get() + 1)};
  o.mac2 = filled<4>(0x80);
  o.tac = filled<4>(0x90);
  o.sw = 0x9000;
  o.stages = {11, 22, 33, 44, 55, 66};
  return o;
}

/// One entry of every kind, in the order of EntryBody, every field away from its default.
inline std::vector<Entry> sample_entries() {
  const Intent intent = sample_intent();
  const StageTimes stages{1, 2, 3, 4, 5, 6};
  const Totals totals{1, 2, 3, 4, 5, 6, 7, 8, Fen{9}, Fen{10}, Fen{11}, Fen{12}};
  Genesis genesis{1, Realm::live, "sh-0101-a", "shanghai-metro", "0101", filled<32>(5)};
  genesis.previous_epoch = Epoch{0x0123456789ABCDEF};
  genesis.previous_head = SequenceNo{99};
  genesis.previous_hash = filled<32>(6);
  genesis.because = "disk replaced";
  Refusal refusal{fare::RefusalCode::insufficient_balance,
                  "8054 9401",
                  sample_card(),
                  sample_sealed(),
                  fare::TapKind::alight,
                  stages};
  AccountCharge charge{SequenceNo{4}, "jtt1179", Bytes(16, 1), Bytes(40, 2), Fen{200}};
  charge.context = intent.context;
  charge.tap = intent.tap;
  charge.decision = intent.decision;
  charge.book_hash = filled<32>(3);
  charge.stages = stages;
  const std::vector<EntryBody> bodies{
      genesis,
      Boot{"0.1.0", 41, filled<32>(4), true},
      intent,
      sample_outcome(SequenceNo{2}, intent, OutcomeResult::suspect),
      charge,
      Sighting{sample_card(), sample_sealed(), intent.terminal, CardCounter{8}, Bytes(23, 7),
               Bytes(8, 9), true},
      Void{SequenceNo{5}, "card left"},
      refusal,
      Passage{SequenceNo{6}, true},
      ModeChange{{0}, {fare::Modes::kEmergency}, "station master", "smoke \"B2\""},
      BookActivation{"shanghai", 12, filled<32>(8)},
      ListActivation{FileKind::issuer_list, 13, filled<32>(9)},
      ClockStep{-1500, "ntp"},
      StaffAct{"Wang", "open side gate", "wheelchair"},
      Shift{"Li", true},
      Update{sample_card(), "add exit", Fen{-300}, SequenceNo{7}},
      CardLock{sample_card(), sample_sealed(), 14},
      SamChange{intent.terminal, TerminalNo{filled<6>(1)}},
      TripRun{"49", "up", "t1", "S-12345", "d7", true},
      Maintenance{"Zhao", "lamp replaced"},
      Pruned{SequenceNo{1}, SequenceNo{9}, filled<32>(2)},
      Checkpoint{totals, filled<32>(1), filled<64>(0)}};
  std::vector<Entry> out;
  for (const EntryBody& body : bodies) out.push_back({sample_head(), body});
  return out;
}

/// A charge for a ride code, every field away from its default.
inline AccountCharge sample_code_charge(Byte account = 1, std::int64_t made_s = 1'793'577'500) {
  const Intent intent = sample_intent();
  AccountCharge charge{SequenceNo{}, "jtt1179", Bytes(16, account), Bytes(40, 2), Fen{200}};
  charge.context = intent.context;
  charge.tap = intent.tap;
  charge.decision = intent.decision;
  charge.book_hash = filled<32>(3);
  charge.stages = {1, 2, 3, 4, 5, 6};
  charge.sealed = sample_sealed();
  charge.sealed->ciphertext = Bytes(42, 0xA5);
  charge.made = Timestamp{std::chrono::seconds{made_s}};
  charge.remember_until = charge.made + std::chrono::seconds{360};
  charge.medium = intent.medium;
  charge.medium->kind = fare::MediumKind::qr;
  charge.book_number = 12;
  charge.engine_version = 1;
  return charge;
}

/// A folder that is gone afterwards, and the identity of a box.
class LedgerFixture : public testing::Test {
 protected:
  LedgerFixture() {
    std::string name = testing::TempDir() + "tidegate-ledger-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    folder_ = root_ / "ledger";
    identity_.box = BoxId{"sh-0101-a"};
    identity_.network = NetworkId{"shanghai-metro"};
    identity_.stop = StopCode{"0101"};
    identity_.key = crypto::signing_key_from_seed(filled<32>(1));
    options_.map_bytes = 4U << 20U;
    options_.checkpoint_every = 8;
  }
  ~LedgerFixture() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::unique_ptr<Ledger> open() {
    auto ledger = Ledger::open(folder_, identity_, options_);
    EXPECT_TRUE(ledger.has_value()) << (ledger ? "" : ledger.error().message());
    return ledger ? std::move(*ledger) : nullptr;
  }
  static SequenceNo add(Ledger& ledger, EntryBody body) {
    const Entry entry{sample_head(), std::move(body)};
    auto numbers = ledger.append({&entry, 1});
    EXPECT_TRUE(numbers.has_value()) << (numbers ? "" : numbers.error().message());
    return numbers ? numbers->front() : SequenceNo{};
  }
  /// A whole tap: intent, outcome, passage.
  static void add_tap(Ledger& ledger, Byte card, OutcomeResult result = OutcomeResult::debited) {
    const Intent intent = sample_intent(card);
    const SequenceNo at = add(ledger, intent);
    const SequenceNo outcome = add(ledger, sample_outcome(at, intent, result));
    add(ledger, Passage{outcome, true});
  }

  /// LMDB's two roots. Written back, they undo what was committed since, as a power cut may.
  std::string read_roots() const {
    std::ifstream in{folder_ / "data.mdb", std::ios::binary};
    std::string out(8192, '\0');
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    return out;
  }
  void write_roots(const std::string& roots) const {
    std::fstream{folder_ / "data.mdb", std::ios::binary | std::ios::in | std::ios::out} << roots;
  }

  std::filesystem::path root_, folder_;
  LedgerIdentity identity_;
  LedgerOptions options_;
};

}  // namespace tidegate::edge
