// SPDX-License-Identifier: Apache-2.0
// Fuzzes the packets of the reader's and the barrier's sockets: a packet is refused, or it is
// exactly the packet that its message makes.
#include <algorithm>

#include "edge/protocol/gate_protocol.h"
#include "edge/protocol/ledger_protocol.h"
#include "edge/protocol/reader_protocol.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

namespace gate = edge::gate_protocol;
namespace reader = edge::reader_protocol;
namespace ledger = edge::ledger_protocol;

}  // namespace

void protocol_run(ByteView input) {
  Input in{input};
  const Byte which = in.byte();
  const ByteView packet = in.rest();
  if (which == 2) {
    if (const auto message = ledger::decode(packet)) {
      const auto again = ledger::decode(ledger::encode(*message));
      ASSERT(again.has_value() && *again == *message);
    }
    if (const auto batch = ledger::decode_batch(packet)) {
      const auto again = ledger::decode_batch(ledger::encode_batch(*batch));
      ASSERT(again.has_value() && *again == *batch);
    }
  } else if (which % 2 == 0) {
    if (const auto message = reader::decode(packet)) {
      const auto again = reader::decode(reader::encode(*message));
      ASSERT(again.has_value() && *again == *message);
    }
  } else if (const auto message = gate::decode(packet)) {
    const auto again = gate::decode(gate::encode(*message));
    ASSERT(again.has_value() && *again == *message);
  }
}

std::vector<Bytes> protocol_seeds() {
  std::vector<Bytes> out;
  const Bytes apdu = from_hex("00A4040008A00000063201010500").value();
  for (const reader::Body& body : std::vector<reader::Body>{
           reader::Hello{.aisle = AisleNo{3}, .pid = 4711},
           reader::Target{{0, 8}, 0x20, {1, 2, 3, 4}, {5, 0x78, 0x80, 0x70, 2}},
           reader::Reply{{0x90, 0x00}}, reader::Failed{reader::Cause::timeout, "late"},
           reader::Gone{}, reader::State{reader::ReaderState::two_cards, "two"},
           reader::Apdu{std::chrono::milliseconds{500}, apdu}, reader::Reselect{},
           reader::Release{}, reader::Code{{0x80, 0x01, 0x49}}})
    out.push_back(seed({0}, reader::encode({7, body})));
  gate::Display display;
  display.screen = gate::Screen::refused;
  display.refusal = 233;
  display.fare = Fen{-1};
  display.balance = Fen{1234};
  display.zh = "请勿重复刷卡";
  display.en = "No.";
  for (const gate::Body& body :
       std::vector<gate::Body>{gate::Hello{}, gate::Passage{true}, gate::Fire{true}, gate::Alive{},
                               gate::Open{}, gate::Close{}, display, gate::Heartbeat{}})
    out.push_back(seed({1}, gate::encode({AisleNo{2}, body})));
  const ledger::Where where{Epoch{1}, SequenceNo{2}, {}, SequenceNo{3}, {}};
  for (const ledger::Message& message :
       {ledger::Message{ledger::Hello{}}, ledger::Message{ledger::Read{SequenceNo{7}, 4096}},
        ledger::Message{ledger::Welcome{where, BoxId{"b"}}}, ledger::Message{ledger::Piece{{1, 2}}},
        ledger::Message{ledger::End{where}}})
    out.push_back(seed({2}, ledger::encode(message)));
  const ledger::Batch batch{.before = {},
                            .rows = {{SequenceNo{7}, {}, {1, 2, 3}}, {SequenceNo{8}, {}, {4}}}};
  out.push_back(seed({2}, ledger::encode_batch(batch)));
  return out;
}

}  // namespace tidegate::fuzz
