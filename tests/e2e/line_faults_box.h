// SPDX-License-Identifier: Apache-2.0
// A box with the shipped daemons, two aisles and simulated readers on their lines: passengers tap,
// faults strike the line of one aisle, and the account is done at the end.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "edge/ledger/entry.h"
#include "edge/protocol/gate_protocol.h"
#include "fare/engine/refusal.h"
#include "simulators/card/card.h"
#include "simulators/card/hostile.h"
#include "simulators/gate/sim_gate.h"
#include "simulators/pn532/reader.h"
#include "simulators/station/box_files.h"
#include "simulators/station/passengers.h"
#include "simulators/station/supervisor.h"

namespace tidegate::e2e {

/// A passenger with one card.
struct Rider {
  std::string story;  ///< for complaints: which row of a table it was
  std::string lie;    ///< name of the hostile card; empty: honest
  sim::CardImageData before;
  std::unique_ptr<sim::Card> card;
  Fen fare;               ///< what one passage must cost
  unsigned visits = 1;    ///< how often the barrier must open in the end
  unsigned passages = 0;  ///< how often it did
  /// Called in the reader's thread when the card has got 8054 and has not acted yet.
  std::function<void()> before_debit;

  [[nodiscard]] sim::CardImageData image() const;
  [[nodiscard]] Fen spent() const;
};

/// What display and barrier told the passenger.
struct Shown {
  std::optional<edge::gate_protocol::Display> display;
  bool open = false;

  [[nodiscard]] bool is(edge::gate_protocol::Screen screen) const {
    return display && display->screen == screen;
  }
  [[nodiscard]] std::optional<fare::RefusalCode> refusal() const;
  [[nodiscard]] std::string text() const;
};

class LineBox {
 public:
  static constexpr AisleNo kBeside{1};  ///< leads in; nothing is ever wrong with it
  static constexpr AisleNo kStruck{2};  ///< leads out; its line is the one that faults strike
  /// Generous: under a sanitizer on a loaded machine everything takes its time.
  static constexpr std::chrono::seconds kPatience{60};
  static constexpr const char* kValidTo = "20401231";  ///< the last day of a card

  struct Options {
    /// Changes what the box is told before it starts.
    std::function<Status(const sim::BoxFiles&)> prepare;
    /// What the gate's environment has on top of ours.
    std::function<std::vector<std::string>(const sim::BoxFiles&)> gate_environment;
    bool gate_may_fail = false;  ///< to start: that is part of the test
  };
  /// Starts the box and lets one passenger out, to learn at which exchange the money moves.
  [[nodiscard]] static Result<std::unique_ptr<LineBox>> start(Options options);
  ~LineBox();
  LineBox(const LineBox&) = delete;
  LineBox& operator=(const LineBox&) = delete;

  /// Mints a passenger who came in at another station, and pays when it leaves here.
  Rider& arriving(std::string story, const std::string& valid_to = kValidTo);
  /// The same with a card that lies.
  Rider& lying(const std::string& lie);
  /// Mints a passenger who wants in.
  Rider& entering(std::string story);

  [[nodiscard]] sim::SimReader& line() { return *readers_[1]; }
  /// Switches a fault of a search on and waits until one has come that it strikes: a card that is
  /// put down now is not found by a search of before. False: it was never asked again.
  [[nodiscard]] bool strike_searches(const std::string& fault);
  /// APDU exchanges of an undisturbed tap; the last one moves the money.
  [[nodiscard]] unsigned debit_exchange() const noexcept { return debit_exchange_; }

  [[nodiscard]] bool wait_ready(AisleNo aisle);
  /// Waits until the aisle says that it is closed.
  [[nodiscard]] bool wait_closed(AisleNo aisle = kStruck);
  /// Puts the card down and waits for what is shown; the card stays. An aisle that is closed is
  /// waited for when `until_served`.
  Shown put(AisleNo aisle, Rider& rider, std::optional<sim::Tear> tear, bool until_served);
  /// The parts of it: what was shown so far is forgotten, the card is laid down, watched.
  void arm(AisleNo aisle) { gate_->arm(aisle); }
  void lay(AisleNo aisle, Rider& rider, std::optional<sim::Tear> tear) {
    reader_of(aisle).put(*rider.card, tear);
  }
  [[nodiscard]] Shown watch(AisleNo aisle, bool until_served,
                            std::chrono::seconds patience = kPatience);
  /// Passes if the barrier is open, and takes the card away.
  void take(AisleNo aisle, Rider& rider, const Shown& shown);
  /// Waits for the aisle, taps, and comes again as often as the display asks for it, `taps` times
  /// at most. Empty: the barrier opened for the right fare; else what went wrong.
  [[nodiscard]] std::string pass(AisleNo aisle, Rider& rider, unsigned taps);

  void kill_gate() { daemons_->kill_unit("gate"); }
  [[nodiscard]] unsigned gate_starts() const { return daemons_->starts("gate"); }
  [[nodiscard]] std::string gate_log() const;
  /// How often the ledger has an event of this kind, now, while the gate runs.
  [[nodiscard]] unsigned recorded(edge::OutcomeResult result, const Rider& rider) const;
  [[nodiscard]] unsigned recorded_passages() const;

  /// Daemons that did not live from the start until now.
  [[nodiscard]] std::vector<std::string> deaths() const;
  /// How often the libnfc child of the struck line was replaced.
  [[nodiscard]] unsigned children_replaced() const;
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return files_.dir; }

  /// Stops the box and does the account: a sentence for each thing that is not right.
  [[nodiscard]] std::vector<std::string> close();

 private:
  struct Account;
  LineBox(sim::SiteFiles site, Options options)
      : site_{std::move(site)}, files_{site_.boxes.front()}, options_{std::move(options)} {}
  [[nodiscard]] Status run();
  [[nodiscard]] Status learn_debit_exchange();
  [[nodiscard]] sim::SimReader& reader_of(AisleNo aisle) {
    return *readers_[static_cast<std::size_t>(aisle.get()) - 1];
  }
  Rider& mint(std::string story, bool arriving, const std::string& valid_to = kValidTo);
  [[nodiscard]] CardHandle handle_of(const Rider& rider) const;
  [[nodiscard]] Account read_account(std::vector<std::string>& complaints) const;
  void compare(const Rider& rider, const Account& account,
               std::vector<std::string>& complaints) const;

  sim::SiteFiles site_;
  sim::BoxFiles files_;  ///< of the only box
  Options options_;
  std::string from_;
  Fen fare_;
  unsigned debit_exchange_ = 0;
  std::vector<std::unique_ptr<Rider>> riders_;  ///< outlive the readers
  std::vector<std::unique_ptr<sim::SimReader>> readers_;
  std::unique_ptr<sim::Supervisor> daemons_;
  std::unique_ptr<sim::SimGate> gate_;
};

}  // namespace tidegate::e2e
