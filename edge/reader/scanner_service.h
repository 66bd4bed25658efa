// SPDX-License-Identifier: Apache-2.0
// tidegate-reader --scanner: listens to one aisle's scanner and tells the gate of each code. One
// thread, no child: nothing here can hang.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/posix/fd.h"
#include "base/time.h"
#include "edge/protocol/reader_protocol.h"
#include "edge/reader/code_framer.h"
#include "edge/reader/gate_connection.h"
#include "edge/reader/serial_line.h"

namespace tidegate::edge {

struct ScannerServiceOptions {
  std::filesystem::path socket;  ///< reader.sock of the gate
  AisleNo aisle;
  std::string device;  ///< "/dev/ttyACM0"
};

class ScannerService {
 public:
  explicit ScannerService(ScannerServiceOptions options)
      : options_{std::move(options)}, gate_{options_.socket, options_.aisle} {}
  /// Until SIGTERM or SIGINT.
  [[nodiscard]] Status run();

 private:
  Status step();
  [[nodiscard]] std::chrono::milliseconds until_next_deadline() const;
  void greet_gate();
  void open_line();
  void from_line();
  void tell_code(const Bytes& code);
  void tell_state(reader_protocol::ReaderState state, const std::string& text);
  /// false: there is no gate.
  bool to_gate(reader_protocol::Body body);

  ScannerServiceOptions options_;
  posix::Fd signals_;
  GateConnection gate_;
  SerialLine line_;
  SteadyTime open_at_{};
  CodeFramer framer_;
  SteadyTime next_code_at_{};
  std::optional<reader_protocol::State> state_;  ///< of the scanner
  SteadyTime watchdog_at_{};
  bool stop_ = false;
};

}  // namespace tidegate::edge
