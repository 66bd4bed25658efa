// SPDX-License-Identifier: Apache-2.0
// The reader's end of ledger.sock: asks a running gate for entries. What it gives out was not
// checked against the chain: who reads knows where it stands.
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "edge/protocol/ledger_protocol.h"

namespace tidegate::edge {

class LedgerClient {
 public:
  [[nodiscard]] static Result<LedgerClient> connect(const std::filesystem::path& socket);

  [[nodiscard]] const BoxId& box() const noexcept { return box_; }
  /// As the last answer had it.
  [[nodiscard]] const ledger_protocol::Where& where() const noexcept { return where_; }
  /// Waits for the first row as long as the request says. Empty: none came.
  [[nodiscard]] Result<ledger_protocol::Batch> read(const ledger_protocol::Read& request);

 private:
  explicit LedgerClient(posix::SeqpacketSocket socket) : socket_{std::move(socket)} {}
  [[nodiscard]] Result<ledger_protocol::Message> receive(std::chrono::milliseconds patience) const;

  posix::SeqpacketSocket socket_;
  BoxId box_;
  ledger_protocol::Where where_;
};

}  // namespace tidegate::edge
