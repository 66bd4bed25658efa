// SPDX-License-Identifier: Apache-2.0
// What one tap knows while it runs, and its steps in order. Used by tap.cc alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edge/gate/debit.h"
#include "edge/gate/recovery.h"
#include "edge/gate/tap.h"

namespace tidegate::edge {

class OneTap {
 public:
  OneTap(const Services& services, const AisleConfig& aisle, nfc::Sam& sam, FieldCard& card);
  ~OneTap() {
    if (handle_) services_.memory.cards.give_back(*handle_);
  }
  OneTap(const OneTap&) = delete;
  OneTap& operator=(const OneTap&) = delete;
  [[nodiscard]] TapReport run();
  [[nodiscard]] const std::optional<SealedNumber>& sealed() const noexcept { return sealed_; }

 private:
  /// From SELECT to the last debit. A debit whose end is not known is asked after once, at once.
  [[nodiscard]] TapReport attempt(bool first);
  [[nodiscard]] std::optional<TapReport> identify();
  /// Judges this card's unconfirmed intents. A report when that already ends the tap; else they are
  /// settled with whatever this tap debits.
  [[nodiscard]] std::optional<TapReport> recover(bool first);
  /// Opens for a debit of this box that nobody went through for.
  [[nodiscard]] std::optional<TapReport> resume(bool first);
  /// Opens for a debit of another box of this station.
  [[nodiscard]] std::optional<TapReport> sight(bool first);
  struct Seen {
    fare::TapKind kind = fare::TapKind::entry;
    Sighting entry;
  };
  /// What another box wrote on the card just before `at`, ready for the ledger; nullopt: nothing.
  [[nodiscard]] nfc::FlowResult<std::optional<Seen>> another_box(Timestamp at);
  /// Those of pending_ that this tap's debit settles: all but `without`, and not too many at once.
  [[nodiscard]] std::vector<Recovered> settling(const Recovered* without = nullptr) const;
  /// Takes 0 fen and opens if that proves the card. `paid`: the debit it stands for at this box.
  [[nodiscard]] TapReport prove(Intent like, const Intent* paid, std::vector<EntryBody> with,
                                bool first);
  /// Refuses; what is known of earlier intents is settled by a purchase of 0 fen.
  [[nodiscard]] TapReport refuse(fare::RefusalCode code, std::string detail);
  [[nodiscard]] TapReport charge(const fare::Medium& medium, const fare::Tap& tap,
                                 const fare::Decision& decision, bool first);
  /// A purchase of 0 fen that leaves the journey record as it is; its tap is that of `like`.
  [[nodiscard]] DebitPlan proof_plan(Intent like);
  [[nodiscard]] DebitEnd debit(DebitPlan plan);
  [[nodiscard]] DebitPlan plan(const fare::Medium& medium, const fare::Tap& tap,
                               const fare::Decision& decision, std::size_t index);
  /// The time the card shall be told: never the second of an earlier debit of it, as far as its log
  /// and the open intents tell.
  [[nodiscard]] LocalTime card_time(const LocalTime& wanted);
  /// What every intent of this tap says.
  [[nodiscard]] Intent intent_of(fare::Medium medium, const fare::Tap& tap,
                                 fare::Decision decision) const;
  /// The card is gone or silent: select it again and settle, once.
  [[nodiscard]] TapReport after_unknown(bool first, const std::string& detail);

  [[nodiscard]] fare::Medium medium() const;
  /// Vehicles and piers are boarded and alighted from; their journeys are record 2702's.
  [[nodiscard]] bool by_bus() const { return settings_.bus; }
  /// The direction that an aisle of one way has; of both ways the one that `inside` asks for.
  [[nodiscard]] fare::TapKind kind_for(bool inside) const;
  [[nodiscard]] fare::TapKind kind_here() const;
  [[nodiscard]] bool opens_here(const fare::Tap& tap) const;
  [[nodiscard]] Entry stamp(EntryBody body) const;
  [[nodiscard]] TapReport opened(Fen fare, Fen balance, SequenceNo outcome) const;
  [[nodiscard]] TapReport refused(fare::RefusalCode code, std::string detail) const;
  [[nodiscard]] TapReport try_again(std::string detail) const;

  const Services& services_;
  std::shared_ptr<const CardLists> lists_;  ///< from its beginning to its end
  const AisleConfig& aisle_;
  nfc::Sam& sam_;
  PatientCard card_;
  nfc::FlowSettings settings_;
  StageClock stages_;
  nfc::CardImage image_;
  std::optional<CardHandle> handle_;
  std::optional<SealedNumber> sealed_;
  fare::TapKind kind_ = fare::TapKind::entry;
  std::vector<Recovered> pending_;  ///< judged, and not settled yet
};

}  // namespace tidegate::edge
