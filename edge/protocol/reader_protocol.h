// SPDX-License-Identifier: Apache-2.0
// Messages between the gate (listens on reader.sock) and each tidegate-reader (connects).
// SEQPACKET, one message a packet:  version 1 (1) ‖ type (1) ‖ request id (4) ‖ body. Big-endian. A
// reply names the request it answers: a stale one never counts.
//
// clang-format off
//   reader → gate   01 Hello     aisle 2 ‖ pid 4 ‖ role 1: 1 a scanner; absent: a reader
//                   02 Target    atqa 2 ‖ sak 1 ‖ uid length 1 ‖ uid ‖ ats length 1 ‖ ats
//                   03 Reply     R-APDU, at least 2 bytes   answers 11 Apdu
//                   04 Failed    cause 1 ‖ text             answers 11 Apdu, 12 Reselect
//                   05 Gone                                 it left; the reader looks for the next
//                   06 State     state 1 ‖ text             reader ok / lost / two cards
//                   07 Code      1 to 4,096 bytes              what a scanner read
//   gate → reader   11 Apdu      timeout ms 2 ‖ C-APDU, 4 bytes or more   to the card
//                   12 Reselect                             field off and on: Target or Failed
//                   13 Release                              done with this card: wait until it is
//                                                           away, look for the next one
// clang-format on
// A scanner says Hello, State and Code, and is told nothing. A card that stays in the field after
// Release is told once as Gone when it leaves. Texts are UTF-8 to the end of the packet. DO NOT
// CHANGE NUMBERS: gate and readers of one box may be updated one after the other.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace tidegate::edge::reader_protocol {

inline constexpr Byte kVersion = 1;

enum class Role : Byte { reader = 0, scanner = 1 };
struct Hello {
  AisleNo aisle;
  std::uint32_t pid = 0;
  Role role = Role::reader;
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Target {
  std::array<Byte, 2> atqa{};
  Byte sak = 0;
  Bytes uid;
  Bytes ats;
  friend bool operator==(const Target&, const Target&) = default;
};
struct Reply {
  Bytes apdu;
  friend bool operator==(const Reply&, const Reply&) = default;
};
enum class Cause : Byte { gone = 1, timeout = 2, reader = 3, invalid = 4 };
struct Failed {
  Cause cause = Cause::gone;
  std::string text;
  friend bool operator==(const Failed&, const Failed&) = default;
};
struct Gone {
  friend bool operator==(const Gone&, const Gone&) = default;
};
enum class ReaderState : Byte { ok = 1, lost = 2, two_cards = 3 };
struct State {
  ReaderState state = ReaderState::ok;
  std::string text;
  friend bool operator==(const State&, const State&) = default;
};
inline constexpr std::size_t kCodeBytesMax = 4096;
struct Code {
  Bytes bytes;
  friend bool operator==(const Code&, const Code&) = default;
};
struct Apdu {
  std::chrono::milliseconds timeout{500};
  Bytes command;
  friend bool operator==(const Apdu&, const Apdu&) = default;
};
struct Reselect {
  friend bool operator==(const Reselect&, const Reselect&) = default;
};
struct Release {
  friend bool operator==(const Release&, const Release&) = default;
};

using Body = std::variant<Hello, Target, Reply, Failed, Gone, State, Apdu, Reselect, Release, Code>;
struct Message {
  std::uint32_t request = 0;  ///< 0 where nothing is asked or answered
  Body body;
  friend bool operator==(const Message&, const Message&) = default;
};

[[nodiscard]] Bytes encode(const Message& message);
/// Errc::invalid: other version, unknown type, wrong lengths, trailing bytes.
[[nodiscard]] Result<Message> decode(ByteView bytes);

}  // namespace tidegate::edge::reader_protocol
