// SPDX-License-Identifier: Apache-2.0
// Fuzzes the decoder of ledger entries: what it takes is in range, and encoded and decoded again it
// is the same.
#include "edge/ledger/entry_codec.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace edge;

EntryHead head() {
  return {.at = parse_iso8601("2026-11-02T08:00:00+08:00").value(),
          .monotonic_us = 77,
          .service_day = parse_date("2026-11-02").value(),
          .clock = {},
          .aisle = AisleNo{3},
          .modes = {fare::Modes::kTimeFree}};
}

fare::Medium medium() {
  const Timestamp at = head().at;
  const fare::CardCode where{.city = 0x2900, .acquirer = {0x12}, .station = {0, 0, 0, 0, 1}};
  fare::Medium out{.issuer = {0x02, 0x00, 0x29, 0x00}, .balance = Fen{5000}};
  out.open = fare::OpenJourney{.where = where, .terminal = {}, .at = at};
  out.state = fare::CardState{.serial = 7, .month = 82, .month_spent = Fen{12'300}};
  out.history = {{.type = 4, .industry = 1, .where = where, .amount = Fen{400}, .at = at}};
  out.entitlements = {fare::RiderCategory::senior};
  return out;
}

SealedNumber sealed(std::size_t plain) {
  return {.key_number = 20'759, .ciphertext = Bytes(plain + 16, 0xA5)};
}

Intent intent() {
  Intent out;
  out.sealed = sealed(10);
  out.amount = Fen{300};
  out.balance_before = Fen{5000};
  out.card_time = {2026, 11, 2, 8, 0, 5};
  out.journey_record = Bytes(128, 0x27);
  out.trip_record = Bytes(48, 0x1E);
  out.medium = medium();
  out.context.network = NetworkId{"shanghai-metro"};
  out.context.stop = StopCode{"0245"};
  out.tap = {.kind = fare::TapKind::exit, .at = head().at, .modes = head().modes};
  out.tap.history = {
      {"m", "a", {fare::Modes::kEmergency}, head().at, head().at + std::chrono::hours{1}}};
  out.decision.charges = {{Fen{300}, {{"m/od", Fen{400}}, {"transfer/t", Fen{-100}}}}};
  out.decision.state_after = *out.medium.state;
  out.engine_version = fare::kEngineVersion;
  return out;
}

}  // namespace

void entry_run(ByteView input) {
  const auto entry = decode_entry(input);
  if (!entry) {
    ASSERT(!entry.error().message().empty());
    return;
  }
  const Bytes written = encode_entry(*entry);
  const auto again = decode_entry(written);
  ASSERT(again.has_value() && *again == *entry);
  ASSERT(encode_entry(*again) == written);
}

std::vector<Bytes> entry_seeds() {
  const Intent fare = intent();
  AccountCharge code{.scheme = "jtt1179", .code = Bytes(40, 2), .amount = Fen{200}};
  code.context = fare.context;
  code.tap = fare.tap;
  code.decision = fare.decision;
  code.sealed = sealed(300);
  code.medium = fare.medium;
  Outcome outcome;
  outcome.intent = SequenceNo{2};
  outcome.amount = fare.amount;
  Refusal refusal;
  refusal.detail = "8054 9401";
  refusal.sealed = sealed(10);
  Genesis genesis;
  genesis.box = "sh-0101-a";
  std::vector<Bytes> out;
  for (const EntryBody& body :
       {EntryBody{genesis}, EntryBody{Boot{.software = "0.1.0", .boot_number = 41}},
        EntryBody{fare}, EntryBody{outcome}, EntryBody{code}, EntryBody{refusal},
        EntryBody{Checkpoint{}}})
    out.push_back(encode_entry({head(), body}));
  return out;
}

}  // namespace tidegate::fuzz
