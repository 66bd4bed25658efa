// SPDX-License-Identifier: Apache-2.0
// One debit of a tap: Intend → Debit → Record. The order in run() is what keeps money right: no
// 8054 before its intent is on disk, no open barrier before its outcome is.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "edge/gate/field_card.h"
#include "edge/gate/journey_records.h"
#include "edge/gate/recovery.h"
#include "edge/gate/services.h"
#include "nfc/flow/t_union_flow.h"
#include "nfc/purse/ports.h"

namespace tidegate::edge {

/// What a tap waited for. The rest of its stages is our own work.
struct TapWaits {
  std::uint32_t commands = 0;        ///< to the card
  std::chrono::microseconds card{};  ///< for their answers
  std::chrono::microseconds commit{};
  std::chrono::microseconds flush{};   ///< of `commit`: the disk's part
  std::chrono::microseconds behind{};  ///< of `commit`: the ledger was busy with what came before
};

/// Times the steps of a tap: each lap ends one step and begins the next.
class StageClock {
 public:
  explicit StageClock(const Clock& clock) : clock_{clock}, last_{clock.steady()} {}
  /// Waits for a commit and keeps account of it.
  [[nodiscard]] Result<SequenceNo> wait(Committer& committer, const Committer::Ticket& ticket,
                                        SteadyTime deadline) {
    using std::chrono::microseconds;
    const SteadyTime began = clock_.steady();
    auto landed = committer.wait(ticket, deadline);
    const auto waited = std::chrono::floor<microseconds>(clock_.steady() - began);
    waits_.commit += waited;
    const auto disk = committer.disk_time(ticket);
    waits_.flush += std::min(waited, disk.flush);
    const auto behind = std::chrono::floor<microseconds>(disk.free_at - began);
    waits_.behind += std::clamp(behind, microseconds{}, waited);
    return landed;
  }
  void lap(std::uint32_t StageTimes::* stage) {
    const SteadyTime now = clock_.steady();
    times_.*stage += static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::microseconds>(now - last_).count());
    last_ = now;
  }
  [[nodiscard]] const StageTimes& times() const noexcept { return times_; }
  /// Without the card's.
  [[nodiscard]] const TapWaits& waits() const noexcept { return waits_; }

 private:
  const Clock& clock_;
  SteadyTime last_;
  StageTimes times_;
  TapWaits waits_;
};

/// What shall be taken and written. `intent` holds what is known before the card is asked; the
/// card transaction's own fields are filled in by the debit.
struct DebitPlan {
  Intent intent;
  JourneyRecords records;  ///< none: a plain purchase
  /// For a proof: the counter of the debit it proves. The card's own must have gone past it, or
  /// nothing is done: a proof writes the journey record as it was read, and a forged one must not
  /// get onto the card.
  std::optional<CardCounter> proves;
  /// Earlier intents of this card. Their outcomes are committed together with this one's when MAC2
  /// is right, and not otherwise: a card number can be read from any card and shown by an emulator.
  std::vector<Recovered> settles;
  /// What else is committed together with the outcome of a confirmed debit.
  std::vector<EntryBody> with_outcome;
};

struct DebitEnd {
  enum class Kind : std::uint8_t {
    debited,      ///< open
    refused,      ///< nothing was taken
    suspect,      ///< 9000 without the right proof: the barrier stays closed
    unconfirmed,  ///< the card did not tell: only recovery may touch this card
  };
  Kind kind = Kind::refused;
  fare::RefusalCode code = fare::RefusalCode::card_torn;  ///< for refused
  std::string detail;
  /// The card's before this debit. It is part of what MAC1 and MAC2 are made with: after `debited`
  /// it is certain.
  CardCounter counter;
  SequenceNo intent;
  SequenceNo outcome;  ///< 0 when its commit is still being tried
  Fen balance_after;
};

class Debit {
 public:
  Debit(const Services& services, AisleNo aisle, nfc::Sam& sam, StageClock& stages)
      : services_{services}, aisle_{aisle}, sam_{sam}, stages_{stages} {}
  [[nodiscard]] DebitEnd run(FieldCard& card, const nfc::CardImage& image,
                             const nfc::FlowSettings& settings, DebitPlan plan);

 private:
  [[nodiscard]] Entry stamp(EntryBody body) const;
  [[nodiscard]] SteadyTime deadline() const;
  [[nodiscard]] Outcome outcome_body(const Intent& intent, SequenceNo at, OutcomeResult result,
                                     OutcomeEvidence evidence) const;
  void fill(Intent& intent, const nfc::Purchase::Begun& begun, nfc::PurchaseType type,
            const nfc::CardWrites& writes) const;
  /// The intent is on disk and 8054 was not sent.
  [[nodiscard]] DebitEnd give_up(const Intent& intent, SequenceNo at, const nfc::FlowError& why);
  [[nodiscard]] DebitEnd record(SequenceNo at, const nfc::Purchase::Finished& finished,
                                DebitPlan plan);

  const Services& services_;
  AisleNo aisle_;
  nfc::Sam& sam_;
  StageClock& stages_;
};

}  // namespace tidegate::edge
