// SPDX-License-Identifier: Apache-2.0
// A gate in a process of its own, to be killed with SIGKILL: real ledger folder, committer,
// software SAMs and tap pipeline. The test's process owns the cards and answers for them over a
// socket, so it decides at each exchange what the card did and what the gate gets to hear of it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/posix/seqpacket.h"
#include "edge/config/box_config.h"
#include "edge/gate/tap.h"
#include "edge/ledger/ledger.h"
#include "simulators/card/card.h"

namespace tidegate::edge::torn {

struct AisleSpec {
  AisleNo number;
  AisleDirection direction = AisleDirection::entry;
  TerminalNo terminal;
};

struct BoxSpec {
  std::string name;
  std::filesystem::path folder;  ///< ledger/ and the SAMs' files
  std::vector<AisleSpec> aisles;
  std::vector<TerminalNo> station;  ///< terminals of the station, sorted
  [[nodiscard]] std::filesystem::path ledger() const { return folder / "ledger"; }
};

[[nodiscard]] LedgerIdentity identity_of(const BoxSpec& box);
/// Each box gives a card a handle of its own.
[[nodiscard]] CardHandle handle_at(const BoxSpec& box, const sim::CardImageData& card);

/// What goes wrong in a tap. Exchanges are counted from 1: APDUs, the SAM's two commands, and the
/// barrier.
struct Strike {
  unsigned exchange = 0;    ///< 0: nothing
  bool after_card = false;  ///< the other side has acted, the gate does not hear of it
  bool kill = false;        ///< the gate is killed at that moment; else the card is gone
};

/// A debit that the card made: the truth that ledgers are held against.
struct CardDebit {
  TerminalNo terminal;
  SamTxnNo txn;
  CardCounter counter;  ///< after it
  Fen amount;
  bool journey = false;  ///< it wrote a trip; a proof writes none
};

/// A card, and what gates took from it.
struct Passenger {
  std::unique_ptr<sim::TUnionCard> card;
  std::vector<CardDebit> debits;
};

/// How a tap looked from outside.
struct TapSeen {
  bool killed = false;  ///< the gate did not live to say more
  bool opened = false;
  TapReport::End end = TapReport::End::refused;
  std::optional<fare::RefusalCode> refusal;
  std::string detail;
  Fen fare;
  SequenceNo outcome;
  bool recovered = false;
  std::vector<std::string> exchanges;  ///< their names, in order
};

/// The test's end. Errors of the machinery are failures of the test.
class GateProcess {
 public:
  explicit GateProcess(BoxSpec spec) : spec_{std::move(spec)} {}
  ~GateProcess() { stop(); }
  GateProcess(const GateProcess&) = delete;
  GateProcess& operator=(const GateProcess&) = delete;

  [[nodiscard]] const BoxSpec& spec() const noexcept { return spec_; }
  /// Starts a gate when none runs: on the same folder, as after a kill.
  [[nodiscard]] TapSeen tap(Passenger& who, AisleNo aisle, Timestamp at, const Strike& strike = {});
  /// The passenger goes through: on disk when this returns.
  void passage(AisleNo aisle, Timestamp at, SequenceNo outcome);
  void stop();

 private:
  void start(Timestamp at);
  void kill();
  [[nodiscard]] Bytes ask(ByteView message);
  void send(ByteView message);
  [[nodiscard]] Bytes receive();

  BoxSpec spec_;
  pid_t pid_ = 0;
  posix::SeqpacketSocket line_;
};

}  // namespace tidegate::edge::torn
