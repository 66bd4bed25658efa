// SPDX-License-Identifier: Apache-2.0
// Ledger entries as values. The bytes are FlatBuffers (entry.fbs), made and read in entry_codec.h
// alone. Every entry carries who and when (EntryHead). Kinds and enum numbers are for ever; new
// ones append.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/envelope/envelope.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "fare/engine/types.h"

namespace tidegate::edge {

/// On every entry.
struct EntryHead {
  Timestamp at{};  ///< wall time
  std::uint64_t monotonic_us =
      0;  ///< since boot of the machine: orders entries when the clock steps
  ServiceDay service_day;
  ClockTrust clock;
  AisleNo aisle;  ///< 0: the box
  fare::Modes modes;
  friend bool operator==(const EntryHead&, const EntryHead&) = default;
};

/// Card number sealed for the clearing house: suite 1 is X25519 + HKDF-SHA-256 + AES-256-GCM, a key
/// for each service day. Associated data: intended use, key number, box; nonce: 4 bytes boot number
/// ‖ 8 counter. sealer.cc has the bytes.
struct SealedNumber {
  std::uint8_t suite = 1;
  std::uint32_t key_number = 0;      ///< of the service day's public key
  std::array<Byte, 32> ephemeral{};  ///< box's X25519 public key of that day and boot
  std::array<Byte, 12> nonce{};
  Bytes ciphertext;  ///< 10 bytes number (a ride code, whole) and 16 bytes tag
  friend bool operator==(const SealedNumber&, const SealedNumber&) = default;
};

struct Genesis {
  std::uint16_t format = 1;
  Realm realm = Realm::test;
  std::string box;
  std::string network;
  std::string stop;
  std::array<Byte, 32> public_key{};  ///< Ed25519, signs checkpoints
  Epoch previous_epoch;               ///< 0: the first
  SequenceNo previous_head;
  Hash256 previous_hash{};
  std::string because;  ///< why a new epoch was begun
  friend bool operator==(const Genesis&, const Genesis&) = default;
};
struct Boot {
  std::string software;           ///< version
  std::uint32_t boot_number = 0;  ///< rises by one, part of the sealing nonce
  Hash256 config_hash{};
  bool clean_stop = false;  ///< the last run ended by itself
  friend bool operator==(const Boot&, const Boot&) = default;
};

/// What a debit of this tap is for. DO NOT CHANGE THESE NUMBERS.
enum class Purpose : std::uint8_t { fare = 1, missed_alighting = 2, proof = 3 };

/// Written and committed before 8054 is sent: all that recovery, TAC check and dispute need.
struct Intent {
  // the tap
  CardHandle card;
  SealedNumber sealed;
  std::array<Byte, 8> issuer_factor{};
  std::uint8_t charge_index = 0;  ///< which of the decision's charges
  Purpose purpose = Purpose::fare;
  // the card transaction, as MACed
  TerminalNo terminal;
  SamTxnNo sam_txn;
  Byte type = 0x09;
  Byte key_version = 0;
  Byte algorithm = 0;
  CardCounter counter;  ///< the card's, before the debit
  std::array<Byte, 4> random{};
  Fen balance_before;  ///< real balance
  Fen amount;
  LocalTime card_time;
  std::array<Byte, 4> mac1{};
  Bytes journey_record;  ///< planned record 2701, 128 bytes
  Bytes trip_record;     ///< planned trip of 1E, 48 bytes
  // the price, to be computed again
  fare::Medium medium;
  fare::TapContext context;
  fare::Tap tap;
  fare::Decision decision;
  Hash256 book_hash{};
  std::uint64_t book_number = 0;
  std::uint16_t engine_version = 0;
  friend bool operator==(const Intent&, const Intent&) = default;
};

// DO NOT CHANGE THESE NUMBERS.
enum class OutcomeResult : std::uint8_t { debited = 1, not_debited = 2, unknown = 3, suspect = 4 };
/// How the result is known. DO NOT CHANGE THESE NUMBERS.
enum class OutcomeEvidence : std::uint8_t {
  mac2 = 1,            ///< 8054 answered 9000, the SAM accepts (suspect: rejects) MAC2
  card_refused = 2,    ///< not written any more: a refusal of 8054 has no MAC
  card_log = 3,        ///< EF 18 has, or cannot have, the record
  never_sent = 4,      ///< 8054 was not sent
  log_overrun = 5,     ///< the counter left the card's ten records
  journey_record = 6,  ///< record 2701, written in the same step as the debit, is the planned one
  counter = 7,         ///< a later MAC2 proved that the card's counter had not moved
};
/// Times between the steps of a tap, microseconds; 0: step not reached.
struct StageTimes {
  std::uint32_t identify = 0, check = 0, price = 0, intend = 0, debit = 0, record = 0;
  friend bool operator==(const StageTimes&, const StageTimes&) = default;
};
/// Purse debit. Committed before the barrier opens.
struct Outcome {
  SequenceNo intent;
  OutcomeResult result = OutcomeResult::unknown;
  OutcomeEvidence evidence = OutcomeEvidence::mac2;
  CardHandle card;
  Fen amount;  ///< of the intent, always; whether it moved says `result`
  TerminalNo terminal;
  SamTxnNo sam_txn;
  CardCounter counter;  ///< the card's, after the debit
  std::array<Byte, 4> mac2{};
  std::array<Byte, 4> tac{};  ///< zero when it was not had
  std::uint16_t sw = 0;
  StageTimes stages;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
/// What is still open about the price of an account-based charge. DO NOT CHANGE THESE NUMBERS.
enum class Settlement : std::uint8_t {
  charged = 0,   ///< `amount` is the price of the ride
  entered = 1,   ///< the ride begins; the price follows at its exit
  clearing = 2,  ///< the ride ends here: the clearing house finds where it began and its price
  resumed = 3,   ///< the barrier opens for the charge `entry`, for which nobody went through
};
/// Account-based charge (QR, account): settled later by clearing.
struct AccountCharge {
  SequenceNo intent;   ///< 0: none was needed
  std::string scheme;  ///< "jtt1179"
  Bytes account_handle;
  Bytes code;  ///< what of it names nobody: version, length and issuer certificate
  Fen amount;
  fare::TapContext context;
  fare::Tap tap;
  fare::Decision decision;
  Hash256 book_hash{};
  StageTimes stages;
  // since ride codes
  std::optional<SealedNumber> sealed;  ///< the code as presented
  Timestamp made{};                    ///< when the code was made; with the account, its name
  Timestamp remember_until{};          ///< the code is not accepted again before
  Settlement settlement = Settlement::charged;
  /// The charge that began a ride of this account at this box (at a station a hint: the ride that
  /// ends may be another one), or that is resumed. 0: none.
  SequenceNo entry;
  std::optional<fare::Medium> medium;
  std::uint64_t book_number = 0;
  std::uint16_t engine_version = 0;
  friend bool operator==(const AccountCharge&, const AccountCharge&) = default;
};
/// Seen at another box than the one that debited: lets clearing confirm that box's intent.
struct Sighting {
  CardHandle card;
  SealedNumber sealed;
  TerminalNo terminal;  ///< that debited
  CardCounter counter;  ///< after the debit with a proof, else as the log has it; 0 without both
  Bytes log_record;     ///< EF 18, 23 bytes; empty if the card has it no more
  Bytes proof;          ///< MAC2 4 ‖ TAC 4 as 805A answers, empty if the card has them no more
  bool opened = false;
  friend bool operator==(const Sighting&, const Sighting&) = default;
};
struct Void {
  SequenceNo intent;
  std::string because;
  SequenceNo charge;  ///< 0, or instead of an intent: an AccountCharge nobody was let through for
  friend bool operator==(const Void&, const Void&) = default;
};
struct Refusal {
  fare::RefusalCode code = fare::RefusalCode::card_torn;
  std::string detail;  ///< command and status word; never a card number
  std::optional<CardHandle> card;
  std::optional<SealedNumber> sealed;
  fare::TapKind tap_kind = fare::TapKind::entry;
  StageTimes stages;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};
struct Passage {
  SequenceNo outcome;  ///< the outcome that opened the barrier, 0: none
  bool passed = false;
  friend bool operator==(const Passage&, const Passage&) = default;
};
struct ModeChange {
  fare::Modes before, after;
  std::string who;
  std::string because;
  friend bool operator==(const ModeChange&, const ModeChange&) = default;
};
struct BookActivation {
  std::string name;
  std::uint64_t number = 0;
  Hash256 hash{};
  friend bool operator==(const BookActivation&, const BookActivation&) = default;
};
struct ListActivation {
  FileKind kind = FileKind::denylist;
  std::uint64_t number = 0;
  Hash256 hash{};
  friend bool operator==(const ListActivation&, const ListActivation&) = default;
};
struct ClockStep {
  std::int64_t step_ms = 0;
  std::string source;
  friend bool operator==(const ClockStep&, const ClockStep&) = default;
};
struct StaffAct {
  std::string who, act, because;
  friend bool operator==(const StaffAct&, const StaffAct&) = default;
};
struct Shift {
  std::string who;
  bool begins = false;
  friend bool operator==(const Shift&, const Shift&) = default;
};
/// Ticket-office adjustment, card or cash.
struct Update {
  CardHandle card;
  std::string act;
  Fen cash;  ///< taken (positive) or given back
  SequenceNo intent;
  friend bool operator==(const Update&, const Update&) = default;
};
struct CardLock {
  CardHandle card;
  SealedNumber sealed;
  std::uint64_t list_number = 0;
  friend bool operator==(const CardLock&, const CardLock&) = default;
};
struct SamChange {
  TerminalNo before, after;
  friend bool operator==(const SamChange&, const SamChange&) = default;
};
/// A vehicle's run.
struct TripRun {
  std::string route, direction, trip, vehicle, driver;
  bool begins = false;
  friend bool operator==(const TripRun&, const TripRun&) = default;
};
struct Maintenance {
  std::string who, act;
  friend bool operator==(const Maintenance&, const Maintenance&) = default;
};
struct Pruned {
  SequenceNo first, last;  ///< the range that is gone
  Hash256 last_hash{};     ///< chain hash of `last`
  friend bool operator==(const Pruned&, const Pruned&) = default;
};
/// Totals since genesis of the first epoch; they never go back (audit registers).
struct Totals {
  std::uint64_t intents = 0, debited = 0, not_debited = 0, unknown = 0, suspect = 0, refusals = 0,
                passages = 0, account_charges = 0;
  Fen debited_fen, unknown_fen, suspect_fen, account_fen;
  friend bool operator==(const Totals&, const Totals&) = default;
};
struct Checkpoint {
  Totals totals;
  Hash256 chain{};  ///< hash of the entry before this one
  std::array<Byte, 64>
      signature{};  ///< Ed25519 over "tidegate-checkpoint-1" ‖ epoch ‖ seq ‖ chain ‖ totals
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

using EntryBody =
    std::variant<Genesis, Boot, Intent, Outcome, AccountCharge, Sighting, Void, Refusal, Passage,
                 ModeChange, BookActivation, ListActivation, ClockStep, StaffAct, Shift, Update,
                 CardLock, SamChange, TripRun, Maintenance, Pruned, Checkpoint>;

struct Entry {
  EntryHead head;
  EntryBody body;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// "intent", "outcome", "account_charge" …: export, tail and logs.
[[nodiscard]] std::string_view kind_name(const EntryBody& body) noexcept;
[[nodiscard]] std::string_view name_of(Purpose purpose) noexcept;
[[nodiscard]] std::string_view name_of(OutcomeResult result) noexcept;
[[nodiscard]] std::string_view name_of(OutcomeEvidence evidence) noexcept;
[[nodiscard]] std::string_view name_of(Settlement settlement) noexcept;

}  // namespace tidegate::edge
