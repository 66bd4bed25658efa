// SPDX-License-Identifier: Apache-2.0
// tidegate-reader's parent: connects to the gate, gives the connection to the libnfc child, watches
// that child's deadlines and replaces it when it hangs or dies. It hears nothing of what the gate
// says, never calls libnfc itself and has one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/posix/fd.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"
#include "edge/reader/child_notes.h"
#include "edge/reader/child_process.h"
#include "edge/reader/gate_connection.h"

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
  Status step();
  [[nodiscard]] std::chrono::milliseconds until_next_look() const;
  void greet_gate();
  void lose_gate(const std::string& why);
  void to_gate(std::uint32_t request, reader_protocol::Body body);

  void start_child();
  void look_after_child();
  void replace_child(const std::string& why);
  void say_lost();

  ReaderServiceOptions options_;
  posix::Fd signals_;
  GateConnection gate_;
  ChildNotes* notes_ = nullptr;  ///< of all children, one after the other
  ChildProcess child_;           ///< none without a gate
  SteadyTime start_child_at_{};
  SteadyTime child_started_{};
  unsigned deaths_ = 0;  ///< in a row, without a working spell between
  SteadyTime watchdog_at_{};
  bool stop_ = false;
};

}  // namespace tidegate::edge
