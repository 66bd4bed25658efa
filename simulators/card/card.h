// SPDX-License-Identifier: Apache-2.0
// A simulated T-Union card (kernel K1) as the card's own operating system would behave: files,
// state machine, atomic commit, counters, log, proof and cryptography. Written against the card's
// rules, not against our terminal: it shares only value types with it.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

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

/// A card image: everything the card holds, as JSON on disk (`tidegate-sim card new` makes one).
struct CardImageData {
  Bytes uid{0x08, 0x5A, 0x3C, 0x91};
  std::array<Byte, 30> ef15{};
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
  Byte key_index = 1;
  Byte key_version = 1;
  Byte algorithm = 0;
  bool blocked = false;  ///< SELECT answers 6283
};
[[nodiscard]] Result<CardImageData> load_card_image(const std::filesystem::path& file);
[[nodiscard]] Status save_card_image(const std::filesystem::path& file, const CardImageData& image);

/// The knobs of a card that behaves, but not like its neighbour.
struct CardHabits {
  bool empty_records_are_zero = false;  ///< never-used records answer zeros and 9000, else 6A83
  bool log_counter_before = false;      ///< EF 18 logs the counter before the increment
};

class TUnionCard : public Card {
 public:
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
