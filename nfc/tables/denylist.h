// SPDX-License-Identifier: Apache-2.0
// The denylist: cards that may not come in any more, by list handle, and why. Immutable; a lookup
// allocates nothing. Format: docs/formats/denylist.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "nfc/tables/handle_rows.h"

namespace tidegate::nfc {

/// Why a card was stopped. DO NOT CHANGE THESE NUMBERS: they are in lists.
enum class DenyReason : std::uint8_t { other = 0, lost = 1, fraud = 2, debt = 3, withdrawn = 4 };
inline constexpr std::array kDenyReasons{DenyReason::lost, DenyReason::fraud, DenyReason::debt,
                                         DenyReason::withdrawn, DenyReason::other};
[[nodiscard]] std::string_view name_of(DenyReason reason) noexcept;  // "lost"
[[nodiscard]] std::optional<DenyReason> deny_reason_from_name(std::string_view name) noexcept;

struct DenyRow {
  ListHandle handle;
  DenyReason reason = DenyReason::other;
};

class Denylist {
 public:
  /// Sorts. Errc::invalid: number 0, a handle twice, too many.
  [[nodiscard]] static Result<std::shared_ptr<const Denylist>> make(const HandleRowsHead& head,
                                                                    std::vector<DenyRow> rows);
  /// The payload of an envelope, checked whole.
  [[nodiscard]] static Result<std::shared_ptr<const Denylist>> load(ByteView payload);
  /// The payload that load() reads.
  [[nodiscard]] Bytes encode() const;

  [[nodiscard]] std::uint64_t number() const noexcept { return rows_.head().number; }
  [[nodiscard]] const ListKeyCheck& key_check() const noexcept { return rows_.head().key_check; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  /// nullopt: the card may come in.
  [[nodiscard]] std::optional<DenyReason> find(const ListHandle& handle) const;
  /// Cards with a reason.
  [[nodiscard]] std::size_t count(DenyReason reason) const;
  /// Cards that only one of the two lists has.
  [[nodiscard]] std::size_t changed_since(const Denylist& before) const {
    return handles_changed(rows_, before.rows_);
  }

 private:
  explicit Denylist(HandleRows rows) : rows_{std::move(rows)} {}
  HandleRows rows_;
};

}  // namespace tidegate::nfc
