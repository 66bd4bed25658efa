// SPDX-License-Identifier: Apache-2.0
// What one tap knows while it runs, and its steps in order. Used by tap.cc alone.
#pragma once

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
    if (handle_) services_.cards.give_back(*handle_);
  }
  OneTap(const OneTap&) = delete;
  OneTap& operator=(const OneTap&) = delete;
  [[nodiscard]] TapReport run();
  [[nodiscard]] const std::optional<SealedNumber>& sealed() const noexcept { return sealed_; }

 private:
  /// From SELECT to the last debit. A debit whose end is not known is asked after once, at once.
  [[nodiscard]] TapReport attempt(bool first);
  [[nodiscard]] std::optional<TapReport> identify();
  /// Settles this card's unconfirmed intents; a report when that already ends the tap.
  [[nodiscard]] std::optional<TapReport> recover(bool first);
  /// Opens for a debit that an earlier run recorded and did not live to open for.
  [[nodiscard]] std::optional<TapReport> resume(bool first);
  [[nodiscard]] TapReport prove(const Recovered& paid, const std::vector<Recovered>& all,
                                bool first);
  [[nodiscard]] TapReport charge(const fare::Medium& medium, const fare::Tap& tap,
                                 const fare::Decision& decision, bool first);
  [[nodiscard]] DebitPlan plan(const fare::Medium& medium, const fare::Tap& tap,
                               const fare::Decision& decision, std::size_t index) const;
  /// The card is gone or silent: select it again and settle, once.
  [[nodiscard]] TapReport after_unknown(bool first, const std::string& detail);

  [[nodiscard]] fare::TapKind kind_here() const;
  [[nodiscard]] bool opens_here(const Intent& intent) const;
  [[nodiscard]] fare::TapContext context() const;
  [[nodiscard]] Entry stamp(EntryBody body) const;
  [[nodiscard]] TapReport opened(Fen fare, Fen balance, SequenceNo outcome) const;
  [[nodiscard]] TapReport refused(fare::RefusalCode code, std::string detail) const;
  [[nodiscard]] TapReport try_again(std::string detail) const;

  const Services& services_;
  const AisleConfig& aisle_;
  nfc::Sam& sam_;
  FieldCard& card_;
  nfc::FlowSettings settings_;
  StageClock stages_;
  nfc::CardImage image_;
  std::optional<CardHandle> handle_;
  std::optional<SealedNumber> sealed_;
  fare::TapKind kind_ = fare::TapKind::entry;
};

}  // namespace tidegate::edge
