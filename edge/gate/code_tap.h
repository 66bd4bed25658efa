// SPDX-License-Identifier: Apache-2.0
// A ride code at an aisle: Identify → Check → Price → Record → Open, as a card but for the purse.
// Nothing is taken from anybody here: the ledger's AccountCharge is what the clearing house
// settles. docs/codes.md says what a code can pay for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "edge/gate/code_notes.h"
#include "edge/gate/code_unopened.h"
#include "edge/gate/debit.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/services.h"
#include "edge/gate/tap.h"
#include "nfc/qr/verify.h"

namespace tidegate::edge {

/// What was verified and noted of codes: shared by all aisles of a box.
struct CodeTrust {
  nfc::CertificateCache certificates;
  CodeNotes notes{};
};

class CodeTap {
 public:
  CodeTap(const Services& services, const AisleConfig& aisle, CodeTrust& trust)
      : services_{services},
        lists_{services.lists.get()},
        aisle_{aisle},
        trust_{trust},
        stages_{services.clock} {}
  ~CodeTap() {
    if (account_) services_.memory.cards.give_back(*account_);
  }
  CodeTap(const CodeTap&) = delete;
  CodeTap& operator=(const CodeTap&) = delete;

  /// `scanned`: what the scanner delivered. One code, once.
  [[nodiscard]] TapReport run(ByteView scanned);
  [[nodiscard]] Settlement settlement() const noexcept { return settlement_; }
  /// All signatures are right.
  [[nodiscard]] bool genuine() const noexcept { return genuine_; }

 private:
  [[nodiscard]] TapReport serve(ByteView scanned);
  /// Waits until no other aisle is dealing with this account.
  [[nodiscard]] bool take_account(const CardHandle& account);
  /// In or out, as `leaving_` says.
  [[nodiscard]] std::optional<TapReport> one_way();
  /// Whether a code that may not come in may be of somebody who wants out.
  [[nodiscard]] bool may_be_leaving() const;
  [[nodiscard]] std::optional<TapReport> check();
  /// What the region's denylist says of a genuine code's card account.
  [[nodiscard]] std::optional<TapReport> stopped() const;
  /// A charge of this account that nobody went through for, and that this aisle can open for.
  [[nodiscard]] std::optional<UnopenedCharge> unopened() const;
  [[nodiscard]] std::optional<TapReport> resume();
  [[nodiscard]] std::optional<TapReport> come_in();
  [[nodiscard]] std::optional<TapReport> go_out();
  [[nodiscard]] bool paid_when_boarding();
  /// Where this account's ride began at this box.
  [[nodiscard]] std::optional<fare::OpenJourney> open_ride() const;
  [[nodiscard]] fare::Decision price(fare::TapKind kind);
  [[nodiscard]] TapReport record();
  [[nodiscard]] AccountCharge charge_body() const;

  [[nodiscard]] fare::Medium medium() const;
  [[nodiscard]] TapReport refused(fare::RefusalCode code, std::string detail) const;

  const Services& services_;
  std::shared_ptr<const CardLists> lists_;  ///< from its beginning to its end
  const AisleConfig& aisle_;
  CodeTrust& trust_;
  StageClock stages_;
  nfc::TransitCode code_;
  std::optional<CardHandle> account_;  ///< in hand
  bool genuine_ = false;               ///< all signatures are right
  CodeMemory memory_;
  bool leaving_ = false;
  Timestamp remember_until_{};
  // the price
  fare::Medium medium_;
  fare::Tap tap_;
  fare::Decision decision_;
  Settlement settlement_ = Settlement::charged;
  SequenceNo cites_;  ///< the charge that began the ride, or that is resumed
  std::optional<UnopenedCharge> unopened_;
};

/// Serves one code and tells everybody how it ended: barrier, display, ledger, log.
TapReport present_code(const Services& services, const AisleConfig& aisle, CodeTrust& trust,
                       Front& front, ByteView scanned);

}  // namespace tidegate::edge
