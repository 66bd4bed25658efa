// SPDX-License-Identifier: Apache-2.0
// Bytes of entries: they come back whole, at any address, never change, and garbage is an error.
#include "edge/ledger/entry_codec.h"

#include <fstream>
#include <random>

#include "base/posix/fd.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

const std::filesystem::path kGolden = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tests/golden";

TEST(EntryCodec, EveryKindComesBackWhole) {
  const auto samples = sample_entries();
  ASSERT_EQ(samples.size(), std::variant_size_v<EntryBody>);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].body.index(), i);
    const auto back = decode_entry(encode_entry(samples[i]));
    ASSERT_TRUE(back.has_value()) << back.error().message();
    EXPECT_EQ(*back, samples[i]) << kind_name(samples[i].body);
  }
}

TEST(EntryCodec, DefaultValuesComeBackWhole) {
  for (const EntryBody& body : {EntryBody{Intent{}}, EntryBody{Outcome{}}, EntryBody{Refusal{}},
                                EntryBody{AccountCharge{}}, EntryBody{Sighting{}}}) {
    const Entry entry{{}, body};
    const auto back = decode_entry(encode_entry(entry));
    ASSERT_TRUE(back.has_value()) << back.error().message();
    EXPECT_EQ(*back, entry);
  }
}

TEST(EntryCodec, ModeHistoryOfATapComesBackWhole) {
  Intent intent = sample_intent();
  const Timestamp at = sample_head().at;
  intent.tap.history = {{"m", "a", {fare::Modes::kEmergency}, at, at + std::chrono::hours{1}},
                        {"m", "", {fare::Modes::kTimeFree}, at, at + std::chrono::minutes{1}}};
  const auto back = decode_entry(encode_entry({sample_head(), intent}));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(std::get<Intent>(back->body), intent);
  intent.tap.history[0].modes.bits = 128;
  EXPECT_FALSE(decode_entry(encode_entry({sample_head(), intent})).has_value());
}

TEST(EntryCodec, DecodesAtEveryAlignment) {
  for (const Entry& entry : sample_entries()) {
    const Bytes bytes = encode_entry(entry);
    for (std::size_t shift = 0; shift < 8; ++shift) {
      Bytes moved(bytes.size() + shift);
      std::copy(bytes.begin(), bytes.end(), moved.begin() + static_cast<std::ptrdiff_t>(shift));
      const auto back = decode_entry(ByteView{moved}.subspan(shift));
      ASSERT_TRUE(back.has_value()) << shift;
      EXPECT_EQ(*back, entry);
    }
  }
}

/// The bytes of every kind as released. A change here breaks every ledger on every box: new fields
/// append to the schema and get a new file. TIDEGATE_WRITE_GOLDEN=1 writes files that are missing.
TEST(EntryCodec, GoldenBytesOfEveryKind) {
  for (const Entry& entry : sample_entries()) {
    const auto file = kGolden / "ledger" / (std::string{kind_name(entry.body)} + ".hex");
    const std::string hex = to_hex(encode_entry(entry)) + "\n";
    if (!std::filesystem::exists(file) && std::getenv("TIDEGATE_WRITE_GOLDEN") != nullptr)
      std::ofstream{file} << hex;
    const auto stored = posix::read_file(file, 65536);
    ASSERT_TRUE(stored.has_value()) << file;
    EXPECT_EQ(as_text(*stored), hex) << file;
    const auto bytes = from_hex(as_text(*stored).substr(0, stored->size() - 1));
    ASSERT_TRUE(bytes.has_value());
    const auto back = decode_entry(*bytes);
    ASSERT_TRUE(back.has_value()) << file;
    EXPECT_EQ(*back, entry) << file;
  }
}

TEST(EntryCodec, ChargeOfARideCodeKeepsItsBytes) {
  AccountCharge charge = sample_code_charge();
  charge.settlement = Settlement::clearing;
  charge.entry = SequenceNo{3};
  const Entry entry{sample_head(), charge};
  const auto file = kGolden / "ledger" / "account_charge-code.hex";
  const std::string hex = to_hex(encode_entry(entry)) + "\n";
  if (!std::filesystem::exists(file) && std::getenv("TIDEGATE_WRITE_GOLDEN") != nullptr)
    std::ofstream{file} << hex;
  const auto stored = posix::read_file(file, 65536);
  ASSERT_TRUE(stored.has_value()) << file;
  EXPECT_EQ(as_text(*stored), hex);
  const auto back = decode_entry(encode_entry(entry));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(*back, entry);
}

TEST(EntryCodec, EverySettlementSurvives) {
  for (const Settlement settlement :
       {Settlement::charged, Settlement::entered, Settlement::clearing, Settlement::resumed}) {
    AccountCharge charge = sample_code_charge();
    charge.settlement = settlement;
    const Entry entry{sample_head(), charge};
    const auto back = decode_entry(encode_entry(entry));
    ASSERT_TRUE(back.has_value()) << name_of(settlement);
    EXPECT_EQ(*back, entry);
    EXPECT_NE(name_of(settlement), "unknown");
  }
}

TEST(EntryCodec, WhoRidesAlongAndWhatThePassengerIsEntitledToSurvive) {
  Intent intent = sample_intent();
  intent.medium.entitlements = {fare::RiderCategory::senior, fare::RiderCategory{255}};
  intent.context.children = 3;
  intent.context.companions = 65'535;
  const Entry entry{sample_head(), intent};
  const auto back = decode_entry(encode_entry(entry));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(*back, entry);
}

TEST(EntryCodec, WhatAnEntryToldAndABusHasOpenSurvive) {
  Intent intent = sample_intent();
  intent.medium.open->told = Fen{700};
  intent.medium.open_bus = intent.medium.open;
  intent.medium.open_bus->told = Fen{};
  intent.decision.opens_journey = true;
  const Entry entry{sample_head(), intent};
  EXPECT_EQ(decode_entry(encode_entry(entry)).value(), entry);
}

TEST(EntryCodec, SchemaConformsToTheReleasedOne) {
  const std::filesystem::path source{TIDEGATE_SOURCE_DIR};
  int checked = 0;
  for (const auto& [released, now] : {std::pair{"entry-1.fbs", "edge/ledger/entry.fbs"},
                                      std::pair{"fare_book-1.fbs", "fare/engine/fare_book.fbs"}}) {
    const auto old = kGolden / "schema" / released;
    if (!std::filesystem::exists(old)) continue;
    const std::string command =
        "flatc --conform '" + old.string() + "' '" + (source / now).string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    ++checked;
  }
  EXPECT_GE(checked, 1);
}

TEST(EntryCodec, FlippedBitsAndCutsNeverCrash) {
  std::mt19937 random{20261102};  // NOLINT: the same every time
  for (const Entry& entry : sample_entries()) {
    const Bytes bytes = encode_entry(entry);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      static_cast<void>(decode_entry(ByteView{bytes}.first(size)));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Bytes flipped = bytes;
      flipped[bit / 8] = static_cast<Byte>(flipped[bit / 8] ^ (1U << (bit % 8)));
      static_cast<void>(decode_entry(flipped));
    }
    for (int round = 0; round < 500; ++round) {
      Bytes noise = bytes;
      for (int i = 0; i < 6; ++i) noise[random() % noise.size()] = static_cast<Byte>(random());
      static_cast<void>(decode_entry(noise));
    }
  }
}

TEST(EntryCodec, NoiseIsAnError) {
  std::mt19937 random{1};  // NOLINT: the same every time
  for (int round = 0; round < 2000; ++round) {
    Bytes noise(random() % 300);
    for (Byte& b : noise) b = static_cast<Byte>(random());
    EXPECT_FALSE(decode_entry(noise).has_value());
  }
  EXPECT_FALSE(decode_entry(Bytes(kEntryBytesMax + 1)).has_value());
}

Errc refusal_of(Entry entry) {
  const auto back = decode_entry(encode_entry(entry));
  return back ? Errc::exists : back.error().code();
}

TEST(EntryCodec, ValuesOutOfTheirRangeAreRefused) {
  const auto intent = [](auto change) {
    Intent out = sample_intent();
    change(out);
    return Entry{sample_head(), out};
  };
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.amount = Fen{0x1000000}; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.amount = Fen{-1}; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.balance_before = Fen{-1}; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.purpose = Purpose{0}; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.purpose = Purpose{4}; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.journey_record.pop_back(); })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.trip_record.push_back(0); })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.card_time.month = 13; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.sealed.suite = 2; })), Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.context.route = std::string(2000, 'x'); })),
            Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.medium.rider = fare::RiderCategory{0}; })),
            Errc::corrupt);
  EXPECT_EQ(refusal_of(intent([](Intent& i) { i.decision.refusal = fare::RefusalCode{3}; })),
            Errc::corrupt);
  Outcome outcome = sample_outcome(SequenceNo{1}, sample_intent());
  outcome.result = OutcomeResult{5};
  EXPECT_EQ(refusal_of({sample_head(), outcome}), Errc::corrupt);
  EntryHead head = sample_head();
  head.aisle = AisleNo{33};
  EXPECT_EQ(refusal_of({head, Void{}}), Errc::corrupt);
  head = sample_head();
  head.modes.bits = 128;
  EXPECT_EQ(refusal_of({head, Void{}}), Errc::corrupt);
}

}  // namespace
}  // namespace tidegate::edge
