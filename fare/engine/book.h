// SPDX-License-Identifier: Apache-2.0
// A fare book in memory: verified bytes (fare_book.fbs) with an index over networks and stops. Owns
// its bytes; shared and immutable, so a tap keeps the book it began with while another is swapped
// in.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

class Book {
 public:
  /// Verifies with explicit limits and then checks every range and reference. Errc::invalid says
  /// what and where. Does not look at signatures: that is the envelope's (base/envelope).
  [[nodiscard]] static Result<std::shared_ptr<const Book>> load(Bytes payload);
  virtual ~Book() = default;
  Book(const Book&) = delete;  // its index looks into itself
  Book& operator=(const Book&) = delete;

  /// SHA-256 of the payload is the caller's to add; this is the book's own name and number.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t number() const noexcept = 0;

  /// The riders it declares beside the built-in ones.
  [[nodiscard]] virtual std::span<const Rider> riders() const noexcept = 0;
  [[nodiscard]] std::optional<RiderCategory> rider_from_name(std::string_view name) const noexcept {
    return fare::rider_from_name(riders(), name);
  }

  /// What a gate writes to a card for one of the book's stops. nullopt: no such network or stop.
  struct StopOnCard {
    CardCode code;
    Byte industry = 0;  ///< 01 metro …
    std::array<Byte, 2> operator_code{};
    std::string name_zh;
    std::string name_en;
  };
  [[nodiscard]] virtual std::optional<StopOnCard> stop_on_card(const NetworkId& network,
                                                               const StopCode& stop) const = 0;

 private:
  Book() = default;  // BookData is the only one
  friend class BookData;
};

/// What does this tap cost, and why? Pure: sees only its arguments, gives the same answer
/// everywhere. At exit the entry is `medium.open`, when alighting the boarding `medium.open_bus`;
/// the book's card codes name its stop. A balance that is too small is a refusal
/// (insufficient_balance) at an exit, and at an entry when it is below the network's minimum
/// balance.
[[nodiscard]] Decision price(const Book& book, const Medium& medium, const TapContext& context,
                             const Tap& tap);

}  // namespace tidegate::fare
