// SPDX-License-Identifier: Apache-2.0
// A simulated PSAM as its own operating system would behave on contacts: files, key, purchase
// session, transaction numbers, T=0 procedure. Shares no code with the terminal.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/openssl/crypto.h"
#include "simulators/sam/txn_store.h"

namespace tidegate::sim {

struct PsamSpec {
  crypto::Key16 purchase_key{};    ///< root of the purses' purchase keys
  std::array<Byte, 6> terminal{};  ///< BCD
  Byte key_index = 1;              ///< what the terminal shall say in 8050
  Byte key_version = 1;            ///< the only one it has a key for
  std::size_t serial_bytes = 14;   ///< length of file 15; reads must ask for all of it
  bool application = true;         ///< DF 8011 is there
};

class Psam {
 public:
  Psam(const PsamSpec& spec, TxnStore numbers) : spec_{spec}, numbers_{std::move(numbers)} {}
  Psam(const Psam&) = delete;
  Psam& operator=(const Psam&) = delete;
  ~Psam();

  [[nodiscard]] static Bytes answer_to_reset();
  /// Power on and reset: the MF is selected, nothing else is remembered.
  void power_on();
  void power_off();
  [[nodiscard]] bool powered() const noexcept { return powered_; }
  /// One command with its answer as on T=0: what a command answers beside its status word waits for
  /// GET RESPONSE. It must be powered.
  [[nodiscard]] Bytes transceive(ByteView command);

 private:
  struct Session {
    crypto::Block8 key{};
    std::array<Byte, 4> amount{};
  };
  enum class At : std::uint8_t { master, purse };

  [[nodiscard]] Bytes select(ByteView command);
  [[nodiscard]] Bytes read_binary(ByteView command) const;
  [[nodiscard]] Bytes get_response(Byte wanted);
  [[nodiscard]] Bytes init_for_purchase(ByteView command);
  [[nodiscard]] Bytes credit_for_purchase(ByteView command);
  [[nodiscard]] Bytes file(Byte sfi) const;
  void close_session();

  PsamSpec spec_;
  TxnStore numbers_;
  bool powered_ = false;
  At at_ = At::master;
  Bytes waiting_;  ///< for GET RESPONSE
  std::optional<Session> session_;
};

}  // namespace tidegate::sim
