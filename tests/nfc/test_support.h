// SPDX-License-Identifier: Apache-2.0
// What the card tests share: hex literals, a card that answers from a script, a purse to read.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "nfc/flow/t_union_flow.h"
#include "nfc/purse/ports.h"

namespace tidegate::nfc {

inline Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  EXPECT_TRUE(bytes.has_value()) << text;
  return bytes.value_or(Bytes{});
}

template <std::size_t N>
std::array<Byte, N> hex_array(std::string_view text) {
  return to_array<N>(hex(text));
}

inline LocalTime local(int year, int month, int day, int hour, int minute, int second) {
  LocalTime out;
  out.year = static_cast<std::int16_t>(year);
  out.month = static_cast<std::uint8_t>(month);
  out.day = static_cast<std::uint8_t>(day);
  out.hour = static_cast<std::uint8_t>(hour);
  out.minute = static_cast<std::uint8_t>(minute);
  out.second = static_cast<std::uint8_t>(second);
  return out;
}

inline std::filesystem::path make_temp_dir() {
  std::string pattern = testing::TempDir() + "/tidegate-nfc-XXXXXX";
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  return pattern;
}

/// Bytes of a card as a map: command without its Le → full response. Anything else is 6A82.
class MapCard final : public CardChannel {
 public:
  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds) override {
    const std::string key = to_hex(command);
    sent.push_back(key);
    if (gone_at && sent.size() > *gone_at) return fail(Errc::gone, "the card left");
    if (const auto found = answers.find(key); found != answers.end()) return hex(found->second);
    for (const auto& [prefix, answer] : answers)
      if (prefix.ends_with('*') && key.starts_with(prefix.substr(0, prefix.size() - 1)))
        return hex(answer);
    return hex("6A82");
  }

  std::map<std::string, std::string> answers;
  std::vector<std::string> sent;
  std::optional<std::size_t> gone_at;  ///< the channel fails after that many commands
};

/// A SAM whose answers the test gives.
class FakeSam final : public Sam {
 public:
  TerminalNo terminal() const override { return TerminalNo{{0x41, 0x31, 0x00, 0x00, 0x00, 0x02}}; }
  Byte key_index() const override { return 1; }
  Result<SamDebit> init_for_purchase(const SamRequest& request) override {
    last = request;
    if (init_error) return fail(*init_error, "no SAM");
    return SamDebit{.txn = SamTxnNo{0x100}, .mac1 = {1, 2, 3, 4}};
  }
  Result<bool> credit(const std::array<Byte, 4>&) override {
    if (credit_error) return fail(*credit_error, "no SAM");
    return mac2_right;
  }

  SamRequest last;
  bool mac2_right = true;
  std::optional<Errc> init_error, credit_error;
};

inline constexpr std::string_view kEf15 =
    "02002900FFFFFFFF020103104770000000000426202001012040123100"
    "00";
inline constexpr std::string_view kEf17 =
    "000001562900290000010"
    "1";
inline const std::string kSelect = "00A4040008A00000063201010500";
inline const std::string kFci = "6F318408A000000632010105A5259F0801029F0C1E" + std::string{kEf15};
inline const std::string kZeroes(256, '0');

inline std::string rail_hex(const RailRecord& record) {
  return to_hex(encode_rail_record(record));
}
inline std::string trip_hex(const TripRecord& record) {
  return to_hex(encode_trip_record(record));
}

inline RailRecord entered_rail() {
  RailRecord out;
  out.status = RailStatus::entered;
  out.entry_city = 0x2900;
  out.entry_acquirer = hex_array<8>("12002900FFFFFFFF");
  out.entry_station = hex_array<8>("0000000000180021");
  out.entry_terminal = hex_array<8>("0000413100000002");
  out.entry_at = local(2026, 1, 5, 8, 0, 0);
  out.entry_line = 0x18;
  out.entry_balance = Fen{5000};
  return out;
}

inline TripRecord entry_trip() {
  TripRecord out;
  out.type = 3;
  out.terminal = hex_array<8>("0000413100000002");
  out.industry = 1;
  out.line = {0x00, 0x18};
  out.station = {0x00, 0x21};
  out.balance = Fen{5000};
  out.at = local(2026, 1, 5, 8, 0, 0);
  out.city = 0x2900;
  out.acquirer = hex_array<8>("12002900FFFFFFFF");
  return out;
}

/// A sound card with 50 yuan, inside, one trip, two log records.
inline MapCard sound_card() {
  MapCard card;
  card.answers[kSelect] = kFci + "9000";
  card.answers["00B097000B"] = std::string{kEf17} + "9000";
  card.answers["00B201D480"] = rail_hex(entered_rail()) + "9000";
  card.answers["805C030204"] = "000013889000";
  card.answers["00B201F430"] = trip_hex(entry_trip()) + "9000";
  card.answers["00B202F430"] = "6A83";
  card.answers["00B201C417"] = "00020000000000019009413100000002202601050830009000";
  card.answers["00B202C417"] = "00010000000000000009413100000002202601050800009000";
  card.answers["00B203C417"] = kZeroes.substr(0, 46) + "9000";
  return card;
}

}  // namespace tidegate::nfc
