// SPDX-License-Identifier: Apache-2.0
// The entitlements: who is a rider that the card cannot tell, by list handle, and until when.
// Immutable; a lookup allocates nothing. Format: docs/formats/entitlements.md.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/inline_vector.h"
#include "base/time.h"
#include "fare/engine/types.h"
#include "nfc/tables/handle_rows.h"

namespace tidegate::nfc {

/// One entitlement of one card.
struct EntitledRow {
  ListHandle handle;
  fare::RiderCategory rider = fare::RiderCategory::adult;
  ServiceDay until;  ///< the last day
};

class Entitlements {
 public:
  using Riders = InlineVector<fare::RiderCategory, fare::kEntitlementsMax>;

  /// Sorts. Errc::invalid: number 0, a card with the same rider twice or with too many, a rider or
  /// day out of range.
  [[nodiscard]] static Result<std::shared_ptr<const Entitlements>> make(
      const HandleRowsHead& head, std::vector<EntitledRow> rows);
  /// The payload of an envelope, checked whole.
  [[nodiscard]] static Result<std::shared_ptr<const Entitlements>> load(ByteView payload);
  /// The payload that load() reads.
  [[nodiscard]] Bytes encode() const;

  [[nodiscard]] std::uint64_t number() const noexcept { return rows_.head().number; }
  [[nodiscard]] const ListKeyCheck& key_check() const noexcept { return rows_.head().key_check; }
  /// Cards.
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  /// Which riders the card is on this service day, smallest number first; nullopt: nobody knows the
  /// day, and none has ended.
  [[nodiscard]] Riders find(const ListHandle& handle, std::optional<ServiceDay> today) const;
  /// All entitlements, in the order of the file.
  [[nodiscard]] std::vector<EntitledRow> all() const;

 private:
  explicit Entitlements(HandleRows rows) : rows_{std::move(rows)} {}
  HandleRows rows_;
};

}  // namespace tidegate::nfc
