// SPDX-License-Identifier: Apache-2.0
// A PN532 on a pseudo-terminal: frame layer, command set and timing as unmodified libnfc 1.8 speaks
// them, with knobs for every fault that found something. One thread of its own; cards are put into
// the field and taken away from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulators/card/card.h"

namespace tidegate::sim {

/// When a card leaves the field by itself.
struct Tear {
  unsigned exchange = 0;    ///< number of the APDU exchange since the card arrived, from 1
  bool after_card = false;  ///< the card has acted, the answer is lost; else the card never saw it
};

struct ReaderOptions {
  std::filesystem::path link;              ///< symlink to the pseudo-terminal
  unsigned baud = 0;                       ///< pacing by this rate; 0: none
  std::chrono::microseconds card_time{0};  ///< added to each APDU
  std::chrono::microseconds activation_try{5000};
  std::chrono::milliseconds field_off_min{5};
  /// Faults by name, each with a number: see `tidegate-sim reader --help`. "name" or "name=N".
  std::vector<std::string> faults;
  std::filesystem::path trace;  ///< every frame, as hex lines; empty: none
  /// How long the chip waits for a card that does not answer an APDU; short by default, because
  /// tests wait for it often. 0: as RFConfiguration says (51.2 ms unless the host changed it), and
  /// so it is for raw frames in any case.
  std::chrono::microseconds rf_timeout{5000};
  /// Told in the reader's thread when a card is selected or torn away; must not call the reader.
  std::function<void(const std::string&)> on_event;
};

class SimReader {
 public:
  /// Makes the pseudo-terminal and the symlink, starts the thread.
  [[nodiscard]] static Result<std::unique_ptr<SimReader>> start(ReaderOptions options);
  virtual ~SimReader() = default;

  /// Puts a card into the field (two at once is a fault to try). The card must outlive its stay.
  virtual void put(Card& card, std::optional<Tear> tear) = 0;
  /// Takes the card away; after return the reader's thread does not touch it.
  virtual void take(Card& card) = 0;
  /// The card is still in the field (it was neither taken nor torn away).
  [[nodiscard]] virtual bool has(const Card& card) const = 0;
  /// Number of APDU exchanges since `card` was put into the field.
  [[nodiscard]] virtual unsigned exchanges() const = 0;
  /// Number of commands that the chip has got, searches too.
  [[nodiscard]] virtual unsigned commands() const = 0;
  /// Pulls the cable (and puts it back: a new pseudo-terminal behind the same link).
  virtual void unplug() = 0;
  [[nodiscard]] virtual Status replug() = 0;
  /// Switches a fault on at run time, from the next command on; Errc::invalid for an unknown name.
  [[nodiscard]] virtual Status set_fault(const std::string& fault) = 0;
  virtual void clear_faults() = 0;
};

}  // namespace tidegate::sim
