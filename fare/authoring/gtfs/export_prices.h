// SPDX-License-Identifier: Apache-2.0
// What each rider pays for each pair of stops of a network, in the parts of the week that its
// classes tell apart: a book's tariff as GTFS needs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fare/authoring/gtfs/feed.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare::gtfs {

/// Whom prices of a book may depend on.
struct Payers {
  std::vector<RiderCategory> riders;  ///< adult, then every rider that a class names
  std::vector<MediumKind> media;      ///< one (none) where no class names a medium
};

/// Fares of one pair at one time, by payer: [rider * media + medium].
using PayerFares = std::vector<std::uint32_t>;

class ExportPrices {
 public:
  static constexpr std::uint32_t kNoFare = MatrixTariff::kNoFare;
  /// Part of the week; part 0 is in no timeframe (and may be empty).
  struct Part {
    std::string name;
    WeekMinutes minutes;
    std::vector<std::uint16_t> timeframes;
  };

  ExportPrices(const BookModel& model, const Network& network, const TariffVersion& version,
               const Payers& payers);

  [[nodiscard]] const std::vector<Part>& parts() const noexcept { return parts_; }
  [[nodiscard]] PayerFares fares(const Part& part, std::size_t from, std::size_t to) const;
  /// Every pair costs the same, at each time.
  [[nodiscard]] bool is_uniform() const;

 private:
  [[nodiscard]] std::uint32_t fare(const Part& part, RiderCategory rider,
                                   std::optional<MediumKind> medium, std::size_t cell) const;

  const TariffVersion& version_;
  const Payers& payers_;
  std::uint16_t city_;
  std::size_t stops_;
  std::vector<Part> parts_;
};

/// The minutes of a timeframe.
[[nodiscard]] WeekMinutes minutes_of(const Timeframe& frame);

}  // namespace tidegate::fare::gtfs
