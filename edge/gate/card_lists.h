// SPDX-License-Identifier: Apache-2.0
// What the box knows of cards beside the fare book: who may issue them, which places other
// operators' bytes name, which cards are stopped or entitled, and which modes were in force in the
// region. list_store.h brings them into use.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "fare/engine/types.h"
#include "nfc/flow/t_union_flow.h"
#include "nfc/qr/code_lists.h"
#include "nfc/tables/denylist.h"
#include "nfc/tables/entitlements.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/mode_notices.h"
#include "nfc/tables/places.h"

namespace tidegate::edge {

struct CardLists {
  std::shared_ptr<const nfc::IssuerList> issuers;  ///< nullptr: every issuer is taken
  std::shared_ptr<const nfc::CodeLists> codes;     ///< of the same list; nullptr: no code is taken
  std::shared_ptr<const nfc::Places> places;       ///< nullptr: only the book names places
  std::shared_ptr<const nfc::Denylist> denylist;   ///< nullptr: no card is stopped
  std::shared_ptr<const nfc::Entitlements> entitlements;  ///< nullptr: only the card tells
  std::shared_ptr<const nfc::ModeNotices> mode_notices;   ///< nullptr: nothing is forgiven
  /// Of every list by list handle; the lists were made with it.
  crypto::Key16 list_key{};

  /// What a price may depend on and only a list can tell: the rider category of this issuer's card
  /// kind, the stop that the open entry's bytes stand for, and the entitlements on this service day
  /// (nullopt: nobody knows the day, and none has ended).
  void tell(const nfc::CardImage& image, std::optional<ServiceDay> today,
            fare::Medium& medium) const;
  /// Which riders the holder of a card or of a code's card account is, whatever they tell.
  [[nodiscard]] nfc::Entitlements::Riders entitled(const CardNumber& number,
                                                   std::optional<ServiceDay> today) const;
  /// Why a card or a code's card account may not come in; nullopt: it is not on the denylist.
  [[nodiscard]] std::optional<nfc::DenyReason> denied(const CardNumber& number) const;
  /// The reason and which list has it, for a refusal.
  [[nodiscard]] std::string told(nfc::DenyReason reason) const;
};

/// The lists that are in force now; others may take their place at any time. Any thread.
class ListsInForce {
 public:
  explicit ListsInForce(CardLists lists = {})
      : lists_{std::make_shared<const CardLists>(std::move(lists))} {}
  /// A tap asks once and keeps what it got to its end.
  [[nodiscard]] std::shared_ptr<const CardLists> get() const;
  /// Returns those that were in force: taps may still go by them.
  std::shared_ptr<const CardLists> put(CardLists lists);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const CardLists> lists_;
};

}  // namespace tidegate::edge
