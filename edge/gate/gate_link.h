// SPDX-License-Identifier: Apache-2.0
// The gate's end of gate.sock: tells barrier and display controllers what to do and hears from
// them. A controller that does not drain its socket is dropped; it then opens by itself.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "edge/gate/acceptor.h"
#include "edge/protocol/gate_protocol.h"

namespace tidegate::edge {

/// What one tap may do to barrier and display: the port the pipeline works on.
class Front {
 public:
  virtual ~Front() = default;
  /// `outcome` is what the passage that follows belongs to; 0: none.
  virtual void open(gate_protocol::Direction direction, SequenceNo outcome) = 0;
  virtual void show(const gate_protocol::Display& display) = 0;
};

class GateLink {
 public:
  struct Callbacks {
    std::function<void(AisleNo, bool passed)> passage;
    std::function<void(bool on)> fire;
  };
  [[nodiscard]] static Result<std::unique_ptr<GateLink>> start(const std::filesystem::path& socket,
                                                               Callbacks callbacks);
  ~GateLink();
  GateLink(const GateLink&) = delete;
  GateLink& operator=(const GateLink&) = delete;

  /// To the controllers of this aisle. What the display shows is told again to whoever comes later.
  void send(AisleNo aisle, const gate_protocol::Body& body);

 private:
  struct Peer {
    posix::SeqpacketSocket socket;
    std::optional<AisleNo> aisle;  ///< since Hello; 0: all
    bool dropped = false;
  };
  GateLink(Acceptor acceptor, Callbacks callbacks);
  void run();
  void wait_and_hear(std::chrono::milliseconds patience);
  void hear(Peer& peer);
  void greet(Peer& peer, AisleNo aisle);
  void beat();
  void tell(Peer& peer, ByteView message);
  void sweep();

  Acceptor acceptor_;
  Callbacks callbacks_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Peer>> peers_;
  std::map<AisleNo, gate_protocol::Display> shown_;
  std::thread thread_;
};

/// The controllers of one aisle.
class GateFront final : public Front {
 public:
  GateFront(GateLink& link, AisleNo aisle) : link_{link}, aisle_{aisle} {}
  void open(gate_protocol::Direction direction, SequenceNo outcome) override {
    opened_ = outcome.get();  // before the controller can answer with a passage
    link_.send(aisle_, gate_protocol::Open{.direction = direction});
  }
  void show(const gate_protocol::Display& display) override { link_.send(aisle_, display); }
  /// The outcome the barrier was opened for last, until somebody went through for it: a controller
  /// may say "not passed" and see the passenger go all the same. Any thread.
  [[nodiscard]] SequenceNo opened_for(bool passed) {
    return SequenceNo{passed ? opened_.exchange(0) : opened_.load()};
  }

 private:
  GateLink& link_;
  AisleNo aisle_;
  std::atomic<std::uint64_t> opened_{0};
};

}  // namespace tidegate::edge
