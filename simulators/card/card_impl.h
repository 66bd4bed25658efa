// SPDX-License-Identifier: Apache-2.0
// The inside of the simulated card's operating system: its state and its commands. For the card's
// own source files only.
#pragma once

#include <optional>
#include <string_view>

#include "simulators/card/card.h"
#include "simulators/card/purse_crypto.h"

namespace tidegate::sim {

/// Status words this card answers.
namespace sw {
inline constexpr std::uint16_t kOk = 0x9000;
inline constexpr std::uint16_t kBlocked = 0x6283;
inline constexpr std::uint16_t kWrongLength = 0x6700;
inline constexpr std::uint16_t kStateMachine = 0x6901;
inline constexpr std::uint16_t kConditions = 0x6985;
inline constexpr std::uint16_t kNoCurrentFile = 0x6986;
inline constexpr std::uint16_t kWrongData = 0x6A80;
inline constexpr std::uint16_t kNotFound = 0x6A82;
inline constexpr std::uint16_t kNoRecord = 0x6A83;
inline constexpr std::uint16_t kRecordLength = 0x6A84;
inline constexpr std::uint16_t kWrongParameters = 0x6A86;
inline constexpr std::uint16_t kWrongOffset = 0x6B00;
inline constexpr std::uint16_t kWrongLe = 0x6C00;  // low byte: the right one
inline constexpr std::uint16_t kWrongInstruction = 0x6D00;
inline constexpr std::uint16_t kWrongClass = 0x6E00;
inline constexpr std::uint16_t kWrongMac = 0x9302;
inline constexpr std::uint16_t kInsufficient = 0x9401;
inline constexpr std::uint16_t kCounterAtMaximum = 0x9402;
inline constexpr std::uint16_t kUnknownKeyIndex = 0x9403;
inline constexpr std::uint16_t kLockedForEver = 0x9303;
inline constexpr std::uint16_t kNoProof = 0x9406;
inline constexpr std::uint16_t kRecordLocked = 0x9407;
}  // namespace sw

/// Transaction types as MACed and logged.
inline constexpr Byte kTypeLoad = 0x02;
inline constexpr Byte kTypePurchase = 0x06;
inline constexpr Byte kTypeCapp = 0x09;

/// Largest balance, amount and limit: three bytes.
inline constexpr std::uint32_t kMoneyMax = 0xFFFFFF;

inline constexpr std::size_t kLogRecordsMax = 10;
inline constexpr std::size_t kTripRecordsMax = 30;

/// The algorithm byte of 8050: 3DES, and SM4 as clearing records number it. What an SM4 purse
/// computes is not public: this card announces it and accepts no MAC.
inline constexpr Byte kAlgorithmTdes = 0x00;
inline constexpr Byte kAlgorithmSm4 = 0x04;

/// A command as the card reads it. `le` 00 means "as much as there is".
struct Apdu {
  Byte cla = 0, ins = 0, p1 = 0, p2 = 0;
  ByteView data;
  std::optional<Byte> le;

  [[nodiscard]] bool le_is(std::size_t size) const { return le && (*le == 0 || *le == size); }
};

/// What the card answers: data and a status word.
struct Answer {
  Answer(std::uint16_t word) : status{word} {}  // NOLINT: `return sw::kConditions;` reads well
  explicit Answer(ByteView bytes) : data{bytes.begin(), bytes.end()} {}
  Answer(ByteView bytes, std::uint16_t word) : data{bytes.begin(), bytes.end()}, status{word} {}
  Bytes data;
  std::uint16_t status = sw::kOk;
};

/// A transaction between its 8050 and its 8054 or 8052. Lost with the field.
struct Session {
  Byte type = 0;
  std::uint32_t amount = 0;
  std::array<Byte, 6> terminal{};
  std::array<Byte, 4> random{};
  std::optional<std::array<Byte, 128>> rail;  ///< cached by 80DC
  std::optional<std::array<Byte, 128>> bus;   ///< cached by 80DC
  std::optional<std::array<Byte, 48>> trip;   ///< cached by 80DC
};

/// Records of EF 1A by the low byte of their id, which is their number too.
inline constexpr Byte kRailRecordId = 0x01;
inline constexpr Byte kBusRecordId = 0x02;
/// nullptr: this card has no such record.
[[nodiscard]] const std::array<Byte, 128>* journey_record(const CardImageData& image,
                                                          unsigned low_id);

/// A habit by the name it has in an image file.
struct NamedHabit {
  std::string_view name;
  bool CardHabits::* knob;
};
inline constexpr std::array kNamedHabits{
    NamedHabit{"empty_records_are_zero", &CardHabits::empty_records_are_zero},
    NamedHabit{"log_counter_before", &CardHabits::log_counter_before},
    NamedHabit{"log_balance_after", &CardHabits::log_balance_after},
    NamedHabit{"counter_wraps", &CardHabits::counter_wraps},
    NamedHabit{"state_error_6901", &CardHabits::state_error_6901},
    NamedHabit{"exact_le", &CardHabits::exact_le},
    NamedHabit{"balance_parts", &CardHabits::balance_parts},
    NamedHabit{"balance_flag", &CardHabits::balance_flag},
    NamedHabit{"cache_p1_zero", &CardHabits::cache_p1_zero},
    NamedHabit{"cache_p1_id", &CardHabits::cache_p1_id},
    NamedHabit{"dual_algorithm", &CardHabits::dual_algorithm},
};

[[nodiscard]] inline Answer wrong_le(std::size_t right) {
  return static_cast<std::uint16_t>(sw::kWrongLe | (right & 0xFFU));
}

struct TUnionCard::Impl {
  enum class Selected : std::uint8_t { nothing, ppse, purse, other };

  using Handler = Answer (Impl::*)(const Apdu&);

  CardImageData image;
  CardHabits habits;
  std::size_t randoms_used = 0;
  Selected selected = Selected::nothing;
  std::size_t other = 0;  ///< which of image.others, when one is selected
  std::optional<Session> session;

  [[nodiscard]] Answer run(ByteView command);
  [[nodiscard]] Answer select(const Apdu& apdu);
  [[nodiscard]] Answer select_purse(const Apdu& apdu);
  [[nodiscard]] Answer select_other(const Apdu& apdu, std::size_t which);
  [[nodiscard]] Answer switch_algorithm(const Apdu& apdu);
  [[nodiscard]] Answer get_challenge(const Apdu& apdu);
  // card_files.cc
  [[nodiscard]] Answer read_binary(const Apdu& apdu);
  [[nodiscard]] Answer read_record(const Apdu& apdu);
  // card_purse.cc
  [[nodiscard]] Answer get_balance(const Apdu& apdu);
  [[nodiscard]] Answer initialize(const Apdu& apdu);
  [[nodiscard]] Answer update_cache(const Apdu& apdu);
  [[nodiscard]] Answer debit(const Apdu& apdu);
  [[nodiscard]] Answer get_proof(const Apdu& apdu);
  [[nodiscard]] Answer credit(const Apdu& apdu);

  [[nodiscard]] bool continues_session(Byte ins) const;
  [[nodiscard]] Answer out_of_state() const {
    return habits.state_error_6901 ? sw::kStateMachine : sw::kConditions;
  }
  /// What habits.exact_le does to a command that would be answered with `size` bytes.
  [[nodiscard]] bool le_too_loose(const Apdu& apdu, std::size_t size) const {
    return habits.exact_le && (!apdu.le || *apdu.le != size);
  }
  [[nodiscard]] std::array<Byte, 4> next_random();
  /// Balance as 8050 and GET BALANCE 00 show it: the unused overdraft included.
  [[nodiscard]] std::uint32_t available() const {
    return image.balance + image.overdraft_limit - image.overdraft_used;
  }
  [[nodiscard]] Answer initialize_load();
  [[nodiscard]] Answer initialize_purchase();
  [[nodiscard]] Answer cache_journey(const Apdu& apdu);
  [[nodiscard]] Answer cache_trip(const Apdu& apdu);
  void log_transaction(std::uint16_t counter_before, ByteView date_time);
  void keep_proof(std::uint16_t counter_after, const Mac4& mac2, const Mac4& tac);
};

}  // namespace tidegate::sim
