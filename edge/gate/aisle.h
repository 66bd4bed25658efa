// SPDX-License-Identifier: Apache-2.0
// One aisle: a thread that waits for cards and runs taps. It closes by itself when its reader, its
// SAM or the ledger fails, and opens again by itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "edge/gate/aisle_front.h"
#include "edge/gate/code_tap.h"
#include "edge/gate/reader_link.h"
#include "edge/gate/services.h"
#include "edge/gate/tap.h"
#include "nfc/purse/ports.h"

namespace tidegate::edge {

class Aisle {
 public:
  Aisle(const Services& services, const AisleConfig& config, ReaderLink& link, GateLink& gate);
  ~Aisle();
  /// Takes no further card; a tap that runs comes to its end. Any thread.
  void stop();
  Aisle(const Aisle&) = delete;
  Aisle& operator=(const Aisle&) = delete;

  [[nodiscard]] AisleNo number() const noexcept { return config_.number; }
  /// A code was shown at this aisle. Any thread; one tap at a time, of card or code.
  void present(CodeTrust& trust, ByteView code);
  /// Whether codes can be taken where cards cannot. Any thread.
  void scanner_works(bool works) noexcept { scanner_works_ = works; }
  /// The outcome a passage belongs to. Any thread.
  [[nodiscard]] SequenceNo opened_for(bool passed) { return front_.opened_for(passed); }

 private:
  void run();
  /// Opens the SAM if it is not, and looks now and then whether it is still there; false: this
  /// aisle has none.
  [[nodiscard]] bool sam_ready();
  [[nodiscard]] bool open_sam();
  [[nodiscard]] bool may_serve();
  void serve_one();
  void tap();
  void serve_card();
  /// Whether this is the code that has just opened, still held before the scanner.
  [[nodiscard]] bool has_just_opened(ByteView code) const;
  void two_cards(const std::string& text);
  void emergency();
  void wait_gone();
  /// Shows a state only when it is another one than the display shows.
  void show_state(const gate_protocol::Display& display) { front_.show_state(display); }
  /// Cards cannot be taken; codes may be.
  [[nodiscard]] gate_protocol::Display closed_display() const;
  void pause();

  const Services& services_;
  const AisleConfig& config_;
  ReaderLink& link_;
  AisleFront front_;
  std::mutex serving_;  ///< held by the tap that runs
  Bytes opened_code_;   ///< under `serving_`
  SteadyTime opened_code_at_{};
  std::atomic<bool> scanner_works_{false};
  std::unique_ptr<nfc::Sam> sam_;
  SteadyTime sam_due_{};                ///< when it is looked for next
  std::optional<TerminalNo> terminal_;  ///< of the last SAM of this run
  bool sam_missing_told_ = false;
  bool two_cards_told_ = false;
  bool reader_ok_ = true;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tidegate::edge
