// SPDX-License-Identifier: Apache-2.0
// The folder a simulated station lives in: keys, SAM files, a signed fare book and box.toml, all
// made from the seed. Nothing in it is a real key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/openssl/crypto.h"
#include "base/result.h"
#include "fare/engine/book.h"
#include "simulators/sam/virtual_readers.h"

namespace tidegate::sim {

enum class AisleUse : std::uint8_t { entry, exit, both };

struct SimAisle {
  std::uint16_t number = 0;
  AisleUse use = AisleUse::both;
  TerminalNo terminal;
  std::filesystem::path link;           ///< the reader's serial line
  std::optional<VirtualReader> chip{};  ///< where its SAM sits; none: in software
};

/// One box: its folder, its keys, its aisles.
struct BoxFiles {
  unsigned number = 1;  ///< from 1
  std::string stop;     ///< the station it stands in
  std::filesystem::path dir;
  std::filesystem::path config;  ///< box.toml
  std::filesystem::path run;     ///< sockets and serial lines: a short path, as sockets need
  std::filesystem::path log;
  std::filesystem::path ledger;
  crypto::Key32 handle_key{};
  std::vector<SimAisle> aisles;

  [[nodiscard]] std::filesystem::path gate_socket() const { return run / "gate.sock"; }
  [[nodiscard]] std::filesystem::path sam_file(const SimAisle& aisle) const;
};

struct SiteOptions {
  std::filesystem::path dir;     ///< empty: a fresh folder for temporary files
  std::filesystem::path tariff;  ///< sources of the fare book
  std::string network;
  std::vector<std::string> stops{};  ///< of each box; boxes of one stop are one station
  unsigned aisles = 2;               ///< of each box
  bool pcsc = false;                 ///< SAMs behind pcscd
  std::uint64_t seed = 1;
};

/// All boxes of a run, and the cards that meet them. A single box lives in `dir` itself, several in
/// folders of it.
struct SiteFiles {
  std::filesystem::path dir;
  std::filesystem::path cards_before, cards_after;
  std::filesystem::path foreign;         ///< what other operators' terminals took, a line each
  std::filesystem::path never_returned;  ///< cards that were torn and did not come back
  crypto::Key16 purchase_key{};          ///< root of all purses
  crypto::Key16 tac_key{};               ///< root of all TACs: not in the SAMs
  std::shared_ptr<const fare::Book> book;
  std::vector<std::string> pcscd{};  ///< the command that starts it; empty: SAMs are in software
  std::vector<BoxFiles> boxes;
};

/// Errc::exists when `dir` already holds a box.
[[nodiscard]] Result<SiteFiles> make_site(const SiteOptions& options);

/// 32 bytes that only seed and name decide.
[[nodiscard]] crypto::Key32 key_from_seed(std::uint64_t seed, std::string_view name);

}  // namespace tidegate::sim
