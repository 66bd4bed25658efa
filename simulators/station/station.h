// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim station`: a station with simulated readers, cards and barriers around the shipped
// daemons, and the account of the money afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "simulators/station/hall.h"
#include "simulators/station/passengers.h"

namespace tidegate::sim {

struct StationOptions {
  unsigned boxes = 1;
  unsigned aisles = 2;  ///< of each box
  unsigned passengers = 40;
  std::uint64_t seed = 1;
  FaultSet faults;
  bool pcsc = false;             ///< SAMs behind pcscd, else in software
  unsigned kills = 0;            ///< how often a gate is killed, at moments of no choice
  std::filesystem::path dir;     ///< empty: a fresh folder for temporary files
  std::filesystem::path bin;     ///< where the daemons are; empty: beside this program
  std::filesystem::path tariff;  ///< empty: found near this program
};
inline constexpr unsigned kBoxesMax = 8;
inline constexpr unsigned kAislesMax = 32;

/// "tear,gate-kill", "all", "none". Errc::invalid for an unknown name.
[[nodiscard]] Result<FaultSet> parse_faults(std::string_view list);

struct Percentiles {
  std::uint32_t p50 = 0, p99 = 0, p999 = 0;
};
/// Nearest rank; all 0 without values.
[[nodiscard]] Percentiles percentiles(std::vector<std::uint32_t> values);

/// An intent that its ledger leaves without a word on what the card did.
struct LeftOpen {
  unsigned passenger = 0;
  unsigned box = 0;
  SequenceNo intent;
  Fen amount;
  bool paid = false;  ///< by the card
};

struct KillReport {
  unsigned count = 0;
  /// From the start of the gate's next process to its first heartbeat; milliseconds.
  std::vector<std::uint32_t> ready_ms;
};

struct StationReport {
  std::uint64_t taps = 0;
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  ///< by name of the reason
  /// Intents without an outcome, of cards that came back.
  std::uint64_t unconfirmed = 0;
  /// In the order of a tap's life.
  std::vector<std::pair<std::string, Percentiles>> stages_us;
  Fen purses;     ///< what all purses together lost
  Fen ledger;     ///< what the debited outcomes say
  Fen foreign;    ///< what other operators took
  Fen unsettled;  ///< what cards paid that never came back, or that no log can tell of any more
  std::uint64_t foreign_debits = 0;
  std::vector<LeftOpen> never_returned, unknown;
  unsigned boxes = 1;
  KillReport kills;
  std::filesystem::path ledger_dir;  ///< the run's folder with several boxes
  std::uint64_t head = 0;            ///< sum over all boxes
  bool verified = false;
  /// Everything that is not as it must be; empty when all is well.
  std::vector<std::string> complaints;

  [[nodiscard]] bool money_equal() const noexcept { return purses == ledger + foreign + unsettled; }
  [[nodiscard]] bool good() const noexcept {
    return complaints.empty() && money_equal() && verified;
  }
};
/// One line, the contract of docs/simulated-station.md.
[[nodiscard]] std::string to_json(const StationReport& report);

/// Runs it to the end. `say` gets lines for people, from any thread. An error: it could not be run.
[[nodiscard]] Result<StationReport> run_station(const StationOptions& options, const Say& say);

}  // namespace tidegate::sim
