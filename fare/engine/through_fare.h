// SPDX-License-Identifier: Apache-2.0
// What a ride costs that begins in one network and ends in another, by a through rule of the book.
// Only for the engine.
#pragma once

#include <array>
#include <optional>

#include "base/inline_vector.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"
#include "fare/engine/ride_fare.h"

namespace tidegate::fare {

/// A network's share of a ride, or all of it.
struct RidePart {
  RideFare fare;
  const Network* network = nullptr;          ///< whose rules between rides lower it
  const PreparedVersion* version = nullptr;  ///< that says the fare
  /// Where the share begins and ends, stops of the network. A fare over both networks begins in no
  /// stop of the last one.
  std::optional<std::size_t> from;
  std::size_t to = 0;
};
using RideParts = InlineVector<RidePart, 2>;

/// A ride is priced by the tariff of the day it began. One from before every version (a clock that
/// was wrong, a journey never closed) is priced as of now, and when the clock is wrong now, by the
/// first version: nobody is trapped. nullptr: the network has none.
[[nodiscard]] const PreparedVersion* version_of_ride(const BookData& book, const Network& network,
                                                     Timestamp begun, Timestamp now);

[[nodiscard]] Fen sum_of(const RideParts& parts);

/// A rule, used by somebody who begins in `first` and ends in `last`: in whichever of the rule's
/// two directions. Refers to what it is given.
class ThroughFares {
 public:
  ThroughFares(const BookData& book, const ThroughRule& rule, const Network& first,
               const Traveller& who, const RideTimes& when);

  /// Writes into `parts`, which is empty; empty afterwards: there is no fare. Indices of stops of
  /// the two networks.
  void find_parts(std::size_t from, std::size_t to, RideParts& parts) const;
  /// The most that a ride to the other network can cost, whatever time it ends at.
  [[nodiscard]] std::optional<Fen> highest_from(std::size_t from) const;
  /// The dearest ride that ends there.
  [[nodiscard]] std::optional<Fen> highest_to(std::size_t to) const;

 private:
  void by_one_tariff(std::size_t from, std::size_t to, RideParts& parts) const;
  void over_border(const Border& border, std::size_t from, std::size_t to, RideParts& parts) const;
  /// The most that a part of a ride can cost, whatever time it ends at.
  struct Share {
    std::optional<Fen> most;
    bool is_sure = false;  ///< it has a fare at every time
  };
  using BorderShares = InlineVector<Share, kBordersMax>;
  [[nodiscard]] static Share no_ride() noexcept { return {.most = Fen{0}, .is_sure = true}; }
  [[nodiscard]] Share share(std::size_t part, std::size_t stops, std::size_t from,
                            std::size_t to) const;
  [[nodiscard]] std::optional<Fen> highest_over(const Border& border, std::size_t from,
                                                const PreparedRow& row) const;
  [[nodiscard]] std::optional<Fen> most_over_borders(const BorderShares& to_border,
                                                     std::size_t from, std::size_t to) const;
  [[nodiscard]] std::size_t border_in_first(const Border& border) const noexcept {
    return forwards_ ? border.a : border.b;
  }
  [[nodiscard]] std::size_t border_in_last(const Border& border) const noexcept {
    return forwards_ ? border.b : border.a;
  }
  /// Indices among the stops of both networks.
  [[nodiscard]] std::size_t of_first(std::size_t stop) const noexcept;
  [[nodiscard]] std::size_t of_last(std::size_t stop) const noexcept;
  [[nodiscard]] std::size_t all_stops() const noexcept {
    return first_.stops.size() + last_.stops.size();
  }

  const ThroughRule& rule_;
  const Network& first_;
  bool forwards_;  ///< from a to b
  const Network& last_;
  /// [0]: of the whole ride or its part in `first`; [1]: of its part in `last`.
  std::array<std::optional<RideFares>, 2> fares_;
  std::array<const PreparedVersion*, 2> versions_{};
};

/// The network at the other end of a rule that leads away from `first`, is in force and takes the
/// medium; nullptr: it does not lead from there.
[[nodiscard]] const Network* leads_to(const BookModel& book, const ThroughRule& rule,
                                      const Network& first, MediumKind medium, Timestamp begun);
/// Whether any such rule leads from one to the other.
[[nodiscard]] bool are_joined(const BookModel& book, const Network& first, const Network& last,
                              MediumKind medium, Timestamp begun);

}  // namespace tidegate::fare
