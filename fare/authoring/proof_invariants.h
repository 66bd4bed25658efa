// SPDX-License-Identifier: Apache-2.0
// Invariants that an operator declares of a book, and whether they hold. Format and meaning:
// docs/fare-proof.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fare/authoring/proof_rides.h"

namespace tidegate::fare {

/// Stops in the order in which the fare from the first must not fall.
struct StopSequence {
  std::string name;
  std::vector<StopCode> stops;
  std::vector<std::string> places;  ///< of each: "lines.csv:3"
};

struct NetworkInvariants {
  std::string network;
  std::string place;  ///< "invariants.toml:3"
  bool symmetric = false;
  bool never_dearer_than_adult = false;
  std::optional<Fen> maximum, minimum, multiple_of, same_station;
  std::vector<StopSequence> monotone;
};

struct Invariants {
  std::vector<RiderCategory> riders;
  std::vector<Timestamp> at;  ///< empty: moments_of() every day on which a tariff takes effect
  std::vector<NetworkInvariants> networks;
};

/// The TOML file; tables of stop sequences lie beside it. Errors name file and line. `own` are the
/// riders that the book declares.
[[nodiscard]] Result<Invariants> read_invariants(const std::filesystem::path& file,
                                                 std::span<const Rider> own = {});

inline constexpr std::size_t kPlacesTold = 10;

struct InvariantResult {
  std::string network;
  std::string name;                       ///< the key: "maximum_fen"
  std::string value;                      ///< what was declared: "900"; empty for a flag
  std::uint64_t checked = 0, broken = 0;  ///< comparisons
  std::uint64_t broken_pairs = 0;         ///< of stops, whoever rides and whenever
  /// The first kPlacesTold pairs that break it, each a sentence.
  std::vector<std::string> places;
};

struct InvariantReport {
  std::uint64_t rides_priced = 0;
  std::vector<InvariantResult> results;  ///< in the order of the file, then of the keys' list
  [[nodiscard]] std::size_t broken() const noexcept;
};

/// Errc::not_found: the file names a network or stop that the book does not have.
[[nodiscard]] Result<InvariantReport> check_invariants(const Book& book, const BookModel& model,
                                                       const Invariants& invariants,
                                                       const Progress& progress = {});

}  // namespace tidegate::fare
