// SPDX-License-Identifier: Apache-2.0
// tidegate-reader's parent: relays between the gate and the libnfc child, watches the child's
// deadlines and replaces it when it hangs or dies. It never calls libnfc itself and has one thread.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "base/posix/fd.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"
#include "edge/reader/child_process.h"
#include "edge/reader/gate_connection.h"
#include "edge/reader/reader_child.h"

namespace tidegate::edge {

struct ReaderServiceOptions {
  std::filesystem::path socket;  ///< reader.sock of the gate
  AisleNo aisle;
  std::string connstring;  ///< "pn532_uart:/path[:speed]"
};

class ReaderService {
 public:
  explicit ReaderService(ReaderServiceOptions options)
      : options_{std::move(options)}, gate_{options_.socket, options_.aisle} {}

  /// Until SIGTERM or SIGINT. The process must have one thread.
  [[nodiscard]] Status run();

  /// Opens the reader once, in a child process, and looks for a card: a sentence about what is
  /// there.
  [[nodiscard]] static Result<std::string> check(const std::string& connstring);

 private:
  struct Active {
    std::uint32_t request = 0;
    SteadyTime deadline;
    bool orphan = false;  ///< the gate that asked is gone
  };

  Status step();
  [[nodiscard]] std::chrono::milliseconds until_next_deadline() const;

  void greet_gate();
  void lose_gate(const std::string& why);
  void from_gate();
  void pump();
  void to_gate(std::uint32_t request, reader_protocol::Body body);

  void start_child();
  void replace_child(const std::string& why);
  void from_child();
  void on_child_state(const reader_protocol::State& state);
  void on_child_answer(const reader_protocol::Message& message);
  void fail_active(reader_protocol::Cause cause, const std::string& text);
  void tell_state(const reader_protocol::State& state);

  ReaderServiceOptions options_;
  posix::Fd signals_;

  GateConnection gate_;
  std::deque<reader_protocol::Message> waiting_;  ///< from the gate, not yet with the child
  std::optional<reader_protocol::State> told_;    ///< what this gate knows

  ChildProcess child_;
  SteadyTime start_child_at_{};
  SteadyTime child_started_{};
  SteadyTime last_sign_{};
  unsigned deaths_ = 0;                          ///< in a row, without a working spell between
  std::optional<reader_protocol::State> state_;  ///< of the child
  std::optional<Active> active_;
  CardPhase phase_ = CardPhase::looking;
  bool fresh_ = true;  ///< the child has begun afresh for this gate
  SteadyTime watchdog_at_{};
  bool stop_ = false;
};

}  // namespace tidegate::edge
