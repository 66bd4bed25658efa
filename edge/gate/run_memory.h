// SPDX-License-Identifier: Apache-2.0
// What the aisles of a box remember together while the gate runs, and may forget when it ends: the
// ledger holds everything that must not be forgotten. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "base/ids.h"
#include "base/time.h"

namespace tidegate::edge {

/// The cards that a tap is dealing with now. A number can be read from any card and shown by an
/// emulator: while a debit of it is on its way at one aisle, no other aisle may judge its intents.
class CardsInHand {
 public:
  /// false: another aisle has it.
  [[nodiscard]] bool take(const CardHandle& card);
  void give_back(const CardHandle& card);

 private:
  std::mutex mutex_;
  std::set<CardHandle> cards_;
};

/// Whether somebody went through, by the outcome that opened the barrier; the newest few thousand.
class Passages {
 public:
  void note(SequenceNo outcome, bool passed);
  /// nullopt: no controller has said it.
  [[nodiscard]] std::optional<bool> of(SequenceNo outcome) const;

 private:
  static constexpr std::size_t kKept = 4096;
  mutable std::mutex mutex_;
  std::map<SequenceNo, bool> passed_;
};

/// The times given to cards. A card's log is read by terminal, amount and second, so one terminal
/// never gives the same second twice.
class CardTimes {
 public:
  /// `wanted`, or the second after the last one given when that lies just before.
  [[nodiscard]] LocalTime give(const TerminalNo& terminal, const LocalTime& wanted);

 private:
  std::mutex mutex_;
  std::map<TerminalNo, LocalTime> last_;
};

struct RunMemory {
  CardsInHand cards;
  Passages passages;
  CardTimes times;
};

/// `by` after `time`, which must exist.
[[nodiscard]] LocalTime later(const LocalTime& time, std::chrono::seconds by);

}  // namespace tidegate::edge
