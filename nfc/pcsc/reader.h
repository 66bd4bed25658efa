// SPDX-License-Identifier: Apache-2.0
// A chip on contacts in a PC/SC reader: connected alone, asked with a limit of time. The only file
// beside its .cc that knows pcscd.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "nfc/pcsc/worker.h"

namespace tidegate::nfc {

/// One of the readers by its whole name, or by the beginning of just one's. Errc::not_found,
/// Errc::invalid: the beginning of several.
[[nodiscard]] Result<std::string> pick_reader(const std::vector<std::string>& readers,
                                              const std::string& wanted);

class PcscReader {
 public:
  /// Finds the reader and powers its chip. The errors of open_pcsc_sam().
  [[nodiscard]] static Result<std::unique_ptr<PcscReader>> connect(std::string_view name);
  /// Takes the chip's power, so that the next one to connect finds it as new.
  ~PcscReader();
  PcscReader(const PcscReader&) = delete;
  PcscReader& operator=(const PcscReader&) = delete;

  /// One exchange; the answer has at least two bytes. Any error means that the chip's state is
  /// lost.
  [[nodiscard]] Result<Bytes> transmit(ByteView command);
  /// Whether it is the chip that was connected, untouched since.
  [[nodiscard]] Status alive();
  /// T=0: a command that brings data carries no Le, and its answer is fetched.
  [[nodiscard]] bool character_protocol() const noexcept { return character_protocol_; }

 private:
  struct Session;
  PcscReader(std::shared_ptr<Session> session, std::unique_ptr<Worker> worker);

  std::shared_ptr<Session> session_;  ///< the worker's alone while it runs something
  std::unique_ptr<Worker> worker_;
  bool character_protocol_ = true;
};

}  // namespace tidegate::nfc
