// SPDX-License-Identifier: Apache-2.0
// What is found once of a tariff version, when its book is loaded, so that no tap works it out
// anew: which classes a rider can be in, what traces call each table, the dearest ride from each
// stop. Only for the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// "mtr/free-child"; `owner` is the network's id.
[[nodiscard]] RuleName rule_name(std::string_view owner, std::string_view rule) noexcept;

/// The riders of a book by numbers that leave no gaps; all that it does not know share one.
class RiderNumbers {
 public:
  explicit RiderNumbers(std::span<const Rider> own);
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t of(RiderCategory rider) const noexcept {
    return numbers_[std::to_underlying(rider)];
  }

 private:
  std::array<std::uint8_t, 256> numbers_{};  ///< 0: not known
  std::size_t count_ = 1;
};

/// The rides that begin at a stop.
struct PreparedRow {
  std::uint32_t highest = MatrixTariff::kNoFare;    ///< fen; kNoFare: none has a fare
  std::uint32_t elsewhere = MatrixTariff::kNoFare;  ///< of those that end at another stop
  bool is_full = false;                             ///< every one has a fare
};

/// A tariff of a version: its own, or that of a class.
struct PreparedTable {
  std::span<const std::uint32_t> cells;  ///< of the model; empty: flat
  Fen flat;
  RuleName name;                  ///< "mtr/od/student@peak"
  std::vector<PreparedRow> rows;  ///< of stops; empty: flat

  /// nullopt: there is none. `from` and `to` are indices of `stops` stops.
  [[nodiscard]] std::optional<Fen> fare(std::size_t stops, std::size_t from,
                                        std::size_t to) const noexcept {
    if (cells.empty()) return flat;
    const std::uint32_t cell = cells[from * stops + to];
    if (cell == MatrixTariff::kNoFare) return std::nullopt;
    return Fen{cell};
  }
};

/// The dearest fare of a table: what an entry tells where the policy asks for the highest fare of
/// the station that the ride ends at.
struct TableMaximum {
  Fen highest;
  bool is_whole = false;  ///< it has a fare wherever a table behind it has one
};

/// Bit i of a set of classes is class i.
using ClassSet = std::uint64_t;

/// Points into the model.
struct PreparedVersion {
  const TariffVersion* version = nullptr;
  ServiceDay effective_from;
  bool is_flat = false;
  ClassSet for_all_riders = 0;
  ClassSet plain = 0;                 ///< ask for nothing but a person who is such a rider
  std::vector<ClassSet> of_rider;     ///< by RiderNumbers: the classes that list the rider
  std::vector<PreparedTable> tables;  ///< of the classes in their order, and behind them its own
  std::vector<TableMaximum> maxima;   ///< of the tables, where an entry may ask for them
  [[nodiscard]] const PreparedTable& own() const { return tables.back(); }
  /// The classes that do not leave out a rider, of RiderNumbers.
  [[nodiscard]] ClassSet open_to(std::size_t rider) const {
    return for_all_riders | of_rider[rider];
  }
};

/// Versions of what traces call `owner`, over so many stops.
[[nodiscard]] std::vector<PreparedVersion> prepared_versions(
    std::string_view owner, std::span<const TariffVersion> versions, std::size_t stops,
    const RiderNumbers& riders, bool with_maxima);

/// The tariff on a service day; nullptr before the first version.
[[nodiscard]] inline const PreparedVersion* version_on(std::span<const PreparedVersion> versions,
                                                       ServiceDay day) noexcept {
  // Most taps are of the newest.
  for (auto one = versions.end(); one != versions.begin();)
    if ((--one)->effective_from <= day) return &*one;
  return nullptr;
}

}  // namespace tidegate::fare
