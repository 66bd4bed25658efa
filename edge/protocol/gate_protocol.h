// SPDX-License-Identifier: Apache-2.0
// Messages between the gate (listens on gate.sock) and the barrier and display controllers
// (connect). SEQPACKET, version 1 (1) ‖ type (1) ‖ aisle (2) ‖ body. Big-endian; texts are UTF-8
// with a length of 2 bytes. DO NOT CHANGE NUMBERS.
//
// clang-format off
//   controller → gate   01 Hello      (aisle 0: all)
//                       02 Passage    result 1 (1 passed, 2 not)
//                       03 Fire       on 1 (aisle 0; 1 burning, 0 over)
//                       04 Alive
//   gate → controller   11 Open       direction 1 ‖ persons 1 ‖ ms 4
//                       12 Close
//                       13 Display    see Display
//                       14 Heartbeat  (every 100 ms)
// clang-format on
// A controller opens by itself on fire input, power loss or 500 ms without Heartbeat.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "fare/engine/refusal.h"

namespace tidegate::edge::gate_protocol {

inline constexpr Byte kVersion = 1;

struct Hello {
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Passage {
  bool passed = false;
  friend bool operator==(const Passage&, const Passage&) = default;
};
struct Fire {
  bool on = false;
  friend bool operator==(const Fire&, const Fire&) = default;
};
struct Alive {
  friend bool operator==(const Alive&, const Alive&) = default;
};
enum class Direction : Byte { entry = 1, exit = 2 };
struct Open {
  Direction direction = Direction::entry;
  std::uint8_t persons = 1;
  std::chrono::milliseconds time{5000};
  friend bool operator==(const Open&, const Open&) = default;
};
struct Close {
  friend bool operator==(const Close&, const Close&) = default;
};
enum class Screen : Byte {
  ready = 1,      ///< tap your card
  accepted = 2,   ///< fare and balance
  refused = 3,    ///< reason with number and texts
  try_again = 4,  ///< the same card please, once more: an unconfirmed tap
  out_of_service = 5
};
/// 1 screen ‖ 2 refusal number (0 none) ‖ 8 fare fen ‖ 8 balance fen (both two's complement) ‖ zh ‖
/// en
struct Display {
  Screen screen = Screen::ready;
  std::uint16_t refusal = 0;
  Fen fare;
  Fen balance;
  std::string zh;
  std::string en;
  friend bool operator==(const Display&, const Display&) = default;
};
struct Heartbeat {
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

using Body = std::variant<Hello, Passage, Fire, Alive, Open, Close, Display, Heartbeat>;
struct Message {
  AisleNo aisle;
  Body body;
  friend bool operator==(const Message&, const Message&) = default;
};
[[nodiscard]] Bytes encode(const Message& message);
[[nodiscard]] Result<Message> decode(ByteView bytes);

}  // namespace tidegate::edge::gate_protocol
