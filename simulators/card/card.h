// SPDX-License-Identifier: Apache-2.0
// A simulated card as the card's own operating system would behave: the T-Union purse with its
// files, state machine, atomic commit, counters, log, proof and cryptography, and whatever other
// applications are beside it or in its place. Written against the card's rules, not against our
// terminal: it shares only value types with it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::sim {

/// What the reader's radio needs to know of a card, and how it talks. Implemented by TUnionCard and
/// by hostile cards in tests. Used by one thread at a time.
class Card {
 public:
  virtual ~Card() = default;
  [[nodiscard]] virtual Bytes uid() const = 0;  ///< 4, 7 or 10 bytes
  [[nodiscard]] virtual Bytes ats() const = 0;  ///< with its length byte
  [[nodiscard]] virtual std::array<Byte, 2> atqa() const = 0;
  [[nodiscard]] virtual Byte sak() const = 0;
  /// Field off or deselected: volatile state is lost, a purchase session too.
  virtual void power_off() = 0;
  /// One APDU in, one response with status word out. Atomic: it happened whole or not at all.
  [[nodiscard]] virtual Bytes transceive(ByteView command) = 0;
};

/// What GET TRANSACTION PROOF gives back: kept for the last transaction of each type.
struct CardProof {
  Byte type = 0;              ///< 02 load, 06 purchase, 09 CAPP purchase
  std::uint16_t counter = 0;  ///< after the increment
  std::array<Byte, 4> mac{};  ///< MAC2 of the transaction
  std::array<Byte, 4> tac{};
  friend bool operator==(const CardProof&, const CardProof&) = default;
};

/// What differs between the e-purses of the standard. Kernels K3 to K5 are no purses: a card of
/// theirs has an OtherApplication.
enum class PurseKernel : std::uint8_t {
  k1,  ///< 3DES
  k2,  ///< SM4 only
  k6,  ///< revised standard: SM4 only, a plain purchase is debited with P1 02
};

/// Which tags SELECT of the purse answers.
struct FciShape {
  Byte version_bytes = 1;   ///< of 9F08: 1 or 2
  bool label = false;       ///< 50, 87 and 9F12
  bool df00 = false;        ///< DF00 with one byte
  bool public_info = true;  ///< 9F0C with EF 15
  Byte padding = 0;         ///< zero bytes behind the last tag, inside A5
  friend bool operator==(const FciShape&, const FciShape&) = default;
};

/// One line of the payment system directory (PPSE).
struct ListedApplication {
  Bytes aid;
  std::string label;
  Byte priority = 1;
  friend bool operator==(const ListedApplication&, const ListedApplication&) = default;
};

/// An application that is no T-Union purse, as far as a terminal may look into it. Every purse
/// command is refused in it.
struct OtherApplication {
  struct File {
    Byte sfi = 0;
    Bytes data;
    friend bool operator==(const File&, const File&) = default;
  };
  Bytes name;                            ///< AID or name of its directory, 5 to 16 bytes
  std::optional<std::uint16_t> file_id;  ///< by which it can be selected too
  Bytes fci;                             ///< what SELECT answers
  std::vector<File> files;               ///< binary, free to read
  std::optional<std::uint32_t> balance;  ///< what GET BALANCE answers, whatever its P1
  friend bool operator==(const OtherApplication&, const OtherApplication&) = default;
};

/// The knobs of a card that behaves, but not like its neighbour.
struct CardHabits {
  bool empty_records_are_zero = false;  ///< never-used records answer zeros and 9000, else 6A83
  bool log_counter_before = false;      ///< EF 18 logs the counter before the increment
  bool log_balance_after = false;       ///< EF 18 bytes 2–4: balance after, else overdraft limit
  bool counter_wraps = false;           ///< 0 comes after 65,535, else 9402 for ever
  bool state_error_6901 = false;        ///< a command out of its state answers 6901, else 6985
  bool exact_le = false;        ///< SELECT and reads need the right Le, even 00 answers 6Cxx
  bool balance_parts = false;   ///< GET BALANCE knows 00, 01 and 02 only
  bool balance_flag = false;    ///< GET BALANCE sets the highest bit of its answers
  bool cache_p1_zero = false;   ///< 80DC of a journey record only with P1 00
  bool cache_p1_id = false;     ///< 80DC of a journey record only with the low byte of its id
  bool dual_algorithm = false;  ///< 80CD switches between 3DES and SM4
  /// Random numbers to give first, in this order; afterwards the system's generator. Not stored.
  std::vector<std::array<Byte, 4>> next_randoms;
  friend bool operator==(const CardHabits&, const CardHabits&) = default;
};

/// A card image: everything the card holds, as JSON on disk (`tidegate-sim card new` makes one).
struct CardImageData {
  Bytes uid{0x08, 0x5A, 0x3C, 0x91};
  Bytes aid{0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05};  ///< phones append up to 8 bytes
  std::array<Byte, 30> ef15{};
  std::array<Byte, 55> ef16{};             ///< holder file: here always without a holder
  Bytes ef17;                              ///< 60 bytes or shorter
  std::vector<std::array<Byte, 23>> ef18;  ///< newest first, at most 10
  std::array<Byte, 128> ef1a_2701{};
  std::vector<std::array<Byte, 48>> ef1e;  ///< newest first, at most 30
  std::uint32_t balance = 0;               ///< fen
  std::uint32_t overdraft_limit = 0;
  std::uint32_t overdraft_used = 0;
  std::uint16_t counter = 0;  ///< offline (purchase) counter
  std::uint16_t load_counter = 0;
  std::array<Byte, 16> purchase_key{};  ///< card's own DPK, diversified
  std::array<Byte, 16> tac_key{};       ///< card's own DTK
  std::array<Byte, 16> load_key{};      ///< card's own DLK
  Byte key_index = 1;
  Byte key_version = 1;
  Byte algorithm = 0;
  bool blocked = false;           ///< SELECT answers 6283
  std::vector<CardProof> proofs;  ///< at most one for each type

  // What only some images have; left out of the file where it says nothing.
  bool has_purse = true;                           ///< there is a T-Union purse at all
  bool has_ef1a_2701 = true;                       ///< the rail record was made
  std::optional<std::array<Byte, 128>> ef1a_2702;  ///< the bus record
  bool locked_for_ever = false;                    ///< SELECT answers 9303
  PurseKernel kernel = PurseKernel::k1;
  FciShape fci;
  /// The directory; absent: the purse alone. An empty one: SELECT of the PPSE answers 6A82.
  std::optional<std::vector<ListedApplication>> ppse;
  std::vector<OtherApplication> others;
  CardHabits habits;
  friend bool operator==(const CardImageData&, const CardImageData&) = default;
};
/// Errc::invalid names the field that breaks the format: unknown, missing, twice, or out of range.
[[nodiscard]] Result<CardImageData> load_card_image(const std::filesystem::path& file);
/// Durable: after a power cut the old image or the new one is there. Readable by its owner only.
[[nodiscard]] Status save_card_image(const std::filesystem::path& file, const CardImageData& image);

/// A card from its image. Without a purse in the image it is no T-Union card at all.
class TUnionCard : public Card {
 public:
  /// Has the image's habits and these.
  TUnionCard(CardImageData image, CardHabits habits);
  ~TUnionCard() override;
  [[nodiscard]] Bytes uid() const override;
  [[nodiscard]] Bytes ats() const override;
  [[nodiscard]] std::array<Byte, 2> atqa() const override;
  [[nodiscard]] Byte sak() const override;
  void power_off() override;
  [[nodiscard]] Bytes transceive(ByteView command) override;
  /// A copy of what the card holds now.
  [[nodiscard]] CardImageData image() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::sim
