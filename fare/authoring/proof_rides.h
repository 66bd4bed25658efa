// SPDX-License-Identifier: Apache-2.0
// Rides that are priced to prove a book: from every stop to every stop, at moments that matter, for
// each rider. Only fare::price knows what they cost, so that the proof holds for every tariff.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "fare/engine/book.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// Who rides leaves this long after coming in.
inline constexpr std::chrono::minutes kRideTakes{30};

/// When rides are tried. Names are empty for a time that the caller chose.
struct Moment {
  Timestamp at{};
  std::string name_zh, name_en;
  friend bool operator==(const Moment&, const Moment&) = default;
};

/// For each day: 06:30, 08:00, 11:00 and 21:30 of the first working day from it on and 11:00 of the
/// first Saturday or Sunday off; with a calendar also 08:00 and 11:00 of the first holiday on a
/// Monday to Friday from it on, and 08:00 of the first weekend day worked for one. In order of
/// time.
[[nodiscard]] std::vector<Moment> moments_of(const std::vector<ServiceDay>& days,
                                             const DayCalendar& calendar = {});
/// The calendar, where a timeframe of the book goes by it; else an empty one.
[[nodiscard]] DayCalendar calendar_that_counts(const BookModel& model);

/// What riders are called; adult first.
struct RiderName {
  RiderCategory rider;
  std::string_view zh, en;
};
/// `own` are those that a book declares; texts refer to it.
[[nodiscard]] RiderName rider_title(std::span<const Rider> own, RiderCategory rider) noexcept;
/// Those who pay: everyone but staff and test, and the book's own.
[[nodiscard]] std::vector<RiderCategory> paying_riders(std::span<const Rider> own = {});
/// "adult,pensioner", or "all" for staff and test too. Errc::invalid names the word.
[[nodiscard]] Result<std::vector<RiderCategory>> parse_riders(std::string_view list,
                                                              std::span<const Rider> own = {});

/// What a ride costs, or why there is none. Small: a network of 2,000 stops has 4 million pairs.
class Outcome {
 public:
  constexpr Outcome() = default;
  [[nodiscard]] static Outcome fare(Fen fen);
  [[nodiscard]] static Outcome refused(RefusalCode reason) noexcept;

  [[nodiscard]] bool accepted() const noexcept { return value_ >= 0; }
  /// 0 when refused.
  [[nodiscard]] Fen fen() const noexcept { return Fen{accepted() ? value_ : 0}; }
  /// Only when refused.
  [[nodiscard]] RefusalCode reason() const noexcept { return static_cast<RefusalCode>(-value_); }
  /// For tables: the fen, or the negative number of the refusal.
  [[nodiscard]] std::int32_t number() const noexcept { return value_; }
  friend auto operator<=>(Outcome, Outcome) = default;

 private:
  std::int32_t value_ = 0;
};

struct Ride {
  NetworkId network;
  StopCode from, to;
  RiderCategory rider = RiderCategory::adult;
  Timestamp at{};
  /// Boarding is all of it (`to` does not matter); else entry, and exit after kRideTakes.
  bool by_boarding = false;
};
struct RidePrice {
  Outcome outcome;
  std::vector<TraceStep> trace;
};
[[nodiscard]] RidePrice price_ride(const Book& book, const Ride& ride);

/// From ride.from to each of `to`; same as price_ride, with one entry for all. `out` has the size
/// of `to`, or 1 by boarding.
void price_row(const Book& book, const Ride& ride, std::span<const StopCode> to,
               std::span<Outcome> out);

/// Whether boarding there is a whole ride, as on a bus at one price.
[[nodiscard]] bool boarding_is_the_ride(const Book& book, const NetworkId& network,
                                        const StopCode& stop, Timestamp at);

/// Rides priced so far, of how many. Called often, from the thread that started the work.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Calls `row(i)` for i from 0 to count-1 on all cores; `each` on this thread now and then with the
/// number of finished rows. `row` must not touch what another row writes.
void for_each_row(std::size_t count, const std::function<void(std::size_t)>& row,
                  const std::function<void(std::size_t)>& each);

}  // namespace tidegate::fare
