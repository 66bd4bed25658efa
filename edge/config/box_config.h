// SPDX-License-Identifier: Apache-2.0
// box.toml: everything a box is told when it starts. An unknown key or a bad value is an error that
// names file, line, key and what was expected. systemd/box.toml.example is the documented form.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/envelope/envelope.h"
#include "base/ids.h"
#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::edge {

enum class AisleDirection : std::uint8_t { entry = 1, exit = 2, both = 3 };

struct AisleConfig {
  AisleNo number;
  AisleDirection direction = AisleDirection::entry;
  std::string device;         ///< libnfc connstring: "pn532_uart:/dev/ttyUSB0"
  std::filesystem::path sam;  ///< key file of this aisle's software SAM
};

struct BoxConfig {
  BoxId id;
  fare::BoxKind kind = fare::BoxKind::station;
  Realm realm = Realm::test;
  NetworkId network;
  StopCode stop;
  std::filesystem::path state_dir;       ///< ledger/, accepted/, inbound/
  std::filesystem::path run_dir;         ///< reader.sock, gate.sock
  std::filesystem::path keys_dir;        ///< box.key, handle.key, clearing.pub (hex lines)
  std::filesystem::path book;            ///< signed fare book
  std::vector<crypto::Key32> book_keys;  ///< trusted signers of books
  /// SAM terminals of this station, at whichever box: own ones may be among them. A gate opens for
  /// what one of them has just debited. Sorted.
  std::vector<TerminalNo> station_terminals;
  std::chrono::milliseconds apdu_timeout{500};
  std::chrono::milliseconds commit_timeout{2000};
  std::size_t ledger_map_bytes = 1UL << 30U;
  std::vector<AisleConfig> aisles;
  Hash256 hash{};  ///< SHA-256 of the file

  [[nodiscard]] std::filesystem::path ledger_dir() const { return state_dir / "ledger"; }
  [[nodiscard]] std::filesystem::path reader_socket() const { return run_dir / "reader.sock"; }
  [[nodiscard]] std::filesystem::path gate_socket() const { return run_dir / "gate.sock"; }
};

/// Relative paths are relative to the file's folder.
[[nodiscard]] Result<BoxConfig> load_box_config(const std::filesystem::path& file);

/// The box's own keys, one hex line a file: box.key (Ed25519 seed), handle.key (32 bytes),
/// clearing.pub (key number and X25519 public key: "1 hex").
struct BoxKeys {
  crypto::SigningKey box;
  crypto::Key32 handle{};
  std::uint32_t clearing_number = 0;
  crypto::Key32 clearing{};
};
[[nodiscard]] Result<BoxKeys> load_box_keys(const std::filesystem::path& folder);

}  // namespace tidegate::edge
