// SPDX-License-Identifier: Apache-2.0
// What the libnfc child writes down in memory that it shares with its parent: enough to see that it
// hangs, to tell the gate what became of a request, and to go on where a killed child ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"

namespace tidegate::edge {

/// How far the gate is with a card. Every Target is ended by one Release, then comes one Gone.
enum class CardPhase : std::uint8_t {
  looking,   ///< no card is known to the gate
  held,      ///< the gate was told of a card and has not released it
  released,  ///< the gate is done; the card has not left yet
};

/// Written by the one child that lives, read by its parent; by the parent while there is no child.
/// Whoever writes may be killed at any instant: each value is whole, and those that belong together
/// are written in an order that does no harm.
class ChildNotes {
 public:
  /// In memory that stays shared across fork.
  [[nodiscard]] static Result<ChildNotes*> make();

  /// A gate has connected: nothing is known to it.
  void begin_afresh();

  void show_life() { last_sign_ = ticks(std::chrono::steady_clock::now()); }
  [[nodiscard]] SteadyTime last_sign() const { return time(last_sign_); }

  /// A request is being served; after `deadline` the child hangs.
  void begin_request(std::uint32_t request, SteadyTime deadline) {
    request_ = request;
    deadline_ = ticks(deadline);
  }
  void end_request() { deadline_ = kNone; }
  [[nodiscard]] std::optional<SteadyTime> deadline() const;
  [[nodiscard]] std::uint32_t request() const { return request_; }

  void set_phase(CardPhase phase) { phase_ = phase; }
  [[nodiscard]] CardPhase phase() const { return phase_; }
  /// UID of the card that the gate was told of.
  void set_card(ByteView uid);
  [[nodiscard]] std::optional<Bytes> card() const;
  /// The state of the reader that the gate was told last.
  void set_told(reader_protocol::ReaderState state) { told_ = static_cast<Byte>(state); }
  [[nodiscard]] bool is_told(reader_protocol::ReaderState state) const {
    return told_ == static_cast<Byte>(state);
  }

 private:
  static constexpr std::int64_t kNone = 0;
  static constexpr std::size_t kUidMax = 10;
  [[nodiscard]] static std::int64_t ticks(SteadyTime at) { return at.time_since_epoch().count(); }
  [[nodiscard]] static SteadyTime time(std::int64_t ticks) {
    return SteadyTime{SteadyTime::duration{ticks}};
  }

  std::atomic<std::int64_t> last_sign_{kNone};
  std::atomic<std::int64_t> deadline_{kNone};
  std::atomic<std::uint32_t> request_{0};
  std::atomic<CardPhase> phase_{CardPhase::looking};
  std::atomic<Byte> told_{0};
  std::atomic<std::uint8_t> uid_size_{0};
  std::array<Byte, kUidMax> uid_{};
};

}  // namespace tidegate::edge
