// SPDX-License-Identifier: Apache-2.0
// Compares two fare books by what rides cost: every pair of stops, rider and moment, and the
// journeys that are named. diff_text.h and html_report.h show what is found.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "fare/authoring/diff_rules.h"
#include "fare/authoring/proof_rides.h"

namespace tidegate::fare {

/// One of the two books. `model` is what `book` was loaded from.
struct DiffBook {
  const Book& book;
  const BookModel& model;
  std::string hash;  ///< of the payload, in hex
};

struct DiffOptions {
  std::vector<RiderCategory> riders;  ///< empty: all who pay, with those that either book declares
  /// Empty: moments_of() the day the new book takes effect and every later day on which a tariff of
  /// the network does in either book.
  std::vector<Timestamp> at;
  std::vector<GoldenJourney> journeys;  ///< beside the golden journeys of both books
  std::size_t limit = 500;              ///< changes that are told one by one
  Progress progress;
};

/// In rising order of what a summary tells of a pair that several of them happen to.
enum class ChangeKind : std::uint8_t {
  unchanged,
  other_reason,  ///< refused in both, for another reason
  newly_accepted,
  cheaper,
  dearer,
  newly_refused
};
[[nodiscard]] ChangeKind change_kind(Outcome before, Outcome after) noexcept;
[[nodiscard]] std::string_view change_name(ChangeKind kind) noexcept;     // "newly_refused"
[[nodiscard]] std::string_view change_name_zh(ChangeKind kind) noexcept;  // "新拒绝"
[[nodiscard]] std::string_view change_name_en(ChangeKind kind) noexcept;  // "newly refused"
/// '=' '~' '+' '-' …: told without colour.
[[nodiscard]] std::string_view change_sign(ChangeKind kind) noexcept;

/// Pairs by the gravest thing that happens to each of them.
struct ChangeCounts {
  std::array<std::size_t, 6> by_kind{};
  [[nodiscard]] std::size_t of(ChangeKind kind) const noexcept {
    return by_kind[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::size_t all() const noexcept;
  [[nodiscard]] std::size_t changed() const noexcept { return all() - of(ChangeKind::unchanged); }
  void add(const ChangeCounts& other) noexcept;
};

/// Names here and in what follows are plain_text().
struct StopName {
  std::string code, zh, en;
};

/// What every pair costs in both books, row by row; one column where boarding is the ride.
struct DiffLayer {
  std::vector<Outcome> before, after;
  friend bool operator==(const DiffLayer&, const DiffLayer&) = default;
};

struct NetworkDiff {
  enum class In : std::uint8_t { both, only_old, only_new };
  std::string id, name_zh, name_en;
  In in = In::both;
  bool by_boarding = false;
  std::vector<StopName> stops;               ///< in both books, by code; names of the new one
  std::vector<StopName> vanished, appeared;  ///< all of them when the network is in one book only
  std::vector<Moment> moments;
  std::vector<DiffLayer> layers;      ///< each different from the others
  std::vector<std::size_t> layer_of;  ///< [rider * moments + moment]
  ChangeCounts counts;
  std::vector<ChangeCounts> by_rider;
  [[nodiscard]] std::size_t columns() const noexcept { return by_boarding ? 1 : stops.size(); }
};

/// Riders to whom the same happens at the same moments. Indices.
struct ForWhom {
  std::vector<std::size_t> riders, moments;
};

struct PriceChange {
  ChangeKind kind = ChangeKind::unchanged;
  std::size_t network = 0, from = 0, to = 0;  ///< indices
  RidePrice before, after;
  std::vector<ForWhom> whom;
  [[nodiscard]] std::int64_t difference() const noexcept {
    return after.outcome.fen().count() - before.outcome.fen().count();
  }
};

struct JourneyDiff {
  struct TapDiff {
    GoldenTap tap;
    RidePrice before, after;
  };
  std::string id;
  std::string from_zh, from_en;  ///< where the journey is from: golden of a book, or the file
  /// A journey from before the new book takes effect is priced this many weeks later in both books.
  std::int64_t weeks_later = 0;
  Fen total_before, total_after;
  std::vector<TapDiff> taps;
  [[nodiscard]] bool changed() const noexcept;
};

struct DiffReport {
  struct Side {
    std::string name, hash;
    std::uint64_t number = 0;
    ServiceDay valid_from;
  };
  Side before, after;
  std::vector<RiderCategory> riders;
  std::vector<Rider> own_riders;      ///< of both books; their texts are plain_text()
  std::vector<NetworkDiff> networks;  ///< by id
  std::uint64_t rides_priced = 0;     ///< in both books together
  ChangeCounts counts;
  std::vector<ChangeCounts> by_rider;
  std::size_t changes_found = 0;     ///< rows that `changes` would have without the limit
  std::vector<PriceChange> changes;  ///< worst first
  std::vector<JourneyDiff> journeys;
  std::vector<RuleChange> rules;  ///< what the pairs do not show

  /// A price, a stop, a network, a journey or a rule is not as it was.
  [[nodiscard]] bool changed() const noexcept;
};

/// The riders that either book declares, by number; names of the new one.
[[nodiscard]] std::vector<Rider> declared_riders(const BookModel& before, const BookModel& after);

/// Worst first: newly refused; then by the size of the difference, dearer before cheaper; then
/// newly accepted; then refused for another reason. Equal ones by network and stop codes.
[[nodiscard]] DiffReport diff_books(const DiffBook& before, const DiffBook& after,
                                    const DiffOptions& options = {});

}  // namespace tidegate::fare
