// SPDX-License-Identifier: Apache-2.0
// The child of tidegate-reader: the one process that calls libnfc. It looks for cards, carries
// APDUs and reopens a lost reader. It may be killed at any instant; its parent starts the next.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/posix/seqpacket.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"
#include "nfc/libnfc/pn532_port.h"

namespace tidegate::edge {

/// How far the gate is with a card. Every Target is ended by one Release, then comes one Gone.
enum class CardPhase : std::uint8_t {
  looking,   ///< no card is known to the gate
  held,      ///< the gate was told of a card and has not released it
  released,  ///< the gate is done; the card has not left yet
};

class ReaderChild {
 public:
  /// `phase` is where an earlier child of the same reader ended.
  ReaderChild(posix::SeqpacketSocket parent, std::string connstring, CardPhase phase);

  /// Works until the parent closes its end.
  void run();

 private:
  using Body = reader_protocol::Body;

  void open_until_it_works();
  void look();
  void hold();
  void watch_leaving();
  void announce(const nfc::Target& target, std::uint32_t request);

  /// Waits for a message and serves it; false: none came.
  bool serve(std::chrono::milliseconds timeout);
  void handle(const reader_protocol::Message& message);
  Body exchange(const reader_protocol::Apdu& apdu);
  void reselect(std::uint32_t request);
  void start_afresh();

  void send(std::uint32_t request, Body body);
  void set_state(reader_protocol::ReaderState state, const std::string& text);
  void show_life();
  /// Counts failures of the reader itself; enough of them in a row and the reader is closed.
  void reader_failed(const Error& error);

  posix::SeqpacketSocket parent_;
  std::string connstring_;
  std::unique_ptr<nfc::NfcReader> reader_;
  CardPhase phase_;
  bool selected_ = false;      ///< the card of this phase is selected and its state is known
  std::optional<Bytes> card_;  ///< UID the gate was told of
  unsigned failures_ = 0;      ///< of the reader, in a row
  unsigned absences_ = 0;      ///< presence checks without an answer, in a row
  std::optional<reader_protocol::State> state_;
  SteadyTime last_sign_{};
  SteadyTime last_request_{};
  bool parent_here_ = true;
};

}  // namespace tidegate::edge
