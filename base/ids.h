// SPDX-License-Identifier: Apache-2.0
// A type for each number and code that names something, so that two of them cannot be mixed up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace tidegate {

/// A value with a name of its own: comparable and printable by get(), no arithmetic, no conversion.
template <class Tag, class T>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_{std::move(value)} {}
  [[nodiscard]] constexpr const T& get() const noexcept { return value_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

/// Position of an entry in its epoch of the ledger; the Genesis entry has 0.
using SequenceNo = Strong<struct SequenceNoTag, std::uint64_t>;
/// 64 random bits that name one life of a ledger.
using Epoch = Strong<struct EpochTag, std::uint64_t>;
/// Number of an aisle within its box, from 1 to 32.
using AisleNo = Strong<struct AisleNoTag, std::uint16_t>;
/// Name of a box, as enrolled: "sh-0101-a".
using BoxId = Strong<struct BoxIdTag, std::string>;
/// Code of a station or stop inside its network, as in the fare book: "0111".
using StopCode = Strong<struct StopCodeTag, std::string>;
/// Name of a network in the fare book: "shanghai-metro".
using NetworkId = Strong<struct NetworkIdTag, std::string>;

/// Terminal number of a SAM: 6 bytes, BCD. What a debit is MACed with.
using TerminalNo = Strong<struct TerminalNoTag, std::array<Byte, 6>>;
/// Transaction number of a SAM: rises by one with each INIT_SAM_FOR_PURCHASE.
using SamTxnNo = Strong<struct SamTxnNoTag, std::uint32_t>;
/// The purse's own (offline) transaction counter, modulo 65,536.
using CardCounter = Strong<struct CardCounterTag, std::uint16_t>;

using Hash256 = std::array<Byte, 32>;
/// HMAC of a card number under the box's own key: logs, panel, local state. Never leaves the
/// region.
using CardHandle = Strong<struct CardHandleTag, std::array<Byte, 16>>;

/// Full card number (PAN, 19 digits). Lives in memory of the tap pipeline only: it has no printer
/// on purpose. masked() is what people see.
class CardNumber {
 public:
  CardNumber() = default;
  /// The 10 bytes of EF 15 offset 10: one 0 nibble and 19 digits.
  explicit CardNumber(std::array<Byte, 10> bcd) : bcd_{bcd} {}

  [[nodiscard]] const std::array<Byte, 10>& bcd() const noexcept { return bcd_; }
  /// "3104 **** **** ***0 426" without blanks: first four and last four digits, the rest stars.
  [[nodiscard]] std::string masked() const;
  /// All 19 digits. For the denylist, sealing and `card decode --reveal` only; never for a log.
  [[nodiscard]] std::string reveal() const;

  friend auto operator<=>(const CardNumber&, const CardNumber&) = default;

 private:
  std::array<Byte, 10> bcd_{};
};

}  // namespace tidegate

template <class Tag, class T>
  requires requires(const T& value) { std::hash<T>{}(value); }
struct std::hash<tidegate::Strong<Tag, T>> {
  std::size_t operator()(const tidegate::Strong<Tag, T>& id) const {
    return std::hash<T>{}(id.get());
  }
};
