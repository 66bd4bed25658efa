// SPDX-License-Identifier: Apache-2.0
// What the aisles of a box remember together while the gate runs, and may forget when it ends: the
// ledger holds everything that must not be forgotten. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

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
  /// A passage that was seen stays one, whatever is said later.
  void note(SequenceNo outcome, bool passed);
  /// nullopt: no controller has said it.
  [[nodiscard]] std::optional<bool> of(SequenceNo outcome) const;

 private:
  static constexpr std::size_t kKept = 4096;
  mutable std::mutex mutex_;
  std::map<SequenceNo, bool> passed_;
};

/// The times given to cards. A card's log is read by terminal, amount and second, so one terminal
/// should never give a card the same second twice.
class CardTimes {
 public:
  /// `floor`: the newest time that earlier runs can have given.
  explicit CardTimes(const LocalTime& floor = {}) : floor_{floor} {}
  struct Given {
    LocalTime time;
    bool new_for_certain = true;  ///< false: this terminal may have given it to the card before
  };
  /// `wanted`, or the next second that this card was not given.
  [[nodiscard]] Given give(const TerminalNo& terminal, const CardHandle& card,
                           const LocalTime& wanted);

 private:
  static constexpr std::size_t kKept = 256;
  struct Row {
    LocalTime forgotten;  ///< up to here others than those in `given` may have been given
    std::set<std::pair<LocalTime, CardHandle>> given;
  };
  LocalTime floor_;
  std::mutex mutex_;
  std::map<TerminalNo, Row> rows_;
};

/// The SAMs this box has had: what they debited is told by its ledger, and by nothing else.
class OwnTerminals {
 public:
  void add(const TerminalNo& terminal);
  [[nodiscard]] bool has(const TerminalNo& terminal) const;

 private:
  mutable std::mutex mutex_;
  std::set<TerminalNo> terminals_;
};

struct RunMemory {
  explicit RunMemory(const LocalTime& times_floor = {}) : times{times_floor} {}
  CardsInHand cards;
  Passages passages;
  CardTimes times;
  OwnTerminals terminals;
};

/// `by` after `time`, which must exist.
[[nodiscard]] LocalTime later(const LocalTime& time, std::chrono::seconds by);

}  // namespace tidegate::edge
