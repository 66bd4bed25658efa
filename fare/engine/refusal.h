// SPDX-License-Identifier: Apache-2.0
// Why a tap was refused: permanent numbers in order of precedence (the smaller number is told when
// several apply), a name that logs, metrics, ledger and documents share, and what passenger and
// staff read in Chinese and English. The table is docs/refusals.md; numbers are never used again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tidegate::fare {

/// DO NOT CHANGE THESE NUMBERS: they are in ledgers.
enum class RefusalCode : std::uint16_t {
  // The box cannot take a card now.
  sam_unavailable = 100,     ///< no SAM, or it answered nonsense
  ledger_unavailable = 110,  ///< a debit could not be recorded, so none is taken
  no_fare_book = 120,        ///< no verified book
  aisle_closed = 130,        ///< out of service, maintenance, or station closed
  // The card could not be worked with.
  two_cards = 200,       ///< more than one card in the field
  card_torn = 210,       ///< the card left too early; nothing was taken
  card_malformed = 220,  ///< what the card said breaks the rules of its format
  unsupported_kernel =
      225,  ///< its T-Union application is e-cash or a purse of the revised standard
  unsupported_algorithm = 226,  ///< the SAM has no key for the card's algorithm or key version
  not_transport_card = 230,     ///< no T-Union purse on it
  city_union_card = 231,        ///< only a City Union purse (MOHURD) on it
  bank_card = 232,              ///< only a bank's payment application on it
  social_security_only = 233,   ///< a social-security card without a transport purse
  local_card = 234,             ///< only another city's own application on it
  purse_mismatch = 240,         ///< the card's answers contradict each other (balance, counter)
  not_transport_code = 250,     ///< a QR code, but none of JT/T 1179
  code_malformed = 251,         ///< length or a field breaks the format of a ride code
  code_version = 252,           ///< a version of ride code the box does not know
  // An earlier debit decides first.
  unconfirmed = 300,  ///< an earlier debit of this card is not settled and cannot be now
  suspect = 310,      ///< the debit was answered, but its proof (MAC2) is wrong
  // Check.
  application_blocked = 400,  ///< SELECT answers 6283, or the purse is locked
  not_enabled = 410,          ///< EF 15 enabled flag is 00: transport function not activated
  not_interoperable = 420,    ///< EF 17 says local only, and this is not its city
  not_yet_valid = 430,
  expired = 440,
  expired_renewable = 441,  ///< expired, and a top-up renews it
  unknown_issuer = 450,     ///< not in the issuer list
  issuer_mismatch = 451,    ///< the number's IIN does not belong to the issuer
  test_card = 455,          ///< a test card where real money is
  denylisted = 460,
  record_locked = 470,             ///< lock flag of record 2701
  code_certificate_expired = 480,  ///< the issuer's certificate is past its month
  code_issuer_mismatch = 481,      ///< field 6 is not the certificate's issuer
  code_not_listed = 482,           ///< issuer and platform are not in the list
  code_ca_unknown = 483,           ///< no key for the certificate's CA index
  code_certificate_forged = 484,   ///< the CA's signature is wrong
  code_issuer_signature = 485,     ///< the issuer's signature is wrong
  code_user_signature = 486,       ///< the user's signature is wrong
  code_expired = 487,              ///< the authorisation has ended
  code_stale = 488,                ///< older than its validity
  code_from_future = 489,          ///< made later than now
  code_validity = 490,             ///< validity of 0 or above 300 seconds
  code_zero_cap = 491,             ///< its maximum amount is 0
  code_used = 492,                 ///< shown here before
  // Order of entry and exit.
  already_entered = 500,  ///< entry while a journey is open
  already_paid = 505,     ///< the same card again on a vehicle at one price
  not_entered = 510,      ///< exit without an entry
  entry_elsewhere = 520,  ///< the open entry belongs to a network the book does not join
  unknown_stop = 530,     ///< the card's entry code is in no table of the book
  same_station = 535,     ///< exit where one entered, which the network leaves to staff
  wrong_direction = 540,  ///< an exit-only aisle was tapped to enter, or the other way round
  code_needs_card = 550,  ///< this network cannot be paid by code here
  // Price.
  no_fare = 600,  ///< the book has no fare between the two stops
  insufficient_balance = 610,
  code_over_cap = 620,  ///< the fare is above the code's maximum amount
};

struct RefusalText {
  RefusalCode code;
  std::string_view name;      ///< snake_case, as the enumerator
  std::string_view zh;        ///< passenger, at most 16 characters
  std::string_view en;        ///< passenger
  std::string_view staff_zh;  ///< what staff should do
  std::string_view staff_en;
};

/// Every code, in order of precedence.
[[nodiscard]] std::span<const RefusalText> refusal_texts() noexcept;
[[nodiscard]] const RefusalText& refusal_text(RefusalCode code) noexcept;
[[nodiscard]] inline std::string_view refusal_name(RefusalCode code) noexcept {
  return refusal_text(code).name;
}
/// nullopt for a number that was never given.
[[nodiscard]] std::optional<RefusalCode> refusal_from_number(std::uint16_t number) noexcept;

}  // namespace tidegate::fare
