// SPDX-License-Identifier: Apache-2.0
// box.toml: everything a box is told when it starts. An unknown key or a bad value is an error that
// names file, line, key and what was expected. systemd/box.toml.example is the documented form.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/envelope/envelope.h"
#include "base/ids.h"
#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::edge {

enum class AisleDirection : std::uint8_t { entry = 1, exit = 2, both = 3 };

/// How a flat fare is taken: by a composite purchase that leaves a trip of 1E on the card, or by a
/// plain one (8050 01) that leaves only the card's own log.
enum class FlatPurchase : std::uint8_t { capp = 1, plain = 2 };
/// What an issuer lends on a card: never touched, or only by an exit whose fare is above the money
/// there, so that nobody is trapped.
enum class Overdraft : std::uint8_t { never = 1, exit = 2 };
/// P1 of UPDATE CAPP DATA CACHE for EF 1A: the low byte of the record's id, as machines in the
/// field send it, or 00, as a test manual has it.
enum class JourneyP1 : std::uint8_t { record = 1, zero = 2 };
/// Rides by code where the fare depends on the way: refused at entry, or opened at both ends and
/// matched by the clearing house.
enum class CodeJourneys : std::uint8_t { refuse = 1, clearing = 2 };

/// Of a vehicle or vessel, as record 2702 has it.
struct VehicleConfig {
  std::string number;  ///< at most 8 ASCII characters
  bool down = false;   ///< direction
};

struct AisleConfig {
  AisleNo number;
  AisleDirection direction = AisleDirection::entry;
  std::string device;         ///< libnfc connstring: "pn532_uart:/dev/ttyUSB0"
  std::filesystem::path sam;  ///< key file of a software SAM; empty: the SAM is in a PC/SC reader
  std::string sam_reader;     ///< name of that PC/SC reader
  std::string scanner;        ///< serial device of a scanner of ride codes; empty: none
};

/// A signed file and whose signature makes it ours.
struct ListFile {
  std::filesystem::path file;  ///< empty: there is none
  std::vector<crypto::Key32> trusted;
};
/// Signed files about cards and codes.
struct ListConfig {
  std::filesystem::path issuers;       ///< empty: every issuer is taken, and no code
  std::filesystem::path places;        ///< empty: only the fare book names stations
  std::vector<crypto::Key32> trusted;  ///< signers of the issuer list
  /// Signers of the table of places: who names stations must not make ride codes.
  std::vector<crypto::Key32> places_trusted;
  ListFile denylist;
  /// Cards that come or go at once, in percent of the list: a file that changes more is refused.
  std::uint32_t denylist_change = 20;
};

/// What allows the ledger to be pruned.
struct AckConfig {
  std::filesystem::path file;  ///< the clearing house's acknowledgement; empty: never pruned
  std::vector<crypto::Key32> trusted;  ///< its signers
};

struct BoxConfig {
  BoxId id;
  fare::BoxKind kind = fare::BoxKind::station;
  Realm realm = Realm::test;
  NetworkId network;
  StopCode stop;
  std::filesystem::path state_dir;       ///< ledger/, accepted/, inbound/
  std::filesystem::path run_dir;         ///< reader.sock, gate.sock, ledger.sock
  std::filesystem::path keys_dir;        ///< box.key, handle.key, clearing.pub (hex lines)
  std::filesystem::path book;            ///< signed fare book
  std::vector<crypto::Key32> book_keys;  ///< trusted signers of books
  ListConfig lists;
  AckConfig acks;
  VehicleConfig vehicle;
  bool select_by_ppse = false;  ///< the card's own list first, else the purse that most cards have
  CodeJourneys code_journeys = CodeJourneys::refuse;
  FlatPurchase flat_purchase = FlatPurchase::capp;
  Overdraft overdraft = Overdraft::never;
  JourneyP1 journey_p1 = JourneyP1::record;
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
  [[nodiscard]] std::filesystem::path ledger_socket() const { return run_dir / "ledger.sock"; }
};

/// Relative paths are relative to the file's folder.
[[nodiscard]] Result<BoxConfig> load_box_config(const std::filesystem::path& file);

/// The box's keys, one hex line a file: its own box.key (Ed25519 seed) and handle.key (32 bytes),
/// clearing.pub (key number and X25519 public key: "1 hex"), the region's list.key (16 bytes).
struct BoxKeys {
  crypto::SigningKey box;
  crypto::Key32 handle{};
  std::uint32_t clearing_number = 0;
  crypto::Key32 clearing{};
  std::optional<crypto::Key16> list;  ///< lists by list handle need it
};
[[nodiscard]] Result<BoxKeys> load_box_keys(const std::filesystem::path& folder);

}  // namespace tidegate::edge
