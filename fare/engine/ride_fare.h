// SPDX-License-Identifier: Apache-2.0
// What one ride costs by the tariff and its classes, before any rule between rides. Only for the
// engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// What one ride costs, and the rule that says so.
struct RideFare {
  Fen fen;
  std::string_view rule;                  ///< behind the network's name
  const FareClass* fare_class = nullptr;  ///< nullptr: the version's own tariff
};

/// What one passenger pays for rides that begin at one instant: the classes that match, then the
/// version's own tariff. Allocates nothing. Refers to what it is given.
class RideFares {
 public:
  RideFares(const BookModel& book, const TariffVersion& version, const Medium& medium,
            Timestamp begun) noexcept;

  /// nullopt: the ride has no fare. `from` and `to` are indices of the network's `stops`.
  [[nodiscard]] std::optional<RideFare> fare(std::size_t stops, std::size_t from,
                                             std::size_t to) const;
  /// The most a ride from `from` can cost; nullopt: no ride from there has a fare.
  [[nodiscard]] std::optional<Fen> highest_from(std::size_t stops, std::size_t from) const;

 private:
  const TariffVersion& version_;
  std::uint64_t matching_ = 0;  ///< bit i: class i
};

/// "mtr/od", "mtr/od/student@peak"
[[nodiscard]] RuleName rule_name(const Network& network, const RideFare& fare) noexcept;

}  // namespace tidegate::fare
