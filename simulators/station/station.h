// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim station`: a station with simulated readers, cards and barriers around the shipped
// daemons, and the account of the money afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulators/station/passengers.h"

namespace tidegate::sim {

struct StationOptions {
  unsigned aisles = 2;
  unsigned passengers = 40;
  std::uint64_t seed = 1;
  FaultSet faults;
  std::filesystem::path dir;     ///< empty: a fresh folder for temporary files
  std::filesystem::path bin;     ///< where the daemons are; empty: beside this program
  std::filesystem::path tariff;  ///< empty: found near this program
};
inline constexpr unsigned kAislesMax = 32;

/// "tear,gate-kill", "all", "none". Errc::unsupported for a fault that is named but not built yet,
/// Errc::invalid for an unknown name.
[[nodiscard]] Result<FaultSet> parse_faults(std::string_view list);

struct Percentiles {
  std::uint32_t p50 = 0, p99 = 0, p999 = 0;
};
/// Nearest rank; all 0 without values.
[[nodiscard]] Percentiles percentiles(std::vector<std::uint32_t> values);

struct StationReport {
  std::uint64_t taps = 0;
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  ///< by name of the reason
  std::uint64_t unconfirmed = 0;                 ///< intents that never got an outcome
  /// In the order of a tap's life.
  std::vector<std::pair<std::string, Percentiles>> stages_us;
  Fen purses;  ///< what all purses together lost
  Fen ledger;  ///< what the debited outcomes say
  std::filesystem::path ledger_dir;
  std::uint64_t head = 0;
  bool verified = false;
  /// Everything that is not as it must be; empty when all is well.
  std::vector<std::string> complaints;

  [[nodiscard]] bool money_equal() const noexcept { return purses == ledger; }
  [[nodiscard]] bool good() const noexcept {
    return complaints.empty() && money_equal() && verified;
  }
};
/// One line, the contract of docs/simulated-station.md.
[[nodiscard]] std::string to_json(const StationReport& report);

/// Runs it to the end. `say` gets lines for people, from any thread. An error: it could not be run.
[[nodiscard]] Result<StationReport> run_station(const StationOptions& options,
                                                const std::function<void(const std::string&)>& say);

}  // namespace tidegate::sim
