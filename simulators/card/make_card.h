// SPDX-License-Identifier: Apache-2.0
// Mints card images: a passenger's new card from root keys, issuer and number, and a card that
// arrives from another station with its journey open.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "simulators/card/card.h"

namespace tidegate::sim {

/// Invented keys of an issuer, before diversification. Real ones never leave a SAM.
struct RootKeys {
  std::array<Byte, 16> purchase{0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
                                0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F};
  std::array<Byte, 16> tac{0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57,
                           0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F};
  std::array<Byte, 16> load{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67,
                            0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F};
};
/// TOML: purchase_key, tac_key (required) and load_key (optional), 32 hex digits each. Other fields
/// are left alone, so that a software SAM's key file with a tac_key added serves both.
[[nodiscard]] Result<RootKeys> load_root_keys(const std::filesystem::path& file);

struct CardSpec {
  std::string issuer = "02002900";             ///< 8 digits
  std::string number = "3104770000000000426";  ///< 19 digits, the IIN first
  std::uint16_t province = 0x2900;             ///< BCD region codes of EF 17
  std::uint16_t city = 0x2900;
  bool interoperable = true;
  Byte card_kind = 0x01;  ///< 01 ordinary, 02 student, 03 elderly, 04 test, 05 military
  bool enabled = true;
  std::string valid_from = "20200101";  ///< YYYYMMDD
  std::string valid_to = "20401231";
  std::uint32_t balance = 5000;  ///< fen
  std::uint32_t overdraft_limit = 0;
  Bytes uid;  ///< 4, 7 or 10 bytes; empty: made from the number
  Byte key_index = 1;
  RootKeys keys;
};
/// Errc::invalid names the first field that cannot be on a card.
[[nodiscard]] Status check_card_spec(const CardSpec& spec);
/// A fresh card: empty log and trips, record 2701 there and unused. A spec that check_card_spec()
/// refuses is a bug of the caller.
[[nodiscard]] CardImageData make_card(const CardSpec& spec);

/// An entry made at another station.
struct OpenEntry {
  std::uint16_t city = 0x2900;  ///< BCD
  std::array<Byte, 8> acquirer{0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
  std::array<Byte, 8> station{};  ///< as in record 2701; its last 4 bytes are 1E's line and station
  std::array<Byte, 8> terminal{};  ///< 0000 and the 6 bytes of the SAM
  Byte line = 0;
  LocalTime at;
  std::uint32_t max_fare = 0;
  std::array<Byte, 29> operator_bytes{};
};
/// Leaves the card as that entry's composite purchase of 0 fen would have: record 2701 entered, a
/// trip of type 03, a line in the log, the counter one higher. Only the proof is missing, as if a
/// terminal had cleared it.
void open_entry(CardImageData& image, const OpenEntry& entry);

}  // namespace tidegate::sim
