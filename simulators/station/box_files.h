// SPDX-License-Identifier: Apache-2.0
// The folder a simulated station lives in: keys, SAM files, a signed fare book and box.toml, all
// made from the seed. Nothing in it is a real key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/openssl/crypto.h"
#include "base/result.h"
#include "fare/engine/book.h"

namespace tidegate::sim {

enum class AisleUse : std::uint8_t { entry, exit, both };

struct SimAisle {
  std::uint16_t number = 0;
  AisleUse use = AisleUse::both;
  TerminalNo terminal;
  std::filesystem::path link;  ///< the reader's serial line
};

struct BoxFilesOptions {
  std::filesystem::path dir;     ///< empty: a fresh folder for temporary files
  std::filesystem::path tariff;  ///< sources of the fare book
  std::string network;
  std::string stop;
  unsigned aisles = 2;
  std::uint64_t seed = 1;
};

struct BoxFiles {
  std::filesystem::path dir;
  std::filesystem::path config;  ///< box.toml
  std::filesystem::path run;     ///< sockets and serial lines: a short path, as sockets need
  std::filesystem::path log;
  std::filesystem::path cards_before, cards_after;
  std::filesystem::path ledger;
  crypto::Key32 handle_key{};
  crypto::Key16 purchase_key{};  ///< root of all purses
  crypto::Key16 tac_key{};       ///< root of all TACs: not in the SAMs
  std::shared_ptr<const fare::Book> book;
  std::vector<SimAisle> aisles;

  [[nodiscard]] std::filesystem::path gate_socket() const { return run / "gate.sock"; }
};

/// Errc::exists when `dir` already holds a box.
[[nodiscard]] Result<BoxFiles> make_box_files(const BoxFilesOptions& options);

/// 32 bytes that only seed and name decide.
[[nodiscard]] crypto::Key32 key_from_seed(std::uint64_t seed, std::string_view name);

}  // namespace tidegate::sim
