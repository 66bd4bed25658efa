// SPDX-License-Identifier: Apache-2.0
// The cells of the table: one card each, torn once, and where it goes afterwards.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/torn/gate_process.h"

namespace tidegate::edge::torn {

/// Where the torn card is seen next.
enum class Back : std::uint8_t {
  same_aisle,
  other_aisle,
  other_box,
  one_debit,      ///< of another operator, then the same aisle
  one_capp,       ///< the same with a composite purchase
  eleven_debits,  ///< more than the card's log holds
  never,
};
inline constexpr std::array kBacks{Back::same_aisle, Back::other_aisle, Back::other_box,
                                   Back::one_debit,  Back::one_capp,    Back::eleven_debits,
                                   Back::never};
[[nodiscard]] std::string_view name_of(Back back);

/// What all cells of one table have in common.
struct Setting {
  AisleDirection direction = AisleDirection::entry;
  bool kill = false;         ///< the gate is killed at the exchange, too
  bool logs_before = false;  ///< the cards log the counter before its increment
};
[[nodiscard]] std::string text_of(const Setting& setting);

struct Cell {
  unsigned exchange = 1;
  bool after_card = false;
  Back back = Back::same_aisle;
  Strike second = {};  ///< of the tap that comes back
};

inline constexpr std::uint32_t kBalance = 5000;

/// What happened in a cell, as seen by card, passenger and barrier.
struct CellRun {
  Cell cell;
  Passenger who;
  std::vector<TapSeen> taps;  ///< until the barrier opened, or all tries
  unsigned opened_at = 0;     ///< which tap, from 1; 0: never
  bool struck_twice = false;  ///< the second strike found its exchange
  bool opened_at_other_box = false;
  bool opened_again = false;  ///< the same passage opened twice at the same box
  Fen foreign;                ///< taken by the other operator
};

/// Two boxes of one station and the passengers of one table.
class Hallway {
 public:
  Hallway(const Setting& setting, const std::filesystem::path& folder);
  /// Names of the exchanges of a tap that nothing happens to.
  [[nodiscard]] std::vector<std::string> exchanges();
  [[nodiscard]] CellRun run(const Cell& cell);
  void stop();
  [[nodiscard]] const BoxSpec& box() const { return here_->spec(); }
  [[nodiscard]] const BoxSpec& other_box() const { return there_->spec(); }

 private:
  [[nodiscard]] Passenger next_passenger();
  void come_in(Passenger& who);
  void meet_others(CellRun& run);
  void come_back(CellRun& run);
  [[nodiscard]] Timestamp later(std::chrono::seconds by) { return now_ += by; }

  Setting setting_;
  std::unique_ptr<GateProcess> here_, there_;
  Timestamp now_;
  unsigned cards_ = 0;
};

}  // namespace tidegate::edge::torn
