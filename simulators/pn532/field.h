// SPDX-License-Identifier: Apache-2.0
// The radio field above a reader's antenna: which cards lie in it, in which ISO 14443-3 state, and
// what switching the field does to them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "simulators/card/card.h"
#include "simulators/pn532/reader.h"

namespace tidegate::sim::pn532 {

/// `ready` passes so quickly that nobody sees it: REQA, anticollision and SELECT are one step here.
enum class CardState : std::uint8_t { idle, active, protocol, halted };

/// One stay of one card in the field. The same card put in again is another stay.
struct Stay {
  std::uint64_t id = 0;
  Card* card = nullptr;
  std::optional<Tear> tear;
  CardState state = CardState::idle;
  unsigned exchanges = 0;
  Byte block = 1;  ///< ISO 14443-4 block number of the card
};

class Field {
 public:
  explicit Field(std::chrono::milliseconds off_min) : off_min_{off_min} {}

  void put(Card& card, std::optional<Tear> tear);
  /// false: the card was not there (torn away already).
  bool take(const Card& card);
  [[nodiscard]] bool has(const Card& card) const;
  /// Exchanges with the card that came last, also when it is gone.
  [[nodiscard]] unsigned exchanges() const { return exchanges_; }

  [[nodiscard]] bool on() const { return on_; }
  /// A field that was off for long enough has reset every card; a shorter gap changes nothing.
  void switch_on(SteadyTime now);
  void switch_off(SteadyTime now);
  /// The reader lost its own power, for as long as anybody may want.
  void power_cut();

  /// nullptr: this card is no more in the field.
  [[nodiscard]] Stay* find(std::uint64_t stay);
  /// REQA, anticollision, SELECT: the first idle card (with this UID, if one is wanted), now
  /// active.
  [[nodiscard]] Stay* activate(const std::optional<Bytes>& uid);
  /// REQA, or WUPA, and nothing more: the ATQA of each card that answers.
  [[nodiscard]] std::vector<std::array<Byte, 2>> request(bool wakes_halted);
  /// RATS, or WUPA and RATS for a halted card: it listens to APDUs.
  void start_protocol(Stay& stay);
  /// HLTA or DESELECT: silent until the field has been off, except for start_protocol().
  void halt(Stay& stay);
  /// One APDU. nullopt: no answer, because the card went away or does not speak.
  [[nodiscard]] std::optional<Bytes> exchange(std::uint64_t stay, ByteView command);

  /// What happened since the last call, a line each.
  [[nodiscard]] std::vector<std::string> take_events() { return std::exchange(events_, {}); }
  void note(const std::string& what, const Stay& stay);

 private:
  void lose(std::uint64_t stay);

  std::chrono::milliseconds off_min_;
  std::vector<Stay> stays_;
  std::uint64_t last_id_ = 0;
  unsigned exchanges_ = 0;
  bool on_ = false;
  std::optional<SteadyTime> off_since_;
  std::vector<std::string> events_;
};

}  // namespace tidegate::sim::pn532
