// SPDX-License-Identifier: Apache-2.0
// Who comes to a simulated station: cards, what each passenger does, and what the station must say
// to it by a small model of the tariff that shares nothing with the fare engine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "fare/engine/refusal.h"
#include "simulators/card/card.h"
#include "simulators/station/box_files.h"

namespace tidegate::sim {

/// What goes wrong at the first attempt of a visit.
enum class Fault : std::uint8_t {
  none,
  tear,
  reader_kill,
  reader_child_kill,
  gate_kill,
  sam_out,
  disk_full,
  clock_step,
};

struct FaultSet {
  bool tear = false;
  bool reader_kill = false;
  bool gate_kill = false;
  bool sam = false;
  bool disk_full = false;
  bool clock = false;
  [[nodiscard]] bool any() const noexcept {
    return tear || reader_kill || gate_kill || sam || disk_full || clock;
  }
};

/// Where somebody who was struck comes again.
enum class Return : std::uint8_t { same_aisle, other_aisle, other_box, never };

/// What the display must say in the end.
struct Expected {
  std::optional<fare::RefusalCode> refusal;
  Fen fare;
};

/// One wish of a passenger: to get in, or out, at a station.
struct Visit {
  AisleUse direction = AisleUse::entry;  ///< entry or exit
  std::string stop{};
  Expected expected{};
  Fault fault = Fault::none;
  unsigned exchange = 0;    ///< the fault strikes at this APDU exchange
  bool after_card = false;  ///< tear: the card has acted already
  unsigned draw = 0;        ///< decides how long or how much, where a fault has more or less of it
  // After a first attempt that was struck:
  Return comes_back = Return::same_aisle;
  unsigned foreign_debits = 0;  ///< so often another operator debits the card in between
  /// Nonzero: only shows the card to this box once more, whatever comes of it.
  unsigned home_box = 0;
};

/// What another operator's terminal took from a card.
struct ForeignDebit {
  Fen amount;
  CardCounter after;  ///< the card's counter
  bool composite = false;
};

struct Passenger {
  unsigned number = 0;
  std::string story;   ///< for the log of a run: "arrives", "expired", …
  std::string masked;  ///< card number as people may see it
  CardImageData before;
  std::unique_ptr<TUnionCard> card;
  std::vector<Visit> visits;

  // What came of it.
  std::size_t settled = 0;      ///< visits that came to their end
  bool never_returned = false;  ///< after a first attempt of the next visit
  Fen paid_at_home;             ///< what the purse lost at visits with a home_box
  std::vector<ForeignDebit> foreign;

  [[nodiscard]] std::string file_name() const { return "card-" + std::to_string(number) + ".json"; }
  /// What our gates must have taken from the purse in the end; the unsettled visit of one who never
  /// returned comes on top of it or not.
  [[nodiscard]] Fen expected_spending() const;
  [[nodiscard]] Fen foreign_spending() const;
};

/// A flat table of the demo tariff, read from its sources.
class TariffTable {
 public:
  [[nodiscard]] static Result<TariffTable> load(const std::filesystem::path& tariff);
  [[nodiscard]] const std::string& network() const noexcept { return network_; }
  [[nodiscard]] const std::vector<std::string>& stops() const noexcept { return stops_; }
  [[nodiscard]] Fen minimum_balance() const noexcept { return minimum_balance_; }
  /// nullopt: the table has no such pair.
  [[nodiscard]] std::optional<Fen> fare(const std::string& from, const std::string& to) const;

 private:
  std::string network_;
  std::vector<std::string> stops_;
  std::map<std::pair<std::string, std::string>, Fen> fares_;
  Fen minimum_balance_;
};

/// Draws that are the same on every machine (the standard's distributions are not).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}
  /// 0 … sides - 1
  [[nodiscard]] unsigned below(unsigned sides) { return static_cast<unsigned>(engine_() % sides); }
  [[nodiscard]] bool one_in(unsigned sides) { return below(sides) == 0; }

 private:
  std::mt19937_64 engine_;
};

struct PlanInput {
  const SiteFiles& site;
  const TariffTable& tariff;
  std::uint64_t seed = 1;
  FaultSet faults;
  Timestamp now{};
};
/// The passenger of that number, from 1: always the same one for the same input.
[[nodiscard]] Result<Passenger> plan_passenger(const PlanInput& input, unsigned number);

}  // namespace tidegate::sim
