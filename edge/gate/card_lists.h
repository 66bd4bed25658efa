// SPDX-License-Identifier: Apache-2.0
// What the box knows of cards beside the fare book: who may issue them, which places other
// operators' bytes name, and which cards are stopped. Signed files, kept like the fare book.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "edge/config/box_config.h"
#include "edge/ledger/entry.h"
#include "fare/engine/types.h"
#include "nfc/flow/t_union_flow.h"
#include "nfc/tables/denylist.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"

namespace tidegate::edge {

struct CardLists {
  std::shared_ptr<const nfc::IssuerList> issuers;  ///< nullptr: every issuer is taken, and no code
  std::shared_ptr<const nfc::Places> places;       ///< nullptr: only the book names places
  std::shared_ptr<const nfc::Denylist> denylist;   ///< nullptr: no card is stopped
  /// Of every list by list handle; the lists were made with it.
  crypto::Key16 list_key{};

  /// What a price may depend on and only a list can tell: the rider category of this issuer's card
  /// kind, and the stop that the open entry's bytes stand for.
  void tell(const nfc::CardImage& image, fare::Medium& medium) const;
  /// Why a card may not come in; nullopt: it is not on the denylist.
  [[nodiscard]] std::optional<nfc::DenyReason> denied(const CardNumber& number) const;
};

struct ActiveLists {
  CardLists lists;
  std::vector<ListActivation> activations;  ///< for the ledger
};
/// Proves the configured files without changing anything.
[[nodiscard]] Result<ActiveLists> examine_lists(const BoxConfig& config, const BoxKeys& keys);
/// Each good new file, else the last good one. An error: a file is configured and there is neither.
[[nodiscard]] Result<ActiveLists> activate_lists(const BoxConfig& config, const BoxKeys& keys);

}  // namespace tidegate::edge
