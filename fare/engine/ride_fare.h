// SPDX-License-Identifier: Apache-2.0
// What one ride costs by the tariff and its classes, before any rule between rides. Only for the
// engine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fare/engine/book_model.h"
#include "fare/engine/table_maxima.h"

namespace tidegate::fare {

/// What one ride costs, and the rule that says so.
struct RideFare {
  Fen fen;
  std::string_view rule;                  ///< behind the network's name
  const FareClass* fare_class = nullptr;  ///< nullptr: the version's own tariff
};

/// Of several rides.
struct FareRange {
  Fen lowest, highest;
};

/// One person, or the thing that is carried, of those a card pays for.
struct Traveller {
  const Medium& medium;
  RiderCategory rider;
  ItemClass item = ItemClass::person;
  bool is_holder = true;  ///< entitlements are the holder's alone
};

struct RideTimes {
  Timestamp begun{};
  std::optional<Timestamp> ended;  ///< nullopt: nobody knows yet
};

/// What one traveller pays for rides at one time: the classes that match, then the version's own
/// tariff. Allocates nothing. Refers to what it is given.
class RideFares {
 public:
  /// `city` is where a card is at home that does not say who issued it.
  RideFares(const BookModel& book, std::uint16_t city, const TariffVersion& version,
            const Traveller& who, const RideTimes& when) noexcept;

  /// nullopt: the ride has no fare. `from` and `to` are indices of the network's `stops`. Classes
  /// that are judged by a time that nobody knows yet are passed over.
  [[nodiscard]] std::optional<RideFare> fare(std::size_t stops, std::size_t from,
                                             std::size_t to) const;
  /// A class may match or not, by the time the ride ends at.
  [[nodiscard]] bool is_in_doubt() const noexcept { return possible_ != matching_; }
  /// The most that it can cost, whatever time the ride ends at.
  [[nodiscard]] std::optional<Fen> most(std::size_t stops, std::size_t from, std::size_t to) const;
  /// The most a ride from `from` can cost; nullopt: no ride from there has a fare.
  [[nodiscard]] std::optional<Fen> highest_from(std::size_t stops, std::size_t from) const;
  /// Of the rides that begin (or end) at a stop; nullopt: none has a fare.
  [[nodiscard]] std::optional<FareRange> range_from(std::size_t stops, std::size_t from) const;
  [[nodiscard]] std::optional<FareRange> range_to(std::size_t stops, std::size_t to) const;
  /// No ride costs more; `maxima` are those of the version.
  [[nodiscard]] Fen bound(std::span<const TableMaximum> maxima) const;

 private:
  /// That is asked first; nullptr: there is none.
  [[nodiscard]] const Tariff* first_tariff() const noexcept;

  const TariffVersion& version_;
  std::uint64_t matching_ = 0;  ///< bit i: class i
  std::uint64_t possible_ = 0;  ///< bit i: class i, at some time of leaving
  bool own_ = true;             ///< the version's own tariff is for persons
};

/// What the version's own tariff says, whatever the passenger's class is.
[[nodiscard]] std::optional<RideFare> full_fare(const TariffVersion& version, std::size_t stops,
                                                std::size_t from, std::size_t to);

/// "mtr/od", "mtr/od/student@peak"; `owner` is the network's id.
[[nodiscard]] RuleName rule_name(std::string_view owner, const RideFare& fare) noexcept;
/// "mtr/free-child"
[[nodiscard]] RuleName rule_name(std::string_view owner, std::string_view rule) noexcept;

}  // namespace tidegate::fare
