// SPDX-License-Identifier: Apache-2.0
// Makes the entries.
#include "tests/bench/ledger/taps.h"

#include <cstdio>
#include <cstdlib>

#include "base/assert.h"
#include "edge/ledger/entry_codec.h"

namespace tidegate::bench {

using namespace edge;  // NOLINT(*-using-namespace)

namespace {

template <std::size_t N>
std::array<Byte, N> filled(std::uint64_t from) {
  std::array<Byte, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<Byte>((from + i) & 0xFFU);
  return out;
}

const Timestamp kMorning = parse_iso8601("2026-11-02T08:00:00+08:00").value();
constexpr fare::CardCode kEntryStation{0x2900, {0x12, 0, 0x29, 0}, {0, 0, 0, 0, 0, 0, 0, 0x11}, 1};

fare::Decision decision_of(Fen amount) {
  fare::Decision out;
  out.charges = {{amount, {{"shanghai-metro/od", amount}}}};
  out.state_after = {.serial = 8, .month = 82, .month_spent = Fen{9'000}, .day = 2'522};
  out.max_fare = Fen{1'500};
  return out;
}

}  // namespace

LedgerIdentity bench_identity() {
  LedgerIdentity out;
  out.box = BoxId{"bench-0101"};
  out.network = NetworkId{"shanghai-metro"};
  out.stop = StopCode{"0101"};
  out.key = crypto::signing_key_from_seed(filled<32>(1));
  return out;
}

std::unique_ptr<Ledger> open_ledger(const std::filesystem::path& folder,
                                    const LedgerOptions& options) {
  auto ledger = Ledger::open(folder, bench_identity(), options);
  if (!ledger) {
    std::fprintf(stderr, "tidegate-bench-ledger: %s\n", ledger.error().message().c_str());
    std::exit(1);  // NOLINT(concurrency-mt-unsafe): there is one thread
  }
  return std::move(*ledger);
}

EntryHead Taps::next_head() {
  EntryHead out;
  // Twenty entries a second: a busy station.
  out.at = kMorning + std::chrono::milliseconds{50 * entries_++};
  out.monotonic_us = static_cast<std::uint64_t>(entries_) * 50'000;
  out.service_day = ServiceCalendar{}.day_of(out.at);
  out.clock = {true, false};
  out.aisle = AisleNo{static_cast<std::uint16_t>(1 + entries_ % 32)};
  return out;
}

Intent Taps::next_intent() {
  const std::uint64_t card = ++cards_;
  Intent out;
  // Handles are hashes: the next card's lies anywhere in the tables.
  const auto handle = crypto::sha256({ByteView{filled<16>(card)}});
  out.card = CardHandle{to_array<16>(ByteView{handle}.first(16))};
  out.sealed.key_number = 1;
  out.sealed.ephemeral = filled<32>(3);
  out.sealed.nonce = to_array<12>(ByteView{handle}.last(12));
  out.sealed.ciphertext = Bytes(26, 0xA5);
  out.issuer_factor = {0x02, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
  out.terminal = TerminalNo{{0x41, 0x31, 0, 0, 0, 0x01}};
  out.sam_txn = SamTxnNo{static_cast<std::uint32_t>(card)};
  out.counter = CardCounter{static_cast<std::uint16_t>(card)};
  out.random = to_array<4>(ByteView{handle}.first(4));
  out.balance_before = Fen{14'402};
  out.amount = Fen{300 + static_cast<std::int64_t>(card % 7) * 100};
  out.card_time = {2026, 11, 2, 8, 31, 5};
  out.mac1 = to_array<4>(ByteView{handle}.last(4));
  out.journey_record = Bytes(128, 0x27);
  out.trip_record = Bytes(48, 0x1E);
  out.medium.issuer = {0x02, 0x00, 0x29, 0x00};
  out.medium.balance = out.balance_before;
  out.medium.open = fare::OpenJourney{
      .where = kEntryStation, .terminal = filled<8>(2), .at = kMorning - std::chrono::minutes{25}};
  out.medium.history = {{0x03, 0x01, kEntryStation, Fen{0}, out.medium.open->at}};
  out.context.network = NetworkId{"shanghai-metro"};
  out.context.stop = StopCode{"0245"};
  out.tap = {.kind = fare::TapKind::exit, .at = kMorning};
  out.decision = decision_of(out.amount);
  out.book_hash = filled<32>(0x70);
  out.book_number = 12;
  out.engine_version = 3;
  return out;
}

std::vector<Entry> Taps::next_group(std::size_t size) {
  std::vector<Entry> out;
  const std::size_t outcomes = std::min(open_.size(), std::max<std::size_t>(size / 2, 1));
  for (std::size_t i = 0; i < outcomes; ++i) {
    const Open& open = open_[i];
    Outcome outcome;
    outcome.intent = open.place;
    outcome.result = OutcomeResult::debited;
    outcome.card = open.intent.card;
    outcome.amount = open.intent.amount;
    outcome.terminal = open.intent.terminal;
    outcome.sam_txn = open.intent.sam_txn;
    outcome.counter = CardCounter{static_cast<std::uint16_t>(open.intent.counter.get() + 1)};
    outcome.mac2 = filled<4>(cards_);
    outcome.tac = filled<4>(cards_ + 1);
    outcome.sw = 0x9000;
    outcome.stages = {8'000, 80, 8, 1'900, 9'000, 1'800};
    out.push_back({next_head(), outcome});
  }
  while (out.size() < size) out.push_back({next_head(), next_intent()});
  return out;
}

void Taps::landed(std::span<const Entry> group, std::span<const SequenceNo> places) {
  ASSERT(group.size() == places.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (const auto* intent = std::get_if<Intent>(&group[i].body))
      open_.push_back({places[i], *intent});
    else
      open_.pop_front();
  }
}

std::vector<Bytes> rows_of(std::span<const Entry> group) {
  std::vector<Bytes> out;
  for (const Entry& entry : group) {
    Bytes row(32, 0x5A);
    append(row, encode_entry(entry));
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace tidegate::bench
