// SPDX-License-Identifier: Apache-2.0
// What one ride costs by the tariff and its classes, before any rule between rides. Only for the
// engine.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "fare/engine/book_data.h"

namespace tidegate::fare {

/// What one ride costs, and the table that says so: of a class, or the version's own.
struct RideFare {
  Fen fen;
  const PreparedTable* table = nullptr;  ///< nullptr: the ride has no fare
  explicit operator bool() const noexcept { return table != nullptr; }
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
  RideFares(const BookData& book, std::uint16_t city, const PreparedVersion& version,
            const Traveller& who, const RideTimes& when) noexcept
      : version_{version}, own_{who.item == ItemClass::person} {
    if (version.of_rider.empty()) return;
    const ClassSet open = version.open_to(book.rider_numbers().of(who.rider));
    // Most riders are in no class that asks for more.
    if (own_ && (open & ~version.plain) == 0 && who.medium.entitlements.empty())
      possible_ = matching_ = open;
    else
      find_classes(book, city, who, when);
  }

  /// `from` and `to` are indices of the network's `stops`. Classes
  /// that are judged by a time that nobody knows yet are passed over.
  [[nodiscard]] RideFare fare(std::size_t stops, std::size_t from, std::size_t to) const {
    for (ClassSet left = matching_; left != 0; left &= left - 1) {
      const PreparedTable& table = table_of_first(left);
      if (const auto fen = table.fare(stops, from, to)) return {*fen, &table};
    }
    if (!own_) return {};
    const PreparedTable& own = version_.own();
    const auto fen = own.fare(stops, from, to);
    return fen ? RideFare{*fen, &own} : RideFare{};
  }
  /// A class may match or not, by the time the ride ends at.
  [[nodiscard]] bool is_in_doubt() const noexcept { return possible_ != matching_; }
  /// The most that it can cost, whatever time the ride ends at.
  [[nodiscard]] std::optional<Fen> most(std::size_t stops, std::size_t from, std::size_t to) const;
  /// The most a ride from `from` can cost; nullopt: no ride from there has a fare.
  [[nodiscard]] std::optional<Fen> highest_from(std::size_t stops, std::size_t from) const;
  /// What rides from a stop cost, where one table alone says it; nullptr: several do, or none.
  [[nodiscard]] const PreparedRow* only_row(std::size_t from) const;
  /// Of the rides that begin (or end) at a stop; nullopt: none has a fare.
  [[nodiscard]] std::optional<FareRange> range_from(std::size_t stops, std::size_t from) const;
  [[nodiscard]] std::optional<FareRange> range_to(std::size_t stops, std::size_t to) const;
  /// No ride costs more, of a version that has `maxima`.
  [[nodiscard]] Fen bound() const;

 private:
  void find_classes(const BookData& book, std::uint16_t city, const Traveller& who,
                    const RideTimes& when) noexcept;
  [[nodiscard]] const PreparedTable& table_of_first(ClassSet classes) const {
    return version_.tables[static_cast<std::size_t>(std::countr_zero(classes))];
  }
  /// That is asked first; nullptr: there is none.
  [[nodiscard]] const PreparedTable* first_table() const noexcept;

  const PreparedVersion& version_;
  ClassSet matching_ = 0;
  ClassSet possible_ = 0;  ///< at some time of leaving
  bool own_ = true;        ///< the version's own tariff is for persons
};

}  // namespace tidegate::fare
