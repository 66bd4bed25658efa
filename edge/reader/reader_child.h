// SPDX-License-Identifier: Apache-2.0
// The child of tidegate-reader: the one process that calls libnfc. It looks for cards, carries the
// gate's APDUs and reopens a lost reader. It may be killed at any instant; its parent starts the
// next.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/posix/seqpacket.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"
#include "edge/reader/child_notes.h"
#include "nfc/libnfc/pn532_port.h"

namespace tidegate::edge {

struct ReaderChildOptions {
  AisleNo aisle;
  std::string connstring;
  /// Several children have died at once: the reader is not told to work before it has, for a while.
  bool wary = false;
};

class ReaderChild {
 public:
  /// Goes on where an earlier child for the same gate ended, as its notes say.
  ReaderChild(posix::SeqpacketSocket gate, ChildNotes& notes, ReaderChildOptions options);

  /// Works until the gate closes its end.
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

  void send(std::uint32_t request, Body body);
  void set_state(reader_protocol::ReaderState state, const std::string& text);
  void give_up_gate(const Error& why);
  void show_life();
  void tell_state();
  /// Counts failures of the reader itself; enough of them in a row and the reader is closed.
  void reader_failed(const Error& error);

  posix::SeqpacketSocket gate_;
  ChildNotes& notes_;
  ReaderChildOptions options_;
  SteadyTime started_;
  std::unique_ptr<nfc::NfcReader> reader_;
  bool selected_ = false;  ///< the card of this phase is selected and its state is known
  unsigned failures_ = 0;  ///< of the reader, in a row
  unsigned absences_ = 0;  ///< presence checks without an answer, in a row
  std::optional<reader_protocol::State> state_;
  SteadyTime last_request_{};
  bool gate_here_ = true;
};

}  // namespace tidegate::edge
