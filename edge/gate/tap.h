// SPDX-License-Identifier: Apache-2.0
// The tap pipeline: Identify → (recover) → Check → Price → Intend → Debit → Record → Open, a
// straight line of blocking steps on the aisle's thread. docs/tap.md walks through it.
#pragma once

#include <optional>
#include <string>

#include "edge/gate/debit.h"
#include "edge/gate/field_card.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/services.h"
#include "nfc/purse/ports.h"

namespace tidegate::edge {

/// How a tap ended, for the aisle, the log and tests.
struct TapReport {
  enum class End : std::uint8_t { opened, refused, try_again };
  End end = End::refused;
  std::optional<fare::RefusalCode> refusal;  ///< for refused and try_again
  std::string detail;
  std::optional<CardHandle> card;
  fare::TapKind kind = fare::TapKind::entry;
  Fen fare;
  Fen balance;
  SequenceNo outcome;      ///< that opened the barrier
  bool recovered = false;  ///< opened for an earlier, now confirmed debit
  StageTimes stages;
  TapWaits waits;
};

class TapPipeline {
 public:
  TapPipeline(const Services& services, const AisleConfig& aisle, nfc::Sam& sam, Front& front)
      : services_{services}, aisle_{aisle}, sam_{sam}, front_{front} {}

  /// One card, from its selection to the barrier and the display. Writes its log line.
  TapReport run(FieldCard& card);
  /// A tap that ended before there was a card to talk to (two cards in the field).
  TapReport refuse_unread(fare::RefusalCode code, std::string detail);

 private:
  void finish(const TapReport& report, const std::optional<SealedNumber>& sealed);

  const Services& services_;
  const AisleConfig& aisle_;
  nfc::Sam& sam_;
  Front& front_;
};

}  // namespace tidegate::edge
