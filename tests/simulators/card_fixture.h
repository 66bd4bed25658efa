// SPDX-License-Identifier: Apache-2.0
// A card with known keys and random numbers, and a terminal's side of the purse written out by
// hand, for the tests of the simulated card.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "simulators/card/card.h"
#include "simulators/card/make_card.h"
#include "simulators/card/purse_crypto.h"

namespace tidegate::sim::card_fixture {

inline Bytes hex(std::string_view text) {
  auto out = from_hex(text);
  EXPECT_TRUE(out.has_value()) << text;
  return out.value_or(Bytes{});
}

inline const std::string kSelectPurse = "00A4040008A00000063201010500";
inline const std::string kTerminal = "413100000002";
inline const std::string kDateTime = "20260105080000";

inline std::string be_hex(std::uint64_t value, std::size_t size) {
  Bytes out;
  append_be(out, value, size);
  return to_hex(out);
}

/// Record 2701 of 128 bytes with a status and a mark by which tests know it again.
inline std::string rail_record(Byte status, Byte mark) {
  Bytes out = hex("27017D0101000000000000000000");
  out.push_back(status);
  out.resize(128);
  out[99] = mark;
  return to_hex(out);
}
inline std::string trip_record(Byte type, Byte mark) {
  Bytes out(48);
  out[0] = type;
  out[47] = mark;
  return to_hex(out);
}

/// A terminal that knows the card's own keys, so that it can play the SAM too.
class CardAtTerminal {
 public:
  explicit CardAtTerminal(std::uint32_t balance = 5000, CardHabits habits = {},
                          std::uint32_t overdraft_limit = 0)
      : CardAtTerminal{make_card({.balance = balance, .overdraft_limit = overdraft_limit}),
                       std::move(habits)} {}
  CardAtTerminal(CardImageData image, CardHabits habits)
      : keys_{image}, card{std::move(image), std::move(habits)} {}

 private:
  CardImageData keys_;

 public:
  TUnionCard card;

  std::string send(const std::string& command) { return to_hex(card.transceive(hex(command))); }
  void select() {
    const std::string answer = send(kSelectPurse);
    ASSERT_EQ(answer.substr(answer.size() - 4), "9000");
  }

  /// 8050; `p1` 01 purchase, 03 composite, 00 load. Returns the answer in hex.
  std::string initialize(int p1, std::uint32_t amount) {
    type_ = p1 == 0 ? 2 : p1 == 1 ? 6 : 9;
    amount_ = amount;
    const std::string answer = send("8050" + be_hex(static_cast<unsigned>(p1), 1) + "020B01" +
                                    be_hex(amount, 4) + kTerminal + (p1 == 0 ? "10" : "0F"));
    init_ = hex(answer);
    return answer;
  }
  std::string stage_rail(Byte status = 1, Byte mark = 0) {
    return send("80DC01D080" + rail_record(status, mark));
  }
  std::string stage_trip(Byte type = 3, Byte mark = 0) {
    return send("80DC00F030" + trip_record(type, mark));
  }
  /// The 8054 that belongs to the last initialize(), MAC1 included.
  [[nodiscard]] std::string debit_command(std::uint32_t txn = 0x100) const {
    Bytes message = hex(be_hex(amount_, 4) + be_hex(type_, 1) + kTerminal + kDateTime);
    return "805401000F" + be_hex(txn, 4) + kDateTime + to_hex(purse_mac(key(txn), message)) + "08";
  }
  std::string debit(std::uint32_t txn = 0x100) { return send(debit_command(txn)); }
  /// What an honest card must answer: TAC, MAC2, 9000.
  [[nodiscard]] std::string right_debit_answer(std::uint32_t txn = 0x100) const {
    const std::string head = be_hex(amount_, 4) + be_hex(type_, 1) + kTerminal;
    return to_hex(purse_tac(keys_.tac_key, hex(head + be_hex(txn, 4) + kDateTime))) +
           to_hex(purse_mac(key(txn), hex(be_hex(amount_, 4)))) + "9000";
  }
  [[nodiscard]] std::string credit_command() const {
    const auto session = session_key(keys_.load_key, to_array<4>(ByteView{init_}.subspan(8, 4)),
                                     init_counter(), 0x8000);
    const Bytes message = hex(be_hex(amount_, 4) + "02" + kTerminal + kDateTime);
    return "805200000B" + kDateTime + to_hex(purse_mac(session, message)) + "04";
  }

  [[nodiscard]] std::uint16_t init_counter() const {
    return static_cast<std::uint16_t>(read_be(ByteView{init_}.subspan(4, 2)));
  }

 private:
  [[nodiscard]] crypto::Block8 key(std::uint32_t txn) const {
    if (init_.size() < 15) return {};
    return session_key(keys_.purchase_key, to_array<4>(ByteView{init_}.subspan(11, 4)),
                       init_counter(), static_cast<std::uint16_t>(txn & 0xFFFFU));
  }

  Byte type_ = 0;
  std::uint32_t amount_ = 0;
  Bytes init_;
};

}  // namespace tidegate::sim::card_fixture
